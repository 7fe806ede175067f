// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.suites;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import org.apache.flink.connector.testframe.TestResource;

/** The embedded server, as the suites start and stop it. */
final class EmbeddedSystem implements TestResource {
    final EmbeddedStarRocks server = EmbeddedStarRocks.create();

    @Override
    public void startUp() throws Exception {
        server.start();
        server.execute("CREATE DATABASE suite");
    }

    @Override
    public void tearDown() {
        server.close();
    }
}
