// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

import com.starrocks.connector.flink.StarRocksSink;
import com.starrocks.connector.flink.StarRocksSource;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;

/** Rows that are read from a table, two of its columns, and written into another one. */
public final class ReadRows {
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment.setParallelism(2);
        ResolvedSchema schema = ResolvedSchema.of(
                Column.physical("id", DataTypes.BIGINT()),
                Column.physical("name", DataTypes.STRING()),
                Column.physical("country", DataTypes.STRING()));
        environment
                .fromSource(
                        StarRocksSource.scan(
                                schema,
                                Connection.source(args, "guide", "customers")
                                        .withProperty("scan.columns", "id,name")
                                        .withProperty("scan.filter", "country = 'FR'")
                                        .build()),
                        WatermarkStrategy.noWatermarks(),
                        "customers")
                .map(row -> row.getLong(0) + "," + row.getString(1))
                .addSink(StarRocksSink.sink(Connection.options(args, "guide", "names")
                        .withProperty("sink.properties.column_separator", ",")
                        .build()));
        environment.execute("read rows");
    }
}
