// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source.lookup;

import com.starrocks.connector.flink.read.FunctionReading;
import com.starrocks.connector.flink.read.RowForm;
import com.starrocks.connector.flink.read.ScanSpec;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.apache.flink.api.common.io.DefaultInputSplitAssigner;
import org.apache.flink.api.common.io.RichInputFormat;
import org.apache.flink.api.common.io.statistics.BaseStatistics;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.io.InputSplit;
import org.apache.flink.core.io.InputSplitAssigner;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.table.data.RowData;

/** Reads a table for the cache that holds all of it; an input format is all that Flink's cache takes. */
final class WholeTable extends RichInputFormat<RowData, WholeTable.Part> {
    private static final long serialVersionUID = 1L;

    private final ScanSpec spec;
    private final String table;
    private transient FunctionReading reading;
    private transient Queue<RowData> rows;

    WholeTable(ScanSpec spec, String table) {
        this.spec = spec;
        this.table = table;
    }

    @Override
    public void configure(Configuration parameters) {
        // Everything is in the specification.
    }

    @Override
    public BaseStatistics getStatistics(BaseStatistics cached) {
        return cached;
    }

    /** Flink reads as many parts at the same time as there are cores, and needs one at least. */
    @Override
    public Part[] createInputSplits(int least) {
        int most = Math.max(least, Runtime.getRuntime().availableProcessors());
        List<Part> parts = new ArrayList<>();
        for (byte[] split : FunctionReading.plan(spec, most)) {
            ArrayList<byte[]> splits = new ArrayList<>();
            splits.add(split);
            parts.add(new Part(parts.size(), splits));
        }
        if (parts.isEmpty()) {
            parts.add(new Part(0, new ArrayList<>()));
        }
        return parts.toArray(new Part[0]);
    }

    @Override
    public InputSplitAssigner getInputSplitAssigner(Part[] parts) {
        return new DefaultInputSplitAssigner(parts);
    }

    @Override
    public void open(Part part) throws IOException {
        rows = new ArrayDeque<>();
        // They wait here, after their memory was given back.
        RowForm form = RowForm.COPIED;
        reading = new FunctionReading(
                "starrocks-cache " + table + " " + part.number, spec, form, part.splits, new UnregisteredMetricsGroup());
    }

    @Override
    public boolean reachedEnd() throws IOException {
        try {
            while (rows.isEmpty()) {
                if (!reading.awaitRows()) {
                    return true;
                }
                reading.handOn(rows::add);
            }
            return false;
        } catch (InterruptedException e) {
            // Flink looks for it, and drops what was read.
            Thread.currentThread().interrupt();
            return true;
        }
    }

    @Override
    public RowData nextRecord(RowData reuse) {
        return rows.poll();
    }

    @Override
    public void close() throws IOException {
        if (reading == null) {
            return;
        }
        try {
            reading.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Some tablets of the table. */
    static final class Part implements InputSplit {
        private static final long serialVersionUID = 1L;

        private final int number;
        private final ArrayList<byte[]> splits;

        Part(int number, ArrayList<byte[]> splits) {
            this.number = number;
            this.splits = splits;
        }

        @Override
        public int getSplitNumber() {
            return number;
        }

        @Override
        public String toString() {
            return "part " + number;
        }
    }
}
