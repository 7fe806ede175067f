// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.nio.file.Path;
import java.util.Collections;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that fail while a job reads from them: each row arrives once without a restart of the job, or the job says what failed. */
class SourceFaultsIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create("--faults", "--backends", "3");

    @TempDir
    Path data;

    private Delivery delivery;

    @BeforeEach
    void createTable() throws Exception {
        for (int backend = 0; backend < 3; backend++) {
            STARROCKS.setBackend(backend, "up");
        }
        delivery = new Delivery(STARROCKS, "exactly-once", Flink.newApiIsDefault());
    }

    private interface Fault {
        void happen() throws Exception;
    }

    /** Something happens when the first number has come; no other goes on before it has, so most rows are not read by then. */
    private static final class AtFirstNumber extends Script {
        private Fault fault;

        AtFirstNumber(Fault fault) {
            this.fault = fault;
        }

        @Override
        synchronized void onNumber(long number) throws Exception {
            if (fault != null) {
                fault.happen();
                fault = null;
            }
        }
    }

    private void copyWith(EmbeddedStarRocks source, Fault fault) throws Exception {
        delivery.copy(new AtFirstNumber(fault), source, 2, Flink.restarts(0)).insert(Delivery.INSERT);
    }

    @Test
    void goesOnWithAnotherReplicaWhenABackendDies() throws Exception {
        Delivery.createNumbers(STARROCKS, 2);
        copyWith(STARROCKS, () -> STARROCKS.setBackend(1, "down"));
        delivery.assertComplete();
    }

    @Test
    void namesBackendAndTabletWhenThereIsNoOtherReplica() throws Exception {
        Delivery.createNumbers(STARROCKS, 1);
        delivery.option("scan.max-retries", "1");
        assertThatThrownBy(() -> copyWith(STARROCKS, () -> STARROCKS.setBackend(1, "down")))
                .hasStackTraceContaining("be=" + STARROCKS.scanAddresses().get(1))
                .hasStackTraceContaining("table=numbers.numbers")
                .hasStackTraceContaining("tablet=");
        // There may be rows of checkpoints before that, each once.
        assertThat(STARROCKS.query("SELECT COUNT(*) - COUNT(DISTINCT id) FROM delivery." + delivery.table))
                .containsExactly(Collections.singletonList("0"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'at':'get_next','do':'expire','times':3}",
                "{'at':'get_next','do':'compact'}",
                "{'at':'open_scanner','do':'compact'}",
                "{'at':'get_next','do':'drop_reply','times':2}"
            })
    void losesAndDoublesNothingWhen(String fault) throws Exception {
        Delivery.createNumbers(STARROCKS, 2);
        copyWith(STARROCKS, () -> STARROCKS.addFaults(fault.replace('\'', '"')));
        delivery.assertComplete();
        assertThat(STARROCKS.waitingFaults().trim())
                .as("faults that did not happen")
                .isEqualTo("[]");
    }

    @Test
    void plansAgainWhenTheFrontendFailsFirst() throws Exception {
        Delivery.createNumbers(STARROCKS, 2);
        STARROCKS.addFaults("{\"at\":\"query_plan\",\"do\":\"reset\",\"times\":2}");
        delivery.copy(new Script(), STARROCKS, 2, Flink.restarts(0)).insert(Delivery.INSERT);
        delivery.assertComplete();
        assertThat(STARROCKS.waitingFaults().trim()).isEqualTo("[]");
    }

    /** Frontend and backends: the scanners that were open are gone, and the splits that were not given out yet have an old plan. */
    @Test
    void goesOnWhenTheServerIsStartedAgain() throws Exception {
        try (EmbeddedStarRocks source = EmbeddedStarRocks.create("--data-dir", data.toString())) {
            source.start();
            Delivery.createNumbers(source, 1);
            copyWith(source, () -> {
                source.kill();
                source.start();
            });
        }
        delivery.assertComplete();
    }

    @Test
    void waitsForAServerThatIsStartedAgainBeforeThePlan() throws Exception {
        try (EmbeddedStarRocks source = EmbeddedStarRocks.create("--data-dir", data.toString())) {
            source.start();
            Delivery.createNumbers(source, 1);
            source.kill();
            delivery.option("scan.max-retries", "8");
            JobClient job =
                    delivery.copy(new Script(), source, 2, Flink.restarts(0)).start(Delivery.INSERT);
            source.start();
            job.getJobExecutionResult().get();
        }
        delivery.assertComplete();
    }
}
