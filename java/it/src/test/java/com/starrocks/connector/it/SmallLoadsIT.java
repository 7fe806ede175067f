// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.util.Collections;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that takes no loads for a while, since it has not merged those that there were. */
class SmallLoadsIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create("--faults");

    @BeforeAll
    static void createDatabase() throws Exception {
        STARROCKS.execute("CREATE DATABASE small");
    }

    private static SqlJob job(String table) throws Exception {
        STARROCKS.execute("CREATE TABLE small." + table + " (id INT NOT NULL) DUPLICATE KEY(id)"
                + " DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES (\"replication_num\" = \"1\")");
        STARROCKS.addFaults("{\"at\":\"load\",\"do\":\"too_many_versions\"}");
        return new SqlJob(STARROCKS, "small", table)
                .with("sink.label-prefix", table)
                .with("sink.max-retries", "0");
    }

    /** The job has no retries and no restarts. */
    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "exactly-once"})
    void aTableWithTooManyVersionsIsWaitedFor(String semantic) throws Exception {
        String table = semantic.replace('-', '_');
        job(table)
                .with("sink.semantic", semantic)
                .createSink("id INT NOT NULL")
                .insert("INSERT INTO sink VALUES (1), (2), (3)");
        assertThat(STARROCKS.waitingFaults()).as("the load was refused").isEqualTo("[]");
        assertThat(STARROCKS
                        .query("SELECT COUNT(*), SUM(id) FROM small." + table)
                        .get(0))
                .containsExactly("3", "6");
    }

    @Test
    void theWaitIsAsLongAsTheUserSays() throws Exception {
        SqlJob job = job("short_wait")
                .with("sink.too-many-versions.max-wait-ms", "0")
                .createSink("id INT NOT NULL");
        assertThatThrownBy(() -> job.insert("INSERT INTO sink VALUES (1)"))
                .hasStackTraceContaining("too many versions, current/limit: 1001/1000")
                .hasStackTraceContaining("commit less often");
        assertThat(STARROCKS.query("SELECT id FROM small.short_wait")).isEqualTo(Collections.emptyList());
    }
}
