// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs that are stopped with a savepoint and go on from it. */
class SavepointIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    @TempDir
    Path savepoints;

    static List<Arguments> variants() {
        List<Arguments> variants = new ArrayList<>();
        for (Arguments variant : Delivery.variants()) {
            for (int[] parallelism : new int[][] {{1, 4}, {4, 1}, {2, 2}}) {
                variants.add(Arguments.of(variant.get()[0], variant.get()[1], parallelism[0], parallelism[1]));
            }
        }
        return variants;
    }

    @ParameterizedTest
    @MethodSource("variants")
    void goesOnAtAnyParallelism(String semantic, boolean newApi, int before, int after) throws Exception {
        Delivery delivery = new Delivery(STARROCKS, semantic, newApi);
        Script first = new Script(2 * Script.STAGE + Script.STAGE / 2);
        JobClient job = delivery.job(first, before, Flink.restarts(0)).start(Delivery.INSERT);
        first.awaitHold();
        String savepoint = Flink.stopWithSavepoint(job, savepoints);
        delivery.assertNothingOpen();

        delivery.job(new Script(), after, Flink.restore(savepoint)).insert(Delivery.INSERT);
        delivery.assertComplete();
    }
}
