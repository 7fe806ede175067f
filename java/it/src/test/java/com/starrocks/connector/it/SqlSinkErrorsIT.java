// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users are told when something is wrong. */
class SqlSinkErrorsIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    private static final String VALUES = "INSERT INTO sink VALUES (1, 'a')";

    @BeforeAll
    static void createTables() throws Exception {
        STARROCKS.execute("CREATE DATABASE it");
        STARROCKS.execute("CREATE TABLE it.plain (id INT NOT NULL, name VARCHAR(5) NOT NULL) DUPLICATE KEY(id)"
                + " DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES (\"replication_num\" = \"1\")");
        STARROCKS.execute("CREATE TABLE it.keyed (id INT NOT NULL, name VARCHAR(5)) PRIMARY KEY(id)"
                + " DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES (\"replication_num\" = \"1\")");
    }

    private static SqlJob job(String table) {
        return new SqlJob(STARROCKS, "it", table).with("sink.max-retries", "0").with("sink.connect.timeout-ms", "2000");
    }

    /** The whole chain of causes, as a user sees it. */
    private static String failure(SqlJob job, String columns, String insert) {
        return trace(catchThrowable(() -> job.createSink(columns).insert(insert)));
    }

    private static String trace(Throwable failure) {
        assertThat(failure).as("a failure is expected").isNotNull();
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "plain | id INT, nosuch STRING | nosuch",
                "plain | id STRING, name STRING | id",
                "plain | id TIMESTAMP(3), name STRING | id",
                "keyed | id INT, name STRING | primary key",
                "keyed | id INT, name STRING, PRIMARY KEY (id, name) NOT ENFORCED | name",
                "nosuch | id INT, name STRING | it.nosuch",
            })
    void namesWhatDoesNotFitTheTable(String table, String columns, String expected) {
        SqlJob job = job(table).createSink(columns);
        assertThat(trace(catchThrowable(() -> job.explain(columns)))).containsIgnoringCase(expected);
    }

    @Test
    void namesColumnAndBothTypesOfATypeThatDoesNotFit() {
        assertThat(failure(
                        job("plain"),
                        "id TIMESTAMP(3) NOT NULL, name STRING NOT NULL",
                        "INSERT INTO sink VALUES (TIMESTAMP '2024-01-01 00:00:00', 'a')"))
                .contains("column", "id", "TIMESTAMP(3)", "INT");
    }

    @Test
    void namesAnUnknownOptionAndTheNearestOne() {
        assertThat(failure(job("plain").with("sink.semantics", "exactly-once"), "id INT, name STRING", VALUES))
                .contains("'sink.semantics' (did you mean 'sink.semantic'?)");
    }

    @Test
    void namesTheAddressThatRefusesConnections() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        assertThat(failure(
                        job("plain").with("jdbc-url", "jdbc:mysql://127.0.0.1:" + port), "id INT, name STRING", VALUES))
                .contains("127.0.0.1:" + port);
        assertThat(failure(job("plain").with("load-url", "127.0.0.1:" + port), "id INT, name STRING", VALUES))
                .contains("127.0.0.1:" + port);
    }

    @Test
    void saysThatThePasswordIsWrongWithoutShowingIt() {
        assertThat(failure(job("plain").with("password", "s3cret!"), "id INT, name STRING", VALUES))
                .contains("Access denied")
                .doesNotContain("s3cret!");
    }

    @Test
    void saysWhyTheServerRejectedARow() {
        assertThat(failure(job("plain"), "id INT, name STRING", "INSERT INTO sink VALUES (1, 'much too long for it')"))
                .contains("it.plain", "name");
        assertThat(failure(job("plain"), "id INT, name STRING", "INSERT INTO sink VALUES (1, CAST(NULL AS STRING))"))
                .contains("it.plain", "name");
    }
}
