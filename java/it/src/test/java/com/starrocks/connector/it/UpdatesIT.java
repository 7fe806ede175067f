// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.apache.flink.types.RowKind.DELETE;
import static org.apache.flink.types.RowKind.INSERT;
import static org.apache.flink.types.RowKind.UPDATE_AFTER;
import static org.apache.flink.types.RowKind.UPDATE_BEFORE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes of rows, and what each model of table makes of them. */
class UpdatesIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    private static final String PROPERTIES =
            " DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES (\"replication_num\" = \"1\")";
    private static final String SINK = "id INT, name STRING, amount INT, PRIMARY KEY (id) NOT ENFORCED";

    /** Row 1 moves to key 3, row 2 is changed in place, the new version of row 4 is filtered out upstream, row 5 is deleted. */
    private static final Row[] CHANGES = {
        Row.ofKind(INSERT, 1, "a", 1),
        Row.ofKind(INSERT, 2, "b", 2),
        Row.ofKind(INSERT, 4, "d", 4),
        Row.ofKind(INSERT, 5, "e", 5),
        Row.ofKind(UPDATE_BEFORE, 1, "a", 1),
        Row.ofKind(UPDATE_AFTER, 3, "a", 1),
        Row.ofKind(UPDATE_BEFORE, 4, "d", 4),
        Row.ofKind(UPDATE_BEFORE, 2, "b", 2),
        Row.ofKind(UPDATE_AFTER, 2, "c", 2),
        Row.ofKind(DELETE, 5, "e", 5),
    };

    @BeforeAll
    static void createDatabase() throws Exception {
        STARROCKS.execute("CREATE DATABASE it");
    }

    private static void createTable(String name, String model) throws Exception {
        STARROCKS.execute("DROP TABLE IF EXISTS it." + name);
        STARROCKS.execute(
                "CREATE TABLE it." + name + " (id INT NOT NULL, name VARCHAR(20) DEFAULT \"none\", amount INT) " + model
                        + " KEY(id)" + PROPERTIES);
    }

    private static SqlJob job(String table) {
        return new SqlJob(STARROCKS, "it", table);
    }

    private static List<String> rows(String table) throws Exception {
        return STARROCKS.query("SELECT id, name, amount FROM it." + table + " ORDER BY id").stream()
                .map(row -> String.join(" ", row.stream().map(String::valueOf).collect(Collectors.toList())))
                .collect(Collectors.toList());
    }

    @Tag("every-line")
    @ParameterizedTest
    @ValueSource(strings = {"csv", "json"})
    void leavesNoRowUnderAKeyThatHasChanged(String format) throws Exception {
        createTable("moved", "PRIMARY");
        job("moved")
                .with("sink.properties.format", format)
                .createSink(SINK)
                .withChanges(CHANGES)
                .insert("INSERT INTO sink SELECT * FROM changes");
        assertThat(rows("moved")).containsExactly("2 c 2", "3 a 1");
    }

    @ParameterizedTest
    @CsvSource({"true, '1 a 1,2 c 2,3 a 1,4 d 4'", "false, '2 c 2,3 a 1'"})
    void dropsOrDeletesEveryOldVersionIfToldSo(String ignore, String expected) throws Exception {
        createTable("told", "PRIMARY");
        job("told")
                .with("sink.ignore.update-before", ignore)
                .createSink(SINK)
                .withChanges(CHANGES)
                .insert("INSERT INTO sink SELECT * FROM changes");
        assertThat(rows("told")).containsExactly(expected.split(","));
    }

    @Tag("every-line")
    @ParameterizedTest
    @ValueSource(strings = {"DUPLICATE", "UNIQUE"})
    void refusesToPlanDeletesThatTheTableCannotDo(String model) throws Exception {
        createTable("undeletable", model);
        SqlJob job = job("undeletable").createSink(SINK).withChanges(CHANGES);
        assertThatThrownBy(() -> job.insert("INSERT INTO sink SELECT * FROM changes"))
                .hasStackTraceContaining("doesn't support consuming")
                .hasStackTraceContaining("delete");
        assertThat(rows("undeletable")).isEmpty();
    }

    @Test
    void keepsDeletedRowsIfToldSo() throws Exception {
        createTable("kept", "UNIQUE");
        job("kept")
                .with("sink.ignore.delete", "true")
                .createSink(SINK)
                .withChanges(CHANGES)
                .insert("INSERT INTO sink SELECT * FROM changes");
        assertThat(rows("kept")).containsExactly("1 a 1", "2 c 2", "3 a 1", "4 d 4", "5 e 5");
    }

    @Tag("every-line")
    @ParameterizedTest
    @ValueSource(strings = {"csv", "json"})
    void leavesColumnsAloneThatTheFlinkTableDoesNotHave(String format) throws Exception {
        createTable("partial", "PRIMARY");
        STARROCKS.execute("INSERT INTO it.partial VALUES (1, 'kept', 1), (2, 'gone', 2), (3, 'moved', 3)");
        job("partial")
                .with("sink.properties.format", format)
                .createSink("AMOUNT INT, ID INT, PRIMARY KEY (ID) NOT ENFORCED")
                .withChanges(
                        // An old version alone, whose new version may have come some other way, takes nothing along.
                        Row.ofKind(UPDATE_BEFORE, 1, "", 1),
                        Row.ofKind(INSERT, 1, "", 10),
                        Row.ofKind(DELETE, 2, "", 2),
                        Row.ofKind(UPDATE_BEFORE, 3, "", 3),
                        Row.ofKind(UPDATE_AFTER, 4, "", 30))
                .insert("INSERT INTO sink SELECT amount, id FROM changes");
        assertThat(rows("partial")).containsExactly("1 kept 10", "4 none 30");
    }

    @Test
    void writesWholeRowsIfToldSo() throws Exception {
        createTable("whole", "PRIMARY");
        STARROCKS.execute("INSERT INTO it.whole VALUES (1, 'gone', 1)");
        for (String format : new String[] {"csv", "json"}) {
            job("whole")
                    .with("sink.properties.format", format)
                    .with("sink.properties.partial_update", "false")
                    .createSink("id INT, amount INT, PRIMARY KEY (id) NOT ENFORCED")
                    .insert("INSERT INTO sink VALUES (1, 10)");
            assertThat(rows("whole")).containsExactly("1 none 10");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "json"})
    void keepsTheRowWithTheLargerMergeCondition(String format) throws Exception {
        createTable("conditional", "PRIMARY");
        STARROCKS.execute("INSERT INTO it.conditional VALUES (1, 'old', 5), (2, 'old', 5)");
        job("conditional")
                .with("sink.properties.format", format)
                .with("sink.properties.merge_condition", "amount")
                .createSink(SINK)
                .insert("INSERT INTO sink VALUES (1, 'late', 4), (2, 'new', 6)");
        assertThat(rows("conditional")).containsExactly("1 old 5", "2 new 6");
    }

    @ParameterizedTest
    @CsvSource({"nope, no such column", "id, part of the primary key", "name, cannot compare VARCHAR"})
    void refusesToPlanAMergeConditionThatCannotWork(String column, String expected) throws Exception {
        createTable("conditional", "PRIMARY");
        SqlJob job = job("conditional")
                .with("sink.properties.merge_condition", column)
                .createSink(SINK);
        assertThatThrownBy(() -> job.explain(SINK)).hasStackTraceContaining(expected);
    }

    @Test
    void appliesTheChangesOfAKeyInOrderAcrossSubtasks() throws Exception {
        createTable("ordered", "PRIMARY");
        new SqlJob(STARROCKS, "it", "ordered", 1, Flink.restarts(0))
                .with("sink.parallelism", "3")
                .createSink(SINK)
                .run("CREATE TABLE numbers (n INT) WITH ('connector' = 'datagen', 'number-of-rows' = '5000',"
                        + " 'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '5000')")
                .insert("INSERT INTO sink SELECT MOD(n, 5), 'x', n FROM numbers");
        assertThat(rows("ordered")).containsExactly("0 x 5000", "1 x 4996", "2 x 4997", "3 x 4998", "4 x 4999");
    }
}
