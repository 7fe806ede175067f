// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import com.starrocks.connector.jni.ScanMetric;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.table.data.RowData;

/** Reads splits in a subtask. It asks for the next split before the last one is read, so that the backends are never idle. */
final class ScanReader implements SourceReader<RowData, ScanSplit> {
    /** Few enough that checkpoints get their turn soon, and many enough that their turn costs nothing. */
    private static final int ROWS_PER_CALL = 256;
    /** Splits that are read at the same time. */
    private static final int SPLITS_AT_ONCE = 2;

    private final SourceReaderContext context;
    private final SplitReading reading;
    private final Counter recordsIn;
    private final Counter scannedRows;
    /** Requests for a split that were not answered. */
    private int requested;

    private boolean noMoreSplits;

    ScanReader(SourceReaderContext context, SplitReading reading) {
        this.context = context;
        this.reading = reading;
        MetricGroup group = context.metricGroup();
        recordsIn = SourceFacts.recordsIn(context);
        scannedRows = group.counter("totalScannedRows");
        for (ScanMetric metric : ScanMetric.values()) {
            group.gauge(SplitReading.shownAs(metric), (Gauge<Long>) () -> reading.metric(metric));
        }
    }

    @Override
    public void start() {
        requestSplits();
    }

    private void requestSplits() {
        while (!noMoreSplits && !reading.isLimitReached() && reading.openSplits() + requested < SPLITS_AT_ONCE) {
            requested++;
            context.sendSplitRequest();
        }
    }

    @Override
    public void addSplits(List<ScanSplit> splits) {
        try {
            for (ScanSplit split : splits) {
                requested = Math.max(0, requested - 1);
                if (!reading.isLimitReached()) {
                    reading.add(split);
                }
            }
            reading.wake();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void notifyNoMoreSplits() {
        noMoreSplits = true;
        reading.wake();
    }

    @Override
    public InputStatus pollNext(ReaderOutput<RowData> output) throws Exception {
        if (reading.isLimitReached()) {
            return isAtEnd() ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
        }
        int rows = reading.handOn(ROWS_PER_CALL, output::collect, this::requestSplits);
        recordsIn.inc(rows);
        scannedRows.inc(rows);
        if (isAtEnd()) {
            return InputStatus.END_OF_INPUT;
        }
        return rows > 0 ? InputStatus.MORE_AVAILABLE : InputStatus.NOTHING_AVAILABLE;
    }

    /** Not while an answer is due: Flink restarts a task that ended before what was sent to it arrived. */
    private boolean isAtEnd() {
        if (reading.isLimitReached()) {
            return noMoreSplits || requested == 0;
        }
        return noMoreSplits && reading.openSplits() == 0;
    }

    /** The end counts as something to take: between two calls, a task with several inputs may have heard of it. */
    @Override
    public CompletableFuture<Void> isAvailable() {
        return isAtEnd() ? CompletableFuture.completedFuture(null) : reading.available();
    }

    @Override
    public List<ScanSplit> snapshotState(long checkpoint) {
        return new ArrayList<>(reading.remaining());
    }

    @Override
    public void notifyCheckpointComplete(long checkpoint) {
        // Nothing waits for a checkpoint.
    }

    @Override
    public void close() throws Exception {
        reading.close();
    }
}
