// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.bench;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Replays pre-built rows, at next to no cost. It is a FLIP-27 source, since a sink writer does not chain with a legacy one and a
 * network exchange would be measured instead. Each subtask ends after a number of rows, or after a time in the warm-up.
 */
final class ReplaySource implements Source<RowData, ReplaySource.NoSplit, Boolean> {
    private static final long serialVersionUID = 1L;
    private static final int ROWS_PER_POLL = 64;

    private final String shape;
    private final RowType type;
    private final boolean binary;
    private final long rowsPerSubtask;
    private final long maxNanos;

    ReplaySource(String shape, RowType type, boolean binary, long rowsPerSubtask, long maxNanos) {
        this.shape = shape;
        this.type = type;
        this.binary = binary;
        this.rowsPerSubtask = rowsPerSubtask;
        this.maxNanos = maxNanos;
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.BOUNDED;
    }

    @Override
    public SourceReader<RowData, NoSplit> createReader(SourceReaderContext context) {
        return new Reader(Shape.of(shape).rows(type, binary), rowsPerSubtask, maxNanos);
    }

    @Override
    public SplitEnumerator<NoSplit, Boolean> createEnumerator(SplitEnumeratorContext<NoSplit> context) {
        return new NoSplits();
    }

    @Override
    public SplitEnumerator<NoSplit, Boolean> restoreEnumerator(SplitEnumeratorContext<NoSplit> context, Boolean state) {
        return new NoSplits();
    }

    @Override
    public SimpleVersionedSerializer<NoSplit> getSplitSerializer() {
        return new Constant<>(new NoSplit());
    }

    @Override
    public SimpleVersionedSerializer<Boolean> getEnumeratorCheckpointSerializer() {
        return new Constant<>(Boolean.TRUE);
    }

    private static final class Reader implements SourceReader<RowData, NoSplit> {
        private final RowData[] rows;
        private final long limit;
        private final long maxNanos;
        private long emitted;
        private long deadline;
        private TaskMeter meter;

        Reader(RowData[] rows, long limit, long maxNanos) {
            this.rows = rows;
            this.limit = limit;
            this.maxNanos = maxNanos;
        }

        @Override
        public void start() {}

        @Override
        public InputStatus pollNext(ReaderOutput<RowData> output) {
            if (meter == null) {
                meter = JobMeter.current().taskStarted();
                deadline = System.nanoTime() + maxNanos;
            }
            long end = Math.min(limit, emitted + ROWS_PER_POLL);
            for (; emitted < end; emitted++) {
                output.collect(rows[(int) (emitted & (Shape.ROWS - 1))]);
            }
            if (emitted == limit || System.nanoTime() - deadline > 0) {
                meter.taskEnded(emitted);
                return InputStatus.END_OF_INPUT;
            }
            return InputStatus.MORE_AVAILABLE;
        }

        @Override
        public List<NoSplit> snapshotState(long checkpointId) {
            return Collections.emptyList();
        }

        @Override
        public CompletableFuture<Void> isAvailable() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void addSplits(List<NoSplit> splits) {}

        @Override
        public void notifyNoMoreSplits() {}

        @Override
        public void close() {}
    }

    private static final class NoSplits implements SplitEnumerator<NoSplit, Boolean> {
        @Override
        public void start() {}

        @Override
        public void handleSplitRequest(int subtask, String host) {}

        @Override
        public void addSplitsBack(List<NoSplit> splits, int subtask) {}

        @Override
        public void addReader(int subtask) {}

        @Override
        public Boolean snapshotState(long checkpointId) {
            return true;
        }

        @Override
        public void close() {}
    }

    /** The readers need no splits: each replays the same rows. */
    static final class NoSplit implements SourceSplit {
        @Override
        public String splitId() {
            return "none";
        }
    }

    private static final class Constant<T> implements SimpleVersionedSerializer<T> {
        private final T value;

        Constant(T value) {
            this.value = value;
        }

        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(T object) {
            return "-".getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public T deserialize(int version, byte[] serialized) {
            return value;
        }
    }
}
