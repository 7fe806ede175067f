// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import com.starrocks.connector.flink.table.data.DefaultStarRocksRowData;
import com.starrocks.connector.flink.table.data.StarRocksRowData;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs whose loads the server merges. */
class MergeCommitIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    @RegisterExtension
    static final EmbeddedStarRocks OLD = EmbeddedStarRocks.create("--compat-version", "3.3.0");

    private static final String COLUMNS = "id BIGINT, name STRING, PRIMARY KEY (id) NOT ENFORCED";
    private static final String NUMBERS = "CREATE TABLE numbers (id BIGINT) WITH ('connector' = 'datagen',"
            + " 'number-of-rows' = '5000', 'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '5000')";

    @BeforeAll
    static void createTables() throws Exception {
        for (EmbeddedStarRocks server : Arrays.asList(STARROCKS, OLD)) {
            server.execute("CREATE DATABASE it");
            server.execute("CREATE TABLE it.merged (id BIGINT NOT NULL, name VARCHAR(100)) PRIMARY KEY(id)"
                    + " DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES (\"replication_num\" = \"1\")");
        }
    }

    private static SqlJob job(EmbeddedStarRocks server) {
        return new SqlJob(server, "it", "merged")
                .with("sink.properties.enable_merge_commit", "true")
                .with("sink.properties.merge_commit_interval_ms", "50")
                .with("sink.merge-commit.check-label-state.init-delay-ms", "0")
                .with("sink.merge-commit.check-state.interval-ms", "10");
    }

    @ParameterizedTest
    @CsvSource({"csv, 2147483647, false, true", "json, 3, true, true", "csv, 0, false, false", "json, 1, true, false"})
    void writesEveryRow(String format, String requests, String direct, String asynchronous) throws Exception {
        STARROCKS.execute("TRUNCATE TABLE it.merged");
        job(STARROCKS)
                .with("sink.properties.format", format)
                .with("sink.properties.merge_commit_async", asynchronous)
                .with("sink.merge-commit.max-concurrent-requests", requests)
                .with("sink.merge-commit.backend-direct-connection", direct)
                .with("sink.merge-commit.chunk.size", "10000")
                .createSink(COLUMNS)
                .run(NUMBERS)
                .insert("INSERT INTO sink SELECT id, 'name ' || CAST(id AS STRING) FROM numbers");
        assertThat(STARROCKS.query("SELECT COUNT(*), COUNT(DISTINCT name), MIN(id), MAX(id) FROM it.merged"))
                .containsExactly(Arrays.asList("5000", "5000", "1", "5000"));
        assertThat(STARROCKS.query(
                        "SELECT DISTINCT TYPE FROM information_schema.loads WHERE LABEL LIKE 'merge_commit_%'"))
                .as("the server has merged them")
                .isNotEmpty();
    }

    @Test
    void dropsEverythingInABlackHole() throws Exception {
        STARROCKS.execute("TRUNCATE TABLE it.merged");
        job(STARROCKS).with("sink.blackhole", "true").createSink(COLUMNS).insert("INSERT INTO sink VALUES (1, 'a')");
        assertThat(STARROCKS.query("SELECT * FROM it.merged")).isEmpty();
    }

    private static StarRocksSinkOptions manyTables(EmbeddedStarRocks server) {
        return Flink.options(server, "it", "*")
                .withProperty("sink.properties.format", "json")
                .withProperty("sink.properties.enable_merge_commit", "true")
                .withProperty("sink.properties.merge_commit_interval_ms", "50")
                .build();
    }

    @Test
    void writesToManyTables() throws Exception {
        List<StarRocksRowData> rows = new ArrayList<>();
        for (int table = 0; table < 3; table++) {
            STARROCKS.execute("CREATE TABLE it.merged" + table + " (id BIGINT NOT NULL) DUPLICATE KEY(id)"
                    + " DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES (\"replication_num\" = \"1\")");
        }
        for (int id = 0; id < 3_000; id++) {
            rows.add(new DefaultStarRocksRowData(null, "it", "merged" + id % 3, "{\"id\": " + id + "}"));
        }
        Flink.writeRows(manyTables(STARROCKS), rows);
        for (int table = 0; table < 3; table++) {
            assertThat(STARROCKS.query("SELECT COUNT(*), COUNT(DISTINCT id) FROM it.merged" + table))
                    .containsExactly(Arrays.asList("1000", "1000"));
        }
        assertThatThrownBy(() -> Flink.writeRows(manyTables(OLD), rows))
                .hasStackTraceContaining("merge commit needs StarRocks 3.4");
    }

    @Test
    void saysAtPlanningThatAnOlderServerDoesNotMerge() {
        SqlJob job = job(OLD).createSink(COLUMNS);
        assertThatThrownBy(() -> job.explain(COLUMNS))
                .hasStackTraceContaining("it.merged")
                .hasStackTraceContaining("merge commit needs StarRocks 3.4")
                .hasStackTraceContaining("3.3.0");
    }
}
