// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.suites;

import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.connector.testframe.external.ExternalContext;

/** A table for one test of a suite: a number and a word. */
abstract class SuiteTable implements ExternalContext {
    private static final AtomicInteger TABLES = new AtomicInteger();

    final EmbeddedSystem system;
    final String table = "rows_" + TABLES.incrementAndGet();

    /** Creates the table, whose rows are spread as {@code distribution} says. */
    SuiteTable(EmbeddedSystem system, String distribution) {
        this.system = system;
        system.execute("CREATE TABLE suite." + table + " (id BIGINT NOT NULL, word VARCHAR(20)) DUPLICATE KEY(id) "
                + distribution + " DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES (\"replication_num\" = \"1\")");
    }

    @Override
    public List<URL> getConnectorJarPaths() {
        return Collections.emptyList();
    }

    @Override
    public void close() {
        system.execute("DROP TABLE suite." + table);
    }
}
