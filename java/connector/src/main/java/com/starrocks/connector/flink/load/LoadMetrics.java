// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.load;

import com.starrocks.connector.jni.LoadTiming;
import com.starrocks.connector.jni.SinkMetric;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** Shows what the native sink counts, under names of its own and those of connector 1.x, and keeps Flink's standard counters. */
public final class LoadMetrics {
    private static final Map<String, LoadTiming> HISTOGRAMS = histograms();

    private final SubtaskWriter<?> writer;
    private final Counter records;
    private final Counter bytes;
    private final Counter errors;
    private final long[] counters = new long[SinkMetric.values().length];

    /**
     * Registers the metrics; the three counters are those of the sink's metric group: records, bytes, rejected records.
     *
     * @param window how many durations a histogram is made of
     */
    public LoadMetrics(
            SubtaskWriter<?> writer, MetricGroup group, int window, Counter records, Counter bytes, Counter errors) {
        this.writer = writer;
        this.records = records;
        this.bytes = bytes;
        this.errors = errors;
        for (SinkMetric metric : SinkMetric.values()) {
            if (metric.isTotal()) {
                counter(group, name(metric), metric);
            } else {
                gauge(group, name(metric), metric);
            }
        }
        registerFormerNames(group);
        HISTOGRAMS.forEach((name, timing) -> group.histogram(name, new LoadHistogram(writer, timing, window)));
    }

    private static Map<String, LoadTiming> histograms() {
        Map<String, LoadTiming> histograms = new LinkedHashMap<>();
        histograms.put("flushTimeNs", LoadTiming.FLUSH);
        histograms.put("flushTimeNsWithRetry", LoadTiming.FLUSH_WITH_RETRY);
        histograms.put("flushRetry", LoadTiming.FLUSH_RETRY);
        histograms.put("offerTimeNs", LoadTiming.OFFER);
        histograms.put("waitBufferTimeMs", LoadTiming.WAIT_BUFFER);
        histograms.put("serverTimeMs", LoadTiming.SERVER);
        histograms.put("loadTimeMs", LoadTiming.LOAD);
        histograms.put("streamLoadPutTimeMs", LoadTiming.PLAN);
        histograms.put("readDataTimeMs", LoadTiming.READ);
        histograms.put("writeDataTimeMs", LoadTiming.WRITE);
        histograms.put("commitAndPublishTimeMs", LoadTiming.PUBLISH);
        return histograms;
    }

    private void registerFormerNames(MetricGroup group) {
        counter(group, "totalFlushBytes", SinkMetric.BYTES_LOADED);
        counter(group, "totalFlushRows", SinkMetric.ROWS_LOADED);
        counter(group, "totalFlushSucceededTimes", SinkMetric.LOADS);
        counter(group, "totalFlushFailedTimes", SinkMetric.FAILED_LOADS);
        counter(group, "totalFilteredRows", SinkMetric.ROWS_FILTERED);
        counter(group, "numFlush", SinkMetric.FLUSHES);
        counter(group, "numBufferFull", SinkMetric.FULL_BODIES);
        counter(group, "numSuccessLoads", SinkMetric.LOADS);
        counter(group, "numFailLoads", SinkMetric.FAILED_LOADS);
        counter(group, "numLoadRetry", SinkMetric.RETRIES);
        counter(group, "totalFlushRetry", SinkMetric.RETRIES);
        counter(group, "totalInvokeRows", SinkMetric.ROWS_RECEIVED);
        group.counter(
                "totalFlushTimeNs",
                new ReadOnlyCounter(() ->
                        1_000_000 * (SinkMetric.LOAD_MILLIS.in(read()) + SinkMetric.FAILED_LOAD_MILLIS.in(read()))));
        group.counter(
                "totalFlushTimeNsWithoutRetries",
                new ReadOnlyCounter(() -> 1_000_000 * SinkMetric.LOAD_MILLIS.in(read())));
        gauge(group, "maxBufferBytes", SinkMetric.BUDGET_BYTES);
        gauge(group, "currentBufferBytes", SinkMetric.BUFFERED_BYTES);
        gauge(group, "numFlushTable", SinkMetric.IN_FLIGHT_TABLES);
        gauge(group, "numInflightLoads", SinkMetric.IN_FLIGHT_LOADS);
        gauge(group, "numInflightRows", SinkMetric.IN_FLIGHT_ROWS);
        gauge(group, "numInflightBytes", SinkMetric.IN_FLIGHT_BYTES);
    }

    private void counter(MetricGroup group, String name, SinkMetric metric) {
        group.counter(name, new ReadOnlyCounter(() -> metric.in(read())));
    }

    private void gauge(MetricGroup group, String name, SinkMetric metric) {
        group.gauge(name, (Gauge<Long>) () -> metric.in(read()));
    }

    /** Time of the last load, Flink's {@code currentSendTime}. */
    public long currentSendTime() {
        return SinkMetric.LAST_LOAD_MILLIS.in(read());
    }

    /** Rows were written. */
    public void rowsWritten(int rows) {
        records.inc(rows);
    }

    /** Brings the counters up to date. */
    public void update() {
        bytes.inc(SinkMetric.BYTES_RECEIVED.in(read()) - bytes.getCount());
        errors.inc(SinkMetric.ROWS_FILTERED.in(read()) - errors.getCount());
    }

    /** Reporters ask from threads of their own, also after the end: then the last values stand. */
    private synchronized long[] read() {
        try {
            writer.metrics(counters);
        } catch (IllegalStateException e) {
            return counters;
        }
        return counters;
    }

    /** ROWS_RECEIVED is shown as rowsReceived. */
    static String name(SinkMetric metric) {
        StringBuilder name = new StringBuilder();
        for (String word : metric.name().toLowerCase(Locale.ROOT).split("_")) {
            name.append(name.length() == 0 ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        return name.toString();
    }

    /** A counter that somebody else counts. */
    private static final class ReadOnlyCounter implements Counter {
        private final LongSupplier count;

        ReadOnlyCounter(LongSupplier count) {
            this.count = count;
        }

        @Override
        public long getCount() {
            return count.getAsLong();
        }

        @Override
        public void inc() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void inc(long n) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void dec() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void dec(long n) {
            throw new UnsupportedOperationException();
        }
    }
}
