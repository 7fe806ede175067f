// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink;

import com.starrocks.connector.flink.row.sink.StarRocksGenericRowTransformer;
import com.starrocks.connector.flink.row.batch.RecordWriterFactory;
import com.starrocks.connector.flink.row.sink.StarRocksSinkRowBuilder;
import com.starrocks.connector.flink.load.SinkPlan;
import com.starrocks.connector.flink.table.sink.SinkFunctionFactory;
import com.starrocks.connector.flink.table.sink.StarRocksDynamicSinkFunctionV2;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import org.apache.flink.streaming.api.functions.sink.SinkFunction;
import org.apache.flink.table.api.TableSchema;

/** Sinks for the DataStream API. */
public final class StarRocksSink {
    private StarRocksSink() {}

    /**
     * A sink for records of any class.
     *
     * @param schema the columns to write and, for a primary key table, its key
     * @param options where to write, and how
     * @param rowBuilder takes a record apart
     */
    public static <T> SinkFunction<T> sink(
            TableSchema schema, StarRocksSinkOptions options, StarRocksSinkRowBuilder<T> rowBuilder) {
        return SinkFunctionFactory.createSinkFunction(
                options, schema, new StarRocksGenericRowTransformer<>(rowBuilder));
    }

    /**
     * A sink for rows that are JSON objects or CSV lines already, as {@code sink.properties.format} says. A CSV line has no row
     * delimiter at its end; a row of a primary key table names or holds {@code __op} itself.
     *
     * @param options where to write, and how
     */
    public static SinkFunction<String> sink(StarRocksSinkOptions options) {
        return new StarRocksDynamicSinkFunctionV2<>(SinkPlan.withoutSchema(options), RecordWriterFactory.TEXTS);
    }
}
