// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.catalog;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.catalog.Column;

/** What Flink knows of tables, before columns had comments. */
final class TableFacts {
    private TableFacts() {}

    static CatalogTable table(
            Schema schema, String comment, List<String> partitionKeys, Map<String, String> options) {
        return CatalogTable.of(schema, comment, partitionKeys, options);
    }

    static String comment(Column column) {
        return null;
    }

    static void withComment(Schema.Builder schema, String comment) {}

    /** The columns of DISTRIBUTED BY. */
    static Optional<List<String>> distributionColumns(CatalogTable table) {
        return Optional.empty();
    }

    static Optional<Integer> buckets(CatalogTable table) {
        return Optional.empty();
    }
}
