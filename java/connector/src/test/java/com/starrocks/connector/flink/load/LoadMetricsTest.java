// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.starrocks.connector.flink.table.sink.v2.StarRocksCommittable;
import com.starrocks.connector.jni.LoadTiming;
import com.starrocks.connector.jni.SinkMetric;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.HistogramStatistics;
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
        public long[] samples(LoadTiming timing, int most) {
            if (closed) {
                throw new IllegalStateException("closed");
            }
            return new long[] {1000 + timing.ordinal(), 40, 10, 20, 30};
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static final class Group extends UnregisteredMetricsGroup {
        final Map<String, Counter> counters = new HashMap<>();
        final Map<String, Gauge<?>> gauges = new HashMap<>();
        final Map<String, Histogram> histograms = new HashMap<>();

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

        @Override
        public <H extends Histogram> H histogram(String name, H histogram) {
            assertThat(histograms.put(name, histogram)).as(name).isNull();
            return histogram;
        }

        Set<String> names() {
            Set<String> names = new TreeSet<>(counters.keySet());
            names.addAll(gauges.keySet());
            names.addAll(histograms.keySet());
            return names;
        }
    }

    private final Writer writer = new Writer();
    private final Group group = new Group();
    private final Counter records = new SimpleCounter();
    private final Counter bytes = new SimpleCounter();
    private final Counter errors = new SimpleCounter();
    private final LoadMetrics metrics = new LoadMetrics(writer, group, 100, records, bytes, errors);

    private static long value(SinkMetric metric) {
        return 1 + metric.ordinal();
    }

    @Test
    void showsTheCountersOfTheLibraryUnderOwnAndFormerNames() {
        assertThat(group.counters.get("flushesByInterval").getCount()).isEqualTo(value(SinkMetric.FLUSHES_BY_INTERVAL));
        assertThat(group.gauges.get("oldestUnflushedMillis").getValue())
                .isEqualTo(value(SinkMetric.OLDEST_UNFLUSHED_MILLIS));
        assertThat(group.gauges.get("maxBufferBytes").getValue()).isEqualTo(value(SinkMetric.BUDGET_BYTES));
        assertThat(group.gauges.get("numInflightRows").getValue()).isEqualTo(value(SinkMetric.IN_FLIGHT_ROWS));
        assertThat(group.gauges.get("numFlushTable").getValue()).isEqualTo(value(SinkMetric.IN_FLIGHT_TABLES));
        assertThat(group.histograms.get("flushTimeNsWithRetry").getCount())
                .isEqualTo(1000 + LoadTiming.FLUSH_WITH_RETRY.ordinal());
        assertThat(group.histograms.get("flushRetry").getCount()).isEqualTo(1000 + LoadTiming.FLUSH_RETRY.ordinal());
        assertThat(group.histograms.get("offerTimeNs").getCount()).isEqualTo(1000 + LoadTiming.OFFER.ordinal());
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

    @Test
    void showsDistributionsOfTheLatestDurations() {
        Histogram histogram = group.histograms.get("commitAndPublishTimeMs");
        assertThat(histogram.getCount()).isEqualTo(1000 + LoadTiming.PUBLISH.ordinal());
        HistogramStatistics statistics = histogram.getStatistics();
        assertThat(statistics.size()).isEqualTo(4);
        assertThat(statistics.getMin()).isEqualTo(10);
        assertThat(statistics.getMax()).isEqualTo(40);
        assertThat(statistics.getMean()).isEqualTo(25);
        assertThat(statistics.getStdDev()).isBetween(12.9, 13.0);
        assertThat(statistics.getQuantile(0.5)).isEqualTo(25);
        assertThat(statistics.getQuantile(1)).isEqualTo(40);
        writer.close();
        assertThat(histogram.getStatistics().getMax())
                .as("the last values stand")
                .isEqualTo(40);
        assertThat(new LoadHistogram.Statistics(new long[0]).getQuantile(0.99)).isZero();
    }

    /** docs/load-data-into-starrocks.md has what there is, and nothing else. */
    @Test
    void theGuideListsEveryMetric() throws Exception {
        String guide = new String(
                Files.readAllBytes(Paths.get("../../docs/load-data-into-starrocks.md")), StandardCharsets.UTF_8);
        String section = guide.substring(guide.indexOf("\n## Metrics\n")).split("\n## ")[1];
        Set<String> documented = new TreeSet<>();
        Matcher row = Pattern.compile("(?m)^\\| (`[^|]*) \\|").matcher(section);
        while (row.find()) {
            Matcher name = Pattern.compile("`(\\w+)`").matcher(row.group(1));
            while (name.find()) {
                assertThat(documented.add(name.group(1))).as(name.group(1)).isTrue();
            }
        }
        Set<String> expected = group.names();
        // Those of Flink, which it registers itself or the sink function does.
        expected.addAll(Arrays.asList("numRecordsSend", "numBytesSend", "numRecordsSendErrors", "currentSendTime"));
        assertThat(documented).isEqualTo(expected);
    }
}
