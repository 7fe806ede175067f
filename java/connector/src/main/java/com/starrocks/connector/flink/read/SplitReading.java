// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import com.starrocks.connector.jni.ScanMetric;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.flink.table.data.RowData;

/**
 * One subtask's reading, whatever interface of Flink it serves. A thread of its own waits for the native library, 100 ms at a time;
 * the task's thread takes what has come and never waits here.
 */
final class SplitReading implements AutoCloseable {
    /** Makes the reader when the first split comes. */
    interface Factory {
        TabletReader open(String filter) throws IOException;
    }

    private static final CompletableFuture<Void> AVAILABLE = CompletableFuture.completedFuture(null);
    private static final long JOIN_MS = 1_000;

    private final String name;
    private final Factory factory;
    private final int arity;
    private final RowForm form;
    private final long limit;

    private final Map<Integer, SplitProgress> open = new LinkedHashMap<>();
    private final Map<ScanMetric, Long> lastMetrics = new HashMap<>();
    private volatile TabletReader reader;
    private Thread thread;
    private BatchRows current;
    private int added;
    private long rows;

    private final Object lock = new Object();
    /** Guarded by the lock, as all that follows. */
    private final Queue<Batch> arrived = new ArrayDeque<>();

    private CompletableFuture<Void> available = AVAILABLE;
    private Throwable failure;
    private boolean closed;

    SplitReading(String name, ScanSpec spec, RowForm form, Factory factory) {
        this(name, spec.columns().getFieldCount(), spec.limit(), form, factory);
    }

    SplitReading(String name, int arity, long limit, RowForm form, Factory factory) {
        this.name = name;
        this.arity = arity;
        this.limit = limit;
        this.form = form;
        this.factory = factory;
    }

    /** Starts to read one more split. */
    void add(ScanSplit split) throws IOException {
        if (reader == null) {
            reader = factory.open(split.filter());
        }
        open.put(added++, new SplitProgress(split));
        reader.add(split.document());
        if (thread == null) {
            thread = new Thread(this::fetch, name);
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Splits that are not read to their end. */
    int openSplits() {
        return open.size();
    }

    /** Whether as many rows were handed on as the query wants. */
    boolean isLimitReached() {
        return limit >= 0 && rows >= limit;
    }

    private void fetch() {
        try {
            while (!isClosed()) {
                Batch batch = reader.next();
                if (batch != null) {
                    arrive(batch, null);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            arrive(null, e);
        } catch (Throwable e) {
            arrive(null, e);
        }
    }

    private boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    private void arrive(Batch batch, Throwable cause) {
        CompletableFuture<Void> waiting;
        synchronized (lock) {
            if (batch != null) {
                arrived.add(batch);
            } else if (failure == null) {
                failure = cause;
            }
            waiting = available;
            available = AVAILABLE;
        }
        waiting.complete(null);
    }

    /** Wakes whoever waits for rows, since there is other news. */
    void wake() {
        CompletableFuture<Void> waiting;
        synchronized (lock) {
            waiting = available;
            available = AVAILABLE;
        }
        waiting.complete(null);
    }

    /** Done as soon as there is something to take. */
    CompletableFuture<Void> available() {
        if (current != null) {
            return AVAILABLE;
        }
        synchronized (lock) {
            if (!arrived.isEmpty() || failure != null) {
                return AVAILABLE;
            }
            if (available == AVAILABLE) {
                available = new CompletableFuture<>();
            }
            return available;
        }
    }

    /**
     * Hands on up to {@code most} rows of those that are there; returns how many.
     *
     * @param onSplitDone called for each split that was read to its end
     */
    int handOn(int most, Consumer<RowData> output, Runnable onSplitDone) throws IOException {
        while (current == null) {
            Batch batch = take();
            if (batch == null) {
                return 0;
            }
            SplitProgress progress = open.get(batch.split);
            switch (batch.kind) {
                case ROWS:
                    current = new BatchRows(batch, arity);
                    break;
                case TABLET_DONE:
                    progress.done(batch.tablet);
                    break;
                default:
                    open.remove(batch.split);
                    onSplitDone.run();
            }
        }
        int wanted = limit < 0 ? most : (int) Math.min(most, limit - rows);
        int count = current.handOn(wanted, form, output);
        rows += count;
        if (current.isDone()) {
            Batch batch = current.batch();
            open.get(batch.split).taken(batch.tablet, batch.firstRow + batch.rows, batch.fingerprint);
            current = null;
            reader.release(batch);
        }
        return count;
    }

    private Batch take() throws IOException {
        synchronized (lock) {
            Batch batch = arrived.poll();
            if (batch == null && failure != null) {
                if (failure instanceof RuntimeException) {
                    throw (RuntimeException) failure;
                }
                throw new IOException(failure.getMessage(), failure);
            }
            return batch;
        }
    }

    /** What is left of the splits, from the rows on that were not handed on. */
    List<ScanSplit> remaining() {
        if (current != null && current.taken() > 0) {
            Batch batch = current.batch();
            open.get(batch.split)
                    .taken(batch.tablet, batch.firstRow + current.taken(), reader.fingerprint(batch, current.taken()));
        }
        List<ScanSplit> splits = new ArrayList<>();
        for (SplitProgress progress : open.values()) {
            ScanSplit split = progress.remaining();
            if (split != null) {
                splits.add(split);
            }
        }
        return splits;
    }

    /** REOPENED_SCANS is shown as reopenedScans. */
    static String shownAs(ScanMetric metric) {
        StringBuilder name = new StringBuilder();
        for (String word : metric.name().toLowerCase(Locale.ROOT).split("_")) {
            name.append(name.length() == 0 ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        return name.toString();
    }

    /** A counter of the native library; after the end its last value. */
    synchronized long metric(ScanMetric metric) {
        TabletReader reader = this.reader;
        if (reader != null) {
            try {
                lastMetrics.put(metric, reader.metric(metric));
            } catch (IllegalStateException e) {
                return lastMetrics.getOrDefault(metric, 0L);
            }
        }
        return lastMetrics.getOrDefault(metric, 0L);
    }

    @Override
    public void close() throws InterruptedException {
        synchronized (lock) {
            closed = true;
        }
        if (reader != null) {
            reader.close();
        }
        if (thread != null) {
            thread.join(JOIN_MS);
        }
    }
}
