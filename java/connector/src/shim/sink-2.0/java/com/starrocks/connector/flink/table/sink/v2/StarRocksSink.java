// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink.v2;

import com.starrocks.connector.flink.load.SinkPlan;
import com.starrocks.connector.flink.load.Subtask;
import com.starrocks.connector.flink.row.batch.RecordWriterFactory;
import com.starrocks.connector.jni.NativeLibrary;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.OptionalLong;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** The sink as Flink's Sink V2, of Flink 2.x. */
public class StarRocksSink<InputT>
        implements Sink<InputT>, SupportsWriterState<InputT, StarRocksWriterState>, SupportsCommitter<StarRocksCommittable> {
    private static final long serialVersionUID = 1L;
    private static final long SHUTDOWN_MS = 10_000;

    private final SinkPlan plan;
    private final RecordWriterFactory<InputT> records;

    public StarRocksSink(SinkPlan plan, RecordWriterFactory<InputT> records) {
        this.plan = plan;
        this.records = records;
    }

    @Override
    public StarRocksWriter<InputT> createWriter(WriterInitContext context) throws IOException {
        return restoreWriter(context, Collections.emptyList());
    }

    @Override
    public StarRocksWriter<InputT> restoreWriter(WriterInitContext context, Collection<StarRocksWriterState> states)
            throws IOException {
        context.getUserCodeClassLoader()
                .registerReleaseHookIfAbsent(
                        NativeLibrary.class.getName(), () -> NativeLibrary.shutdown(SHUTDOWN_MS));
        OptionalLong checkpoint = context.getRestoredCheckpointId();
        return new StarRocksWriter<>(
                plan,
                records,
                new Subtask(
                        context.getTaskInfo().getIndexOfThisSubtask(),
                        context.getTaskInfo().getNumberOfParallelSubtasks(),
                        context.getTaskInfo().getAttemptNumber(),
                        context.getJobInfo().getJobId().toHexString()),
                checkpoint.isPresent() ? Long.valueOf(checkpoint.getAsLong()) : null,
                states,
                context.getMailboxExecutor(),
                context.getProcessingTimeService(),
                context.metricGroup());
    }

    @Override
    public SimpleVersionedSerializer<StarRocksWriterState> getWriterStateSerializer() {
        return new StarRocksWriterStateSerializer();
    }

    @Override
    public StarRocksCommitter createCommitter(CommitterInitContext context) {
        return new StarRocksCommitter(plan);
    }

    @Override
    public SimpleVersionedSerializer<StarRocksCommittable> getCommittableSerializer() {
        return new StarRocksCommittableSerializer();
    }
}
