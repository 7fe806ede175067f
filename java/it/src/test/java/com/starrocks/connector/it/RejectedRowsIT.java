// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import com.starrocks.connector.flink.table.data.DefaultStarRocksRowData;
import com.starrocks.connector.flink.table.data.StarRocksRowData;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows with values that the table does not take. */
class RejectedRowsIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    private static final String PROPERTIES = " BUCKETS 1 PROPERTIES (\"replication_num\" = \"1\")";
    private static final String COLUMNS = "id INT, name STRING, small INT";
    /** Good, too long, out of range, NULL where there is none, good. */
    private static final String ROWS = "INSERT INTO sink VALUES (1, 'abcde', 1), (2, 'abcdef', 2), (3, 'c', 1000),"
            + " (4, CAST(NULL AS STRING), 4), (5, 'e', -128)";

    @TempDir
    Path directory;

    @BeforeAll
    static void createDatabase() throws Exception {
        STARROCKS.execute("CREATE DATABASE it");
    }

    @BeforeEach
    void createTables() throws Exception {
        STARROCKS.execute("DROP TABLE IF EXISTS it.strict");
        STARROCKS.execute("CREATE TABLE it.strict (id INT NOT NULL, name VARCHAR(5) NOT NULL, small TINYINT)"
                + " DUPLICATE KEY(id) DISTRIBUTED BY HASH(id)" + PROPERTIES);
        STARROCKS.execute("DROP TABLE IF EXISTS it.dead_letters");
        STARROCKS.execute("CREATE TABLE it.dead_letters (rejected_at DATETIME NOT NULL, sink_table VARCHAR(200),"
                + " label VARCHAR(200), column_name VARCHAR(200), reason VARCHAR(1000), row_data VARCHAR(60))"
                + " DUPLICATE KEY(rejected_at) DISTRIBUTED BY HASH(rejected_at)" + PROPERTIES);
    }

    private static SqlJob job(String format) {
        return new SqlJob(STARROCKS, "it", "strict").with("sink.properties.format", format);
    }

    private static List<String> rows() throws Exception {
        return STARROCKS.query("SELECT id, name, small FROM it.strict ORDER BY id").stream()
                .map(row -> row.stream().map(String::valueOf).collect(Collectors.joining(" ")))
                .collect(Collectors.toList());
    }

    private List<String> deadLetters() throws Exception {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (file.toString().endsWith(".jsonl")) {
                    lines.addAll(Files.readAllLines(file, StandardCharsets.UTF_8));
                }
            }
        }
        return lines;
    }

    @ParameterizedTest
    @CsvSource({
        "2, 'abcdef', 2, column=name, takes at most 5",
        "3, 'c', 1000, column=small, range of -128 to 127",
        "4, CAST(NULL AS STRING), 4, column=name, NULL",
    })
    void failsByDefaultAndSaysWhy(String id, String name, String small, String column, String reason) throws Exception {
        SqlJob job = job("csv").createSink(COLUMNS);
        String values = String.join(", ", id, name.startsWith("CAST") ? name : "'" + name + "'", small);
        assertThatThrownBy(() -> job.insert("INSERT INTO sink VALUES (" + values + ")"))
                .hasStackTraceContaining(column)
                .hasStackTraceContaining(reason)
                .hasStackTraceContaining("table=it.strict");
        assertThat(rows()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "json"})
    void writesNullOrTheBeginningOfATextIfToldSo(String format) throws Exception {
        job(format)
                .with("sink.on-invalid", "null")
                .createSink(COLUMNS)
                .insert("INSERT INTO sink VALUES (1, 'a', 1000), (2, 'b', 2)");
        assertThat(rows()).containsExactly("1 a null", "2 b 2");
        job(format)
                .with("sink.on-invalid", "truncate")
                .createSink(COLUMNS)
                .insert("INSERT INTO sink VALUES (3, 'abc\u00e4\u00e4', 3)");
        assertThat(rows()).containsExactly("1 a null", "2 b 2", "3 abc\u00e4 3");
    }

    @Test
    void leavesTheJudgementToTheServerIfToldSo() throws Exception {
        job("csv")
                .with("sink.on-invalid", "server")
                .createSink(COLUMNS)
                .insert("INSERT INTO sink VALUES (1, 'a', 1000)");
        assertThat(rows()).containsExactly("1 a null");
    }

    @Tag("every-line")
    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "exactly-once"})
    void writesRejectedRowsToFiles(String semantic) throws Exception {
        if (!Flink.finishesFunctions() && semantic.equals("exactly-once")) {
            return;
        }
        job("csv")
                .with("sink.semantic", semantic)
                .with("sink.on-invalid", "reject")
                .with("sink.dead-letter.path", directory.toUri().toString())
                .createSink(COLUMNS)
                .insert(ROWS);
        assertThat(rows()).containsExactly("1 abcde 1", "5 e -128");
        assertThat(deadLetters())
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).contains("\"sink_table\":\"it.strict\"", "\"rejected_at\":\"2"))
                .anySatisfy(line -> assertThat(line)
                        .contains(
                                "\"column_name\":\"name\"",
                                "takes at most 5",
                                "{\\\"id\\\":2,\\\"name\\\":\\\"abcdef\\\""))
                .anySatisfy(line -> assertThat(line).contains("\"column_name\":\"small\"", "\\\"small\\\":1000"))
                .anySatisfy(line -> assertThat(line).contains("\"column_name\":\"name\"", "is NULL", "\\\"id\\\":4"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"dead_letters", "it.dead_letters"})
    void writesRejectedRowsToATable(String table) throws Exception {
        job("json")
                .with("sink.on-invalid", "reject")
                .with("sink.dead-letter.table", table)
                .createSink(COLUMNS)
                .insert(ROWS);
        assertThat(rows()).containsExactly("1 abcde 1", "5 e -128");
        assertThat(STARROCKS.query(
                        "SELECT sink_table, label, column_name, row_data FROM it.dead_letters ORDER BY row_data"))
                .containsExactly(
                        Arrays.asList("it.strict", null, "name", "{\"id\":2,\"name\":\"abcdef\",\"small\":2}"),
                        Arrays.asList("it.strict", null, "small", "{\"id\":3,\"name\":\"c\",\"small\":1000}"),
                        Arrays.asList("it.strict", null, "name", "{\"id\":4,\"name\":null,\"small\":4}"));
    }

    @ParameterizedTest
    @CsvSource({"at-least-once, true", "at-least-once, false", "exactly-once, true"})
    void writesRowsThatTheServerRejects(String semantic, String transaction) throws Exception {
        job("csv")
                .with("sink.semantic", semantic)
                .with("sink.at-least-once.use-transaction-stream-load", transaction)
                .with("sink.label-prefix", "rejects")
                .with("sink.properties.max_filter_ratio", "0.9")
                .with("sink.dead-letter.path", directory.toUri().toString())
                .createSink(COLUMNS)
                .insert(ROWS);
        // The server stores NULL for the number that is out of range.
        assertThat(rows()).containsExactly("1 abcde 1", "3 c null", "5 e -128");
        assertThat(deadLetters())
                .hasSize(2)
                .allSatisfy(
                        line -> assertThat(line).contains("\"label\":\"rejects-strict-0-", "\"column_name\":\"name\""))
                .anySatisfy(line -> assertThat(line).contains("is too long", "abcdef"))
                .anySatisfy(line -> assertThat(line).contains("NULL value in non-nullable column"));
    }

    /** Each table has a load of its own, and one place takes the rejected rows of all. */
    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "exactly-once"})
    void writesRejectedRowsOfManyTables(String semantic) throws Exception {
        STARROCKS.execute("DROP TABLE IF EXISTS it.strict2");
        STARROCKS.execute("CREATE TABLE it.strict2 LIKE it.strict");
        StarRocksSinkOptions options = Flink.options(STARROCKS, "*", "*")
                .withProperty("sink.semantic", semantic)
                .withProperty("sink.properties.column_separator", ",")
                .withProperty("sink.properties.max_filter_ratio", "0.9")
                .withProperty("sink.dead-letter.path", directory.toUri().toString())
                .build();
        List<StarRocksRowData> rows = new ArrayList<>();
        for (String table : Arrays.asList("strict", "strict2")) {
            for (String row : Arrays.asList("1,good,1", "2,too long,2")) {
                rows.add(new DefaultStarRocksRowData(null, "it", table, row));
            }
        }
        Flink.writeRows(options, rows);
        assertThat(rows()).containsExactly("1 good 1");
        assertThat(STARROCKS.query("SELECT name FROM it.strict2")).containsExactly(Arrays.asList("good"));
        assertThat(deadLetters())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains("is too long", "[2, 'too long', 2]"))
                .anySatisfy(line -> assertThat(line).contains("\"sink_table\":\"it.strict\""))
                .anySatisfy(line -> assertThat(line).contains("\"sink_table\":\"it.strict2\""));
    }

    @Test
    void failsWhenThereAreMoreThanTheBudgetHasRoomFor() throws Exception {
        SqlJob job = job("csv")
                .with("sink.on-invalid", "reject")
                .with("sink.dead-letter.path", directory.toUri().toString())
                .with("sink.dead-letter.max-rows", "2")
                .createSink(COLUMNS);
        assertThatThrownBy(() -> job.insert(ROWS))
                .hasStackTraceContaining("max_rows=2")
                .hasStackTraceContaining("sink.dead-letter.max-rows")
                .hasStackTraceContaining("table=it.strict");
        assertThat(rows()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "sink.on-invalid, reject, needs a place for the rows",
        "sink.on-invalid, whatever, sink.on-invalid",
        "sink.dead-letter.table, nowhere, it.nowhere",
        "sink.dead-letter.table, strict, rejected_at",
    })
    void refusesToPlanWithoutAPlaceForRejectedRows(String key, String value, String expected) {
        SqlJob job = job("csv").with(key, value).createSink(COLUMNS);
        assertThatThrownBy(() -> job.explain(COLUMNS)).hasStackTraceContaining(expected);
    }
}
