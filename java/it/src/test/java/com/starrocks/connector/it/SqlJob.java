// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.types.Row;

/** A Flink SQL session on a cluster inside this JVM, and the options of a sink into the embedded server. */
final class SqlJob extends SqlSession<SqlJob, StreamTableEnvironment> {
    private final StreamExecutionEnvironment environment;

    /** A job of one subtask that fails with its first failure. */
    SqlJob(EmbeddedStarRocks server, String database, String table) {
        this(server, database, table, 1, Flink.restarts(0));
    }

    SqlJob(EmbeddedStarRocks server, String database, String table, int parallelism, Configuration configuration) {
        this(environment(parallelism, configuration), server, database, table);
    }

    private SqlJob(StreamExecutionEnvironment environment, EmbeddedStarRocks server, String database, String table) {
        super(StreamTableEnvironment.create(environment), "load-url", server, database, table);
        this.environment = environment;
    }

    private static StreamExecutionEnvironment environment(int parallelism, Configuration configuration) {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setParallelism(parallelism);
        environment.enableCheckpointing(100);
        return environment;
    }

    /** Declares the sink under the name {@code sink}. */
    SqlJob createSink(String columns) {
        return create("sink", columns, "");
    }

    /** Makes a table {@code numbers} with one column, {@code f0}, of the numbers of a script. */
    SqlJob withNumbers(Script script) {
        tables.createTemporaryView(
                "numbers",
                environment
                        .fromSource(
                                new NumberSource(script.id), WatermarkStrategy.noWatermarks(), "numbers", Types.LONG)
                        .map(new Probe(script.id)));
        return this;
    }

    /** Makes a table {@code numbers} with one column, {@code f0}, of the column {@code id} of a table of some server. */
    SqlJob withTable(Script script, EmbeddedStarRocks server, String database, String table) {
        Map<String, String> source = new LinkedHashMap<>(options);
        source.keySet().removeIf(key -> key.startsWith("sink.") || key.equals("load-url"));
        source.put("scan-url", server.loadUrl());
        source.put("jdbc-url", server.jdbcUrl());
        source.put("database-name", database);
        source.put("table-name", table);
        source.put("scan.params.batch-rows", "50");
        run("CREATE TABLE source (id BIGINT) WITH (" + text(source) + ")");
        tables.createTemporaryView(
                "numbers",
                tables.toDataStream(tables.sqlQuery("SELECT id FROM source"))
                        .map(row -> (Long) row.getField(0))
                        .returns(Types.LONG)
                        .map(new Probe(script.id)));
        return this;
    }

    /** Makes a view {@code changes} of {@code id}, {@code name} and {@code amount}, whose declared key the rows may change. */
    SqlJob withChanges(Row... rows) {
        Schema schema = Schema.newBuilder()
                .column("id", DataTypes.INT().notNull())
                .column("name", DataTypes.STRING())
                .column("amount", DataTypes.INT())
                .primaryKey("id")
                .build();
        TypeInformation<Row> types =
                Types.ROW_NAMED(new String[] {"id", "name", "amount"}, Types.INT, Types.STRING, Types.INT);
        DataStream<Row> stream = environment.fromElements(rows).returns(types);
        tables.createTemporaryView("changes", tables.fromChangelogStream(stream, schema, ChangelogMode.all()));
        return this;
    }

    /** Makes a view {@code input} of rows with values that SQL has no literals for. */
    SqlJob withRows(TypeInformation<Row> types, Row... rows) {
        tables.createTemporaryView("input", environment.fromElements(rows).returns(types));
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

    /** Runs an INSERT and does not wait. */
    JobClient start(String sql) {
        return tables.executeSql(sql).getJobClient().orElseThrow(IllegalStateException::new);
    }
}
