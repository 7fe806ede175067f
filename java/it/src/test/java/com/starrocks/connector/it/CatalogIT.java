// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.ExplainDetail;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.catalog.Catalog;
import org.apache.flink.table.catalog.CatalogBaseTable;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.catalog.ObjectPath;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The catalog in Flink SQL; what it did is read over the MySQL port. */
class CatalogIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    private TableEnvironment flink;

    @BeforeEach
    void createCatalog() throws Exception {
        STARROCKS.execute("DROP DATABASE IF EXISTS shop FORCE");
        STARROCKS.execute("CREATE DATABASE shop");
        openSession(EnvironmentSettings.newInstance().inStreamingMode().build());
    }

    private void openSession(EnvironmentSettings settings) throws Exception {
        flink = TableEnvironment.create(settings);
        run(catalog("sr", ""));
        run("USE CATALOG sr");
    }

    private static String catalog(String name, String more) {
        return "CREATE CATALOG " + name + " WITH ('type' = 'starrocks', 'jdbc-url' = '" + STARROCKS.jdbcUrl()
                + "', 'http-url' = '" + STARROCKS.loadUrl() + "', 'username' = 'root', 'password' = '',"
                + " 'default-database' = 'shop', 'table.num-buckets' = '2', 'table.properties.replication_num' = '1',"
                + " 'sink.label-prefix' = 'prefix', 'sink.properties.format' = 'json'" + more + ")";
    }

    private void run(String sql) throws Exception {
        flink.executeSql(sql).await();
    }

    /** First columns of the rows. */
    private List<String> names(String sql) throws Exception {
        List<String> names = new ArrayList<>();
        try (CloseableIterator<Row> rows = flink.executeSql(sql).collect()) {
            rows.forEachRemaining(row -> names.add(String.valueOf(row.getField(0))));
        }
        return names;
    }

    /** Names, types and nullability of the columns. */
    private List<String> describe(String table) throws Exception {
        List<String> columns = new ArrayList<>();
        try (CloseableIterator<Row> rows = flink.executeSql("DESCRIBE " + table).collect()) {
            rows.forEachRemaining(row -> columns.add(row.getField(0) + " " + row.getField(1)
                    + (Boolean.FALSE.equals(row.getField(2)) ? " NOT NULL" : "")));
        }
        return columns;
    }

    private Map<String, String> options(String table) throws Exception {
        return table(table).getOptions();
    }

    private CatalogBaseTable table(String table) throws Exception {
        return starrocks().getTable(new ObjectPath("shop", table));
    }

    private Catalog starrocks() {
        return flink.getCatalog("sr").get();
    }

    private String created(String table) throws Exception {
        return STARROCKS.query("SHOW CREATE TABLE shop." + table).get(0).get(1);
    }

    @Test
    @Tag("every-line")
    void createsDescribesAndFillsATableOfEveryType() throws Exception {
        run(
                "CREATE TABLE types (s STRING, id BIGINT NOT NULL, b BOOLEAN, t TINYINT, sm SMALLINT, i INT, f FLOAT, d DOUBLE,"
                        + " de DECIMAL(20, 4), c CHAR(3), v VARCHAR(20), da DATE, ts TIMESTAMP(3), bi BYTES, vb VARBINARY(8),"
                        + " a ARRAY<INT>, m MAP<STRING, INT>, r ROW<x INT, `y z` STRING>, n INT NOT NULL,"
                        + " PRIMARY KEY (id) NOT ENFORCED) COMMENT 'all of them'");
        assertThat(describe("types"))
                .containsExactly(
                        "id BIGINT NOT NULL",
                        "s STRING",
                        "b BOOLEAN",
                        "t TINYINT",
                        "sm SMALLINT",
                        "i INT",
                        "f FLOAT",
                        "d DOUBLE",
                        "de DECIMAL(20, 4)",
                        "c VARCHAR(12)",
                        "v VARCHAR(80)",
                        "da DATE",
                        "ts TIMESTAMP(6)",
                        "bi BYTES",
                        "vb VARBINARY(8)",
                        "a ARRAY<INT>",
                        "m MAP<STRING, INT>",
                        "r ROW<`x` INT, `y z` STRING>",
                        "n INT NOT NULL");
        assertThat(table("types").getComment()).isEqualTo("all of them");
        assertThat(created("types"))
                .contains("PRIMARY KEY(`id`)", "DISTRIBUTED BY HASH(`id`) BUCKETS 2", "\"replication_num\" = \"1\"");
        run("INSERT INTO types SELECT 1, 'ä', TRUE, CAST(1 AS TINYINT), CAST(2 AS SMALLINT), 3, CAST(1.5 AS FLOAT),"
                + " CAST(2.5 AS DOUBLE), CAST(7.5 AS DECIMAL(20, 4)), 'abc', 'text', DATE '2024-02-29',"
                + " TIMESTAMP '2024-02-29 01:02:03.123456', CAST(NULL AS BYTES), CAST(NULL AS VARBINARY(8)), ARRAY[1, 2],"
                + " MAP['k', 1], ROW(5, 'x'), 9");
        assertThat(STARROCKS.query(
                        "SELECT id, s, b, t, sm, i, f, d, de, c, v, da, CAST(ts AS STRING), a, n FROM shop.types"))
                .containsExactly(Arrays.asList(
                        "1",
                        "ä",
                        "1",
                        "1",
                        "2",
                        "3",
                        "1.5",
                        "2.5",
                        "7.5000",
                        "abc",
                        "text",
                        "2024-02-29",
                        "2024-02-29 01:02:03.123456",
                        "[1,2]",
                        "9"));
    }

    @Test
    @Tag("every-line")
    void listsCreatesAndDropsDatabasesAndTables() throws Exception {
        run("CREATE DATABASE `Zürich`");
        assertThat(starrocks().databaseExists("Zürich")).isTrue();
        run("CREATE DATABASE `the \"1st\" `` one`");
        assertThat(names("SHOW DATABASES")).contains("shop", "the \"1st\" ` one", "information_schema");
        run(
                "CREATE TABLE `the \"1st\" `` one`.`it's a \"table\"` (`a b` INT NOT NULL, `c``d` STRING, PRIMARY KEY (`a b`) NOT ENFORCED)");
        run("INSERT INTO `the \"1st\" `` one`.`it's a \"table\"` VALUES (1, 'x')");
        assertThat(STARROCKS.query("SELECT * FROM `the \"1st\" `` one`.`it's a \"table\"`"))
                .containsExactly(Arrays.asList("1", "x"));
        assertThatThrownBy(() -> run("DROP DATABASE `the \"1st\" `` one` RESTRICT"))
                .hasStackTraceContaining("not empty");
        run("DROP DATABASE `the \"1st\" `` one` CASCADE");
        assertThat(names("SHOW DATABASES")).doesNotContain("the \"1st\" ` one");
        run("CREATE TABLE t (id INT NOT NULL, PRIMARY KEY (id) NOT ENFORCED)");
        run("CREATE TABLE IF NOT EXISTS t (id INT NOT NULL, PRIMARY KEY (id) NOT ENFORCED)");
        STARROCKS.execute("CREATE VIEW shop.v AS SELECT id FROM shop.t");
        assertThat(starrocks().listTables("shop")).containsExactlyInAnyOrder("t", "v");
        assertThat(starrocks().listViews("shop")).containsExactly("v");
        assertThat(describe("v")).hasSize(1);
        assertThatThrownBy(() -> starrocks().dropTable(new ObjectPath("shop", "v"), false))
                .hasMessageContaining("is a view");
        run("ALTER TABLE t RENAME TO u");
        assertThat(starrocks().listTables("shop")).containsExactlyInAnyOrder("u", "v");
        assertThat(starrocks().getTableStatistics(new ObjectPath("shop", "u")).getRowCount())
                .isZero();
        run("DROP TABLE u");
        run("DROP TABLE IF EXISTS u");
        assertThat(starrocks().tableExists(new ObjectPath("shop", "u"))).isFalse();
    }

    @Test
    @Tag("every-line")
    void tablesCarryTheOptionsOfTheCatalog() throws Exception {
        run(catalog("more", ", 'sink.semantic' = 'exactly-once', 'scan.params.batch-rows' = '7'"));
        run("CREATE TABLE t (id INT NOT NULL, PRIMARY KEY (id) NOT ENFORCED) PARTITIONED BY (id)");
        Map<String, String> options = flink.getCatalog("more")
                .get()
                .getTable(new ObjectPath("shop", "t"))
                .getOptions();
        assertThat(options)
                .containsEntry("connector", "starrocks")
                .containsEntry("database-name", "shop")
                .containsEntry("table-name", "t")
                .containsEntry("jdbc-url", STARROCKS.jdbcUrl())
                .containsEntry("sink.label-prefix", "prefix_shop_t")
                .containsEntry("sink.semantic", "exactly-once")
                .containsEntry("sink.properties.format", "json")
                .containsEntry("scan.params.batch-rows", "7")
                .containsEntry("table.model", "primary")
                .containsEntry("table.num-buckets", "2")
                .containsEntry("table.properties.replication_num", "1");
        assertThat(options.get("table.partition-by")).contains("id");
        assertThatThrownBy(() -> run(catalog("wrong", ", 'sink.unknown' = '1'")))
                .hasStackTraceContaining("sink.unknown");
        assertThatThrownBy(() -> run(catalog("wrong", ", 'table.model' = 'x'"))).hasStackTraceContaining("table.model");
    }

    @Test
    @Tag("every-line")
    void tablesNameTheirPartitionKeysAndTakeConstantsForThem() throws Exception {
        run("CREATE TABLE t (id INT NOT NULL, city STRING, v INT) PARTITIONED BY (city)");
        assertThat(((CatalogTable) table("t")).getPartitionKeys()).containsExactly("city");
        run("INSERT INTO t PARTITION (city = 'Ulm') SELECT 1, 10");
        run("INSERT INTO t VALUES (2, 'Bonn', 20)");
        assertThat(STARROCKS.query("SELECT id, city, v FROM shop.t ORDER BY id"))
                .containsExactly(Arrays.asList("1", "Ulm", "10"), Arrays.asList("2", "Bonn", "20"));
        run("CREATE TABLE same LIKE t");
        assertThat(created("same")).contains("PARTITION BY (`city`)");
        STARROCKS.execute("CREATE TABLE shop.r (id INT, d DATE) PARTITION BY RANGE(d) (PARTITION p VALUES LESS THAN"
                + " ('2030-01-01')) DISTRIBUTED BY HASH(id) PROPERTIES ('replication_num' = '1')");
        assertThat(((CatalogTable) table("r")).getPartitionKeys()).containsExactly("d");
        STARROCKS.execute("CREATE TABLE shop.m (id INT, d DATE) PARTITION BY date_trunc('month', d)"
                + " DISTRIBUTED BY HASH(id) PROPERTIES ('replication_num' = '1')");
        assertThat(((CatalogTable) table("m")).getPartitionKeys()).isEmpty();
    }

    @Test
    void readsTablesAndViewsWithWhatItKnowsOfTheirSize() throws Exception {
        openSession(EnvironmentSettings.newInstance().inBatchMode().build());
        run("CREATE TABLE t (id INT NOT NULL, name STRING, PRIMARY KEY (id) NOT ENFORCED)");
        run("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'it''s')");
        STARROCKS.execute(
                "CREATE VIEW shop.v AS SELECT id * 10 AS tens, name, id > 2 AS is_big FROM shop.t WHERE id > 1");
        assertThat(names("SELECT CONCAT(name, '!') FROM t WHERE id <> 2")).containsExactlyInAnyOrder("a!", "it's!");
        assertThat(names("SELECT name FROM v")).containsExactlyInAnyOrder("b", "it's");
        assertThat(names("SELECT tens FROM v WHERE is_big AND name = 'it''s'")).containsExactly("30");
        assertThat(names("SELECT COUNT(*) FROM v")).containsExactly("2");
        assertThat(names("SELECT v.tens FROM v JOIN t ON v.name = t.name ORDER BY tens"))
                .containsExactly("20", "30");
        assertThat(flink.explainSql("SELECT id FROM t WHERE UPPER(name) = 'A'", ExplainDetail.ESTIMATED_COST))
                .contains("rowcount = 3.0");
    }

    /** Their names cannot be sent as the frontend reads them when it is asked for a transaction. */
    @Test
    void loadsDatabasesOutsideAsciiWithoutTransactions() throws Exception {
        STARROCKS.execute("DROP DATABASE IF EXISTS `Zürich` FORCE");
        run("CREATE DATABASE `Zürich`");
        run("CREATE TABLE `Zürich`.`Straßen` (id INT NOT NULL, name STRING, PRIMARY KEY (id) NOT ENFORCED)");
        run("INSERT INTO `Zürich`.`Straßen` VALUES (1, 'Löwenstraße')");
        assertThat(names("SELECT name FROM `Zürich`.`Straßen`")).containsExactly("Löwenstraße");
        assertThatThrownBy(() -> run("INSERT INTO `Zürich`.`Straßen` /*+ OPTIONS('sink.semantic' = 'exactly-once') */"
                        + " VALUES (2, 'Bärengasse')"))
                .hasStackTraceContaining("Zürich.Straßen")
                .hasStackTraceContaining("not ASCII");
    }

    @Test
    void createsEveryKeyModel() throws Exception {
        run("CREATE TABLE dup (k INT, v STRING)");
        assertThat(created("dup")).contains("DUPLICATE KEY(", "DISTRIBUTED BY RANDOM BUCKETS 2");
        run("CREATE TABLE uniq (k INT, v STRING) WITH ('table.model' = 'unique', 'table.key-columns' = 'k')");
        assertThat(created("uniq")).contains("UNIQUE KEY(`k`)", "DISTRIBUTED BY HASH(`k`) BUCKETS 2");
        run("CREATE TABLE agg (`the key` INT, `day` DATE, n BIGINT, last STRING) WITH ('table.model' = 'aggregate',"
                + " 'table.key-columns' = '`the key`,day', 'table.aggregate.n' = 'SUM', 'table.aggregate.last' = 'REPLACE',"
                + " 'table.distribution-columns' = 'day', 'table.num-buckets' = '4',"
                + " 'table.partition-by' = 'date_trunc(''month'', day)')");
        assertThat(created("agg"))
                .contains(
                        "AGGREGATE KEY(`the key`, `day`)",
                        "`n` bigint(20) SUM NULL",
                        "DISTRIBUTED BY HASH(`day`) BUCKETS 4",
                        "PARTITION BY date_trunc('month', day)");
        assertThat(options("agg"))
                .containsEntry("table.key-columns", "`the key`,day")
                .containsEntry("table.aggregate.n", "SUM");
        run(
                "CREATE TABLE sorted (id INT NOT NULL, v INT, PRIMARY KEY (id) NOT ENFORCED) WITH ('table.sort-columns' = 'v')");
        assertThat(created("sorted")).contains("ORDER BY(`v`)");
        // One like another, with everything that was declared for that.
        run("CREATE TABLE agg2 LIKE agg");
        assertThat(created("agg2").replace("agg2", "agg")).isEqualTo(created("agg"));
        // And one of another catalog, which is filled through the options that it copies.
        run("CREATE TABLE default_catalog.default_database.copy LIKE uniq");
        run("INSERT INTO default_catalog.default_database.copy VALUES (1, 'a')");
        assertThat(STARROCKS.query("SELECT * FROM shop.uniq")).containsExactly(Arrays.asList("1", "a"));
    }

    @Test
    @Tag("every-line")
    void altersColumnsAndProperties() throws Exception {
        run("CREATE TABLE t (id INT NOT NULL, a INT, s VARCHAR(10), PRIMARY KEY (id) NOT ENFORCED)");
        run("ALTER TABLE t SET ('table.properties.replicated_storage' = 'false')");
        assertThat(created("t")).contains("\"replicated_storage\" = \"false\"");
        assertThatThrownBy(() -> run("ALTER TABLE t SET ('sink.semantic' = 'exactly-once')"))
                .hasStackTraceContaining("cannot be kept in StarRocks");
        assumeTrue(!System.getProperty("flink.line").equals("1.13"), "Flink cannot alter columns");
        run("ALTER TABLE t ADD (b ARRAY<INT> COMMENT 'it''s \"b\"', c STRING AFTER a)");
        run("ALTER TABLE t MODIFY a BIGINT COMMENT 'wide'");
        run("ALTER TABLE t RENAME s TO `s 2`");
        assertThat(describe("t"))
                .containsExactly("id INT NOT NULL", "a BIGINT", "c STRING", "s 2 VARCHAR(40)", "b ARRAY<INT>");
        assertThat(STARROCKS.query("SELECT COLUMN_NAME, COLUMN_COMMENT FROM information_schema.columns"
                        + " WHERE TABLE_SCHEMA = 'shop' AND TABLE_NAME = 't' AND COLUMN_COMMENT <> '' ORDER BY 1"))
                .containsExactly(Arrays.asList("a", "wide"), Arrays.asList("b", "it's \"b\""));
        run("ALTER TABLE t DROP (c, b)");
        assertThat(describe("t")).containsExactly("id INT NOT NULL", "a BIGINT", "s 2 VARCHAR(40)");
        assertThatThrownBy(() -> run("ALTER TABLE t MODIFY a INT"))
                .hasStackTraceContaining("Can not change BIGINT to INT");
        run("INSERT INTO t VALUES (1, 2, 'x')");
        assertThat(STARROCKS.query("SELECT * FROM shop.t")).containsExactly(Arrays.asList("1", "2", "x"));
    }

    @Test
    void saysWhatCannotBeDone() throws Exception {
        assertThatThrownBy(() -> run("CREATE TABLE t (id INT, x TIME)")).hasStackTraceContaining("no times of day");
        assertThatThrownBy(() -> run("CREATE TABLE t (id INT, x TIMESTAMP(9))")).hasStackTraceContaining("column=x");
        assertThatThrownBy(() -> run("CREATE TABLE t (id INT, x AS id + 1)"))
                .hasStackTraceContaining("'x' of shop.t is computed");
        assertThatThrownBy(() -> run("CREATE TABLE t (id INT) WITH ('sink.semantic' = 'exactly-once')"))
                .hasStackTraceContaining("'sink.semantic'");
        assertThatThrownBy(() -> run("CREATE TABLE t (id INT) WITH ('table.model' = 'primary')"))
                .hasStackTraceContaining("PRIMARY KEY");
        assertThatThrownBy(() -> run("CREATE TABLE t (id DOUBLE NOT NULL, PRIMARY KEY (id) NOT ENFORCED)"))
                .hasStackTraceContaining("shop.t");
        assertThatThrownBy(() -> run("CREATE VIEW v AS SELECT 1")).hasStackTraceContaining("Flink's SQL of a view");
        assertThatThrownBy(() -> run("DROP TABLE nope")).hasStackTraceContaining("nope");
        assertThat(starrocks().listTables("shop")).isEmpty();
        assertThatThrownBy(() -> starrocks().listTables("nope")).hasMessageContaining("nope");
        assertThatThrownBy(() -> {
                    run(catalog("refused", "").replace("'root'", "'nobody'"));
                    run("USE CATALOG refused");
                })
                .hasStackTraceContaining("refused the user");
    }

    @Test
    void leavesOutColumnsThatFlinkCannotUse() throws Exception {
        STARROCKS.execute(
                "CREATE TABLE shop.t (k INT, trunc DATETIME AS date_trunc('day', ts), ts DATETIME, j JSON, l LARGEINT)"
                        + " DUPLICATE KEY (k) PROPERTIES ('replication_num' = '1')");
        STARROCKS.execute("CREATE TABLE shop.b (k INT, u BITMAP BITMAP_UNION, h HLL HLL_UNION, n BIGINT SUM)"
                + " AGGREGATE KEY (k) DISTRIBUTED BY HASH (k) PROPERTIES ('replication_num' = '1')");
        assertThat(describe("t")).containsExactly("k INT", "ts TIMESTAMP(6)", "j STRING", "l STRING");
        assertThat(describe("b")).containsExactly("k INT", "n BIGINT");
        run(
                "INSERT INTO t VALUES (1, TIMESTAMP '2024-01-02 03:04:05', '{\"a\":1}', '170141183460469231731687303715884105727')");
        assertThat(STARROCKS.query("SELECT k, CAST(trunc AS STRING), l FROM shop.t"))
                .isEqualTo(Collections.singletonList(
                        Arrays.asList("1", "2024-01-02 00:00:00", "170141183460469231731687303715884105727")));
    }
}
