// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The server dies under a running job and comes back with its data directory, on the same ports. */
class ServerCrashIT {
    @TempDir
    Path data;

    private EmbeddedStarRocks server;
    private final AtomicBoolean crashed = new AtomicBoolean();

    @BeforeEach
    void start() throws IOException {
        server = EmbeddedStarRocks.create("--data-dir", data.toString());
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void crashOnce(boolean now) throws IOException {
        if (now && crashed.compareAndSet(false, true)) {
            server.kill();
            server.start();
        }
    }

    private void run(Script script, String semantic, boolean newApi) throws Exception {
        Delivery delivery = new Delivery(server, semantic, newApi);
        delivery.job(script, 2, Flink.restarts(3)).insert(Delivery.INSERT);
        delivery.assertComplete();
    }

    @ParameterizedTest
    @MethodSource("com.starrocks.connector.it.Delivery#variants")
    void survivesACrashWithOpenTransactions(String semantic, boolean newApi) throws Exception {
        Script script = new Script() {
            @Override
            void onNumber(long number) throws Exception {
                crashOnce(number == 2 * STAGE + STAGE / 2);
            }
        };
        run(script, semantic, newApi);
    }

    /** Some transactions of the checkpoint are prepared, others not. */
    @ParameterizedTest
    @MethodSource("com.starrocks.connector.it.Delivery#variants")
    void survivesACrashWithinACheckpoint(String semantic, boolean newApi) throws Exception {
        Script script = new Script() {
            @Override
            void onSnapshot(long checkpoint) throws Exception {
                crashOnce(checkpoint >= 3);
            }
        };
        run(script, semantic, newApi);
    }

    /** Prepared transactions wait for their commit. */
    @ParameterizedTest
    @MethodSource("com.starrocks.connector.it.Delivery#variants")
    void survivesACrashBeforeTheCommit(String semantic, boolean newApi) throws Exception {
        Script script = new Script() {
            @Override
            void onCompleted(long checkpoint) throws Exception {
                crashOnce(checkpoint >= 3);
            }
        };
        run(script, semantic, newApi);
    }

    /** A load whose answer was lost is sent again under its label, so that it counts once. */
    @Test
    void survivesACrashWithoutTransactions() throws Exception {
        Script script = new Script() {
            @Override
            void onSnapshot(long checkpoint) throws Exception {
                crashOnce(checkpoint >= 3);
            }
        };
        Delivery delivery = new Delivery(server, "at-least-once", Flink.newApiIsDefault());
        delivery.option("sink.at-least-once.use-transaction-stream-load", "false");
        delivery.job(script, 2, Flink.restarts(3)).insert(Delivery.INSERT);
        delivery.assertComplete();
    }
}
