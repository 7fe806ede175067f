// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs that fail on the way and are restarted by Flink. */
@Tag("every-line")
class FailoverIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    private final AtomicBoolean failed = new AtomicBoolean();

    private void failOnce(boolean now) {
        if (now && failed.compareAndSet(false, true)) {
            throw new IllegalStateException("the test fails the job here, once");
        }
    }

    private void run(Script script, String semantic, boolean newApi) throws Exception {
        Delivery delivery = new Delivery(STARROCKS, semantic, newApi);
        delivery.job(script, 2, Flink.restarts(3)).insert(Delivery.INSERT);
        delivery.assertComplete();
    }

    /** Rows before it are in a completed checkpoint, in an open transaction and in buffers. */
    @ParameterizedTest
    @MethodSource("com.starrocks.connector.it.Delivery#variants")
    void survivesAFailureBetweenCheckpoints(String semantic, boolean newApi) throws Exception {
        Script script = new Script() {
            @Override
            void onNumber(long number) {
                failOnce(number == 2 * STAGE + STAGE / 2);
            }
        };
        run(script, semantic, newApi);
    }

    /** What this checkpoint prepared on other subtasks is in no state. */
    @ParameterizedTest
    @MethodSource("com.starrocks.connector.it.Delivery#variants")
    void survivesAFailureWithinACheckpoint(String semantic, boolean newApi) throws Exception {
        Script script = new Script() {
            @Override
            void onSnapshot(long checkpoint) {
                failOnce(checkpoint >= 3);
            }
        };
        run(script, semantic, newApi);
    }

    /** The checkpoint holds transactions that may or may not have been committed. */
    @ParameterizedTest
    @MethodSource("com.starrocks.connector.it.Delivery#variants")
    void survivesAFailureWhenACheckpointCompletes(String semantic, boolean newApi) throws Exception {
        Script script = new Script() {
            @Override
            void onCompleted(long checkpoint) {
                failOnce(checkpoint >= 3);
            }
        };
        run(script, semantic, newApi);
    }
}
