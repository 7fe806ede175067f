// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import com.starrocks.connector.flink.table.data.DefaultStarRocksRowData;
import com.starrocks.connector.flink.table.data.StarRocksRowData;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import com.starrocks.connector.flink.table.sink.StarRocksSinkRowDataWithMeta;
import com.starrocks.data.load.stream.StreamLoadDataFormat;
import com.starrocks.data.load.stream.properties.StreamLoadTableProperties;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One sink, rows that name their tables. */
@Tag("every-line")
class ManyTablesIT {
    private static final int TABLES = 20;
    private static final AtomicInteger DATABASES = new AtomicInteger();

    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    @TempDir
    java.nio.file.Path savepoints;

    private final String database = "many_" + DATABASES.incrementAndGet();

    private void createTables(int count) throws Exception {
        STARROCKS.execute("CREATE DATABASE " + database);
        for (int i = 0; i < count; i++) {
            STARROCKS.execute("CREATE TABLE " + database + ".t" + i + " (id BIGINT NOT NULL, name VARCHAR(30))"
                    + " DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES (\"replication_num\" = \"1\")");
        }
    }

    private StarRocksSinkOptions.Builder options(String semantic) {
        return Flink.options(STARROCKS, "*", "*")
                .withProperty("sink.semantic", semantic)
                .withProperty("sink.label-prefix", database)
                .withProperty("sink.properties.format", "json");
    }

    private static StreamExecutionEnvironment environment(Configuration configuration) {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setParallelism(2);
        environment.enableCheckpointing(100);
        return environment;
    }

    private DataStream<StarRocksRowData> rows(StreamExecutionEnvironment environment, Script script) {
        String name = database;
        return environment
                .fromSource(new NumberSource(script.id), WatermarkStrategy.noWatermarks(), "numbers", Types.LONG)
                .map(new Probe(script.id))
                .map(number -> (StarRocksRowData) new DefaultStarRocksRowData(
                        null,
                        name,
                        "t" + number % TABLES,
                        "{\"id\": " + number + ", \"name\": \"number " + number + "\"}"))
                .returns(TypeInformation.of(StarRocksRowData.class));
    }

