// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.load;

import com.starrocks.connector.flink.row.batch.RecordWriterFactory;
import com.starrocks.connector.jni.Waiter;
import java.io.IOException;
import java.util.List;
import org.apache.flink.table.data.RowData;

/** Rejected rows in a StarRocks table, committed with each flush that has any. */
final class DeadLetterTable implements DeadLetters {
    private final SinkPlan plan;
    private final Subtask subtask;
    private final Waiter waiter;
    /** Null as long as no row was rejected. */
    private LoadWriter<RowData> writer;

    DeadLetterTable(SinkPlan plan, Subtask subtask, Waiter waiter) {
        this.plan = plan;
        this.subtask = subtask;
        this.waiter = waiter;
    }

    @Override
    public void write(List<RejectedRow> rows, long checkpointId) throws IOException, InterruptedException {
        if (writer == null) {
            writer = LoadWriter.open(plan, subtask, null, RecordWriterFactory.ROWS.create(plan), waiter);
        }
        for (RejectedRow row : rows) {
            writer.write(row.toRowData());
        }
        writer.flush(false, checkpointId);
    }

    @Override
    public void close() {
        if (writer != null) {
            writer.close();
        }
    }
}
