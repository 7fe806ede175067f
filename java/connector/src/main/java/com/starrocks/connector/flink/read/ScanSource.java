// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import com.starrocks.connector.flink.load.LoadWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/** Reads a table as it is when the job starts: each row once, also after a failure, if the job takes checkpoints. */
public final class ScanSource implements Source<RowData, ScanSplit, ScanState>, ResultTypeQueryable<RowData> {
    private static final long serialVersionUID = 1L;

    private final ScanSpec spec;
    private final RowForm form;
    /** The columns of the rows as they come out. */
    private final RowType rows;
    /** Columns for which a {@link DynamicFilter} may come; with some, the plan waits until a reader wants to read. */
    private final ArrayList<String> filtered;

    /** A source of what the specification says, in rows of a form. */
    public ScanSource(ScanSpec spec, RowForm form) {
        this(spec, form, spec.columns(), Collections.emptyList());
    }

    private ScanSource(ScanSpec spec, RowForm form, RowType rows, List<String> filtered) {
        this.spec = spec;
        this.form = form;
        this.rows = rows;
        this.filtered = new ArrayList<>(filtered);
    }

    /** A source of as many rows without columns as the specification has rows. */
    public static ScanSource counting(ScanSpec spec) {
        return new ScanSource(spec, RowForm.EMPTY, RowType.of(), Collections.emptyList());
    }

    /** The same source, which hears in time what the other side of a join looks for in some columns. */
    public ScanSource filteredBy(List<String> columns) {
        return new ScanSource(spec, form, rows, columns);
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.BOUNDED;
    }

    @Override
    public SplitEnumerator<ScanSplit, ScanState> createEnumerator(SplitEnumeratorContext<ScanSplit> context) {
        return new ScanEnumerator(context, spec, filtered, new ScanState(false, Collections.emptyList()));
    }

    @Override
    public SplitEnumerator<ScanSplit, ScanState> restoreEnumerator(
            SplitEnumeratorContext<ScanSplit> context, ScanState state) {
        return new ScanEnumerator(context, spec, filtered, state);
    }

    @Override
    public SourceReader<RowData, ScanSplit> createReader(SourceReaderContext context) {
        context.getUserCodeClassLoader()
                .registerReleaseHookIfAbsent(LoadWriter.class.getName(), LoadWriter::shutdownLibrary);
        String name = "starrocks-scan-" + context.getIndexOfSubtask();
        return new ScanReader(
                context,
                new SplitReading(name, spec, form, filter -> new NativeTabletReader(spec.readerConfig(filter))));
    }

    @Override
    public SimpleVersionedSerializer<ScanSplit> getSplitSerializer() {
        return new ScanSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<ScanState> getEnumeratorCheckpointSerializer() {
        return new ScanStateSerializer();
    }

    @Override
    public TypeInformation<RowData> getProducedType() {
        return RowTypes.of(rows);
    }
}
