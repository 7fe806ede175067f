// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.load;

import com.starrocks.connector.jni.LoadTiming;
import com.starrocks.connector.jni.SinkMetric;
import com.starrocks.connector.jni.Waiter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes each table through a native sink of its own, with its own transactions. It is opened with the table's first row and closed
 * when no row came for some flushes. Transactions of the source mean nothing.
 */
public final class TextSinks implements TextTables {
    /** Flushes without a row after which the sink of a table is closed. */
    static final int IDLE_FLUSHES = 8;

    private final Configuration configuration;
    private final LoadHooks hooks;
    private final Waiter waiter;
    /** Reporters of metrics look in from other threads. */
    private final Map<TableKey, TextSink> sinks = new ConcurrentHashMap<>();
    /** Counters of sinks that are closed; also the lock of a change that metrics must not see by halves. */
    private final long[] closedTotals = new long[SinkMetric.values().length];

    /** How many durations of each kind sinks that are closed have had. */
    private final long[] closedSamples = new long[LoadTiming.values().length];

    /** The last checkpoint that is known, or null. */
    private Long checkpointId;

    private TableKey lastTable;
    private TextSink last;
    /** Inside a call that may yield. */
    private boolean busy;

    private volatile boolean closed;

    /**
     * @param checkpointId the checkpoint that was restored, or null
     * @param waiter what to do while the library is waited for; a mailbox it yields to may call {@link #tick()}
     */
    public TextSinks(Configuration configuration, Long checkpointId, Waiter waiter) {
        this(configuration, checkpointId, LoadHooks.NONE, waiter);
    }

    /**
     * As the other one.
     *
     * @param hooks are called while the library is waited for, after a flush, and by {@link #tick()}
     */
    public TextSinks(Configuration configuration, Long checkpointId, LoadHooks hooks, Waiter waiter) {
        this.configuration = configuration;
        this.checkpointId = checkpointId;
        this.hooks = hooks;
        this.waiter = () -> {
            callHooks();
            waiter.betweenSlices();
        };
    }

    /** Tells of the loads that have ended since somebody was told last; {@link #close()} tells of no more. */
    @Override
    public void passOnReports() {
        if (!closed) {
            sinks.values().forEach(TextSink::passOnReports);
        }
    }

    private void callHooks() {
        if (hooks != LoadHooks.NONE) {
            sinks.values().forEach(TextSink::callHooks);
        }
    }

    @Override
    public void write(
            String uniqueKey, String database, String table, String row, int partition, boolean transactionEnd)
            throws IOException, InterruptedException {
        busy = true;
        if (lastTable == null || !lastTable.is(uniqueKey, database, table)) {
            lastTable = new TableKey(uniqueKey, database, table);
            last = sinks.get(lastTable);
            if (last == null) {
                last = open(lastTable);
            }
        }
        last.write(row);
        busy = false;
    }

    @Override
    public void endTransaction(int partition) {}

    private TextSink open(TableKey table) {
        if (closed) {
            throw new IllegalStateException("The sink is closed.");
        }
        TextSink sink = new TextSink(table, configuration.of(table, checkpointId), hooks, waiter);
        sinks.put(table, sink);
        return sink;
    }

    /** All tables at the same time. */
    @Override
    public List<byte[]> flush(boolean prepare, long checkpointId) throws IOException, InterruptedException {
        busy = true;
        List<TextSink> flushing = new ArrayList<>();
        for (TextSink sink : sinks.values()) {
            if (sink.startFlush(prepare, checkpointId)) {
                flushing.add(sink);
            }
        }
        List<byte[]> results = new ArrayList<>(flushing.size());
        for (TextSink sink : flushing) {
            results.add(sink.awaitFlush());
        }
        callHooks();
        if (checkpointId >= 0 && (this.checkpointId == null || this.checkpointId < checkpointId)) {
            this.checkpointId = checkpointId;
        }
        closeIdle();
        busy = false;
        return results;
    }

    private void closeIdle() {
        List<TextSink> idle = new ArrayList<>();
        sinks.forEach((table, sink) -> {
            if (sink.idleFlushes() >= IDLE_FLUSHES) {
                keepTotals(table, sink);
                sink.startClose();
                idle.add(sink);
            }
        });
        idle.forEach(TextSink::close);
        lastTable = null;
        last = null;
    }

    private void keepTotals(TableKey table, TextSink sink) {
        long[] counters = new long[closedTotals.length];
        synchronized (closedTotals) {
            sink.metrics(counters);
            for (SinkMetric metric : SinkMetric.values()) {
                if (metric.isTotal()) {
                    closedTotals[metric.ordinal()] += metric.in(counters);
                }
            }
            for (LoadTiming timing : LoadTiming.values()) {
                closedSamples[timing.ordinal()] += sink.samples(timing, 0)[0];
            }
            sinks.remove(table);
        }
    }

    @Override
    public void tick() {
        if (!busy) {
            sinks.values().forEach(TextSink::handOver);
            callHooks();
        }
    }

    @Override
    public void metrics(long[] counters) {
        synchronized (closedTotals) {
            System.arraycopy(closedTotals, 0, counters, 0, closedTotals.length);
            long[] one = new long[closedTotals.length];
            for (TextSink sink : sinks.values()) {
                sink.metrics(one);
                SinkMetric.merge(counters, one);
            }
        }
    }

    @Override
    public long[] samples(LoadTiming timing, int most) {
        synchronized (closedTotals) {
            long[] all = {closedSamples[timing.ordinal()]};
            for (TextSink sink : sinks.values()) {
                long[] one = sink.samples(timing, most);
                int end = all.length;
                all = Arrays.copyOf(all, end + one.length - 1);
                System.arraycopy(one, 1, all, end, one.length - 1);
                all[0] += one[0];
            }
            return all;
        }
    }

    /** How many tables have an open sink. */
    public int openTables() {
        return sinks.size();
    }

    @Override
    public void close() {
        closed = true;
        sinks.values().forEach(TextSink::startClose);
        sinks.values().forEach(TextSink::close);
    }
}
