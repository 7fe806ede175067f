// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.load;

import com.starrocks.connector.jni.Json;
import com.starrocks.connector.jni.Waiter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where rejected rows go. They are written in the flush that the rows around them belong to, before its checkpoint ends: a job
 * that fails in between writes them again.
 */
interface DeadLetters extends AutoCloseable {
    /** Writes rows; they are safe when this returns. */
    void write(List<RejectedRow> rows, long checkpointId) throws IOException, InterruptedException;

    @Override
    void close();

    /** The target of a sink; it is not touched before there are rows. Without one the native library rejects none. */
    static DeadLetters of(SinkPlan plan, Subtask subtask, Waiter waiter) {
        if (plan.deadLetters() != null) {
            return new DeadLetterTable(plan.deadLetters(), subtask, waiter);
        }
        if (plan.options().getDeadLetterPath() != null) {
            return new DeadLetterFiles(plan.options().getDeadLetterPath(), plan.tableName(), subtask);
        }
        return new NoDeadLetters();
    }

    /** Writes what the result of a flush of the native sink says was rejected. */
    static void write(DeadLetters target, Map<String, Object> flushed, long checkpointId)
            throws IOException, InterruptedException {
        List<RejectedRow> rows = new ArrayList<>();
        long now = System.currentTimeMillis();
        for (Object row : Json.list(flushed.get("rejected"))) {
            rows.add(new RejectedRow(now, Json.object(row)));
        }
        if (!rows.isEmpty()) {
            target.write(rows, checkpointId);
        }
    }
}
