// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink.v2;

/** What a writer must know of the job that a checkpoint comes from: under which labels transactions may have been left behind. */
public final class StarRocksWriterState {
    private final String labelPrefix;
    private final long checkpointId;

    /** The label prefix, or null, and the checkpoint. */
    public StarRocksWriterState(String labelPrefix, long checkpointId) {
        this.labelPrefix = labelPrefix;
        this.checkpointId = checkpointId;
    }

    String labelPrefix() {
        return labelPrefix;
    }

    long checkpointId() {
        return checkpointId;
    }
}
