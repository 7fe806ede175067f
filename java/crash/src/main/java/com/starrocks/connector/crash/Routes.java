// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.crash;

import com.starrocks.connector.flink.table.data.DefaultStarRocksRowData;
import com.starrocks.connector.flink.table.data.StarRocksRowData;
import com.starrocks.connector.flink.table.sink.v2.RecordSerializationSchema;
import com.starrocks.connector.flink.table.sink.v2.StarRocksSinkContext;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.types.Row;

/** The one of several tables that a row goes to; {@code tests/crash/oracle.py} says the same. */
final class Routes implements MapFunction<Row, StarRocksRowData>, RecordSerializationSchema<Row> {
    private static final long serialVersionUID = 1L;
    private static final int TABLES = 4;

    private final String name;
    private final boolean json;
    private final boolean primaryKey;

    Routes(String name, boolean json, boolean primaryKey) {
        this.name = name;
        this.json = json;
        this.primaryKey = primaryKey;
    }

    @Override
    public StarRocksRowData map(Row row) {
        long table = (Long) row.getField(0) / Numbers.KEYS % TABLES;
        return new DefaultStarRocksRowData(
                null, CrashJob.DATABASE, name + "_" + table, json ? Texts.json(row, primaryKey) : Texts.csv(row));
    }

    @Override
    public StarRocksRowData serialize(Row row) {
        return map(row);
    }

    @Override
    public void open(SerializationSchema.InitializationContext context, StarRocksSinkContext sinkContext) {}

    @Override
    public void close() {}
}
