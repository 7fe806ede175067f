// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;

/** A Flink SQL session that reads a table of the embedded server under the name {@code source}. */
final class SqlRead extends SqlSession<SqlRead, TableEnvironment> {
    private SqlRead(TableEnvironment tables, EmbeddedStarRocks server, String database, String table) {
        super(tables, "scan-url", server, database, table);
        set("parallelism.default", "2");
        set("table.exec.resource.default-parallelism", "2");
        set("restart-strategy", "none");
        set("restart-strategy.type", "none");
    }

    static SqlRead batch(EmbeddedStarRocks server, String database, String table) {
        EnvironmentSettings settings =
                EnvironmentSettings.newInstance().inBatchMode().build();
        return new SqlRead(TableEnvironment.create(settings), server, database, table);
    }

    static SqlRead streaming(EmbeddedStarRocks server, String database, String table) {
        EnvironmentSettings settings =
                EnvironmentSettings.newInstance().inStreamingMode().build();
        return new SqlRead(TableEnvironment.create(settings), server, database, table);
    }

    static SqlRead of(String mode, EmbeddedStarRocks server, String database, String table) {
        return mode.equals("batch") ? batch(server, database, table) : streaming(server, database, table);
    }

    /** Declares the table. */
    SqlRead create(String columns) {
        return create("source", columns, "");
    }

    /** Runs a query; its rows as texts, in no order. */
    List<String> rows(String sql) throws Exception {
        List<String> rows = new ArrayList<>();
        for (Row row : collect(sql)) {
            rows.add(row.toString());
        }
        return rows;
    }

    /** Runs a query; its rows in no order. */
    List<Row> collect(String sql) throws Exception {
        List<Row> rows = new ArrayList<>();
        try (CloseableIterator<Row> result = tables.executeSql(sql).collect()) {
            result.forEachRemaining(rows::add);
        }
        return rows;
    }

    /** Runs an INSERT. */
    void insert(String sql) throws Exception {
        tables.executeSql(sql).await();
    }

    /** The plan of a query. */
    String explain(String sql) {
        return tables.explainSql(sql);
    }
}