    private void assertComplete(String semantic) throws Exception {
        long rows = 0;
        for (int i = 0; i < TABLES; i++) {
            List<String> counts = STARROCKS
                    .query("SELECT COUNT(*), COUNT(DISTINCT id), SUM(CASE WHEN MOD(id, " + TABLES + ") = " + i
                            + " AND name = CONCAT('number ', CAST(id AS STRING)) THEN 1 ELSE 0 END) FROM " + database
                            + ".t" + i)
                    .get(0);
            assertThat(counts.get(1)).as("numbers of t%s", i).isEqualTo(String.valueOf(Script.COUNT / TABLES));
            assertThat(counts.get(2)).as("right rows of t%s", i).isEqualTo(counts.get(0));
            rows += Long.parseLong(counts.get(0));
        }
        if (semantic.equals("exactly-once")) {
            assertThat(rows).isEqualTo(Script.COUNT);
        }
        assertThat(STARROCKS.query("SELECT LABEL FROM information_schema.loads WHERE DB_NAME = '" + database
                        + "' AND STATE NOT IN ('FINISHED', 'CANCELLED')"))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("com.starrocks.connector.it.Delivery#variants")
    void everyRowArrivesAlthoughTheJobFails(String semantic, boolean newApi) throws Exception {
        createTables(TABLES);
        StreamExecutionEnvironment environment = environment(Flink.restarts(3));
        Flink.addTablesSink(
                rows(environment, Script.failingOnce()), options(semantic).build(), newApi);
        environment.execute();
        assertComplete(semantic);
    }

    @ParameterizedTest
    @MethodSource("com.starrocks.connector.it.Delivery#variants")
    void aSavepointCarriesOnAtAnotherParallelism(String semantic, boolean newApi) throws Exception {
        createTables(TABLES);
        Script first = new Script(2 * Script.STAGE + Script.STAGE / 2);
        StreamExecutionEnvironment before = environment(Flink.restarts(0));
        Flink.addTablesSink(rows(before, first), options(semantic).build(), newApi);
        JobClient job = before.executeAsync();
        first.awaitHold();
        String savepoint = Flink.stopWithSavepoint(job, savepoints);

        StreamExecutionEnvironment after = environment(Flink.restore(savepoint));
        after.setParallelism(3);
        Flink.addTablesSink(rows(after, new Script()), options(semantic).build(), newApi);
        after.execute();
        assertComplete(semantic);
    }

    /** What a table does not say is as the sink's options say, down to format and compression. */
    @Test
    void eachTableHasItsProperties() throws Exception {
        createTables(3);
        StarRocksSinkOptions options = options("at-least-once")
                .withProperty("sink.properties.format", "csv")
                .withProperty("sink.properties.column_separator", "|")
                .withProperty("sink.properties.compression", "lz4_frame")
                .build()
                .addTableProperties(StreamLoadTableProperties.builder()
                        .database(database)
                        .table("t1")
                        .addProperty("columns", "name,id")
                        .build())
                .addTableProperties(StreamLoadTableProperties.builder()
                        .database(database)
                        .table("t2")
                        .streamLoadDataFormat(StreamLoadDataFormat.JSON)
                        .build())
                .addTableProperties(StreamLoadTableProperties.builder()
                        .database(database)
                        .table("t0")
                        .uniqueKey("ids")
                        .addProperty("columns", "id")
                        .build());
        List<StarRocksRowData> rows = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            rows.add(new DefaultStarRocksRowData(null, database, "t0", i + "|zero"));
            rows.add(new DefaultStarRocksRowData("ids", database, "t0", String.valueOf(1_000_000 + i)));
            rows.add(new DefaultStarRocksRowData(null, database, "t1", "one|" + i));
            rows.add(new DefaultStarRocksRowData(null, database, "t2", "{\"id\": " + i + ", \"name\": \"two\"}"));
        }
        StreamExecutionEnvironment environment = environment(Flink.restarts(0));
        DataStream<StarRocksRowData> stream =
                environment.fromCollection(rows, TypeInformation.of(StarRocksRowData.class));
        Flink.addTablesSink(stream, options, Flink.newApiIsDefault());
        environment.execute();
        for (int i = 0; i < 3; i++) {
            assertThat(STARROCKS.query("SELECT name, COUNT(*), MIN(id), MAX(id) FROM " + database + ".t" + i
                            + " WHERE name IS NOT NULL GROUP BY name"))
                    .containsExactly(Arrays.asList(new String[] {"zero", "one", "two"}[i], "1000", "0", "999"));
        }
        assertThat(STARROCKS.query("SELECT COUNT(*), MIN(id) FROM " + database + ".t0 WHERE name IS NULL"))
                .containsExactly(Arrays.asList("1000", "1000000"));
        // A load for each row would be thousands.
        assertThat(STARROCKS.query("SELECT COUNT(*) FROM information_schema.loads WHERE DB_NAME = '" + database + "'"))
                .allSatisfy(count -> assertThat(Integer.parseInt(count.get(0))).isLessThan(100));
    }

    @Test
    void rowsOfOneRecordAndTextsGoWhereTheyBelong() throws Exception {
        createTables(2);
        StarRocksSinkRowDataWithMeta several = new StarRocksSinkRowDataWithMeta();
        several.setDatabase(database);
        several.setTable("t0");
        several.addDataRow("{\"id\": 1}");
        several.addDataRow("{\"id\": 2}");
        StarRocksSinkOptions options = options("at-least-once")
                .withProperty("database-name", database)
                .withProperty("table-name", "t1")
                .build();
        StreamExecutionEnvironment environment = environment(Flink.restarts(0));
        DataStream<Object> stream = environment.fromCollection(
                Arrays.<Object>asList(several, "{\"id\": 3}", new StringBuilder("{\"id\": 4}")),
                TypeInformation.of(Object.class));
        Flink.addTablesFunction(stream, options);
        environment.execute();
        assertThat(STARROCKS.query("SELECT id FROM " + database + ".t0 ORDER BY id"))
                .containsExactly(Arrays.asList("1"), Arrays.asList("2"));
        assertThat(STARROCKS.query("SELECT id FROM " + database + ".t1 ORDER BY id"))
                .containsExactly(Arrays.asList("3"), Arrays.asList("4"));
    }

    @Test
    void aTableThatDoesNotExistIsNamed() throws Exception {
        createTables(TABLES - 1);
        StreamExecutionEnvironment environment = environment(Flink.restarts(0));
        Flink.addTablesSink(
                rows(environment, new Script()), options("exactly-once").build(), Flink.newApiIsDefault());
        assertThat(catchThrowable(environment::execute)).hasStackTraceContaining(database + ".t" + (TABLES - 1));
    }
}
