// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SqlSinkIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    private static final String PROPERTIES =
            " DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES (\"replication_num\" = \"1\")";

    @BeforeAll
    static void createDatabase() throws Exception {
        STARROCKS.execute("CREATE DATABASE it");
    }

    static List<Arguments> variants() {
        List<Arguments> variants = new ArrayList<>();
        for (String format : new String[] {"csv", "json"}) {
            for (String semantic : new String[] {"at-least-once", "exactly-once"}) {
                for (boolean newApi : Flink.sinkApis()) {
                    // The legacy function learns nothing of the end of its input before 1.14.
                    if (newApi || Flink.finishesFunctions() || semantic.equals("at-least-once")) {
                        variants.add(Arguments.of(format, semantic, newApi));
                    }
                }
            }
        }
        return variants;
    }

    private static SqlJob job(String table, String format, String semantic, boolean newApi) {
        SqlJob job = new SqlJob(STARROCKS, "it", table)
                .with("sink.properties.format", format)
                .with("sink.semantic", semantic)
                .with("sink.label-prefix", table);
        return newApi == Flink.newApiIsDefault() ? job : job.with("sink.use.new-sink-api", String.valueOf(newApi));
    }

    private static String table(String name, String format, String semantic, boolean newApi) {
        return (name + "_" + format + "_" + semantic + "_" + newApi).replace('-', '_');
    }

    @Tag("every-line")
    @ParameterizedTest
    @MethodSource("variants")
    void writesEveryType(String format, String semantic, boolean newApi) throws Exception {
        String table = table("types", format, semantic, newApi);
        // CSV has no way to write a STRUCT.
        boolean json = format.equals("json");
        STARROCKS.execute("CREATE TABLE it." + table + " (id INT NOT NULL, c_boolean BOOLEAN, c_tinyint TINYINT,"
                + " c_smallint SMALLINT, c_bigint BIGINT, c_float FLOAT, c_double DOUBLE, c_decimal DECIMAL(38, 10),"
                + " c_date DATE, c_datetime DATETIME, c_char CHAR(5), c_varchar VARCHAR(200), c_string STRING,"
                + " c_json JSON, c_array ARRAY<INT>" + (json ? ", c_struct STRUCT<a INT, b VARCHAR(20)>" : "")
                + ") DUPLICATE KEY(id)" + PROPERTIES);
        SqlJob job = job(table, format, semantic, newApi);
        if (!json) {
            // The text below holds a tab, the default separator.
            job.with("sink.properties.column_separator", "\\x01").with("sink.properties.row_delimiter", "\\x02");
        }
        job.createSink("id INT NOT NULL, c_boolean BOOLEAN, c_tinyint TINYINT, c_smallint SMALLINT,"
                        + " c_bigint BIGINT, c_float FLOAT, c_double DOUBLE, c_decimal DECIMAL(38, 10), c_date DATE,"
                        + " c_datetime TIMESTAMP(6), c_char CHAR(5), c_varchar VARCHAR(200), c_string STRING,"
                        + " c_json STRING, c_array ARRAY<INT>" + (json ? ", c_struct ROW<a INT, b STRING>" : ""))
                .insert("INSERT INTO sink VALUES"
                        + " (1, TRUE, CAST(-128 AS TINYINT), CAST(32767 AS SMALLINT), 9223372036854775807,"
                        + " CAST(1.5 AS FLOAT), CAST(-2.25 AS DOUBLE),"
                        + " CAST('1234567890123456789012345678.0123456789' AS DECIMAL(38, 10)), DATE '2024-02-29',"
                        + " TIMESTAMP '2024-02-29 12:34:56.123456', CAST('abcde' AS CHAR(5)),"
                        + " 'tab\t, \"quote\" and \\N', 'häß 中 \uD83D\uDE00', '{\"a\":[1,null,\"x\"]}', ARRAY[1, 2, 3]"
                        + (json ? ", ROW(5, 'b')" : "") + "),"
                        + " (2, CAST(NULL AS BOOLEAN), CAST(NULL AS TINYINT), CAST(NULL AS SMALLINT),"
                        + " CAST(NULL AS BIGINT), CAST(NULL AS FLOAT), CAST(NULL AS DOUBLE),"
                        + " CAST(NULL AS DECIMAL(38, 10)), CAST(NULL AS DATE), CAST(NULL AS TIMESTAMP(6)),"
                        + " CAST(NULL AS CHAR(5)), CAST(NULL AS VARCHAR(200)), CAST(NULL AS STRING),"
                        + " CAST(NULL AS STRING), CAST(NULL AS ARRAY<INT>)"
                        + (json ? ", CAST(NULL AS ROW<a INT, b STRING>)" : "") + ")");
        // The driver formats a DATETIME by itself, without the microseconds.
        List<List<String>> rows =
                STARROCKS.query("SELECT id, c_boolean, c_tinyint, c_smallint, c_bigint, c_float, c_double,"
                        + " c_decimal, c_date, CAST(c_datetime AS STRING), c_char, c_varchar, c_string, c_json, c_array"
                        + (json ? ", c_struct" : "") + " FROM it." + table + " ORDER BY id");
        List<String> expected = new ArrayList<>(Arrays.asList(
                "1",
                "1",
                "-128",
                "32767",
                "9223372036854775807",
                "1.5",
                "-2.25",
                "1234567890123456789012345678.0123456789",
                "2024-02-29",
                "2024-02-29 12:34:56.123456",
                "abcde",
                "tab\t, \"quote\" and \\N",
                "häß 中 \uD83D\uDE00",
                "{\"a\": [1, null, \"x\"]}",
                "[1,2,3]"));
        if (json) {
            expected.add("{\"a\":5,\"b\":\"b\"}");
        }
        List<String> nulls = new ArrayList<>(Collections.nCopies(expected.size(), null));
        nulls.set(0, "2");
        assertThat(rows).containsExactly(expected, nulls);
    }

    @ParameterizedTest
    @MethodSource("variants")
    void writesManyRowsOnceEach(String format, String semantic, boolean newApi) throws Exception {
        String table = table("many", format, semantic, newApi);
        STARROCKS.execute(
                "CREATE TABLE it." + table + " (id BIGINT NOT NULL, name VARCHAR(100)) DUPLICATE KEY(id)" + PROPERTIES);
        job(table, format, semantic, newApi)
                .with("sink.parallelism", "2")
                .createSink("id BIGINT NOT NULL, name STRING")
                .run("CREATE TABLE numbers (id BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '20000',"
                        + " 'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '20000')")
                .insert("INSERT INTO sink SELECT id, 'name ' || CAST(id AS STRING) FROM numbers");
        assertThat(STARROCKS.query("SELECT COUNT(*), COUNT(DISTINCT id), MIN(id), MAX(id) FROM it." + table))
                .containsExactly(Arrays.asList("20000", "20000", "1", "20000"));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void upsertsAndDeletes(String format, String semantic, boolean newApi) throws Exception {
        String table = table("changes", format, semantic, newApi);
        STARROCKS.execute("CREATE TABLE it." + table + " (id INT NOT NULL, total BIGINT) PRIMARY KEY(id)" + PROPERTIES);
        STARROCKS.execute("INSERT INTO it." + table + " VALUES (1, 100), (9, 900)");
        job(table, format, semantic, newApi)
                .createSink("id INT, total BIGINT, PRIMARY KEY (id) NOT ENFORCED")
                .run(
                        "CREATE TEMPORARY VIEW facts AS SELECT * FROM (VALUES (1, 5), (2, 7), (1, 6), (3, 1), (2, 3)) AS v(id, n)")
                .insert(
                        "INSERT INTO sink SELECT id, SUM(CAST(n AS BIGINT)) FROM facts GROUP BY id HAVING SUM(n) <> 7 OR id <> 2");
        // Group 2 passes through 7, which is filtered out, to 10.
        assertThat(rows(table)).containsExactly("1=11", "2=10", "3=1", "9=900");
        job(table, format, semantic, newApi)
                // The filter below lets only the old version of group 1 through: by default it would be dropped.
                .with("sink.ignore.update-before", "false")
                .createSink("id INT, total BIGINT, PRIMARY KEY (id) NOT ENFORCED")
                .run(
                        "CREATE TEMPORARY VIEW facts AS SELECT * FROM (VALUES (1, 5), (2, 1), (1, -5), (2, 1)) AS v(id, n)")
                .insert("INSERT INTO sink SELECT id, SUM(CAST(n AS BIGINT)) FROM facts GROUP BY id HAVING SUM(n) <> 0");
        // Group 1 comes to 0 and is taken back: its row is deleted.
        assertThat(rows(table)).containsExactly("2=2", "3=1", "9=900");
    }

    private static List<String> rows(String table) throws Exception {
        return STARROCKS.query("SELECT id, total FROM it." + table + " ORDER BY id").stream()
                .map(row -> row.get(0) + "=" + row.get(1))
                .collect(Collectors.toList());
    }

    @Test
    void writesARowLargerThanABuffer() throws Exception {
        STARROCKS.execute(
                "CREATE TABLE it.large (id INT NOT NULL, body VARCHAR(1048576)) DUPLICATE KEY(id)" + PROPERTIES);
        job("large", "json", "at-least-once", Flink.newApiIsDefault())
                .createSink("id INT NOT NULL, body STRING")
                .insert("INSERT INTO sink VALUES (1, 'small'), (2, REPEAT('0123456789', 90000)), (3, 'small')");
        assertThat(STARROCKS.query("SELECT id, LENGTH(body) FROM it.large ORDER BY id"))
                .containsExactly(Arrays.asList("1", "5"), Arrays.asList("2", "900000"), Arrays.asList("3", "5"));
    }
}
