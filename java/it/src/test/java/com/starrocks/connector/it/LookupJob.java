// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;

/** A Flink SQL session with a table {@code dim} of the embedded server, to be looked up. */
final class LookupJob extends SqlSession<LookupJob, StreamTableEnvironment> {
    LookupJob(EmbeddedStarRocks server, String database, String table) {
        super(session(), "scan-url", server, database, table);
    }

    private static StreamTableEnvironment session() {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(Flink.restarts(0));
        environment.setParallelism(1);
        return StreamTableEnvironment.create(environment);
    }

    /** Declares the table. */
    LookupJob createDim(String columns) {
        return create("dim", columns, "");
    }

    /** Makes a view {@code probe} of rows, with the time of their processing as {@code pt}. */
    LookupJob probe(String columns, String values) {
        return run("CREATE TEMPORARY VIEW probe AS SELECT *, PROCTIME() AS pt FROM (VALUES " + values + ") AS t("
                + columns + ")");
    }

    /** Makes a table {@code probe} of the numbers from 0 on. */
    LookupJob probeNumbers(int count) {
        return run("CREATE TABLE probe (n INT, pt AS PROCTIME()) WITH ('connector' = 'datagen',"
                + " 'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '" + (count - 1) + "',"
                + " 'rows-per-second' = '1000000')");
    }

    /** Makes a table {@code probe} of numbers between two, in any order, without an end. */
    LookupJob probeForEver(int least, int most) {
        return run("CREATE TABLE probe (n INT, pt AS PROCTIME()) WITH ('connector' = 'datagen', 'fields.n.min' = '"
                + least + "', 'fields.n.max' = '" + most + "', 'rows-per-second' = '1000')");
    }

    /** Rows of {@code SELECT columns FROM probe p JOIN dim d ON …}, as text. */
    List<String> join(String select, String on) throws Exception {
        return rows("SELECT " + select + " FROM probe AS p JOIN dim FOR SYSTEM_TIME AS OF p.pt AS d ON " + on);
    }

    /** As {@link #join}, with the rows of the probe that find none. */
    List<String> leftJoin(String select, String on) throws Exception {
        return rows("SELECT " + select + " FROM probe AS p LEFT JOIN dim FOR SYSTEM_TIME AS OF p.pt AS d ON " + on);
    }

    /** The rows of a query, as text. */
    List<String> rows(String query) throws Exception {
        List<String> rows = new ArrayList<>();
        Iterator<Row> iterator = query(query).collect();
        while (iterator.hasNext()) {
            Row row = iterator.next();
            List<String> fields = new ArrayList<>();
            for (int i = 0; i < row.getArity(); i++) {
                fields.add(String.valueOf(row.getField(i)));
            }
            rows.add(String.join("|", fields));
        }
        return rows;
    }

    /** Starts a query. */
    TableResult query(String query) {
        return tables.executeSql(query);
    }

    /** Starts a query whose rows nobody reads. */
    JobClient start(String query) {
        return query(query).getJobClient().orElseThrow(IllegalStateException::new);
    }
}
