// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

/** The counters and gauges of a sink, in the order in which the native library writes them. The order is part of the ABI. */
public enum SinkMetric {
    /** Rows handed over. */
    ROWS_RECEIVED,
    /** Bytes of row batches handed over. */
    BYTES_RECEIVED,
    /** Rows written to load bodies. */
    ROWS_ENCODED,
    /** Rows dropped for their kind: UPDATE_BEFORE, or DELETE without a primary key. */
    ROWS_SKIPPED,
    /** Bytes of encoded rows, before compression. */
    BYTES_ENCODED,
    /** Body bytes of loads that succeeded. */
    BYTES_LOADED,
    /** Loads that succeeded. */
    LOADS,
    /** Transactions that were prepared or committed. */
    TRANSACTIONS,
    /** Flushes that completed. */
    FLUSHES,
    /** Failures that led to another attempt. */
    RETRIES,
    /** Failures that ended the sink. */
    FAILURES,
    /** Time spent in loads that succeeded, in milliseconds. */
    LOAD_MILLIS,
    /** Rows of loads that succeeded. */
    ROWS_LOADED,
    /** Rows that the server rejected, within what the user allows. */
    ROWS_FILTERED,
    /** Loads that failed, whether they were tried again or not. */
    FAILED_LOADS,
    /** Time spent in loads that failed, in milliseconds. */
    FAILED_LOAD_MILLIS,
    /** Load bodies that were full. */
    FULL_BODIES,
    /** Transactions, or loads without one, that were closed because they had the bytes that the user allows. */
    FLUSHES_BY_SIZE,
    /** The same for the rows that the user allows. */
    FLUSHES_BY_ROWS,
    /** The same for the flush interval. */
    FLUSHES_BY_INTERVAL,
    /** The same for a checkpoint. */
    FLUSHES_BY_CHECKPOINT,
    /** The same for the sink's share of the memory. */
    FLUSHES_BY_MEMORY,
    /** The same for a flush without a checkpoint, such as the one at the end of the input. */
    FLUSHES_BY_CLOSE,
    /** How long writing has waited for room in memory, in milliseconds. */
    MEMORY_WAIT_MILLIS,
    /** Refusals because the table has too many versions. */
    VERSION_REFUSALS,
    /** Gauge: time of the last load that succeeded, in milliseconds. */
    LAST_LOAD_MILLIS,
    /** Gauge: native memory that the sink holds: buffered, waiting, and kept for replay. */
    BUFFERED_BYTES,
    /** Gauge: body bytes of the loads under way. */
    IN_FLIGHT_BYTES,
    /** Gauge: loads under way. */
    IN_FLIGHT_LOADS,
    /** Gauge: rows of the loads under way. */
    IN_FLIGHT_ROWS,
    /** Gauge: tables with a load under way. */
    IN_FLIGHT_TABLES,
    /** Gauge: age in milliseconds of the oldest row that no flush has taken up. */
    OLDEST_UNFLUSHED_MILLIS,
    /** Gauge: the flush interval in force, in milliseconds; 0 where only checkpoints flush. */
    FLUSH_INTERVAL_MILLIS,
    /** Gauge: native memory that all sinks of this copy of the library hold. */
    BUDGET_USED_BYTES,
    /** Gauge: native memory that all sinks of this copy of the library may hold. */
    BUDGET_BYTES;

    static final int COUNT = values().length;

    /** Whether it only ever grows, so that it stands when its sink is closed; a gauge does not. */
    public boolean isTotal() {
        return ordinal() < LAST_LOAD_MILLIS.ordinal();
    }

    /** Adds the counters of another sink: sums, but for what all sinks share or what is an age or a duration, the largest. */
    public static void merge(long[] total, long[] more) {
        for (SinkMetric metric : values()) {
            int at = metric.ordinal();
            boolean adds = metric.isTotal()
                    || metric == BUFFERED_BYTES
                    || metric == IN_FLIGHT_BYTES
                    || metric == IN_FLIGHT_LOADS
                    || metric == IN_FLIGHT_ROWS
                    || metric == IN_FLIGHT_TABLES;
            total[at] = adds ? total[at] + more[at] : Math.max(total[at], more[at]);
        }
    }

    /** The value of this counter in an array filled by {@link NativeSink#metrics(long[])}. */
    public long in(long[] metrics) {
        return metrics[ordinal()];
    }
}
