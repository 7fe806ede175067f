// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import com.starrocks.connector.jni.ScanMetric;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.RowData;

/** Reads splits for whoever waits for their rows: a source function, or a cache of a whole table. */
public final class FunctionReading implements AutoCloseable {
    private static final int ROWS_PER_CALL = 256;
    private static final int SPLITS_AT_ONCE = 2;
    private static final long SLICE_MS = 100;

    private final Deque<ScanSplit> waiting = new ArrayDeque<>();
    private final SplitReading reading;
    private final Counter scannedRows;

    /** Begins to read splits, as {@link #plan} or {@link #remaining} wrote them. */
    public FunctionReading(String name, ScanSpec spec, RowForm form, List<byte[]> splits, MetricGroup metrics)
            throws IOException {
        ScanSplitSerializer serializer = new ScanSplitSerializer();
        for (byte[] split : splits) {
            waiting.add(serializer.deserialize(serializer.getVersion(), split));
        }
        reading = new SplitReading(name, spec, form, filter -> new NativeTabletReader(spec.readerConfig(filter)));
        scannedRows = metrics.counter("totalScannedRows");
        for (ScanMetric metric : ScanMetric.values()) {
            metrics.gauge(SplitReading.shownAs(metric), (Gauge<Long>) () -> reading.metric(metric));
        }
    }

    /** Plans a scan in so many splits at most. */
    public static ArrayList<byte[]> plan(ScanSpec spec, int most) {
        try {
            ScanSplitSerializer serializer = new ScanSplitSerializer();
            ArrayList<byte[]> splits = new ArrayList<>();
            for (ScanSplit split : spec.plan(most)) {
                splits.add(serializer.serialize(split));
            }
            return splits;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ValidationException("Interrupted while reading " + spec.table() + " was planned.", e);
        } catch (IOException | RuntimeException e) {
            throw new ValidationException("Reading " + spec.table() + " cannot be planned: " + e.getMessage(), e);
        }
    }

    /** Waits until there may be rows, or a slice has passed; false when everything is read. */
    public boolean awaitRows() throws IOException, InterruptedException {
        while (reading.openSplits() < SPLITS_AT_ONCE && !waiting.isEmpty()) {
            reading.add(waiting.poll());
        }
        if (reading.openSplits() == 0) {
            return false;
        }
        try {
            reading.available().get(SLICE_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return true;
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
        return true;
    }

    /** Hands on some of the rows that are there. */
    public void handOn(Consumer<RowData> output) throws IOException {
        scannedRows.inc(reading.handOn(ROWS_PER_CALL, output, () -> {}));
    }

    /** What is left, for a checkpoint. */
    public List<byte[]> remaining() {
        ScanSplitSerializer serializer = new ScanSplitSerializer();
        List<byte[]> splits = new ArrayList<>();
        reading.remaining().forEach(split -> splits.add(serializer.serialize(split)));
        waiting.forEach(split -> splits.add(serializer.serialize(split)));
        return splits;
    }

    @Override
    public void close() throws InterruptedException {
        reading.close();
    }
}
