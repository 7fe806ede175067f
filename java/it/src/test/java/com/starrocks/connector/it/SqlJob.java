// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;

/** A Flink SQL session on a cluster inside this JVM, and the options of a sink into the embedded server. */
final class SqlJob {
    private final StreamTableEnvironment tables;
    private final Map<String, String> options = new LinkedHashMap<>();

    SqlJob(EmbeddedStarRocks server, String database, String table) {
        Configuration configuration = new Configuration();
        // With checkpoints Flink would restart a failing job for ever. The key changed with Flink 1.19.
        configuration.setString("restart-strategy", "none");
        configuration.setString("restart-strategy.type", "none");
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setParallelism(1);
        environment.enableCheckpointing(200);
        tables = StreamTableEnvironment.create(environment);
        with("connector", "starrocks");
        with("load-url", server.loadUrl());
        with("jdbc-url", server.jdbcUrl());
        with("database-name", database);
        with("table-name", table);
        with("username", EmbeddedStarRocks.USERNAME);
        with("password", "");
    }

    /** Sets an option of the sink. */
    SqlJob with(String key, String value) {
        options.put(key, value);
        return this;
    }

    /** Declares the sink under the name {@code sink}. */
    SqlJob createSink(String columns) {
        return run("CREATE TABLE sink (" + columns + ") WITH ("
                + options.entrySet().stream()
                        .map(option -> "'" + option.getKey() + "' = '" + option.getValue() + "'")
                        .collect(Collectors.joining(", "))
                + ")");
    }

    /** Runs a statement that starts no job. */
    SqlJob run(String sql) {
        tables.executeSql(sql);
        return this;
    }

    /** Plans, but does not run, an INSERT of rows that have exactly the sink's columns. */
    void explain(String columns) {
        String input = columns.replaceFirst(", PRIMARY KEY.*", "");
        run("CREATE TABLE input (" + input + ") WITH ('connector' = 'datagen')");
        tables.explainSql("INSERT INTO sink SELECT * FROM input");
    }

    /** Runs an INSERT and waits for its job. */
    void insert(String sql) throws Exception {
        tables.executeSql(sql).await();
    }
}
