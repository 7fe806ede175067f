// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.catalog;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.catalog.CatalogBaseTable;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.TableDistribution;
import org.apache.flink.table.types.logical.LogicalType;

/** What Flink knows of tables. */
final class TableFacts {
    private TableFacts() {}

    static CatalogTable table(Schema schema, String comment, Map<String, String> options) {
        return CatalogTable.newBuilder()
                .schema(schema)
                .comment(comment)
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

    /** Names and types of the columns, resolved or not. */
    static List<String> columns(CatalogBaseTable table) {
        return table.getUnresolvedSchema().getColumns().stream()
                .map(column -> {
                    if (!(column instanceof Schema.UnresolvedPhysicalColumn)) {
                        return column.toString();
                    }
                    Object type = ((Schema.UnresolvedPhysicalColumn) column).getDataType();
                    if (type instanceof org.apache.flink.table.types.DataType) {
                        LogicalType logical = ((org.apache.flink.table.types.DataType) type).getLogicalType();
                        return column.getName() + " " + logical.asSerializableString();
                    }
                    return column.getName() + " " + type;
                })
                .collect(Collectors.toList());
    }
}
