// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Joins with a StarRocks table that is asked for the keys that come. */
class LookupJoinIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    private static final String PROPERTIES =
            " DISTRIBUTED BY HASH(id) BUCKETS 3 PROPERTIES (\"replication_num\" = \"1\")";

    @BeforeAll
    static void createTables() throws Exception {
        STARROCKS.execute("CREATE DATABASE it");
        STARROCKS.execute("CREATE TABLE it.dim (id INT NOT NULL, s VARCHAR(20), v INT) PRIMARY KEY(id)" + PROPERTIES);
        STARROCKS.execute("INSERT INTO it.dim VALUES (1, 's1', 10), (2, 's2', 20), (3, 's3', 30)");
    }

    private static LookupJob job() {
        return new LookupJob(STARROCKS, "it", "dim");
    }

    @Tag("every-line")
    @ParameterizedTest
    @CsvSource({"true,PARTIAL", "true,NONE", "false,PARTIAL", "false,NONE"})
    void findsRowsUnderEveryProjectionAndFilter(String async, String cache) throws Exception {
        LookupJob job = job().with("lookup.async", async)
                .with("lookup.cache", cache)
                .createDim("id INT, s STRING, v INT")
                .probe("id", "(1), (2), (3), (4), (2), (CAST(NULL AS INT))");
        assertThat(job.join("d.id, d.s, d.v", "p.id = d.id"))
                .containsExactlyInAnyOrder("1|s1|10", "2|s2|20", "2|s2|20", "3|s3|30");
        assertThat(job.join("d.v", "p.id = d.id")).containsExactlyInAnyOrder("10", "20", "20", "30");
        assertThat(job.leftJoin("p.id, d.v", "p.id * 10 = d.v"))
                .containsExactlyInAnyOrder("1|10", "2|20", "2|20", "3|30", "4|null", "null|null");
        assertThat(job.join("d.id, d.s, d.v", "p.id = d.id AND d.s = 'nomatch'"))
                .isEmpty();
        assertThat(job.join("d.s, d.v", "p.id = d.id AND d.v > 15 AND d.s <> 's3'"))
                .containsExactlyInAnyOrder("s2|20", "s2|20");
        assertThat(job.leftJoin("p.id, d.s", "p.id = d.id AND d.v < 25"))
                .containsExactlyInAnyOrder("1|s1", "2|s2", "2|s2", "3|null", "4|null", "null|null");
    }

    @Test
    void keepsTheOrderOfTheInputOrNot() throws Exception {
        List<String> expected = new ArrayList<>();
        for (int n = 0; n < 2_000; n++) {
            expected.add(n + "|" + (n >= 1 && n <= 3 ? n * 10 : "null"));
        }
        for (String cache : new String[] {"PARTIAL", "NONE"}) {
            LookupJob job = job().with("lookup.cache", cache)
                    .createDim("id INT, s STRING, v INT")
                    .probeNumbers(expected.size());
            assertThat(job.leftJoin("p.n, d.v", "p.n = d.id")).isEqualTo(expected);
            job.set("table.exec.async-lookup.output-mode", "ALLOW_UNORDERED");
            assertThat(job.leftJoin("p.n, d.v", "p.n = d.id")).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Tag("every-line")
    @Test
    void comparesKeysOfEveryTypeExactly() throws Exception {
        STARROCKS.execute("CREATE TABLE it.types (id INT NOT NULL, b BOOLEAN, t TINYINT, sm SMALLINT, bi BIGINT,"
                + " li LARGEINT, f FLOAT, d DOUBLE, n DECIMAL(10, 2), w DECIMAL(38, 18), c CHAR(5), s VARCHAR(50),"
                + " da DATE, ts DATETIME) DUPLICATE KEY(id)" + PROPERTIES);
        STARROCKS.execute("INSERT INTO it.types VALUES"
                + " (1, true, 127, -32768, -9223372036854775808, '170141183460469231731687303715884105727', 1.1, -0.0,"
                + " 0.10, '12345678901234567890.123456789012345678', 'abc', 'it''s a \\\\ \u00fc', '1900-01-01',"
                + " '2024-02-29 23:59:59.000001'),"
                + " (2, false, -128, 32767, 9223372036854775807, '-1', -2.5, 1.5e30, -99999999.99, '-0.000000000000000001',"
                + " 'x', '', '2200-12-31', '1969-12-31 23:59:59.500000'),"
                + " (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)");
        String columns = "id INT, b BOOLEAN, t TINYINT, sm SMALLINT, bi BIGINT, li STRING, f FLOAT, d DOUBLE,"
                + " n DECIMAL(10, 2), w DECIMAL(38, 18), c STRING, s STRING, da DATE, ts TIMESTAMP(6)";
        LookupJob all =
                new LookupJob(STARROCKS, "it", "types").createDim(columns).probe("id", "(1), (2), (3)");
        List<String> rows = all.join("d.*", "p.id = d.id");
        assertThat(rows)
                .containsExactlyInAnyOrder(
                        "1|true|127|-32768|-9223372036854775808|170141183460469231731687303715884105727|1.1|0.0|0.10|"
                                + "12345678901234567890.123456789012345678|abc|it's a \\ \u00fc|1900-01-01|"
                                + "2024-02-29T23:59:59.000001",
                        "2|false|-128|32767|9223372036854775807|-1|-2.5|1.5E30|-99999999.99|-1E-18|x||"
                                + "2200-12-31|1969-12-31T23:59:59.500",
                        "3|null|null|null|null|null|null|null|null|null|null|null|null|null");
        String[][] keys = {
            {"b", "(true), (false), (CAST(NULL AS BOOLEAN))"},
            {"t", "(CAST(127 AS TINYINT)), (CAST(-128 AS TINYINT)), (CAST(0 AS TINYINT))"},
            {"sm", "(CAST(-32768 AS SMALLINT)), (CAST(32767 AS SMALLINT)), (CAST(NULL AS SMALLINT))"},
            {"bi", "(-9223372036854775807 - 1), (9223372036854775807), (CAST(0 AS BIGINT))"},
            {"li", "('170141183460469231731687303715884105727'), ('-1'), ('01')"},
            {"f", "(CAST('1.1' AS FLOAT)), (CAST('-2.5' AS FLOAT)), (CAST(0 AS FLOAT))"},
            {"d", "(CAST('0.0' AS DOUBLE)), (CAST('1.5e30' AS DOUBLE)), (CAST(7 AS DOUBLE))"},
            {"n", "(CAST(0.1 AS DECIMAL(10, 2))), (CAST(-99999999.99 AS DECIMAL(10, 2)))"},
            {
                "w",
                "(CAST('12345678901234567890.123456789012345678' AS DECIMAL(38, 18))),"
                        + " (CAST('-0.000000000000000001' AS DECIMAL(38, 18)))"
            },
            {"c", "(CAST('abc' AS STRING)), ('x'), ('abc '), ('X')"},
            {"s", "(CAST('it''s a \\ \u00fc' AS STRING)), (''), (' ')"},
            {"da", "(DATE '1900-01-01'), (DATE '2200-12-31'), (DATE '2000-01-01')"},
            {
                "ts",
                "(CAST('2024-02-29 23:59:59.000001' AS TIMESTAMP(6))), (CAST('1969-12-31 23:59:59.5' AS TIMESTAMP(6))),"
                        + " (CAST('1969-12-31 23:59:59' AS TIMESTAMP(6)))"
            },
        };
        for (String[] key : keys) {
            LookupJob job =
                    new LookupJob(STARROCKS, "it", "types").createDim(columns).probe("k", key[1]);
            assertThat(job.join("d.id", "p.k = d." + key[0])).as(key[0]).containsExactlyInAnyOrder("1", "2");
        }
    }

    @Test
    void findsAllRowsOfKeysOfSeveralColumns() throws Exception {
        STARROCKS.execute("CREATE TABLE it.pairs (id INT, a INT, b VARCHAR(5), v INT) DUPLICATE KEY(id)" + PROPERTIES);
        Random random = new Random(7);
        List<String> rows = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int id = 0; id < 400; id++) {
            int a = random.nextInt(8);
            String b = random.nextInt(9) == 0 ? null : "b" + random.nextInt(4);
            int v = random.nextInt(100);
            rows.add("(" + id + ", " + a + ", " + (b == null ? "NULL" : "'" + b + "'") + ", " + v + ")");
            for (int n = 0; n < 40; n++) {
                if (n % 8 == a && ("b" + n % 5).equals(b) && v >= 20) {
                    expected.add(n + "|" + id + "|" + v);
                }
            }
        }
        STARROCKS.execute("INSERT INTO it.pairs VALUES " + String.join(", ", rows));
        for (String async : new String[] {"true", "false"}) {
            LookupJob job = new LookupJob(STARROCKS, "it", "pairs")
                    .with("lookup.async", async)
                    .createDim("id INT, a INT, b STRING, v INT")
                    .probeNumbers(40);
            assertThat(job.rows("SELECT p.n, d.id, d.v FROM (SELECT n, MOD(n, 8) AS a, 'b' || CAST(MOD(n, 5) AS STRING)"
                            + " AS b, pt FROM probe) AS p JOIN dim FOR SYSTEM_TIME AS OF p.pt AS d"
                            + " ON p.b = d.b AND p.a = d.a AND d.v >= 20"))
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void readsLocalTimesInTheZoneOfTheSession() throws Exception {
        STARROCKS.execute("CREATE TABLE it.times (id INT, ts DATETIME) DUPLICATE KEY(id)" + PROPERTIES);
        STARROCKS.execute("INSERT INTO it.times VALUES (1, '2024-07-01 12:00:00'), (2, '2024-07-01 14:00:00')");
        LookupJob job = new LookupJob(STARROCKS, "it", "times")
                .set("table.local-time-zone", "Asia/Shanghai")
                .createDim("id INT, ts TIMESTAMP_LTZ(3)")
                .probe("k", "(TO_TIMESTAMP_LTZ(1719806400000, 3)), (TO_TIMESTAMP_LTZ(0, 3))");
        assertThat(job.join("d.id, d.ts", "p.k = d.ts")).containsExactly("1|2024-07-01T04:00:00Z");
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void triesAgainWhenConnectionsBreak(String async) throws Exception {
        try (MySqlProxy proxy = new MySqlProxy(STARROCKS)) {
            proxy.cuts.set(3);
            LookupJob job = probed(proxy, async);
            assertThat(job.join("d.v", "p.id = d.id")).containsExactlyInAnyOrder("10", "20", "30");
            assertThat(proxy.cuts).hasValue(0);
        }
    }

    private static LookupJob probed(MySqlProxy proxy, String async) {
        return job().with("jdbc-url", proxy.jdbcUrl())
                .with("lookup.async", async)
                .createDim("id INT, s STRING, v INT")
                .probe("id", "(1), (2), (3), (4)");
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void failsWhenTryingAgainDoesNotHelp(String async) throws Exception {
        try (MySqlProxy proxy = new MySqlProxy(STARROCKS)) {
            proxy.cuts.set(1_000);
            LookupJob job = job().with("jdbc-url", proxy.jdbcUrl())
                    .with("lookup.async", async)
                    .with("lookup.max-retries", "1")
                    .createDim("id INT, s STRING, v INT")
                    .probe("s", "(CAST('some key' AS STRING)), ('another')");
            assertThatThrownBy(() -> job.join("d.v", "p.s = d.s"))
                    .hasStackTraceContaining("table=it.dim")
                    .hasStackTraceContaining("key_columns=s")
                    .hasStackTraceContaining("attempts=2");
            // The connection from the start is none of them: the server may have closed it since.
            assertThat(proxy.lookups).hasValue(3);
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void endsAtOnceWhenItIsCancelled(String async) throws Exception {
        try (MySqlProxy proxy = new MySqlProxy(STARROCKS)) {
            proxy.silent = true;
            JobClient client = probed(proxy, async)
                    .start("SELECT d.v FROM probe AS p JOIN dim FOR SYSTEM_TIME AS OF p.pt AS d ON p.id = d.id");
            proxy.silenced.await();
            client.cancel().get();
            assertThat(catchThrowable(() -> client.getJobExecutionResult().get()))
                    .hasRootCauseInstanceOf(org.apache.flink.runtime.client.JobCancellationException.class);
        }
    }

    @Test
    void saysWhichColumnsDoNotFit() {
        assertThatThrownBy(() -> job().createDim("id INT, missing STRING")
                        .probe("id", "(1), (2)")
                        .join("d.missing", "p.id = d.id"))
                .hasStackTraceContaining("column=missing")
                .hasStackTraceContaining("table=it.dim");
        assertThatThrownBy(() ->
                        job().createDim("id INT, s INT").probe("id", "(1), (2)").join("d.s", "p.id = d.id"))
                .hasStackTraceContaining("column=s")
                .hasStackTraceContaining("starrocks_type=VARCHAR(20)");
        assertThatThrownBy(() -> new LookupJob(STARROCKS, "it", "absent")
                        .createDim("id INT")
                        .probe("id", "(1), (2)")
                        .join("d.id", "p.id = d.id"))
                .hasStackTraceContaining("it.absent");
    }

    @Tag("every-line")
    @Test
    void asksForCachedKeysOnce() throws Exception {
        String many = "(1), (1), (1), (4), (4), (4)";
        for (String[] option : new String[][] {
            {"lookup.cache.ttl-ms", "3600000", "2"},
            {"lookup.partial-cache.expire-after-write", "1 h", "2"},
            {"lookup.cache.max-rows", "0", "6"},
            {"lookup.cache", "NONE", "6"},
            {"lookup.partial-cache.cache-missing-key", "false", "4"},
        }) {
            try (MySqlProxy proxy = new MySqlProxy(STARROCKS)) {
                LookupJob job = job().with("jdbc-url", proxy.jdbcUrl())
                        .with("lookup.async", "false")
                        .with("lookup.cache.ttl-ms", "3600000")
                        .with(option[0], option[1])
                        .createDim("id INT, s STRING, v INT")
                        .probe("id", many);
                assertThat(job.join("d.v", "p.id = d.id")).containsExactly("10", "10", "10");
                assertThat(proxy.lookups).as(option[0]).hasValue(Integer.parseInt(option[2]));
            }
        }
    }

    @Test
    void refusesOptionsThatMeanNothing() {
        assertThatThrownBy(() -> probedWith("lookup.cache", "EVERYTHING")).hasStackTraceContaining("lookup.cache");
        assertThatThrownBy(() -> probedWith("lookup.partial-cache.max-rows", "0"))
                .hasStackTraceContaining("lookup.partial-cache.max-rows");
        assertThatThrownBy(() -> probedWith("lookup.max-retries", "-1")).hasStackTraceContaining("lookup.max-retries");
    }

    private static void probedWith(String key, String value) throws Exception {
        job().with(key, value)
                .createDim("id INT, s STRING, v INT")
                .probe("id", "(1), (2)")
                .join("d.v", "p.id = d.id");
    }
}
