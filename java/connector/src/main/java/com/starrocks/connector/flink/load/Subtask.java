// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.load;

/** Which part of which job a writer is. */
public final class Subtask {
    private final int index;
    private final int parallelism;
    private final int attempt;
    private final String jobId;

    public Subtask(int index, int parallelism, int attempt, String jobId) {
        this.index = index;
        this.parallelism = parallelism;
        this.attempt = attempt;
        this.jobId = jobId;
    }

    public int index() {
        return index;
    }

    public int parallelism() {
        return parallelism;
    }

    public int attempt() {
        return attempt;
    }

    public String jobId() {
        return jobId;
    }
}
