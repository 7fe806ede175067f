// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink.v2;

import com.starrocks.connector.flink.row.sink.StarRocksIRowTransformer;
import com.starrocks.connector.flink.row.sink.StarRocksISerializer;
import com.starrocks.connector.flink.table.data.DefaultStarRocksRowData;
import com.starrocks.connector.flink.table.data.StarRocksRowData;
import com.starrocks.connector.flink.tools.JsonWrapper;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.table.data.RowData;
import org.apache.flink.types.RowKind;

/** Rows of a Flink table for one StarRocks table, made text in Java. {@code SinkFunctionFactory.createSink} needs no text. */
public class RowDataSerializationSchema implements RecordSerializationSchema<RowData> {
    private static final long serialVersionUID = 1L;

    private final String database;
    private final String table;
    private final boolean supportUpsertDelete;
    private final boolean ignoreUpdateBefore;
    private final StarRocksISerializer serializer;
    private final StarRocksIRowTransformer<RowData> rowTransformer;

    public RowDataSerializationSchema(
            String database,
            String table,
            boolean supportUpsertDelete,
            boolean ignoreUpdateBefore,
            StarRocksISerializer serializer,
            StarRocksIRowTransformer<RowData> rowTransformer) {
        this.database = database;
        this.table = table;
        this.supportUpsertDelete = supportUpsertDelete;
        this.ignoreUpdateBefore = ignoreUpdateBefore;
        this.serializer = serializer;
        this.rowTransformer = rowTransformer;
    }

    @Override
    public void open(SerializationSchema.InitializationContext context, StarRocksSinkContext sinkContext) {
        JsonWrapper json = new JsonWrapper();
        serializer.open(new StarRocksISerializer.SerializerContext(json));
        rowTransformer.setRuntimeContext(null);
        rowTransformer.setFastJsonWrapper(json);
    }

    @Override
    public StarRocksRowData serialize(RowData record) {
        RowKind kind = record.getRowKind();
        if (kind == RowKind.UPDATE_BEFORE && (ignoreUpdateBefore || !supportUpsertDelete)) {
            return null;
        }
        if (kind == RowKind.DELETE && !supportUpsertDelete) {
            throw new IllegalStateException("A row is to be deleted from " + database + "." + table
                    + ", which has no primary key. Write to a primary key table, or filter deletions before the sink.");
        }
        String row = serializer.serialize(rowTransformer.transform(record, supportUpsertDelete));
        return new DefaultStarRocksRowData(null, database, table, row);
    }

    @Override
    public void close() {}
}
