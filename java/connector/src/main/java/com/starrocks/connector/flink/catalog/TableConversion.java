// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.catalog;

import com.starrocks.connector.flink.catalog.StarRocksTable.TableType;
import com.starrocks.connector.flink.table.sink.SinkSchema;
import com.starrocks.connector.jni.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.catalog.CatalogBaseTable;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ObjectPath;
import org.apache.flink.table.catalog.ResolvedCatalogTable;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.catalog.UniqueConstraint;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;

/** Tables between Flink's catalog and StarRocks. */
final class TableConversion {
    private final StarRocksCatalog starrocks;

    TableConversion(StarRocksCatalog starrocks) {
        this.starrocks = starrocks;
    }

    /** The StarRocks table that stands for a Flink table which is to be created. */
    StarRocksTable toStarRocks(ObjectPath path, ResolvedCatalogTable table, Map<String, String> options) {
        ResolvedSchema schema = table.getResolvedSchema();
        for (Column column : schema.getColumns()) {
            if (!column.isPhysical()) {
                throw new StarRocksCatalogException("Column '" + column.getName() + "' of " + path
                        + " is computed or metadata, which StarRocks cannot store. Leave it out, or put it into a view or"
                        + " a table of another catalog.");
            }
        }
        if (!schema.getWatermarkSpecs().isEmpty()) {
            throw new StarRocksCatalogException(
                    "The watermark of " + path + " cannot be stored in StarRocks. Leave it out.");
        }
        Configuration settings = Configuration.fromMap(options);
        List<String> primaryKey =
                schema.getPrimaryKey().map(UniqueConstraint::getColumns).orElse(Collections.emptyList());
        TableType type = type(path, settings, !primaryKey.isEmpty());
        List<String> keys = settings.getOptional(CatalogOptions.TABLE_KEY_COLUMNS)
                .map(CatalogOptions::names)
                .orElse(primaryKey);
        if (!primaryKey.isEmpty() && !keys.equals(primaryKey)) {
            throw new StarRocksCatalogException("Option '" + CatalogOptions.TABLE_KEY_COLUMNS.key() + "' of " + path
                    + " differs from its PRIMARY KEY. Leave one of them out.");
        }
        if (type == TableType.DUPLICATE_KEY && keys.isEmpty()) {
            // The server takes the leading columns.
            type = TableType.UNKNOWN;
        }
        // Null on Flink 1.13, empty later, where there is none.
        String comment = table.getComment() == null || table.getComment().isEmpty() ? null : table.getComment();
        StarRocksTable.Builder builder = new StarRocksTable.Builder()
                .setDatabaseName(path.getDatabaseName())
                .setTableName(path.getObjectName())
                .setTableType(type)
                .setColumns(columns(schema, options))
                .setTableKeys(keys.isEmpty() ? null : keys)
                .setComment(comment)
                .setPartitionBy(partitionBy(path, table, settings))
                .setTableProperties(withoutPrefix(options, CatalogOptions.TABLE_PROPERTIES_PREFIX));
        distribute(path, table, settings, builder, keys);
        settings.getOptional(CatalogOptions.TABLE_SORT_COLUMNS)
                .ifPresent(columns -> builder.setSortKeys(CatalogOptions.names(columns)));
        return builder.build();
    }

    private static TableType type(ObjectPath path, Configuration settings, boolean hasPrimaryKey) {
        Optional<CatalogOptions.TableModel> model = settings.getOptional(CatalogOptions.TABLE_MODEL);
        if (!model.isPresent()) {
            return hasPrimaryKey ? TableType.PRIMARY_KEY : TableType.DUPLICATE_KEY;
        }
        switch (model.get()) {
            case PRIMARY:
                if (!hasPrimaryKey) {
                    throw new StarRocksCatalogException(
                            "A primary key table needs a PRIMARY KEY (...) NOT ENFORCED: " + path + " has none.");
                }
                return TableType.PRIMARY_KEY;
            case UNIQUE:
                return TableType.UNIQUE_KEY;
            case AGGREGATE:
                return TableType.AGGREGATE;
            default:
                return TableType.DUPLICATE_KEY;
        }
    }

    private static void distribute(
            ObjectPath path,
            CatalogTable table,
            Configuration settings,
            StarRocksTable.Builder builder,
            List<String> keys) {
        Optional<List<String>> declared = TableFacts.distributionColumns(table);
        Optional<List<String>> configured =
                settings.getOptional(CatalogOptions.TABLE_DISTRIBUTION_COLUMNS).map(CatalogOptions::names);
        if (declared.isPresent() && configured.isPresent() && !declared.equals(configured)) {
            throw new StarRocksCatalogException("DISTRIBUTED BY of " + path + " and option '"
                    + CatalogOptions.TABLE_DISTRIBUTION_COLUMNS.key() + "' differ. Leave one of them out.");
        }
        List<String> columns = declared.orElse(configured.orElse(keys));
        builder.setDistributionKeys(columns.isEmpty() ? null : columns);
        Optional<Integer> buckets = TableFacts.buckets(table);
        builder.setNumBuckets(buckets.orElse(
                settings.getOptional(CatalogOptions.TABLE_NUM_BUCKETS).orElse(null)));
    }

