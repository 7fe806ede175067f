// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.batch;

import com.starrocks.connector.flink.load.SinkPlan;
import java.io.Serializable;
import org.apache.flink.table.data.RowData;

/** Makes the writer of a subtask's records. */
@FunctionalInterface
public interface RecordWriterFactory<T> extends Serializable {
    /** Rows of the planner. */
    RecordWriterFactory<RowData> ROWS = plan -> new RowWriter(plan.schema().types());

    /** Texts that are rows already. */
    RecordWriterFactory<String> TEXTS = plan -> new TextWriter(plan.options());

    /** A writer for this sink. */
    RecordWriter<T> create(SinkPlan plan);
}
