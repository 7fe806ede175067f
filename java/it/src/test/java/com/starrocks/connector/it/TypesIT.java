// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values at the edges of types, as the table holds them in the end. */
class TypesIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    private static final String PROPERTIES =
            " DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES (\"replication_num\" = \"1\")";

    @BeforeAll
    static void createDatabase() throws Exception {
        STARROCKS.execute("CREATE DATABASE it");
    }

    private static SqlJob job(String format, String columns) throws Exception {
        STARROCKS.execute("DROP TABLE IF EXISTS it.edges");
        STARROCKS.execute("CREATE TABLE it.edges (id INT NOT NULL, " + columns + ")" + PROPERTIES);
        return new SqlJob(STARROCKS, "it", "edges").with("sink.properties.format", format);
    }

    private static List<List<String>> rows(String columns) throws Exception {
        return STARROCKS.query("SELECT " + columns + " FROM it.edges ORDER BY id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "json"})
    void keepsTextsWhateverTheyHold(String format) throws Exception {
        job(format, "name VARCHAR(200)")
                .createSink("id INT, name STRING")
                .insert("INSERT INTO sink VALUES (1, 'tab\t, comma and \"quotes\"'), (2, 'line\nbreak\r\n'), (3, ''),"
                        + " (4, '\\'), (5, 'null'), (6, '\\N is not NULL'), (7, '\u0007 bell'), (8, CAST(NULL AS STRING)),"
                        + " (9, ' blanks '), (10, '\u00e4\ud83d\ude00')");
        assertThat(rows("name"))
                .extracting(row -> row.get(0))
                .containsExactly(
                        "tab\t, comma and \"quotes\"",
                        "line\nbreak\r\n",
                        "",
                        "\\",
                        "null",
                        "\\N is not NULL",
                        "\u0007 bell",
                        null,
                        " blanks ",
                        "\u00e4\ud83d\ude00");
    }

    @Test
    void keepsEnclosedTextsWhereTheServerReadsEnclosedTexts() throws Exception {
        String hard = "INSERT INTO sink VALUES (1, 'a,\"b\"\nc\\'), (2, 'plain')";
        for (String transaction : new String[] {"true", "false"}) {
            job("csv", "name VARCHAR(200)")
                    .with("sink.properties.enclose", "\"")
                    .with("sink.properties.escape", "\\")
                    .with("sink.at-least-once.use-transaction-stream-load", transaction)
                    .createSink("id INT, name STRING")
                    .insert(hard);
            assertThat(rows("name")).extracting(row -> row.get(0)).containsExactly("a,\"b\"\nc\\", "plain");
        }
    }

    @Test
    void refusesATextThatCsvCannotHold() throws Exception {
        refusesInCsv("\\N", "reads as NULL");
        refusesInCsv("\u0001", "column separator");
    }

    private static void refusesInCsv(String text, String expected) throws Exception {
        String insert = "INSERT INTO sink VALUES (1, '" + text + "')";
        SqlJob job = job("csv", "name VARCHAR(200)").createSink("id INT, name STRING");
        assertThatThrownBy(() -> job.insert(insert))
                .hasStackTraceContaining(expected)
                .hasStackTraceContaining("column=name")
                .hasStackTraceContaining("sink.properties.format = json");
        assertThat(rows("name")).isEmpty();
        job("json", "name VARCHAR(200)").createSink("id INT, name STRING").insert(insert);
        assertThat(rows("name")).containsExactly(Arrays.asList(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "json"})
    void keepsNumbersAtTheirLimits(String format) throws Exception {
        String[] names = {"id", "f", "d", "n", "l"};
        BigDecimal widest = new BigDecimal("99999999999999999999999999999999999999");
        job(format, "f FLOAT, d DOUBLE, n DECIMAL(38, 18), l LARGEINT")
                .createSink("id INT, f FLOAT, d DOUBLE, n DECIMAL(38, 18), l DECIMAL(38, 0)")
                .withRows(
                        Types.ROW_NAMED(names, Types.INT, Types.FLOAT, Types.DOUBLE, Types.BIG_DEC, Types.STRING),
                        Row.of(1, Float.NaN, Double.POSITIVE_INFINITY, new BigDecimal("-1E-18"), widest.toString()),
                        Row.of(
                                2,
                                Float.MAX_VALUE,
                                -Double.MIN_VALUE,
                                new BigDecimal("12345678901234567890.123456789012345678"),
                                widest.negate().toString()),
                        Row.of(3, Float.NEGATIVE_INFINITY, Double.NaN, BigDecimal.ZERO, "0"))
                .insert(
                        "INSERT INTO sink SELECT id, f, d, CAST(n AS DECIMAL(38, 18)), CAST(l AS DECIMAL(38, 0)) FROM input");
        assertThat(rows("CAST(f AS STRING), CAST(d AS STRING), CAST(n AS STRING), l"))
                .containsExactly(
                        Arrays.asList(null, null, "-0.000000000000000001", widest.toString()),
                        Arrays.asList(
                                "3.4028235e+38",
                                "-5e-324",
                                "12345678901234567890.123456789012345678",
                                widest.negate().toString()),
                        Arrays.asList(null, null, "0.000000000000000000", "0"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "json"})
    void keepsDatesTimesAndBytes(String format) throws Exception {
        String[] names = {"id", "d", "t", "c", "b"};
        job(format, "d DATE, t DATETIME, c VARCHAR(20), b VARBINARY")
                .createSink("id INT, d DATE, t TIMESTAMP(9), c TIME(0), b BYTES")
                .withRows(
                        Types.ROW_NAMED(
                                names,
                                Types.INT,
                                Types.LOCAL_DATE,
                                Types.LOCAL_DATE_TIME,
                                Types.LOCAL_TIME,
                                Types.PRIMITIVE_ARRAY(Types.BYTE)),
                        Row.of(
                                1,
                                LocalDate.of(1582, 10, 10),
                                LocalDateTime.of(1, 1, 1, 0, 0),
                                LocalTime.MIDNIGHT,
                                new byte[0]),
                        Row.of(
                                2,
                                LocalDate.of(1, 1, 1),
                                LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_999_999),
                                LocalTime.of(23, 59, 59),
                                new byte[] {0, -1, 10, 34}),
                        Row.of(
                                3,
                                LocalDate.of(9999, 12, 31),
                                LocalDateTime.of(1582, 10, 10, 12, 0, 0, 1000),
                                null,
                                null))
                .insert("INSERT INTO sink SELECT id, d, t, CAST(c AS TIME(0)), b FROM input");
        assertThat(rows("CAST(d AS STRING), CAST(t AS STRING), c, HEX(b)"))
                .containsExactly(
                        Arrays.asList("1582-10-10", "0001-01-01 00:00:00", "00:00:00", ""),
                        Arrays.asList("0001-01-01", "9999-12-31 23:59:59.999999", "23:59:59", "00FF0A22"),
                        Arrays.asList("9999-12-31", "1582-10-10 12:00:00.000001", null, null));
    }

    @ParameterizedTest
    @CsvSource({
        "csv, Asia/Shanghai, , 2024-03-01 08:30:00",
        "json, Asia/Shanghai, , 2024-03-01 08:30:00",
        "csv, Asia/Shanghai, UTC, 2024-03-01 00:30:00",
        "csv, GMT-03:30, , 2024-02-29 21:00:00",
    })
    void writesLocalTimestampsInTheSessionsZoneUnlessToldAnother(
            String format, String session, String option, String expected) throws Exception {
        SqlJob job = job(format, "t DATETIME").set("table.local-time-zone", session);
        if (option != null) {
            job.with("sink.timestamp-ltz.time-zone", option);
        }
        job.createSink("id INT, t TIMESTAMP_LTZ(3)")
                .insert("INSERT INTO sink VALUES (1, TO_TIMESTAMP_LTZ(1709253000000, 3))");
        assertThat(rows("CAST(t AS STRING)")).containsExactly(Arrays.asList(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "json"})
    void keepsJsonDocumentsAsTheyAreWritten(String format) throws Exception {
        job(format, "j JSON")
                .createSink("id INT, j STRING")
                .insert(
                        "INSERT INTO sink VALUES (1, '{\"b\": null, \"a\": 1e5, \"@type\": \"x\"}'), (2, '[1, {\"n\": -0.5}]'),"
                                + " (3, 'null'), (4, '\"text\"')");
        assertThat(rows("id, get_json_string(j, '$.@type'), json_length(j)").get(0))
                .containsExactly("1", "x", "3");
        assertThat(rows("j").get(1)).containsExactly("[1, {\"n\": -0.5}]");
        assertThat(rows("j").get(3)).containsExactly("\"text\"");
    }

    @ParameterizedTest
    @CsvSource({"csv, lz4_frame", "csv, gzip", "csv, zstd", "json, lz4_frame", "json, gzip", "json, zstd"})
    void compresses(String format, String compression) throws Exception {
        job(format, "name VARCHAR(200)")
                .with("sink.properties.compression", compression)
                .createSink("id INT, name STRING")
                .insert("INSERT INTO sink VALUES (1, 'a'), (2, 'b')");
        assertThat(rows("name")).containsExactly(Arrays.asList("a"), Arrays.asList("b"));
    }

    @ParameterizedTest
    @CsvSource({"3.2.0, json, compression, zstd, 3.2.7", "2.5.0, csv, enclose, \", 3.0.0"})
    void refusesToPlanWhatTheServerIsTooOldFor(
            String version, String format, String property, String value, String expected) throws Exception {
        try (EmbeddedStarRocks old = EmbeddedStarRocks.create("--compat-version", version)) {
            old.start();
            old.execute("CREATE DATABASE it");
            old.execute("CREATE TABLE it.edges (id INT NOT NULL)" + PROPERTIES);
            SqlJob job = new SqlJob(old, "it", "edges")
                    .with("sink.properties.format", format)
                    .with("sink.at-least-once.use-transaction-stream-load", "false")
                    .with("sink.properties." + property, value)
                    .createSink("id INT");
            assertThatThrownBy(() -> job.explain("id INT"))
                    .hasStackTraceContaining(expected)
                    .hasStackTraceContaining("server_version=" + version);
        }
    }
}
