// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Aggregates that are read over Arrow Flight SQL. */
class ArrowFlightIT {
    private static final String COLUMNS = "k INT, n BIGINT, price DECIMAL(10, 2), `day` DATE, `at` TIMESTAMP(6)";
    private static final String AGGREGATES =
            "SELECT k, COUNT(*), SUM(n), MAX(price), MIN(`day`), MAX(`at`) FROM source GROUP BY k";

    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS =
            EmbeddedStarRocks.create("--arrow-flight-port", "0", "--be-arrow-flight-port", "0");

    @BeforeAll
    static void fill() throws Exception {
        STARROCKS.execute("CREATE DATABASE it");
        STARROCKS.execute("CREATE TABLE it.t (k INT, n BIGINT, price DECIMAL(10, 2), day DATE, at DATETIME)"
                + " DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 3");
        STARROCKS.execute("INSERT INTO it.t VALUES (1, 5, 1.25, '2024-02-29', '2024-02-29 01:02:03.456789'),"
                + " (1, 6, 0.5, '2024-03-01', null), (2, 7, null, '0001-01-01', '9999-12-31 00:00:00'),"
                + " (null, null, null, null, null)");
    }

    /** The MySQL port is out of reach, so that no row can come from there. */
    private static SqlRead over(String address) {
        return SqlRead.batch(STARROCKS, "it", "t")
                .with("jdbc-url", "jdbc:mysql://127.0.0.1:1")
                .with("scan.arrow-flight-url", address)
                .with("scan.max-retries", "0")
                .create(COLUMNS);
    }

    @Test
    void aggregates() throws Exception {
        assertThat(over(STARROCKS.arrowFlight()).rows(AGGREGATES))
                .containsExactlyInAnyOrder(
                        "+I[1, 2, 11, 1.25, 2024-02-29, 2024-02-29T01:02:03.456789]",
                        "+I[2, 1, 7, null, 0001-01-01, 9999-12-31T00:00]",
                        "+I[null, 1, null, null, null, null]");
        assertThat(over("grpc://127.0.0.1:1," + STARROCKS.arrowFlight()).rows("SELECT COUNT(*) FROM source"))
                .containsExactly("+I[4]");
    }

    @Test
    void refusesWhatIsNoAddress() {
        assertThatThrownBy(() -> over("fe").rows(AGGREGATES)).hasStackTraceContaining("scan.arrow-flight-url");
    }
}
