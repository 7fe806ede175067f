// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source;

import com.starrocks.connector.flink.load.LoadWriter;
import com.starrocks.connector.flink.read.FunctionReading;
import com.starrocks.connector.flink.read.HeapRows;
import com.starrocks.connector.flink.read.RowForm;
import com.starrocks.connector.flink.read.ScanSpec;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.table.data.RowData;

/**
 * Reads a table for the DataStream API of connector 1.x. The plan is made where the function is made, so that all subtasks share
 * one; each takes every n-th split of it. What has become stale meanwhile is planned again by the subtask that needs it.
 */
public abstract class ScanFunction extends SourceFunctionBase<RowData>
        implements ResultTypeQueryable<RowData>, CheckpointedFunction {
    private static final long serialVersionUID = 1L;
    /** Splits of a plan that is made before the parallelism is known. */
    private static final int SPLITS = 256;

    private final ScanSpec spec;
    private final RowForm form;
    private final ArrayList<byte[]> splits;

    private transient ListState<byte[]> state;
    private transient boolean restored;
    private transient volatile FunctionReading reading;
    private volatile boolean running = true;

    ScanFunction(StarRocksSourceOptions options, SourceSelection selection) {
        spec = selection.spec(options);
        form = selection.isCount() ? RowForm.EMPTY : new HeapRows(spec.columns());
        splits = FunctionReading.plan(spec, SPLITS);
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        state = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>(
                        "starrocks-splits", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        restored = context.isRestored();
    }

    @Override
    protected void openSource() throws Exception {
        getRuntimeContext()
                .registerUserCodeClassLoaderReleaseHookIfAbsent(
                        LoadWriter.class.getName(), LoadWriter::shutdownLibrary);
        List<byte[]> mine = new ArrayList<>();
        if (restored) {
            state.get().forEach(mine::add);
        } else {
            for (int i = subtask(); i < splits.size(); i += parallelism()) {
                mine.add(splits.get(i));
            }
        }
        reading = new FunctionReading(
                "starrocks-scan-" + subtask(),
                spec,
                form,
                mine,
                getRuntimeContext().getMetricGroup());
    }

    @Override
    public void run(SourceContext<RowData> context) throws Exception {
        while (running && reading.awaitRows()) {
            synchronized (context.getCheckpointLock()) {
                reading.handOn(context::collect);
            }
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        List<byte[]> remaining = new ArrayList<>();
        if (reading != null) {
            remaining.addAll(reading.remaining());
        }
        state.clear();
        state.addAll(remaining);
    }

    @Override
    public void cancel() {
        running = false;
    }

    @Override
    public void close() throws Exception {
        if (reading != null) {
            reading.close();
        }
    }

    @Override
    public TypeInformation<RowData> getProducedType() {
        return TypeInformation.of(RowData.class);
    }
}
