// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import com.starrocks.connector.flink.table.data.DefaultStarRocksRowData;
import com.starrocks.connector.flink.table.data.StarRocksRowData;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import com.starrocks.data.load.stream.StreamLoadDataFormat;
import com.starrocks.data.load.stream.properties.StreamLoadProperties;
import com.starrocks.data.load.stream.properties.StreamLoadTableProperties;
import com.starrocks.data.load.stream.v2.StreamLoadManagerV2;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.ValidationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One sink for rows that name their tables, in transactions over all of them. */
class SharedTransactionsIT {
    private static final int TABLES = 3;
    private static final AtomicInteger DATABASES = new AtomicInteger();

    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create("--compat-version", "4.0.0");

    @RegisterExtension
    static final EmbeddedStarRocks OLD = EmbeddedStarRocks.create("--compat-version", "3.5.5");

    private final String database = "shared_" + DATABASES.incrementAndGet();

    @BeforeEach
    void createTables() throws Exception {
        STARROCKS.execute("CREATE DATABASE " + database);
        for (int i = 0; i < TABLES; i++) {
            createTable("t" + i);
        }
    }

    private void createTable(String name) throws Exception {
        STARROCKS.execute("CREATE TABLE " + database + "." + name + " (id BIGINT NOT NULL, name VARCHAR(30))"
                + " DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES (\"replication_num\" = \"1\")");
    }

    private StarRocksSinkOptions.Builder options(EmbeddedStarRocks server) {
        return Flink.options(server, database, "*")
                .withProperty("sink.label-prefix", database)
                .withProperty("sink.transaction.multi-table.enabled", "true")
                .withProperty("sink.properties.format", "json");
    }

    private DefaultStarRocksRowData row(String table, long id) {
        return new DefaultStarRocksRowData(null, database, table, "{\"id\": " + id + ", \"name\": \"number\"}");
    }

    private DefaultStarRocksRowData row(String table, long id, int partition, boolean end) {
        DefaultStarRocksRowData row = row(table, id);
        row.setSourcePartition(partition);
        row.setTransactionEnd(end);
        return row;
    }

    private List<List<String>> count(String table) throws Exception {
        return STARROCKS.query("SELECT COUNT(*), COUNT(DISTINCT id) FROM " + database + "." + table);
    }

    private List<List<String>> labels(String condition) throws Exception {
        return STARROCKS.query("SELECT DISTINCT LABEL FROM information_schema.loads WHERE DB_NAME = '" + database
                + "' AND STATE " + condition);
    }

    /** Each number is a source transaction with a row for every table; each commit has all of its rows or none. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyRowArrivesAlthoughTheJobFails(boolean newApi) throws Exception {
        Script script = Script.failingOnce();
        String name = database;
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(Flink.restarts(3));
        environment.setParallelism(2);
        environment.enableCheckpointing(100);
        DataStream<StarRocksRowData> rows = environment
                .fromSource(new NumberSource(script.id), WatermarkStrategy.noWatermarks(), "numbers", Types.LONG)
                .map(new Probe(script.id))
                .<StarRocksRowData>flatMap((number, out) -> {
                    for (int i = 0; i < TABLES; i++) {
                        DefaultStarRocksRowData row = new DefaultStarRocksRowData(
                                null, name, "t" + i, "{\"id\": " + number + ", \"name\": \"number\"}");
                        row.setSourcePartition((int) (number % 7));
                        row.setTransactionEnd(i == TABLES - 1);
                        out.collect(row);
                    }
                })
                .returns(TypeInformation.of(StarRocksRowData.class));
        Flink.addTablesSink(rows, options(STARROCKS).build(), newApi);
        environment.execute();
        String numbers = String.valueOf(Script.COUNT);
        List<List<String>> first = count("t0");
        assertThat(first.get(0).get(1)).isEqualTo(numbers);
        for (int i = 1; i < TABLES; i++) {
            // Rows that arrive twice do so in every table.
            assertThat(count("t" + i)).as("t%s", i).isEqualTo(first);
        }
        assertThat(labels("= 'FINISHED'")).isNotEmpty();
        assertThat(labels("NOT IN ('FINISHED', 'CANCELLED')")).isEmpty();
    }

    private static Throwable run(StarRocksSinkOptions options, List<StarRocksRowData> rows) {
        return catchThrowable(() -> Flink.writeRows(options, rows));
    }

    @Test
    void aTableThatFailsRollsAllBack() throws Exception {
        List<StarRocksRowData> rows = Arrays.asList(row("t0", 1), row("t1", 2), row("nosuch", 3), row("t2", 4));
        assertThat(run(options(STARROCKS).build(), rows)).hasStackTraceContaining(database + ".nosuch");
        rows.set(2, new DefaultStarRocksRowData(null, database, "t1", "{\"id\": null}"));
        assertThat(run(options(STARROCKS).build(), rows)).hasStackTraceContaining("load table t1");
        for (int i = 0; i < TABLES; i++) {
            assertThat(count("t" + i)).containsExactly(Arrays.asList("0", "0"));
        }
    }

    /** A checkpoint cannot wait for the rest of a source transaction. */
    @Test
    void aSourceTransactionThatDoesNotEndFailsTheJob() throws Exception {
        List<StarRocksRowData> rows = Arrays.asList(row("t0", 1, 4, true), row("t1", 2, 4, false));
        assertThat(run(options(STARROCKS).build(), rows)).hasStackTraceContaining("partitions=4");
        // A checkpoint may have come between the two rows, and the first one is a transaction of its own.
        STARROCKS.execute("TRUNCATE TABLE " + database + ".t0");
        DefaultStarRocksRowData end = new DefaultStarRocksRowData();
        end.setSourcePartition(4);
        end.setTransactionEnd(true);
        assertThat(run(options(STARROCKS).build(), Arrays.asList(rows.get(0), rows.get(1), end)))
                .isNull();
        assertThat(count("t0")).containsExactly(Arrays.asList("1", "1"));
        assertThat(count("t1")).containsExactly(Arrays.asList("1", "1"));
    }