    /** PARTITIONED BY, or what the option says in SQL. */
    private static String partitionBy(ObjectPath path, CatalogTable table, Configuration settings) {
        String sql = settings.getOptional(CatalogOptions.TABLE_PARTITION_BY).orElse(null);
        // A table of this catalog that is created once more has both.
        if (table.getPartitionKeys().isEmpty()
                || sql != null && PartitionKeys.of(sql).equals(table.getPartitionKeys())) {
            return sql;
        }
        if (sql != null) {
            throw new StarRocksCatalogException("PARTITIONED BY of " + path + " and option '"
                    + CatalogOptions.TABLE_PARTITION_BY.key() + "' differ. Leave one of them out.");
        }
        return table.getPartitionKeys().stream()
                .map(column -> "`" + column.replace("`", "``") + "`")
                .collect(Collectors.joining(", ", "(", ")"));
    }

    private List<StarRocksColumn> columns(ResolvedSchema schema, Map<String, String> options) {
        Map<String, String> aggregates = withoutPrefix(options, CatalogOptions.TABLE_AGGREGATE_PREFIX);
        List<StarRocksColumn> columns = new ArrayList<>();
        List<String> types = types(schema);
        for (Column column : schema.getColumns()) {
            columns.add(new StarRocksColumn.Builder()
                    .setColumnName(column.getName())
                    .setOrdinalPosition(columns.size())
                    .setType(types.get(columns.size()))
                    .setNullable(column.getDataType().getLogicalType().isNullable())
                    .setAggregateFunction(aggregates.remove(column.getName()))
                    .setColumnComment(TableFacts.comment(column))
                    .build());
        }
        if (!aggregates.isEmpty()) {
            throw new StarRocksCatalogException("Option '" + CatalogOptions.TABLE_AGGREGATE_PREFIX
                    + aggregates.keySet().iterator().next() + "' names no column of the table.");
        }
        return columns;
    }

    /** The StarRocks types for Flink columns, in SQL. */
    private List<String> types(ResolvedSchema schema) {
        Map<String, Object> answer = starrocks.send(
                "Failed to find StarRocks types",
                starrocks
                        .request("starrocks_types")
                        .with("columns", SinkSchema.of(schema).toJson()));
        return Json.list(answer.get("types")).stream()
                .map(type -> (String) type)
                .collect(Collectors.toList());
    }

    /** A column that is to be added or changed, with the StarRocks type of its Flink type. */
    StarRocksColumn toStarRocks(Column column) {
        if (!column.isPhysical()) {
            throw new StarRocksCatalogException("Column '" + column.getName()
                    + "' is computed or metadata, which StarRocks cannot store. Leave it out.");
        }
        return columns(ResolvedSchema.of(column), Collections.emptyMap()).get(0);
    }

    static Map<String, String> withoutPrefix(Map<String, String> options, String prefix) {
        Map<String, String> found = new LinkedHashMap<>();
        options.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                found.put(key.substring(prefix.length()), value);
            }
        });
        return found;
    }

    /** How a table was created, as options that create one like it. */
    static Map<String, String> options(StarRocksTable table) {
        Map<String, String> options = new LinkedHashMap<>();
        if (table.getTableType() == TableType.UNKNOWN) {
            return options;
        }
        String model = table.getTableType().name();
        options.put(CatalogOptions.TABLE_MODEL.key(), model.replace("_KEY", "").toLowerCase(java.util.Locale.ROOT));
        if (table.getTableType() != TableType.PRIMARY_KEY) {
            table.getTableKeys()
                    .ifPresent(keys -> options.put(CatalogOptions.TABLE_KEY_COLUMNS.key(), CatalogOptions.list(keys)));
        }
        table.getDistributionKeys()
                .ifPresent(keys ->
                        options.put(CatalogOptions.TABLE_DISTRIBUTION_COLUMNS.key(), CatalogOptions.list(keys)));
        table.getNumBuckets()
                .ifPresent(buckets -> options.put(CatalogOptions.TABLE_NUM_BUCKETS.key(), String.valueOf(buckets)));
        if (!table.getSortKeys().isEmpty()) {
            options.put(CatalogOptions.TABLE_SORT_COLUMNS.key(), CatalogOptions.list(table.getSortKeys()));
        }
        table.getPartitionBy().ifPresent(sql -> options.put(CatalogOptions.TABLE_PARTITION_BY.key(), sql));
        table.getProperties().forEach((key, value) -> options.put(CatalogOptions.TABLE_PROPERTIES_PREFIX + key, value));
        for (StarRocksColumn column : table.getColumns()) {
            column.getAggregateFunction()
                    .ifPresent(function ->
                            options.put(CatalogOptions.TABLE_AGGREGATE_PREFIX + column.getColumnName(), function));
        }
        return options;
    }

    /** Names and types of the columns, resolved or not. */
    static List<String> columns(CatalogBaseTable table) {
        return table.getUnresolvedSchema().getColumns().stream()
                .map(column -> {
                    if (!(column instanceof Schema.UnresolvedPhysicalColumn)) {
                        return column.toString();
                    }
                    Object type = ((Schema.UnresolvedPhysicalColumn) column).getDataType();
                    if (type instanceof DataType) {
                        LogicalType logical = ((DataType) type).getLogicalType();
                        return column.getName() + " " + logical.asSerializableString();
                    }
                    return column.getName() + " " + type;
                })
                .collect(Collectors.toList());
    }
}
