// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A bounded job, some of whose subtasks end long before the others. */
class UnevenEndIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    @ParameterizedTest
    @MethodSource("com.starrocks.connector.it.Delivery#variants")
    void takesCheckpointsUntilTheLastSubtaskEnds(String semantic, boolean newApi) throws Exception {
        Delivery delivery = new Delivery(STARROCKS, semantic, newApi);
        Script script = new Script() {
            @Override
            int lag(int split) {
                return 3 * split;
            }
        };
        delivery.job(script, Script.SPLITS, Flink.restarts(0)).insert(Delivery.INSERT);
        delivery.assertComplete();
    }
}
