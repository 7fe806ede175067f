// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Random conditions find the same rows whether StarRocks or Flink evaluates them. */
class PushDownIT {
    /** A scan with a condition. */
    private static final String PUSHED = "filter=\\[[^\\]]";

    private static final int JOBS = 4;
    private static final int QUERIES_OF_A_JOB = 15;
    private static final int ROWS = 400;
    private static final String PUSH_DOWN = "table.optimizer.source.predicate-pushdown-enabled";

    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    private final Random random = new Random(20261127);

    private static final String[] NAMES = {"b", "i", "l", "d", "n", "v", "dt", "ts"};
    /** Literals of StarRocks that stand for values of each column, extremes among them. */
    private static final String[][] VALUES = {
        {"true", "false"},
        {"-2147483648", "-1", "0", "1", "2", "2147483647"},
        {"-9223372036854775808", "-1", "0", "1", "9223372036854775807"},
        {"-1.5e10", "-1.5e0", "0.0e0", "1.5e0", "1.0e-3"},
        {"-99999999.99", "-1.50", "0.00", "0.01", "1.50", "99999999.99"},
        // None that ends with a blank: in a list Flink pads shorter texts of the column to the literals' length, by
        // itself it does not.
        {"''", "'a'", "'A'", "' a'", "'ab'", "'ä'", "'b''c'", "'%'"},
        {"'0001-01-01'", "'1969-12-31'", "'2024-02-29'", "'9999-12-31'"},
        {
            "'0001-01-01 00:00:00'",
            "'1969-12-31 23:59:59.999999'",
            "'2024-02-29 12:00:00'",
            "'2024-02-29 12:00:00.000001'"
        }
    };

    @BeforeAll
    static void fill() throws Exception {
        Random random = new Random(1);
        STARROCKS.execute("CREATE DATABASE it");
        STARROCKS.execute(
                "CREATE TABLE it.random (id INT NOT NULL, b BOOLEAN, i INT, l BIGINT, d DOUBLE, n DECIMAL(10, 2),"
                        + " v VARCHAR(50), dt DATE, ts DATETIME) DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 4"
                        + " PROPERTIES (\"replication_num\" = \"1\")");
        StringBuilder insert = new StringBuilder("INSERT INTO it.random VALUES ");
        for (int row = 0; row < ROWS; row++) {
            insert.append(row == 0 ? "(" : ", (").append(row);
            for (String[] values : VALUES) {
                insert.append(", ").append(random.nextInt(5) == 0 ? "NULL" : values[random.nextInt(values.length)]);
            }
            insert.append(")");
        }
        STARROCKS.execute(insert.toString());
    }

    private static SqlRead read(boolean pushDown) {
        return SqlRead.batch(STARROCKS, "it", "random")
                .set(PUSH_DOWN, String.valueOf(pushDown))
                .create(
                        "id INT, b BOOLEAN, i INT, l BIGINT, d DOUBLE, n DECIMAL(10, 2), v STRING, dt DATE, ts TIMESTAMP(6)");
    }

    private String literal(int column) {
        String value = VALUES[column][random.nextInt(VALUES[column].length)];
        switch (NAMES[column]) {
            case "dt":
                return "DATE " + value;
            case "ts":
                return "TIMESTAMP " + value;
            default:
                return value;
        }
    }

    private String condition(int depth) {
        int kind = random.nextInt(depth == 0 ? 6 : 9);
        int column = random.nextInt(NAMES.length);
        String name = "`" + NAMES[column] + "`";
        switch (kind) {
            case 0:
                return name + (random.nextBoolean() ? " IS NULL" : " IS NOT NULL");
            case 1:
                return name + (random.nextBoolean() ? " IN (" : " NOT IN (") + literal(column) + ", " + literal(column)
                        + ")";
            case 2:
                return column == 0 ? "NOT b" : name + " BETWEEN " + literal(column) + " AND " + literal(column);
            case 3:
                String[] patterns = {"a%", "%a", "%", "a_", "%b''c%", ""};
                return "v LIKE '" + patterns[random.nextInt(patterns.length)] + "'";
            case 6:
                return "(" + condition(depth - 1) + " AND " + condition(depth - 1) + ")";
            case 7:
                return "(" + condition(depth - 1) + " OR " + condition(depth - 1) + ")";
            case 8:
                return "NOT (" + condition(depth - 1) + ")";
            default:
                String[] operators =
                        column == 0 ? new String[] {"=", "<>"} : new String[] {"=", "<>", "<", "<=", ">", ">="};
                return name + " " + operators[random.nextInt(operators.length)] + " " + literal(column);
        }
    }

    /** Many queries as one job, since it is the start of a job that takes time. */
    private String queries() {
        List<String> queries = new ArrayList<>();
        for (int i = 0; i < QUERIES_OF_A_JOB; i++) {
            String condition = condition(2);
            queries.add("SELECT '" + condition.replace("'", "''") + "', id FROM source WHERE " + condition);
        }
        return String.join(" UNION ALL ", queries);
    }

    @Test
    void findsTheSameRows() throws Exception {
        SqlRead pushed = read(true);
        SqlRead local = read(false);
        assertThat(local.rows("SELECT * FROM source")).hasSize(ROWS);
        for (int i = 0; i < JOBS; i++) {
            String sql = queries();
            assertThat(pushed.explain(sql)).containsPattern(PUSHED);
            assertThat(local.explain(sql)).doesNotContainPattern(PUSHED);
            assertThat(pushed.rows(sql)).containsExactlyInAnyOrderElementsOf(local.rows(sql));
        }
    }
}
