// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.nio.file.Path;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs of one process that share the connector, as when its JAR lies in Flink's lib/. */
class SharedLibraryIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    @TempDir
    Path savepoints;

    @ParameterizedTest
    @MethodSource("com.starrocks.connector.it.Delivery#variants")
    void aJobThatEndsLeavesTheOthersAlone(String semantic, boolean newApi) throws Exception {
        Delivery lasting = new Delivery(STARROCKS, semantic, newApi);
        Script first = new Script(2 * Script.STAGE + Script.STAGE / 2);
        JobClient job = lasting.job(first, 2, Flink.restarts(0)).start(Delivery.INSERT);
        first.awaitHold();

        Delivery brief = new Delivery(STARROCKS, semantic, newApi);
        brief.job(new Script(), 2, Flink.restarts(0)).insert(Delivery.INSERT);
        brief.assertComplete();

        String savepoint = Flink.stopWithSavepoint(job, savepoints);
        lasting.job(new Script(), 2, Flink.restore(savepoint)).insert(Delivery.INSERT);
        lasting.assertComplete();
    }
}
