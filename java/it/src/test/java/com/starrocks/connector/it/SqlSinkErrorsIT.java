// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users are told when something is wrong. */
@Tag("every-line")
class SqlSinkErrorsIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    private static final String VALUES = "INSERT INTO sink VALUES (1, 'a')";

    @BeforeAll
    static void createTables() throws Exception {
        STARROCKS.execute("CREATE DATABASE it");
        STARROCKS.execute("CREATE TABLE it.plain (id INT NOT NULL, name VARCHAR(5) NOT NULL) DUPLICATE KEY(id)"
                + " DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES (\"replication_num\" = \"1\")");
        STARROCKS.execute("CREATE TABLE it.nested (id INT NOT NULL, pair STRUCT<a INT, b INT>) DUPLICATE KEY(id)"
                + " DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES (\"replication_num\" = \"1\")");
        STARROCKS.execute("CREATE TABLE it.keyed (id INT NOT NULL, name VARCHAR(5)) PRIMARY KEY(id)"
                + " DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES (\"replication_num\" = \"1\")");
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Writes a row through a server that answers every request the same way; the failure names what the user must know. */
    private static String failureWith(FakeServer server) throws IOException {
        try (server) {
            String text = failure(
                    job("plain").with("load-url", server.address()).with("sink.socket.timeout-ms", "500"),
                    "id INT, name STRING",
                    VALUES);
            assertThat(text).contains("http://" + server.address(), "table=it.plain", "label=flink-plain-0-");
            return text;
        }
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
                "keyed | id INT, name BIGINT, PRIMARY KEY (id) NOT ENFORCED | Flink type is BIGINT, StarRocks type is varchar(5)",
                "plain | id INT, name MULTISET<INT> | MULTISET",
                "plain | id INT | name",
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
    void saysAtPlanningThatCsvHoldsNoStructs() {
        String columns = "id INT NOT NULL, pair ROW<a INT, b INT>";
        assertThat(trace(catchThrowable(() -> job("nested").createSink(columns).explain(columns))))
                .contains(
                        "it.nested",
                        "pair",
                        "ROW<a INT, b INT>",
                        "STRUCT<a INT, b INT>",
                        "CSV",
                        "sink.properties.format = json");
    }

    @Test
    void namesADatabaseThatIsMissing() {
        SqlJob job = job("plain").with("database-name", "nosuchdb").createSink("id INT, name STRING");
        assertThat(trace(catchThrowable(() -> job.explain("id INT, name STRING"))))
                .contains("nosuchdb.plain");
    }

    @Test
    void namesTheAddressThatRefusesConnections() throws Exception {
        String closed = "127.0.0.1:" + closedPort();
        assertThat(failure(job("plain").with("jdbc-url", "jdbc:mysql://" + closed), "id INT, name STRING", VALUES))
                .contains("it.plain", closed, "refused", "check jdbc-url");
        assertThat(failure(job("plain").with("load-url", closed), "id INT, name STRING", VALUES))
                .contains("it.plain", closed, "refused", "label=flink-plain-0-");
    }

    @Test
    void namesAHostThatDoesNotExist() {
        // Too long for a name, so nobody has to be asked.
        String host = "x".repeat(64) + ".invalid";
        assertThat(failure(
                        job("plain").with("jdbc-url", "jdbc:mysql://" + host + ":9030"), "id INT, name STRING", VALUES))
                .contains("it.plain", host + ":9030");
        assertThat(failure(job("plain").with("load-url", host + ":8030"), "id INT, name STRING", VALUES))
                .contains("it.plain", host + ":8030", "label=flink-plain-0-");
    }

    @Test
    void saysThatThePasswordIsWrongWithoutShowingIt() {
        assertThat(failure(job("plain").with("password", "s3cret!"), "id INT, name STRING", VALUES))
                .contains("Access denied", "root", "127.0.0.1")
                .doesNotContain("s3cret!");
    }

    @Test
    void saysThatAPrivilegeIsMissing() throws Exception {
        STARROCKS.execute("CREATE USER 'reader' IDENTIFIED BY 'pw'");
        STARROCKS.execute("GRANT SELECT ON TABLE it.plain TO USER 'reader'");
        assertThat(failure(
                        job("plain").with("username", "reader").with("password", "pw"), "id INT, name STRING", VALUES))
                .contains(
                        "Access denied",
                        "INSERT",
                        "it.plain",
                        "fe=http://" + STARROCKS.loadUrl(),
                        "be=http://" + STARROCKS.beHttp(),
                        "label=flink-plain-0-");
    }

    /** A job that leaves it to the server to judge values. */
    private static SqlJob unjudged() {
        return job("plain").with("sink.on-invalid", "server");
    }

    @Test
    void saysWhyTheServerRejectedARow() {
        assertThat(failure(unjudged(), "id INT, name STRING", "INSERT INTO sink VALUES (1, 'much too long for it')"))
                .contains("table=it.plain", "label=flink-plain-0-", "errorLog: ", "much too long for it", "name")
                .contains("max_filter_ratio");
        assertThat(failure(unjudged(), "id INT, name STRING", "INSERT INTO sink VALUES (1, CAST(NULL AS STRING))"))
                .contains(
                        "table=it.plain",
                        "label=flink-plain-0-",
                        "errorLog: ",
                        "NULL value in non-nullable column 'name'");
    }

    @Test
    void keepsValuesToItselfWhenAsked() {
        String text = failure(
                unjudged().with("sink.sanitize-error-log", "true"),
                "id INT, name STRING",
                "INSERT INTO sink VALUES (1, 'much too long for it')");
        // Old versions of Flink name an operator after the values of a VALUES clause.
        assertThat(text.lines().filter(line -> line.contains("StarRocksNativeException")))
                .isNotEmpty()
                .allSatisfy(
                        line -> assertThat(line).contains("errorLog: ", "name").doesNotContain("much too long for it"));
    }

    @ParameterizedTest
    @CsvSource({"0.5, 2", "0.4, -1"})
    void dropsRejectedRowsUpToTheFilterRatio(String ratio, int rows) throws Exception {
        STARROCKS.execute("TRUNCATE TABLE it.plain");
        SqlJob job =
                job("plain").with("sink.properties.max_filter_ratio", ratio).createSink("id INT, name STRING");
        String insert = "INSERT INTO sink VALUES (1, 'a'), (2, 'much too long'), (3, 'b'), (4, CAST(NULL AS STRING))";
        if (rows < 0) {
            assertThat(trace(catchThrowable(() -> job.insert(insert))))
                    .contains("too many filtered rows", "errorLog: ");
        } else {
            job.insert(insert);
        }
        assertThat(STARROCKS.query("SELECT id FROM it.plain")).hasSize(Math.max(rows, 0));
    }

    @Test
    void quotesAPageThatIsNoAnswer() throws Exception {
        assertThat(failureWith(
                        FakeServer.http("200 OK", "Content-Type: text/html\r\n", "<html>Welcome to nginx</html>")))
                .contains("Welcome to nginx");
        assertThat(failureWith(FakeServer.http("502 Bad Gateway", "", "<html>Bad Gateway</html>")))
                .contains("502", "Bad Gateway");
    }

    @Test
    void saysThatAnAnswerWasCut() throws Exception {
        assertThat(failureWith(new FakeServer("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"Status\":\"OK\"")))
                .contains("the answer was cut off");
    }

    @Test
    void doesNotWaitForEverForAnAnswer() throws Exception {
        assertThat(failureWith(new FakeServer(FakeServer.SILENCE))).contains("begin transaction", "500");
        try (FakeServer silent = new FakeServer(FakeServer.SILENCE)) {
            SqlJob job = job("plain").with("jdbc-url", "jdbc:mysql://" + silent.address());
            assertThat(failure(job, "id INT, name STRING", VALUES))
                    .contains("it.plain", silent.address(), "time-out", "check jdbc-url");
        }
    }

    @Test
    void namesABackendThatCannotBeReached() throws Exception {
        String backend = "127.0.0.1:" + closedPort();
        String location = "Location: http://" + backend + "/api/transaction/begin\r\n";
        assertThat(failureWith(FakeServer.http("307 Temporary Redirect", location, "")))
                .contains("redirected_to=http://" + backend, "refused", "make its address reachable", "host-mapping");
    }
}
