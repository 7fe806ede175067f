// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.params.provider.Arguments;

/** A table that takes the numbers of a {@link Script}, and what must be in it at the end. */
final class Delivery {
    static final String INSERT = "INSERT INTO sink SELECT f0, 'number ' || CAST(f0 AS STRING) FROM numbers";
    private static final AtomicInteger TABLES = new AtomicInteger();

    private final EmbeddedStarRocks server;
    private final String semantic;
    private final boolean newApi;
    private final Map<String, String> more = new TreeMap<>();
    final String table = "numbers_" + TABLES.incrementAndGet();
    /** The FE's address as the sink sees it. */
    String loadUrl;

    Delivery(EmbeddedStarRocks server, String semantic, boolean newApi) throws Exception {
        this.server = server;
        this.semantic = semantic;
        this.newApi = newApi;
        loadUrl = server.loadUrl();
        server.execute("CREATE DATABASE IF NOT EXISTS delivery");
        server.execute("CREATE TABLE delivery." + table + " (id BIGINT NOT NULL, name VARCHAR(2000)) DUPLICATE KEY(id)"
                + " DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES (\"replication_num\" = \"1\")");
    }

    /** Sets an option of the sinks of SQL jobs. */
    void option(String key, String value) {
        more.put(key, value);
    }

    /** Guarantee and interface. */
    static List<Arguments> variants() {
        List<Arguments> variants = new ArrayList<>();
        for (boolean newApi : Flink.sinkApis()) {
            variants.add(Arguments.of("at-least-once", newApi));
            variants.add(Arguments.of("exactly-once", newApi));
        }
        return variants;
    }

    /** A job of the numbers into the table. */
    SqlJob job(Script script, int parallelism, Configuration configuration) {
        return sink(sql(parallelism, configuration).withNumbers(script));
    }

    /** A job of the numbers that {@link #createNumbers} made into the table. */
    SqlJob copy(Script script, EmbeddedStarRocks source, int parallelism, Configuration configuration) {
        return sink(sql(parallelism, configuration).withTable(script, source, "numbers", "numbers"));
    }

    /** Creates a table {@code numbers.numbers} of the numbers of a {@link Script}, in six tablets. */
    static void createNumbers(EmbeddedStarRocks server, int replicas) throws SQLException {
        server.execute("DROP DATABASE IF EXISTS numbers FORCE");
        server.execute("CREATE DATABASE numbers");
        server.execute("CREATE TABLE numbers.numbers (id BIGINT NOT NULL) DUPLICATE KEY(id)"
                + " DISTRIBUTED BY HASH(id) BUCKETS 6 PROPERTIES (\"replication_num\" = \"" + replicas + "\")");
        server.execute("INSERT INTO numbers.numbers VALUES "
                + LongStream.rangeClosed(1, Script.COUNT)
                        .mapToObj(number -> "(" + number + ")")
                        .collect(Collectors.joining(", ")));
    }

    private static SqlJob sink(SqlJob job) {
        return job.createSink("id BIGINT NOT NULL, name STRING");
    }

    private SqlJob sql(int parallelism, Configuration configuration) {
        SqlJob job = new SqlJob(server, "delivery", table, parallelism, configuration)
                .with("load-url", loadUrl)
                .with("sink.semantic", semantic)
                .with("sink.label-prefix", table);
        if (newApi != Flink.newApiIsDefault()) {
            job.with("sink.use.new-sink-api", String.valueOf(newApi));
        }
        more.forEach(job::with);
        return job;
    }

    /** Options of a sink of the DataStream API into the table. */
    StarRocksSinkOptions.Builder options() {
        return StarRocksSinkOptions.builder()
                .withProperty("load-url", loadUrl)
                .withProperty("jdbc-url", server.jdbcUrl())
                .withProperty("database-name", "delivery")
                .withProperty("table-name", table)
                .withProperty("username", EmbeddedStarRocks.USERNAME)
                .withProperty("password", "")
                .withProperty("sink.semantic", semantic)
                .withProperty("sink.label-prefix", table);
    }

    /** The rows are right and nothing is left behind. */
    void assertComplete() throws Exception {
        assertRows();
        assertNothingOpen();
    }

    /** Every number is in the table; with exactly-once, once. */
    void assertRows() throws Exception {
        List<String> row = server.query("SELECT COUNT(*), COUNT(DISTINCT id), MIN(id), MAX(id), SUM(id),"
                        + " SUM(CASE WHEN name = CONCAT('number ', CAST(id AS STRING)) THEN 1 ELSE 0 END) FROM delivery."
                        + table)
                .get(0);
        assertThat(row.subList(1, 4)).containsExactly(text(Script.COUNT), "1", text(Script.COUNT));
        assertThat(row.get(5)).as("rows with the name of their number").isEqualTo(row.get(0));
        if (semantic.equals("exactly-once")) {
            assertThat(row.get(0)).as("rows").isEqualTo(text(Script.COUNT));
            assertThat(row.get(4)).as("sum").isEqualTo(text(Script.COUNT * (Script.COUNT + 1) / 2));
        }
    }

    /** No transaction of the table is waiting for anything. */
    void assertNothingOpen() throws Exception {
        assertThat(openLabels()).isEmpty();
    }

    List<String> openLabels() throws Exception {
        List<String> labels = new ArrayList<>();
        for (List<String> row : server.query("SELECT LABEL FROM information_schema.loads WHERE DB_NAME = 'delivery'"
                + " AND STATE NOT IN ('FINISHED', 'CANCELLED')")) {
            if (row.get(0).startsWith(table + "-")) {
                labels.add(row.get(0));
            }
        }
        return labels;
    }

    private static String text(long number) {
        return String.valueOf(number);
    }
}
