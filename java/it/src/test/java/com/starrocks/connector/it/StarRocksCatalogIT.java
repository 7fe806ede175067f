// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import com.starrocks.connector.flink.catalog.StarRocksCatalog;
import com.starrocks.connector.flink.catalog.StarRocksCatalogException;
import com.starrocks.connector.flink.catalog.StarRocksColumn;
import com.starrocks.connector.flink.catalog.StarRocksTable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The catalog without Flink SQL, as Flink CDC uses it. */
class StarRocksCatalogIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    private static StarRocksCatalog catalog;

    /** A subclass that finds a private method by its name, as programs outside of this project do. */
    private static final class MoreStatements extends StarRocksCatalog {
        private static final long serialVersionUID = 1L;

        MoreStatements(String jdbcUrl, String username, String password) {
            super(jdbcUrl, username, password);
        }

        void execute(String sql) throws Exception {
            Method method = getClass().getSuperclass().getDeclaredMethod("executeUpdateStatement", String.class);
            method.setAccessible(true);
            try {
                method.invoke(this, sql);
            } catch (InvocationTargetException e) {
                throw (Exception) e.getCause();
            }
        }
    }

    @BeforeAll
    static void open() {
        catalog = new StarRocksCatalog(STARROCKS.jdbcUrl(), "root", "");
        catalog.open();
        catalog.createDatabase("cdc", false);
        catalog.createDatabase("cdc", true);
    }

    private static StarRocksColumn.Builder column(String name, String type) {
        return new StarRocksColumn.Builder().setColumnName(name).setDataType(type);
    }

    private static StarRocksTable table(String name) {
        List<StarRocksColumn> columns = Arrays.asList(
                column("id", "BIGINT").setOrdinalPosition(0).setNullable(false).build(),
                column("name", "VARCHAR")
                        .setOrdinalPosition(1)
                        .setColumnSize(30)
                        .setDefaultValue("say \"x\"")
                        .setColumnComment("a \"name\" \\")
                        .build(),
                column("price", "DECIMAL")
                        .setOrdinalPosition(2)
                        .setColumnSize(10)
                        .setDecimalDigits(2)
                        .build(),
                column("at", "DATETIME")
                        .setOrdinalPosition(3)
                        .setDefaultValue("CURRENT_TIMESTAMP")
                        .build());
        return new StarRocksTable.Builder()
                .setDatabaseName("cdc")
                .setTableName(name)
                .setTableType(StarRocksTable.TableType.PRIMARY_KEY)
                .setColumns(columns)
                .setTableKeys(Collections.singletonList("id"))
                .setDistributionKeys(Collections.singletonList("id"))
                .setNumBuckets(4)
                .setComment("orders")
                .setTableProperties(Collections.singletonMap("replication_num", "1"))
                .build();
    }

    @Test
    void createsAndDescribesTables() throws Exception {
        StarRocksTable orders = table("orders");
        catalog.createTable(orders, false);
        catalog.createTable(orders, true);
        assertThatThrownBy(() -> catalog.createTable(orders, false))
                .isInstanceOf(StarRocksCatalogException.class)
                .hasMessageContaining("cdc.orders");
        StarRocksTable found = catalog.getTable("cdc", "orders").get();
        assertThat(found.getColumns()).isEqualTo(orders.getColumns());
        assertThat(found.getTableType()).isEqualTo(StarRocksTable.TableType.PRIMARY_KEY);
        assertThat(found.getTableKeys()).isEqualTo(orders.getTableKeys());
        assertThat(found.getNumBuckets()).contains(4);
        assertThat(found.getComment()).contains("orders");
        assertThat(found.getProperties()).containsEntry("replication_num", "1");
        assertThat(catalog.getTable("cdc", "nope")).isEmpty();
        assertThat(catalog.tableExists("cdc", "orders")).isTrue();
        assertThat(catalog.databaseExists("nope")).isFalse();
        assertThatThrownBy(() -> catalog.getTable("cdc", " ")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void changesColumnsAndWaitsForThem() throws Exception {
        catalog.createTable(table("changed"), false);
        catalog.alterAddColumns(
                "cdc",
                "changed",
                Arrays.asList(
                        column("one", "INT").build(),
                        column("two", "VARCHAR").setColumnSize(9).build()),
                60);
        assertThat(catalog.getTable("cdc", "changed").get().getColumn("TWO").getColumnSize())
                .contains(9);
        assertThatThrownBy(() -> catalog.alterAddColumns(
                        "cdc",
                        "changed",
                        Collections.singletonList(column("one", "INT").build()),
                        60))
                .isInstanceOf(StarRocksCatalogException.class)
                .hasMessageContaining("already exists");
        catalog.alterDropColumns("cdc", "changed", Arrays.asList("one", "two"), 60);
        assertThat(catalog.getTable("cdc", "changed").get().getColumns()).hasSize(4);
        assertThatThrownBy(() -> catalog.alterDropColumns("cdc", "changed", Collections.emptyList(), 60))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void subclassesExecuteStatements() throws Exception {
        catalog.createTable(table("more"), false);
        MoreStatements more = new MoreStatements(STARROCKS.jdbcUrl(), "root", "");
        more.execute("ALTER TABLE `cdc`.`more` RENAME COLUMN name TO title;");
        more.execute("TRUNCATE TABLE `cdc`.`more`;");
        assertThat(more.getTable("cdc", "more").get().getColumn("title")).isNotNull();
        assertThatThrownBy(() -> more.execute("DROP TABLE `cdc`.`nope`;"))
                .isInstanceOf(StarRocksCatalogException.class)
                .hasMessageContaining("nope");
        more.execute("DROP TABLE `cdc`.`more`;");
        assertThat(more.tableExists("cdc", "more")).isFalse();
        // Jobs carry it to where tables are changed.
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ObjectOutputStream(bytes).writeObject(more);
        MoreStatements copy =
                (MoreStatements) new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
        copy.open();
        assertThat(copy.databaseExists("cdc")).isTrue();
        copy.close();
    }
}
