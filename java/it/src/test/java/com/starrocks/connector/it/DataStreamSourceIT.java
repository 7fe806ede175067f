// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import com.starrocks.connector.flink.StarRocksSource;
import com.starrocks.connector.flink.table.source.StarRocksSourceOptions;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.accumulators.ListAccumulator;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Programs of the DataStream API that read a table. */
@Tag("every-line")
class DataStreamSourceIT {
    private static final int COUNT = 1_000;
    private static final ResolvedSchema SCHEMA = ResolvedSchema.of(
            Column.physical("id", DataTypes.INT()),
            Column.physical("name", DataTypes.STRING()),
            Column.physical("tags", DataTypes.ARRAY(DataTypes.STRING())));

    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    @BeforeAll
    static void fill() throws Exception {
        STARROCKS.execute("CREATE DATABASE it");
        STARROCKS.execute("CREATE TABLE it.tagged (id INT NOT NULL, name VARCHAR(100), tags ARRAY<VARCHAR(20)>)"
                + " DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 5 PROPERTIES (\"replication_num\" = \"1\")");
        StringBuilder insert = new StringBuilder("INSERT INTO it.tagged VALUES ");
        for (int i = 0; i < COUNT; i++) {
            insert.append(i == 0 ? "(" : ", (").append(i + ", 'a name of some length " + i + "', ['x', NULL])");
        }
        STARROCKS.execute(insert.toString());
    }

    private static StarRocksSourceOptions.Builder options() {
        return StarRocksSourceOptions.builder()
                .withProperty("scan-url", STARROCKS.loadUrl())
                .withProperty("jdbc-url", STARROCKS.jdbcUrl())
                .withProperty("database-name", "it")
                .withProperty("table-name", "tagged")
                .withProperty("username", EmbeddedStarRocks.USERNAME)
                .withProperty("password", "");
    }

    private static StreamExecutionEnvironment environment() {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(Flink.restarts(0));
        environment.setParallelism(2);
        return environment;
    }

    /** Runs the job; its rows as texts. */
    private static List<String> collect(DataStream<RowData> rows) throws Exception {
        rows.process(new RowTexts());
        return rows.getExecutionEnvironment().execute().getAccumulatorResult(RowTexts.ROWS);
    }

    /** Keeps rows until all have come: none may change after it was handed out. */
    private static final class RowTexts extends ProcessFunction<RowData, Void> {
        static final String ROWS = "rows";

        private final List<RowData> kept = new ArrayList<>();

        @Override
        public void processElement(RowData row, Context context, Collector<Void> out) {
            kept.add(row);
        }

        @Override
        public void close() {
            ListAccumulator<String> texts = new ListAccumulator<>();
            kept.forEach(row -> texts.add(text(row)));
            getRuntimeContext().addAccumulator(ROWS, texts);
        }

        private static String text(RowData row) {
            String id = row.getArity() == 0 ? "" : String.valueOf(row.getInt(0));
            if (row.getArity() < 3) {
                return id;
            }
            ArrayData tags = row.getArray(2);
            return id + " " + row.getString(1) + " " + tags.getString(0) + " " + tags.isNullAt(1);
        }
    }

    private static DataStream<RowData> scan(StarRocksSourceOptions options) {
        return environment()
                .fromSource(StarRocksSource.scan(SCHEMA, options), WatermarkStrategy.noWatermarks(), "tagged");
    }

    @Test
    void scans() throws Exception {
        assertThat(collect(scan(options().build())))
                .hasSize(COUNT)
                .doesNotHaveDuplicates()
                .contains("0 a name of some length 0 x true", "999 a name of some length 999 x true");
    }

    @Test
    void scansChosenColumnsAndRows() throws Exception {
        StarRocksSourceOptions some = options()
                .withProperty("scan.columns", "id")
                .withProperty("scan.filter", "id >= 990 or id = 3")
                .build();
        assertThat(collect(scan(some))).hasSize(11).contains("3", "999");
        assertThat(collect(Flink.addSource(environment(), SCHEMA, some)))
                .hasSize(11)
                .contains("3", "999");
    }

    @Test
    void readsWithASourceFunction() throws Exception {
        assertThat(collect(Flink.addSource(environment(), SCHEMA, options().build())))
                .hasSize(COUNT)
                .doesNotHaveDuplicates()
                .contains("0 a name of some length 0 x true", "999 a name of some length 999 x true");
    }

    @Test
    void counts() throws Exception {
        StarRocksSourceOptions count = options()
                .withProperty("scan.columns", "count(*)")
                .withProperty("scan.filter", "id < 10")
                .build();
        assertThat(collect(scan(count))).hasSize(10);
        assertThat(collect(Flink.addSource(environment(), SCHEMA, count))).hasSize(10);
    }

    @Test
    void saysWhereAColumnIsMissing() {
        StarRocksSourceOptions wrong =
                options().withProperty("scan.columns", "colour").build();
        assertThatThrownBy(() -> scan(wrong)).hasMessageContaining("colour").hasMessageContaining("scan.columns");
    }
}
