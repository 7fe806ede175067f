// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink.v2;

import com.starrocks.connector.flink.load.OriginalLabels;
import java.util.Collections;
import java.util.List;

/** What a writer must know of the job that a checkpoint comes from: under which labels transactions may have been left behind. */
public final class StarRocksWriterState {
    private final String labelPrefix;
    private final long checkpointId;
    private final int subtask;
    private final int parallelism;
    private final List<OriginalLabels> originalLabels;

    /** The label prefix, or null, the checkpoint, and which of how many writers this was. */
    public StarRocksWriterState(String labelPrefix, long checkpointId, int subtask, int parallelism) {
        this(labelPrefix, checkpointId, subtask, parallelism, Collections.emptyList());
    }

    private StarRocksWriterState(
            String labelPrefix,
            long checkpointId,
            int subtask,
            int parallelism,
            List<OriginalLabels> originalLabels) {
        this.labelPrefix = labelPrefix;
        this.checkpointId = checkpointId;
        this.subtask = subtask;
        this.parallelism = parallelism;
        this.originalLabels = originalLabels;
    }

    /** What connector 1.x knew. */
    static StarRocksWriterState ofOriginal(List<OriginalLabels> labels) {
        return new StarRocksWriterState(null, 0, 0, 1, labels);
    }

    List<OriginalLabels> originalLabels() {
        return originalLabels;
    }

    String labelPrefix() {
        return labelPrefix;
    }

    long checkpointId() {
        return checkpointId;
    }

    int subtask() {
        return subtask;
    }

    int parallelism() {
        return parallelism;
    }
}
