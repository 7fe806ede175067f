// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import com.starrocks.connector.flink.load.SinkPlan;
import com.starrocks.connector.flink.load.SubtaskWriterFactory;
import com.starrocks.connector.flink.row.sink.StarRocksIRowTransformer;
import org.apache.flink.table.api.TableSchema;

/** Makes sinks for the DataStream API. */
public class SinkFunctionFactory {
    /** How rows travel: plain stream loads or transactions. */
    enum SinkVersion {
        V1,
        V2,
        AUTO
    }

    private SinkFunctionFactory() {}

    /** Asks the server whether it has transactions, and tells the options. */
    public static void detectStarRocksFeature(StarRocksSinkOptions options) {
        SinkFunctions.detectFeatures(options);
    }

    public static SinkVersion chooseSinkVersionAutomatically(StarRocksSinkOptions options) {
        return SinkFunctions.automatic(options);
    }

    public static SinkVersion getSinkVersion(StarRocksSinkOptions options) {
        return SinkFunctions.version(options);
    }

    /** A sink for records that a transformer takes apart into the columns of the schema. */
    public static <T> StarRocksDynamicSinkFunctionBase<T> createSinkFunction(
            StarRocksSinkOptions options, TableSchema schema, StarRocksIRowTransformer<T> transformer) {
        transformer.setTableSchema(schema);
        return new StarRocksDynamicSinkFunctionV2<>(
                SinkPlan.check(options, TableSchemas.read(schema)),
                SubtaskWriterFactory.oneTable(SinkFunctions.records(transformer)),
                transformer);
    }

    /**
     * A sink for records that are rows already: {@code StarRocksRowData} and {@code StarRocksSinkRowDataWithMeta} go to the tables that
     * they name, any other record as text to the table of the options.
     */
    public static <T> StarRocksDynamicSinkFunctionBase<T> createSinkFunction(StarRocksSinkOptions options) {
        return SinkFunctions.manyTables(options);
    }
}
