// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Joins with a StarRocks table that is read as a whole, and again from time to time. */
class LookupFullCacheIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    private static final String PROPERTIES =
            " DISTRIBUTED BY HASH(id) BUCKETS 3 PROPERTIES (\"replication_num\" = \"1\")";

    @BeforeAll
    static void createTables() throws Exception {
        STARROCKS.execute("CREATE DATABASE it");
        STARROCKS.execute("CREATE TABLE it.dim (id INT NOT NULL, s VARCHAR(20), v INT, a ARRAY<INT>) PRIMARY KEY(id)"
                + PROPERTIES);
        STARROCKS.execute("INSERT INTO it.dim VALUES (1, 's1', 10, [1]), (2, 's2', 20, []), (3, NULL, 30, NULL)");
    }

    private static LookupJob job(String table) {
        return new LookupJob(STARROCKS, "it", table)
                .with("lookup.cache", "FULL")
                .with("lookup.full-cache.periodic-reload.interval", "1 h");
    }

    @Tag("every-line")
    @Test
    void findsRowsUnderEveryProjectionAndFilterWhereFlinkHasTheCache() throws Exception {
        LookupJob job = job("dim")
                .createDim("id INT, s STRING, v INT, a ARRAY<INT>")
                .probe("id", "(1), (2), (3), (4), (2), (CAST(NULL AS INT))");
        if (Flink.cachesWholeTables()) {
            assertThat(job.join("d.id, d.s, d.v, CARDINALITY(d.a)", "p.id = d.id"))
                    .containsExactlyInAnyOrder("1|s1|10|1", "2|s2|20|0", "2|s2|20|0", "3|null|30|null");
            assertThat(job.leftJoin("p.id, d.v", "p.id * 10 = d.v"))
                    .containsExactlyInAnyOrder("1|10", "2|20", "2|20", "3|30", "4|null", "null|null");
            assertThat(job.join("d.s, d.v", "p.id = d.id AND d.v > 15 AND d.s <> 's3'"))
                    .containsExactlyInAnyOrder("s2|20", "s2|20");
            assertThat(job.join("d.v", "p.id = d.id AND d.s = 'nomatch'")).isEmpty();
        } else {
            assertThatThrownBy(() -> job.join("d.v", "p.id = d.id"))
                    .hasStackTraceContaining("'lookup.cache' = 'FULL' of StarRocks table it.dim needs Flink 1.16");
        }
    }

    @Test
    void findsAllRowsOfAKeyAndNoneInATableWithoutRows() throws Exception {
        STARROCKS.execute("CREATE TABLE it.several (id INT, v INT) DUPLICATE KEY(id)" + PROPERTIES);
        LookupJob job = job("several").createDim("id INT, v INT").probe("id", "(1), (2)");
        assertThat(job.leftJoin("p.id, d.v", "p.id = d.id")).containsExactlyInAnyOrder("1|null", "2|null");
        STARROCKS.execute("INSERT INTO it.several VALUES (1, 10), (1, 11), (NULL, 12), (1, 10)");
        assertThat(job.leftJoin("p.id, d.v", "p.id = d.id"))
                .containsExactlyInAnyOrder("1|10", "1|11", "1|10", "2|null");
    }

    @ParameterizedTest
    @CsvSource({"FIXED_DELAY", "FIXED_RATE"})
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void readsTheTableAgain(String mode) throws Exception {
        String table = "changes_" + mode.toLowerCase(java.util.Locale.ROOT);
        STARROCKS.execute("CREATE TABLE it." + table + " (id INT NOT NULL, v INT) PRIMARY KEY(id)" + PROPERTIES);
        STARROCKS.execute("INSERT INTO it." + table + " VALUES (1, 10)");
        LookupJob job = job(table)
                .with("lookup.full-cache.periodic-reload.interval", "50 ms")
                .with("lookup.full-cache.periodic-reload.schedule-mode", mode)
                .createDim("id INT, v INT")
                .probeForEver(1, 2);
        TableResult result = job.query("SELECT p.n, d.v FROM probe AS p JOIN dim FOR SYSTEM_TIME AS OF p.pt AS d"
                + " ON p.n = d.id AND d.v < 100");
        try (CloseableIterator<Row> rows = result.collect()) {
            awaitRow(rows, "+I[1, 10]");
            STARROCKS.execute("INSERT INTO it." + table + " VALUES (1, 11), (2, 20)");
            awaitRow(rows, "+I[1, 11]");
            awaitRow(rows, "+I[2, 20]");
            STARROCKS.execute("DELETE FROM it." + table + " WHERE id = 1");
            STARROCKS.execute("INSERT INTO it." + table + " VALUES (2, 21)");
            awaitRow(rows, "+I[2, 21]");
            // The other row went before this one came.
            for (int i = 0; i < 10; i++) {
                assertThat(rows.next().toString()).isEqualTo("+I[2, 21]");
            }
        }
    }

    /** Goes on until the row comes; the timeout of the test ends it. */
    private static void awaitRow(Iterator<Row> rows, String wanted) {
        while (!rows.next().toString().equals(wanted)) {
            // Rows of the table as it was.
        }
    }

    @Test
    void readsTheTableAtATimeOfTheDay() throws Exception {
        for (String time : new String[] {"10:15", "10:15:30+08:00"}) {
            LookupJob job = job("dim")
                    .with("lookup.full-cache.reload-strategy", "TIMED")
                    .with("lookup.full-cache.timed-reload.iso-time", time)
                    .with("lookup.full-cache.timed-reload.interval-in-days", "2")
                    .createDim("id INT, v INT")
                    .probe("id", "(1), (2)");
            assertThat(job.join("d.v", "p.id = d.id")).containsExactlyInAnyOrder("10", "20");
        }
    }

    @Test
    void failsWhenTheTableCannotBeRead() {
        LookupJob job = job("absent").createDim("id INT, v INT").probe("id", "(1), (2)");
        assertThatThrownBy(() -> job.join("d.v", "p.id = d.id")).hasStackTraceContaining("it.absent");
    }
}
