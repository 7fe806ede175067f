// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import com.starrocks.connector.flink.load.Subtask;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.streaming.api.operators.StreamingRuntimeContext;

/** What the context of a function tells on Flink 1.x. */
final class RuntimeFacts {
    private RuntimeFacts() {}

    static Subtask subtask(RuntimeContext context) {
        return new Subtask(
                context.getIndexOfThisSubtask(),
                context.getNumberOfParallelSubtasks(),
                context.getAttemptNumber(),
                context.getJobId().toHexString());
    }

    static boolean isCheckpointingEnabled(StreamingRuntimeContext context) {
        return context.isCheckpointingEnabled();
    }
}
