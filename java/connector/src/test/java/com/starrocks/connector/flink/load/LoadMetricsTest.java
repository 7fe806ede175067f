// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.starrocks.connector.flink.table.sink.v2.StarRocksCommittable;
import com.starrocks.connector.jni.SinkMetric;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

class LoadMetricsTest {
    /** Counts for each metric its place. */
    private static final class Writer implements SubtaskWriter<String> {
        private boolean closed;

        @Override
        public int write(String record) {
            return 1;
        }

        @Override
        public List<StarRocksCommittable> flush(boolean prepare, long checkpointId) {
            return Collections.emptyList();
        }

        @Override
        public void tick() {}

        @Override
        public void metrics(long[] counters) {
            if (closed) {
                throw new IllegalStateException("closed");
            }
            for (int i = 0; i < counters.length; i++) {
                counters[i] = 1 + i;
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static final class Group extends UnregisteredMetricsGroup {
        final Map<String, Counter> counters = new HashMap<>();
        final Map<String, Gauge<?>> gauges = new HashMap<>();

        @Override
        public <C extends Counter> C counter(String name, C counter) {
            assertThat(counters.put(name, counter)).as(name).isNull();
            return counter;
        }

        @Override
        public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
            assertThat(gauges.put(name, gauge)).as(name).isNull();
            return gauge;
        }
    }

    private static long value(SinkMetric metric) {
        return 1 + metric.ordinal();
    }

    @Test
    void showsTheCountersOfTheLibraryUnderOwnAndFormerNames() {
        Writer writer = new Writer();
        Group group = new Group();
        Counter records = new SimpleCounter();
        Counter bytes = new SimpleCounter();
        Counter errors = new SimpleCounter();
        LoadMetrics metrics = new LoadMetrics(writer, group, records, bytes, errors);

        assertThat(group.gauges).hasSize(SinkMetric.values().length + 5);
        assertThat(group.gauges.get("oldestUnflushedMillis").getValue())
                .isEqualTo(value(SinkMetric.OLDEST_UNFLUSHED_MILLIS));
        assertThat(group.gauges.get("maxBufferBytes").getValue()).isEqualTo(value(SinkMetric.BUDGET_BYTES));
        assertThat(group.gauges.get("numInflightRows").getValue()).isEqualTo(value(SinkMetric.IN_FLIGHT_ROWS));
        assertThat(group.counters.get("totalFlushRows").getCount()).isEqualTo(value(SinkMetric.ROWS_LOADED));
        assertThat(group.counters.get("totalFlushBytes").getCount()).isEqualTo(value(SinkMetric.BYTES_LOADED));
        assertThat(group.counters.get("totalFlushFailedTimes").getCount()).isEqualTo(value(SinkMetric.FAILED_LOADS));
        assertThat(group.counters.get("numLoadRetry").getCount()).isEqualTo(value(SinkMetric.RETRIES));
        assertThat(group.counters.get("totalFlushTimeNs").getCount())
                .isEqualTo(1_000_000 * (value(SinkMetric.LOAD_MILLIS) + value(SinkMetric.FAILED_LOAD_MILLIS)));

        metrics.rowsWritten(3);
        metrics.update();
        metrics.update();
        assertThat(records.getCount()).isEqualTo(3);
        assertThat(bytes.getCount()).isEqualTo(value(SinkMetric.BYTES_RECEIVED));
        assertThat(errors.getCount()).isEqualTo(value(SinkMetric.ROWS_FILTERED));
        assertThat(metrics.currentSendTime()).isEqualTo(value(SinkMetric.LAST_LOAD_MILLIS));

        writer.close();
        assertThat(group.counters.get("totalFlushRows").getCount())
                .as("the last values stand")
                .isEqualTo(value(SinkMetric.ROWS_LOADED));
    }
}
