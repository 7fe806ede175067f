// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Jobs that read a table and are restarted on the way: each row arrives once. */
class SourceFailoverIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    @BeforeAll
    static void fill() throws Exception {
        STARROCKS.execute("CREATE DATABASE it");
        STARROCKS.execute("CREATE TABLE it.numbers (id BIGINT NOT NULL) DUPLICATE KEY(id)"
                + " DISTRIBUTED BY HASH(id) BUCKETS 6 PROPERTIES (\"replication_num\" = \"1\")");
        StringBuilder insert = new StringBuilder("INSERT INTO it.numbers VALUES ");
        for (long i = 1; i <= Script.COUNT; i++) {
            insert.append(i == 1 ? "(" : ", (").append(i).append(")");
        }
        STARROCKS.execute(insert.toString());
    }

    /** Reads slowly until a checkpoint has completed, fails once after it, and goes on at full speed. */
    private static final class FailsOnce extends Script {
        final AtomicLong completed = new AtomicLong();
        final AtomicBoolean failed = new AtomicBoolean();

        @Override
        void onNumber(long number) {
            if (failed.get()) {
                return;
            }
            LockSupport.parkNanos(500_000);
            if (completed.get() >= 2 && failed.compareAndSet(false, true)) {
                throw new IllegalStateException("the test fails the job here, once");
            }
        }

        @Override
        void onCompleted(long checkpoint) {
            completed.set(checkpoint);
        }
    }

    @Test
    void readsEachRowOnceAcrossARestart() throws Exception {
        FailsOnce script = new FailsOnce();
        Delivery delivery = new Delivery(STARROCKS, "exactly-once", Flink.newApiIsDefault());
        delivery.copy(script, "it", "numbers", 2, Flink.restarts(3)).insert(Delivery.INSERT);
        assertThat(script.failed).isTrue();
        delivery.assertComplete();
    }
}
