// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.table.api.TableEnvironment;

/** A Flink SQL session, and the options of a table of the embedded server in it. */
abstract class SqlSession<S extends SqlSession<S, T>, T extends TableEnvironment> {
    final T tables;
    final Map<String, String> options = new LinkedHashMap<>();

    /** The URL is the name of the option, {@code load-url} or {@code scan-url}. */
    SqlSession(T tables, String url, EmbeddedStarRocks server, String database, String table) {
        this.tables = tables;
        with("connector", "starrocks");
        with(url, server.loadUrl());
        with("jdbc-url", server.jdbcUrl());
        with("database-name", database);
        with("table-name", table);
        with("username", EmbeddedStarRocks.USERNAME);
        with("password", "");
    }

    @SuppressWarnings("unchecked")
    private S self() {
        return (S) this;
    }

    /** Sets an option of the table. */
    final S with(String key, String value) {
        options.put(key, value);
        return self();
    }

    /** Sets an option of the session. */
    final S set(String key, String value) {
        tables.getConfig().getConfiguration().setString(key, value);
        return self();
    }

    /** Declares the table under a name, with more clauses. */
    final S create(String name, String columns, String more) {
        return run("CREATE TABLE " + name + " (" + columns + ")" + more + " WITH (" + text(options) + ")");
    }

    /** Runs a statement that starts no job. */
    final S run(String sql) {
        tables.executeSql(sql);
        return self();
    }

    /** Options as the WITH clause takes them. */
    static String text(Map<String, String> options) {
        return options.entrySet().stream()
                .map(option -> "'" + option.getKey() + "' = '" + option.getValue() + "'")
                .collect(Collectors.joining(", "));
    }
}
