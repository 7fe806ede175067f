// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.load;

import com.starrocks.connector.flink.row.batch.RecordWriterFactory;
import com.starrocks.connector.jni.Waiter;
import java.io.IOException;
import java.io.Serializable;

/** Opens the writer of a subtask. */
@FunctionalInterface
public interface SubtaskWriterFactory<T> extends Serializable {
    /**
     * @param restoredCheckpointId the checkpoint that the job was restored from, or null
     * @param waiter what to do between slices of waiting
     */
    SubtaskWriter<T> open(SinkPlan plan, Subtask subtask, Long restoredCheckpointId, Waiter waiter) throws IOException;

    /** Records that all go to the table of the plan. */
    static <T> SubtaskWriterFactory<T> oneTable(RecordWriterFactory<T> records) {
        return (plan, subtask, restoredCheckpointId, waiter) ->
                LoadWriter.open(plan, subtask, restoredCheckpointId, records.create(plan), waiter);
    }
}