    /** Rows of any length, a table that appears later, and properties of its own. */
    @Test
    void theSdkLoadsIntoTablesThatAppear() throws Exception {
        StreamLoadProperties properties = StreamLoadProperties.builder()
                .loadUrls(STARROCKS.loadUrl())
                .username(EmbeddedStarRocks.USERNAME)
                .password("")
                .labelPrefix(database)
                .enableMultiTableTransaction()
                .defaultTableProperties(StreamLoadTableProperties.builder()
                        .database("*")
                        .table("*")
                        .streamLoadDataFormat(StreamLoadDataFormat.CSV)
                        .addProperty("column_separator", "|")
                        .addProperty("compression", "lz4_frame")
                        .build())
                .build();
        StreamLoadManagerV2 manager = new StreamLoadManagerV2(properties, true);
        manager.init();
        try {
            char[] blanks = new char[300_000];
            Arrays.fill(blanks, ' ');
            manager.write(null, database, "t0", "1|one", "2|two");
            manager.write(null, database, "t1", new String(blanks) + "3|three", "4|four");
            manager.flush();
            createTable("later");
            for (int i = 0; i < 20_000; i++) {
                manager.write(null, database, i % 2 == 0 ? "t0" : "later", i + "|again");
            }
            manager.flush();
        } finally {
            manager.close();
        }
        assertThat(count("t0")).containsExactly(Arrays.asList("10002", "10001"));
        assertThat(count("t1")).containsExactly(Arrays.asList("2", "2"));
        assertThat(count("later")).containsExactly(Arrays.asList("10000", "10000"));
        assertThat(labels("= 'FINISHED'")).hasSize(2);
        assertThatThrownBy(() -> new StreamLoadManagerV2(properties, false)).hasMessageContaining("prepared");
    }

    @Test
    void whatIsNotPossibleIsRefusedAtPlanning() throws Exception {
        List<StarRocksRowData> rows = Arrays.asList(row("t0", 1));
        assertThat(run(options(OLD).build(), rows)).hasStackTraceContaining("StarRocks 4.0");
        SqlJob job = new SqlJob(STARROCKS, database, "t0", 1, Flink.restarts(0))
                .with("sink.transaction.multi-table.enabled", "true")
                .createSink("id BIGINT NOT NULL, name STRING");
        assertThatThrownBy(() -> job.insert("INSERT INTO sink VALUES (1, 'x')"))
                .hasStackTraceContaining(ValidationException.class.getName())
                .hasStackTraceContaining("this sink writes to one table");
    }
}
