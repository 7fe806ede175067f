// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.suites;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.sql.SQLException;
import org.apache.flink.connector.testframe.TestResource;

/** The embedded server, as the suites start and stop it. */
final class EmbeddedSystem implements TestResource {
    final EmbeddedStarRocks server = EmbeddedStarRocks.create();

    @Override
    public void startUp() throws Exception {
        server.start();
        server.execute("CREATE DATABASE suite");
    }

    /** Runs a statement where Flink's interfaces let no checked exception through. */
    void execute(String statement) {
        try {
            server.execute(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(statement, e);
        }
    }

    @Override
    public void tearDown() {
        server.close();
    }
}
