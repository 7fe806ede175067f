// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queries that read a table. */
@Tag("every-line")
class SqlSourceIT {
    private static final String COLUMNS = "id INT, name STRING, price DECIMAL(10, 2), `or``der` INT";
    /** Rows of the table. */
    private static final int COUNT = 5_000;

    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    @BeforeAll
    static void fill() throws Exception {
        STARROCKS.execute("CREATE DATABASE it");
        STARROCKS.execute(
                "CREATE TABLE it.items (id INT NOT NULL, name VARCHAR(100), price DECIMAL(10, 2), `or``der` INT)"
                        + " DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 7 PROPERTIES (\"replication_num\" = \"1\")");
        StringBuilder insert = new StringBuilder("INSERT INTO it.items VALUES ");
        for (int i = 0; i < COUNT; i++) {
            insert.append(i == 0 ? "" : ", ").append("(" + i + ", 'item " + i + "', " + i + ".25, " + i % 10 + ")");
        }
        STARROCKS.execute(insert.toString());
        STARROCKS.execute(
                "CREATE TABLE it.nothing (id INT NOT NULL) DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 3"
                        + " PROPERTIES (\"replication_num\" = \"1\")");
    }

    private static SqlRead items(String mode) {
        return SqlRead.of(mode, STARROCKS, "it", "items").create(COLUMNS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"batch", "streaming"})
    void readsEveryRowOnce(String mode) throws Exception {
        assertThat(items(mode).rows("SELECT * FROM source"))
                .hasSize(COUNT)
                .doesNotHaveDuplicates()
                .contains("+I[0, item 0, 0.25, 0]", "+I[4999, item 4999, 4999.25, 9]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"batch", "streaming"})
    void readsChosenColumnsAndRows(String mode) throws Exception {
        assertThat(items(mode)
                        .rows("SELECT price, id FROM source WHERE `or``der` = 3 AND id < 20 AND name LIKE 'item%'"))
                .containsExactlyInAnyOrder("+I[3.25, 3]", "+I[13.25, 13]");
        assertThat(items(mode).rows("SELECT name FROM source WHERE id = 7 OR UPPER(name) = 'ITEM 8'"))
                .containsExactlyInAnyOrder("+I[item 7]", "+I[item 8]");
        assertThat(items(mode).rows("SELECT id FROM source WHERE id < 0")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"batch", "streaming"})
    void limits(String mode) throws Exception {
        assertThat(items(mode).rows("SELECT id, name FROM source LIMIT 10"))
                .hasSize(10)
                .doesNotHaveDuplicates();
        assertThat(items(mode).rows("SELECT id FROM source WHERE id > 4990 LIMIT 100"))
                .hasSize(9);
    }

    @Test
    void aggregates() throws Exception {
        SqlRead items = items("batch");
        assertThat(items.rows("SELECT COUNT(*) FROM source")).containsExactly("+I[5000]");
        assertThat(items.rows("SELECT COUNT(*), MIN(id), MAX(price) FROM source WHERE id > 10"))
                .containsExactly("+I[4989, 11, 4999.25]");
        assertThat(items.rows("SELECT `or``der`, COUNT(name), SUM(CAST(id AS BIGINT)) FROM source GROUP BY `or``der`"))
                .hasSize(10)
                .contains("+I[0, 500, 1247500]");
        // Flink hands aggregates to sources since 1.14.
        if (!System.getProperty("flink.line").equals("1.13")) {
            assertThat(items.explain("SELECT COUNT(*) FROM source")).contains("aggregates=");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"batch", "streaming"})
    void readsFieldsOfRowsAlone(String mode) throws Exception {
        STARROCKS.execute(
                "CREATE TABLE it.nested_" + mode + " (id INT NOT NULL, s STRUCT<a INT, Deep STRUCT<`x.y` VARCHAR(9),"
                        + " d DATE>>, r ARRAY<STRUCT<a INT>>) DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 2"
                        + " PROPERTIES (\"replication_num\" = \"1\")");
        STARROCKS.execute("INSERT INTO it.nested_" + mode + " VALUES (1, row(10, row('p', '2024-02-29')), [row(5)]),"
                + " (2, row(NULL, NULL), []), (3, NULL, NULL)");
        // By position, whatever Flink calls the fields.
        SqlRead nested = SqlRead.of(mode, STARROCKS, "it", "nested_" + mode)
                .create("id INT, s ROW<a INT, `o``ther` ROW<`x.y` STRING, d DATE>>, r ARRAY<ROW<a INT>>");
        String query = "SELECT id, s.`o``ther`.`x.y`, s.a, s.`o``ther`.d, r[1].a FROM source WHERE id < 9";
        assertThat(nested.explain(query)).containsPattern("s_o`ther_x.y|s\\.o`ther\\.x\\.y");
        assertThat(nested.rows(query))
                .containsExactlyInAnyOrder(
                        "+I[1, p, 10, 2024-02-29, 5]",
                        "+I[2, null, null, null, null]",
                        "+I[3, null, null, null, null]");
        assertThat(nested.rows("SELECT s.a FROM source WHERE s.a = 10 AND s.`o``ther`.d > DATE '2000-01-01'"))
                .containsExactly("+I[10]");
        assertThat(nested.rows("SELECT s, s.a FROM source WHERE id = 1"))
                .containsExactly("+I[+I[10, +I[p, 2024-02-29]], 10]");
        if (mode.equals("batch")) {
            assertThat(nested.rows("SELECT MAX(s.a), COUNT(id) FROM source")).containsExactly("+I[10, 3]");
        }
    }

    @Test
    void countsInAStream() throws Exception {
        assertThat(items("streaming").rows("SELECT COUNT(*) FROM source")).endsWith("+U[5000]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"batch", "streaming"})
    void readsATableWithoutRows(String mode) throws Exception {
        assertThat(SqlRead.of(mode, STARROCKS, "it", "nothing").create("id INT").rows("SELECT * FROM source"))
                .isEmpty();
    }

    @Test
    void plansWithoutAServer() {
        SqlRead nowhere = SqlRead.batch(STARROCKS, "it", "items")
                .with("scan-url", "127.0.0.1:1")
                .with("jdbc-url", "jdbc:mysql://127.0.0.1:1")
                .create(COLUMNS);
        assertThat(nowhere.explain("SELECT id FROM source WHERE name = 'a' AND UPPER(name) = 'A'"))
                // Flink 1.13 spells the condition out.
                .containsPattern("filter=\\[(=|equals)\\(name, ");
    }

    @Test
    void readsATableThatIsWrittenToAsWell() throws Exception {
        STARROCKS.execute("CREATE TABLE it.both (id INT NOT NULL) DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1"
                + " PROPERTIES (\"replication_num\" = \"1\")");
        SqlRead both = SqlRead.batch(STARROCKS, "it", "both")
                .with("load-url", STARROCKS.loadUrl())
                .with("sink.properties.format", "json")
                .with("sink.max-retries", "2")
                .with("scan.max-retries", "2")
                .create("id INT");
        both.insert("INSERT INTO source VALUES (1), (2)");
        assertThat(both.rows("SELECT * FROM source")).containsExactlyInAnyOrder("+I[1]", "+I[2]");
    }

    @Test
    void saysWhatIsWrong() throws Exception {
        assertThatThrownBy(() -> SqlRead.batch(STARROCKS, "it", "missing")
                        .create("id INT")
                        .rows("SELECT * FROM source"))
                .hasStackTraceContaining("it.missing");
        assertThatThrownBy(() -> SqlRead.batch(STARROCKS, "it", "items")
                        .with("password", "sesame")
                        .create("id INT")
                        .rows("SELECT * FROM source"))
                .hasStackTraceContaining("it.items")
                .satisfies(failure -> assertThat(stackTrace(failure)).doesNotContain("sesame"));
        assertThatThrownBy(() -> SqlRead.batch(STARROCKS, "it", "items")
                        .create("id INT, colour STRING")
                        .rows("SELECT * FROM source"))
                .hasStackTraceContaining("colour");
        assertThatThrownBy(() -> SqlRead.batch(STARROCKS, "it", "items")
                        .create("id STRING")
                        .rows("SELECT * FROM source"))
                .hasStackTraceContaining("id");
        assertThatThrownBy(() -> SqlRead.batch(STARROCKS, "it", "items")
                        .with("scan.columns", "id")
                        .create("id INT")
                        .rows("SELECT * FROM source"))
                .hasStackTraceContaining("scan.columns");
        assertThatThrownBy(() -> SqlRead.batch(STARROCKS, "it", "items")
                        .with("scan.max-retrys", "1")
                        .create("id INT")
                        .rows("SELECT * FROM source"))
                .hasStackTraceContaining("did you mean 'scan.max-retries'");
    }

    private static String stackTrace(Throwable failure) {
        java.io.StringWriter text = new java.io.StringWriter();
        failure.printStackTrace(new java.io.PrintWriter(text));
        return text.toString();
    }
}
