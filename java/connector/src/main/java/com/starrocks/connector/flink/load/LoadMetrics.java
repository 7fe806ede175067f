// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.load;

import com.starrocks.connector.jni.SinkMetric;
import java.util.Locale;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** Shows the counters of the native sink as gauges, and keeps Flink's standard counters. */
public final class LoadMetrics {
    private final SubtaskWriter<?> writer;
    private final Counter records;
    private final Counter bytes;
    private final long[] counters = new long[SinkMetric.values().length];

    /** Registers the gauges; the two counters are those of the sink's metric group. */
    public LoadMetrics(SubtaskWriter<?> writer, MetricGroup group, Counter records, Counter bytes) {
        this.writer = writer;
        this.records = records;
        this.bytes = bytes;
        for (SinkMetric metric : SinkMetric.values()) {
            group.gauge(name(metric), (Gauge<Long>) () -> metric.in(read()));
        }
    }

    /** Rows were written. */
    public void rowsWritten(int rows) {
        records.inc(rows);
    }

    /** Brings the byte counter up to date. */
    public void update() {
        bytes.inc(SinkMetric.BYTES_RECEIVED.in(read()) - bytes.getCount());
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
}
