// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.batch;

import com.starrocks.connector.flink.row.sink.StarRocksSinkOP;
import com.starrocks.connector.flink.row.sink.StarRocksSinkRowBuilder;
import com.starrocks.connector.flink.table.sink.SinkSchema;
import java.util.Arrays;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.types.RowKind;

/** Writes records of any class, which a {@link StarRocksSinkRowBuilder} takes apart into Java objects. */
public final class ObjectRowWriter<T> implements RecordWriter<T> {
    private final StarRocksSinkRowBuilder<T> builder;
    private final ObjectConverter[] converters;
    private final RowWriter rows;
    private final Object[] slots;
    private final GenericRowData row;

    /**
     * @param upsertDelete whether the table has a primary key, so that the builder says what happens to the row
     */
    public ObjectRowWriter(SinkSchema schema, boolean upsertDelete, StarRocksSinkRowBuilder<T> builder) {
        this.builder = builder;
        int columns = schema.names().size();
        converters = new ObjectConverter[columns];
        for (int i = 0; i < columns; i++) {
            converters[i] =
                    ObjectConverter.of(schema.names().get(i), schema.types().get(i));
        }
        rows = new RowWriter(schema.types());
        slots = new Object[columns + (upsertDelete ? 1 : 0)];
        row = new GenericRowData(columns);
    }

    @Override
    public void write(T record, RowOutput out) {
        Arrays.fill(slots, null);
        builder.accept(slots, record);
        for (int i = 0; i < converters.length; i++) {
            row.setField(i, slots[i] == null ? null : converters[i].convert(slots[i]));
        }
        row.setRowKind(kind());
        rows.write(row, out);
    }

    private RowKind kind() {
        if (slots.length == converters.length) {
            return RowKind.INSERT;
        }
        Object op = slots[converters.length];
        if (op == null || isOp(op, StarRocksSinkOP.UPSERT)) {
            return RowKind.INSERT;
        }
        if (isOp(op, StarRocksSinkOP.DELETE)) {
            return RowKind.DELETE;
        }
        throw new IllegalArgumentException(
                "The last slot of a row must hold the ordinal of UPSERT (0) or DELETE (1), not " + op + ".");
    }

    private static boolean isOp(Object value, StarRocksSinkOP op) {
        return value == op || value instanceof Number && ((Number) value).intValue() == op.ordinal();
    }
}
