// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.io.IOException;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs that are cancelled while they wait for a server that does not answer. */
class CancelIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    private StarRocksProxy proxy;

    @BeforeEach
    void startProxy() throws IOException {
        proxy = new StarRocksProxy(STARROCKS);
    }

    @AfterEach
    void stopProxy() throws IOException {
        proxy.close();
    }

    /** Cancels once something waits for an answer; returns when Flink says that the job has ended. */
    private Delivery cancel(StarRocksProxy.Silence silence, String semantic, boolean newApi) throws Exception {
        Delivery delivery = new Delivery(STARROCKS, semantic, newApi);
        delivery.loadUrl = proxy.loadUrl();
        Script script = new Script() {
            @Override
            void onNumber(long number) {
                if (number == 2 * STAGE + STAGE / 2) {
                    proxy.silence(silence);
                }
            }
        };
        JobClient job = delivery.job(script, 2, Flink.restarts(0)).start(Delivery.INSERT);
        proxy.awaitSilenced();
        job.cancel().get();
        assertThat(catchThrowable(() -> job.getJobExecutionResult().get()))
                .hasRootCauseInstanceOf(org.apache.flink.runtime.client.JobCancellationException.class);
        return delivery;
    }

    @ParameterizedTest
    @MethodSource("com.starrocks.connector.it.Delivery#variants")
    void rollsBackWhenLoadsAreNotAnswered(String semantic, boolean newApi) throws Exception {
        cancel(StarRocksProxy.Silence.LOADS, semantic, newApi).assertNothingOpen();
    }

    /** The rollback gets no answer either: the next run, which begins anew, finds the transactions. */
    @ParameterizedTest
    @MethodSource("com.starrocks.connector.it.Delivery#variants")
    void endsWhenNothingIsAnswered(String semantic, boolean newApi) throws Exception {
        Delivery delivery = cancel(StarRocksProxy.Silence.EVERYTHING, semantic, newApi);
        if (semantic.equals("exactly-once")) {
            STARROCKS.execute("TRUNCATE TABLE delivery." + delivery.table);
            delivery.loadUrl = STARROCKS.loadUrl();
            delivery.job(new Script(), 1, Flink.restarts(0)).insert(Delivery.INSERT);
            delivery.assertComplete();
        }
    }
}
