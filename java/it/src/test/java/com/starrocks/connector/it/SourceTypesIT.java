// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values of every type, as Flink reads them. */
class SourceTypesIT {
    private static final String PROPERTIES =
            " DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 2 PROPERTIES (\"replication_num\" = \"1\")";

    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    @BeforeAll
    static void createDatabase() throws Exception {
        STARROCKS.execute("CREATE DATABASE it");
    }

    private static SqlRead table(String name, String columns, String rows) throws Exception {
        STARROCKS.execute("CREATE TABLE it." + name + " (id INT NOT NULL, " + columns + ")" + PROPERTIES);
        STARROCKS.execute("INSERT INTO it." + name + " VALUES " + rows);
        return SqlRead.batch(STARROCKS, "it", name);
    }

    @Test
    void readsScalars() throws Exception {
        SqlRead read = table(
                        "scalars",
                        "b BOOLEAN, t TINYINT, s SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, n DECIMAL(10, 2),"
                                + " w DECIMAL(38, 18), c CHAR(5), v VARCHAR(100), dt DATE, ts DATETIME, h LARGEINT",
                        "(1, true, -128, 32767, -2147483648, 9223372036854775807, 1.5, -2.25, 12345678.90,"
                                + " 12345678901234567890.123456789012345678, 'ab', 'tab\\t ä', '0001-01-01',"
                                + " '2024-02-29 23:59:59.123456', 170141183460469231731687303715884105727),"
                                + " (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)")
                .create(
                        "id INT, b BOOLEAN, t TINYINT, s SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, n DECIMAL(10, 2),"
                                + " w DECIMAL(38, 18), c CHAR(5), v STRING, dt DATE, ts TIMESTAMP(6), h STRING");
        assertThat(read.rows("SELECT * FROM source"))
                .containsExactlyInAnyOrder(
                        "+I[1, true, -128, 32767, -2147483648, 9223372036854775807, 1.5, -2.25, 12345678.90,"
                                + " 12345678901234567890.123456789012345678, ab, tab\t ä, 0001-01-01,"
                                + " 2024-02-29T23:59:59.123456, 170141183460469231731687303715884105727]",
                        "+I[2, null, null, null, null, null, null, null, null, null, null, null, null, null, null]");
    }

    @Test
    void readsNestedValues() throws Exception {
        SqlRead read = table(
                        "nested",
                        "a ARRAY<INT>, m MAP<VARCHAR(20), INT>, r STRUCT<x INT, y VARCHAR(20)>",
                        "(1, [1, NULL, 3], map{'k': 7}, row(5, 'five')), (2, [], NULL, NULL)")
                .create("id INT, a ARRAY<INT>, m MAP<STRING, INT>, r ROW<x INT, y STRING>");
        assertThat(read.rows("SELECT * FROM source"))
                .containsExactlyInAnyOrder("+I[1, [1, null, 3], {k=7}, +I[5, five]]", "+I[2, [], null, null]");
        assertThat(read.rows("SELECT r.y, a[3] FROM source WHERE m IS NOT NULL"))
                .containsExactly("+I[five, 3]");
    }

    @Test
    void widensNumbers() throws Exception {
        SqlRead read = table("wider", "t TINYINT, f FLOAT, n DECIMAL(10, 2)", "(1, 7, 1.5, 3.25)")
                .create("id BIGINT, t INT, f DOUBLE, n DECIMAL(20, 4)");
        assertThat(read.rows("SELECT * FROM source")).containsExactly("+I[1, 7, 1.5, 3.2500]");
    }

    @Test
    void refusesWhatDoesNotFit() throws Exception {
        assertThatThrownBy(() -> table("narrower", "l BIGINT", "(1, 2)")
                        .create("id INT, l INT")
                        .rows("SELECT * FROM source"))
                .hasStackTraceContaining("Int64 cannot be read as INT")
                .hasStackTraceContaining("column=l");
        assertThatThrownBy(() -> table("nulls", "l BIGINT", "(1, NULL)")
                        .create("id INT, l BIGINT NOT NULL")
                        .rows("SELECT * FROM source"))
                .hasStackTraceContaining("NULL, but the Flink type is NOT NULL")
                .hasStackTraceContaining("column=l");
    }

    @ParameterizedTest
    @CsvSource({
        "UTC,2024-07-01T12:00:00Z",
        "Asia/Shanghai,2024-07-01T04:00:00Z",
        "America/New_York,2024-07-01T16:00:00Z"
    })
    void readsInstantsInTheZoneOfTheSession(String zone, String instant) throws Exception {
        String name = "zone_" + zone.replaceAll("[^A-Za-z]", "");
        SqlRead read = table(name, "ts DATETIME", "(1, '2024-07-01 12:00:00')")
                .set("table.local-time-zone", zone)
                .create("id INT, ts TIMESTAMP_LTZ(6)");
        assertThat(read.collect("SELECT ts FROM source").get(0).getField(0)).hasToString(instant);
        assertThat(read.collect("SELECT id FROM source WHERE ts = TO_TIMESTAMP_LTZ("
                        + java.time.Instant.parse(instant).toEpochMilli() + ", 3)"))
                .hasSize(1);
    }

    @Test
    void readsInstantsInTheZoneOfTheOption() throws Exception {
        SqlRead read = table("zone_option", "ts DATETIME", "(1, '2024-07-01 12:00:00')")
                .set("table.local-time-zone", "UTC")
                .with("scan.timestamp-ltz.time-zone", "Asia/Tokyo")
                .create("id INT, ts TIMESTAMP_LTZ(6)");
        assertThat(read.collect("SELECT ts FROM source").get(0).getField(0)).hasToString("2024-07-01T03:00:00Z");
    }

    @Test
    void comparesTextsThatAreNumbersAsTexts() throws Exception {
        SqlRead read = table("large", "h LARGEINT", "(1, 5), (2, 10), (3, 7)").create("id INT, h STRING");
        assertThat(read.rows("SELECT id FROM source WHERE h > '2'")).containsExactlyInAnyOrder("+I[1]", "+I[3]");
        assertThat(read.rows("SELECT id FROM source WHERE h = '05'")).isEmpty();
    }

    @Test
    void dropsNoCast() throws Exception {
        SqlRead read =
                table("casts", "f DOUBLE", "(1, 1.5), (2, 1.0), (3, 0.9)").create("id INT, f DOUBLE");
        assertThat(read.rows("SELECT id FROM source WHERE CAST(f AS INT) = 1"))
                .containsExactlyInAnyOrder("+I[1]", "+I[2]");
    }

    @Test
    void findsTextsWithBackslashesAndQuotes() throws Exception {
        SqlRead read = table("texts", "v VARCHAR(50)", "(1, 'a\\\\b'), (2, 'it''s'), (3, 'a b'), (4, 'ab')")
                .create("id INT, v STRING");
        assertThat(read.rows("SELECT id FROM source WHERE v = 'a\\b'")).containsExactly("+I[1]");
        assertThat(read.rows("SELECT id FROM source WHERE v = 'it''s'")).containsExactly("+I[2]");
        assertThat(read.rows("SELECT id FROM source WHERE v IN ('ab', 'a b ')")).containsExactly("+I[4]");
    }
}
