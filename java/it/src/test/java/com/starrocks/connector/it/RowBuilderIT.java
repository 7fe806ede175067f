// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import com.starrocks.connector.flink.row.sink.StarRocksSinkOP;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import java.io.Serializable;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Collections;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.catalog.UniqueConstraint;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Streams of records that a row builder takes apart. */
@Tag("every-line")
class RowBuilderIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    private static final ResolvedSchema SCHEMA = new ResolvedSchema(
            Arrays.asList(
                    Column.physical("id", DataTypes.INT().notNull()),
                    Column.physical("item", DataTypes.STRING()),
                    Column.physical("price", DataTypes.DECIMAL(10, 2)),
                    Column.physical("sold", DataTypes.TIMESTAMP(3))),
            Collections.emptyList(),
            UniqueConstraint.primaryKey("key", Collections.singletonList("id")));

    /** A record of somebody's program. */
    public static final class Sale implements Serializable {
        private static final long serialVersionUID = 1L;

        public int id;
        public String item;
        public boolean undone;

        static Sale of(int id, String item) {
            Sale sale = new Sale();
            sale.id = id;
            sale.item = item;
            sale.undone = item == null;
            return sale;
        }
    }

    @BeforeAll
    static void createTable() throws Exception {
        STARROCKS.execute("CREATE DATABASE shop");
        STARROCKS.execute(
                "CREATE TABLE shop.sales (id INT NOT NULL, item VARCHAR(20), price DECIMAL(10, 2), sold DATETIME)"
                        + " PRIMARY KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES (\"replication_num\" = \"1\")");
    }

    private static StarRocksSinkOptions options() {
        return Flink.options(STARROCKS, "shop", "sales").build();
    }

    private static StreamExecutionEnvironment environment() {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(Flink.restarts(0));
        environment.setParallelism(1);
        return environment;
    }

    private static void fill(Object[] row, Sale sale) {
        row[0] = sale.id;
        row[1] = sale.item;
        row[2] = new BigDecimal("1.50");
        row[3] = LocalDateTime.of(2024, 2, 29, 12, 0);
        row[row.length - 1] = (sale.undone ? StarRocksSinkOP.DELETE : StarRocksSinkOP.UPSERT).ordinal();
    }

    @Test
    void upsertsAndDeletesByTheLastSlot() throws Exception {
        StreamExecutionEnvironment environment = environment();
        Flink.addSink(
                environment.fromElements(Sale.of(1, "tea"), Sale.of(2, "milk"), Sale.of(1, "coffee"), Sale.of(2, null)),
                SCHEMA,
                options(),
                RowBuilderIT::fill);
        environment.execute();
        assertThat(STARROCKS.query("SELECT id, item, price, CAST(sold AS STRING) FROM shop.sales"))
                .containsExactly(Arrays.asList("1", "coffee", "1.50", "2024-02-29 12:00:00"));
    }

    @Test
    void namesTheColumnOfAValueThatDoesNotFit() throws Exception {
        StreamExecutionEnvironment environment = environment();
        Flink.addSink(environment.fromElements(Sale.of(1, "tea")), SCHEMA, options(), (row, sale) -> {
            row[0] = sale.id;
            row[2] = "cheap";
        });
        assertThat(catchThrowable(environment::execute))
                .hasStackTraceContaining("Column 'price' of type DECIMAL(10, 2)");
    }
}
