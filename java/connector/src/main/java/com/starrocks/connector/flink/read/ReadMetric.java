// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

/** What a reader counts beside the rows that it hands on. */
enum ReadMetric {
    /** Bytes that the backends sent. */
    BYTES_RECEIVED("bytesReceived"),
    /** Scans that were opened again, on another replica or after they had expired. */
    REOPENED_SCANS("reopenedScans"),
    /** Plans made again, since versions of the first were gone. */
    REPLANS("replans"),
    /** Requests that were tried again. */
    RETRIES("readRetries");

    private final String shownAs;

    ReadMetric(String shownAs) {
        this.shownAs = shownAs;
    }

    /** Name in Flink. */
    String shownAs() {
        return shownAs;
    }
}
