// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.catalog;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.TableDistribution;

/** What Flink knows of tables. */
final class TableFacts {
    private TableFacts() {}

    static CatalogTable table(
            Schema schema, String comment, List<String> partitionKeys, Map<String, String> options) {
        return CatalogTable.newBuilder()
                .schema(schema)
                .comment(comment)
                .partitionKeys(partitionKeys)
                .options(options)
                .build();
    }

    static String comment(Column column) {
        return column.getComment().orElse(null);
    }

    static void withComment(Schema.Builder schema, String comment) {
        schema.withComment(comment);
    }

    /** The columns of DISTRIBUTED BY. */
    static Optional<List<String>> distributionColumns(CatalogTable table) {
        return table.getDistribution()
                .map(TableDistribution::getBucketKeys)
                .filter(columns -> !columns.isEmpty());
    }

    static Optional<Integer> buckets(CatalogTable table) {
        return table.getDistribution().flatMap(TableDistribution::getBucketCount);
    }
}
