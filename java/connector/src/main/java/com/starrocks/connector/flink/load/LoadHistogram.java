// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.load;

import com.starrocks.connector.jni.LoadTiming;
import java.util.Arrays;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.HistogramStatistics;

/** The distribution of the latest durations of a kind. The native library notes them; they are fetched when somebody looks. */
final class LoadHistogram implements Histogram {
    private final SubtaskWriter<?> writer;
    private final LoadTiming timing;
    private final int window;
    /** What was seen last: how many there have been, then the latest. */
    private long[] samples = {0};

    LoadHistogram(SubtaskWriter<?> writer, LoadTiming timing, int window) {
        this.writer = writer;
        this.timing = timing;
        this.window = window;
    }

    private synchronized long[] read() {
        try {
            samples = writer.samples(timing, window);
        } catch (IllegalStateException closed) {
            // What was seen last stands.
        }
        return samples;
    }

    @Override
    public void update(long value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long getCount() {
        return read()[0];
    }

    @Override
    public HistogramStatistics getStatistics() {
        long[] latest = read();
        return new Statistics(Arrays.copyOfRange(latest, 1, latest.length));
    }

    /** Of a sorted sample; everything is 0 of none. */
    static final class Statistics extends HistogramStatistics {
        private final long[] values;

        Statistics(long[] values) {
            this.values = values;
            Arrays.sort(values);
        }

        /** Between two values, in proportion. */
        @Override
        public double getQuantile(double quantile) {
            if (values.length == 0) {
                return 0;
            }
            double at = Math.max(0, Math.min(1, quantile)) * (values.length - 1);
            int below = (int) at;
            int above = Math.min(below + 1, values.length - 1);
            return values[below] + (at - below) * (values[above] - values[below]);
        }

        @Override
        public long[] getValues() {
            return values.clone();
        }

        @Override
        public int size() {
            return values.length;
        }

        @Override
        public double getMean() {
            return Arrays.stream(values).average().orElse(0);
        }

        @Override
        public double getStdDev() {
            double mean = getMean();
            double squares = Arrays.stream(values)
                    .mapToDouble(value -> (value - mean) * (value - mean))
                    .sum();
            return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
        }

        @Override
        public long getMax() {
            return values.length == 0 ? 0 : values[values.length - 1];
        }

        @Override
        public long getMin() {
            return values.length == 0 ? 0 : values[0];
        }
    }
}
