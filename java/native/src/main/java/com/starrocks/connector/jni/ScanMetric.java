// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

/** The counters of a scan, in the order in which the native library writes them. The order is part of the ABI. */
public enum ScanMetric {
    /** Rows that arrived, without those dropped after a scan was opened again. */
    ROWS,
    /** Bytes that arrived from backends. */
    BYTES_RECEIVED,
    /** Answers of backends that held rows. */
    ANSWERS,
    /** Scans opened again, on another replica or after they had expired. */
    REOPENED_SCANS,
    /** Plans made again, since versions of the first were gone. */
    REPLANS,
    /** Failures that led to another attempt. */
    RETRIES;

    /** The value of this counter in an array filled by {@link NativeScan#metrics(long[])}. */
    public long in(long[] metrics) {
        return metrics[ordinal()];
    }
}
