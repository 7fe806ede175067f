// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code sink.version} on servers with and without transactions. */
class SinkVersionIT {
    private static final String COLUMNS = "id INT, name STRING";

    @RegisterExtension
    static final EmbeddedStarRocks OLD = EmbeddedStarRocks.create("--compat-version", "2.1");

    @RegisterExtension
    static final EmbeddedStarRocks NEW = EmbeddedStarRocks.create();

    @BeforeAll
    static void createTables() throws Exception {
        for (EmbeddedStarRocks server : Arrays.asList(OLD, NEW)) {
            server.execute("CREATE DATABASE it");
            server.execute("CREATE TABLE it.rows (id INT NOT NULL, name VARCHAR(20)) DUPLICATE KEY(id)"
                    + " DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES (\"replication_num\" = \"1\")");
        }
    }

    private static SqlJob job(EmbeddedStarRocks server, String version) throws Exception {
        server.execute("TRUNCATE TABLE it.rows");
        return new SqlJob(server, "it", "rows").with("sink.version", version);
    }

    @ParameterizedTest
    @CsvSource({"V1, csv", "V1, json", "V2, csv", "AUTO, csv", "AUTO, json", "auto, csv"})
    void writesToAServerWithoutTransactions(String version, String format) throws Exception {
        job(OLD, version)
                .with("sink.properties.format", format)
                .createSink(COLUMNS)
                .insert("INSERT INTO sink VALUES (1, 'a'), (2, CAST(NULL AS STRING)), (3, 'c')");
        assertThat(OLD.query("SELECT * FROM it.rows ORDER BY id"))
                .containsExactly(Arrays.asList("1", "a"), Arrays.asList("2", null), Arrays.asList("3", "c"));
    }

    @ParameterizedTest
    @CsvSource({"V1, true", "V2, true", "V2, false", "AUTO, true"})
    void writesToAServerWithTransactions(String version, String transactions) throws Exception {
        job(NEW, version)
                .with("sink.at-least-once.use-transaction-stream-load", transactions)
                .createSink(COLUMNS)
                .insert("INSERT INTO sink VALUES (1, 'a'), (2, 'b')");
        assertThat(NEW.query("SELECT COUNT(*) FROM it.rows")).containsExactly(Arrays.asList("2"));
    }

    @ParameterizedTest
    @CsvSource({"AUTO", "V2"})
    void refusesExactlyOnceOnAServerWithoutTransactions(String version) throws Exception {
        SqlJob job = job(OLD, version)
                .with("sink.semantic", "exactly-once")
                .with("sink.label-prefix", "p")
                .createSink(COLUMNS);
        assertThatThrownBy(() -> job.explain(COLUMNS))
                .hasStackTraceContaining("it.rows")
                .hasStackTraceContaining("exactly-once")
                .hasStackTraceContaining(OLD.loadUrl())
                .hasStackTraceContaining("StarRocks 2.4");
    }

    @Test
    void refusesExactlyOnceWithVersionOne() throws Exception {
        SqlJob job = job(NEW, "V1").with("sink.semantic", "exactly-once").createSink(COLUMNS);
        assertThatThrownBy(() -> job.explain(COLUMNS)).hasStackTraceContaining("'sink.version': V1");
    }
}
