// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.load;

import com.starrocks.connector.flink.table.sink.SinkSchema;
import com.starrocks.connector.jni.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.VarCharType;

/** A row that its table did not take. */
final class RejectedRow {
    private static final String[] COLUMNS = {"rejected_at", "sink_table", "label", "column_name", "reason", "row_data"};

    /** The columns of a table for such rows. */
    static final SinkSchema SCHEMA = new SinkSchema(RowType.of(types(), COLUMNS), null);

    private final long rejectedAt;
    private final Map<String, Object> row;

    /**
     * @param rejectedAt milliseconds since the epoch
     * @param row as the native library tells it
     */
    RejectedRow(long rejectedAt, Map<String, Object> row) {
        this.rejectedAt = rejectedAt;
        this.row = row;
    }

    private static LogicalType[] types() {
        LogicalType[] types = new LogicalType[COLUMNS.length];
        types[0] = new TimestampType(3);
        for (int i = 1; i < types.length; i++) {
            types[i] = new VarCharType(VarCharType.MAX_LENGTH);
        }
        return types;
    }

    private Object[] values() {
        return new Object[] {
            TimestampData.fromEpochMillis(rejectedAt),
            row.get("table"),
            row.get("label"),
            row.get("column"),
            row.get("reason"),
            row.get("row")
        };
    }

    /** The row with the columns of {@link #SCHEMA}. */
    RowData toRowData() {
        Object[] values = values();
        for (int i = 1; i < values.length; i++) {
            values[i] = StringData.fromString((String) values[i]);
        }
        return GenericRowData.of(values);
    }

    /** The row as a line of JSON, the time in UTC. */
    String toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        Object[] values = values();
        for (int i = 0; i < values.length; i++) {
            json.put(COLUMNS[i], i == 0 ? values[i].toString() : values[i]);
        }
        return new String(Json.write(json), StandardCharsets.UTF_8);
    }

    /** Without the row itself, for messages. */
    @Override
    public String toString() {
        return "[table=" + row.get("table") + ", label=" + row.get("label") + ", column=" + row.get("column")
                + ", reason=" + row.get("reason") + "]";
    }
}
