// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.catalog;

import com.starrocks.connector.jni.Json;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A table of StarRocks: what CREATE TABLE declares. */
public class StarRocksTable implements Serializable {
    private static final long serialVersionUID = 1L;

    /** How a table treats rows with equal keys. */
    public enum TableType {
        UNKNOWN(null),
        DUPLICATE_KEY("Duplicate"),
        AGGREGATE("Aggregate"),
        UNIQUE_KEY("Unique"),
        PRIMARY_KEY("Primary");

        /** The name in documents of the native library. */
        private final String model;

        TableType(String model) {
            this.model = model;
        }

        private static TableType ofModel(Object model) {
            for (TableType type : values()) {
                if (Objects.equals(type.model, model)) {
                    return type;
                }
            }
            return UNKNOWN;
        }
    }

    private final String databaseName;
    private final String tableName;
    private final TableType tableType;
    private final List<StarRocksColumn> columns;

    private final List<String> tableKeys;

    private final List<String> distributionKeys;

    private final Integer numBuckets;

    private final String comment;

    private final Map<String, String> properties;

    private final String partitionBy;

    private final List<String> sortKeys;

    private StarRocksTable(Builder builder) {
        this.databaseName = Objects.requireNonNull(builder.databaseName, "a table needs a database");
        this.tableName = Objects.requireNonNull(builder.tableName, "a table needs a name");
        this.tableType = Objects.requireNonNull(builder.tableType, "a table needs a type");
        if (builder.columns == null || builder.columns.isEmpty()) {
            throw new IllegalArgumentException("a table needs columns");
        }
        this.columns = Collections.unmodifiableList(new ArrayList<>(builder.columns));
        this.tableKeys = builder.tableKeys;
        this.distributionKeys = builder.distributionKeys;
        this.numBuckets = builder.numBuckets;
        this.comment = builder.comment;
        this.properties = Collections.unmodifiableMap(new LinkedHashMap<>(builder.properties));
        this.partitionBy = builder.partitionBy;
        this.sortKeys = Collections.unmodifiableList(new ArrayList<>(builder.sortKeys));
    }

    public String getDatabaseName() {
        return databaseName;
    }

    public String getTableName() {
        return tableName;
    }

    public TableType getTableType() {
        return tableType;
    }

    public List<StarRocksColumn> getColumns() {
        return columns;
    }

    /** The column of that name, whatever its case; null when there is none. */
    public StarRocksColumn getColumn(String columnName) {
        return columns.stream()
                .filter(column -> column.getColumnName().equalsIgnoreCase(columnName))
                .findFirst()
                .orElse(null);
    }

    public Optional<List<String>> getTableKeys() {
        return Optional.ofNullable(tableKeys);
    }

    public Optional<List<String>> getDistributionKeys() {
        return Optional.ofNullable(distributionKeys);
    }

    public Optional<Integer> getNumBuckets() {
        return Optional.ofNullable(numBuckets);
    }

    public Optional<String> getComment() {
        return Optional.ofNullable(comment);
    }

    public Map<String, String> getProperties() {
        return properties;
    }

    /** What follows PARTITION BY, in SQL. */
    public Optional<String> getPartitionBy() {
        return Optional.ofNullable(partitionBy);
    }

    /** Columns of the ORDER BY clause; none when rows are sorted by the key. */
    public List<String> getSortKeys() {
        return sortKeys;
    }

    /** The table as the native library reads it. */
    Map<String, Object> toJson() {
        List<Object> written = new ArrayList<>();
        for (StarRocksColumn column : columns) {
            written.add(column.toJson(
                    tableKeys != null && tableKeys.stream().anyMatch(column.getColumnName()::equalsIgnoreCase)));
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("database", databaseName);
        json.put("table", tableName);
        json.put("columns", written);
        json.put("model", tableType.model);
        json.put("keys", tableKeys == null ? Collections.emptyList() : tableKeys);
        if (distributionKeys != null || numBuckets != null) {
            Map<String, Object> distribution = new LinkedHashMap<>();
            distribution.put("columns", distributionKeys == null ? Collections.emptyList() : distributionKeys);
            distribution.put("buckets", numBuckets);
            json.put("distribution", distribution);
        }
        json.put("partition_by", partitionBy);
        json.put("order_by", sortKeys);
        json.put("properties", properties);
        json.put("comment", comment == null ? "" : comment);
        return json;
    }

    /** A table that the native library describes. */
    static StarRocksTable fromJson(Map<String, Object> json) {
        Builder builder = new Builder()
                .setDatabaseName((String) json.get("database"))
                .setTableName((String) json.get("table"))
                .setTableType(TableType.ofModel(json.get("model")))
                .setPartitionBy((String) json.get("partition_by"))
                .setSortKeys(strings(json.get("order_by")));
        List<StarRocksColumn> columns = new ArrayList<>();
        for (Object column : Json.list(json.get("columns"))) {
            columns.add(StarRocksColumn.fromJson(Json.object(column), columns.size()));
        }
        builder.setColumns(columns);
        List<String> keys = strings(json.get("keys"));
        builder.setTableKeys(keys.isEmpty() ? null : keys);
        if (json.get("distribution") != null) {
            Map<String, Object> distribution = Json.object(json.get("distribution"));
            List<String> hashed = strings(distribution.get("columns"));
            builder.setDistributionKeys(hashed.isEmpty() ? null : hashed);
            Object buckets = distribution.get("buckets");
            builder.setNumBuckets(buckets == null ? null : ((Number) buckets).intValue());
        }
        Map<String, String> properties = new LinkedHashMap<>();
        Json.object(json.get("properties")).forEach((key, value) -> properties.put(key, (String) value));
        String comment = (String) json.get("comment");
        return builder.setTableProperties(properties)
                .setComment(comment == null || comment.isEmpty() ? null : comment)
                .build();
    }

    private static List<String> strings(Object list) {
        List<String> strings = new ArrayList<>();
        Json.list(list).forEach(element -> strings.add((String) element));
        return strings;
    }

    @Override
    public boolean equals(Object other) {
        if (this == other) {
            return true;
        }
        if (other == null || getClass() != other.getClass()) {
            return false;
        }
        StarRocksTable that = (StarRocksTable) other;
        return databaseName.equals(that.databaseName)
                && tableName.equals(that.tableName)
                && tableType == that.tableType
                && columns.equals(that.columns)
                && Objects.equals(tableKeys, that.tableKeys)
                && Objects.equals(distributionKeys, that.distributionKeys)
                && Objects.equals(numBuckets, that.numBuckets)
                && Objects.equals(comment, that.comment)
                && properties.equals(that.properties)
                && Objects.equals(partitionBy, that.partitionBy)
                && sortKeys.equals(that.sortKeys);
    }

    @Override
    public int hashCode() {
        return Objects.hash(databaseName, tableName, tableType, columns);
    }

    @Override
    public String toString() {
        return tableType + " table " + databaseName + "." + tableName + " " + columns;
    }

    /** Builds a table. */
    public static class Builder {
        private String databaseName;
        private String tableName;
        private TableType tableType = TableType.UNKNOWN;
        private List<StarRocksColumn> columns;
        private List<String> tableKeys;
        private List<String> distributionKeys;
        private Integer numBuckets;
        private String comment;
        private Map<String, String> properties = Collections.emptyMap();
        private String partitionBy;
        private List<String> sortKeys = Collections.emptyList();

        public Builder setDatabaseName(String databaseName) {
            this.databaseName = databaseName;
            return this;
        }

        public Builder setTableName(String tableName) {
            this.tableName = tableName;
            return this;
        }

        public Builder setTableType(TableType tableType) {
            this.tableType = tableType;
            return this;
        }

        public Builder setColumns(List<StarRocksColumn> columns) {
            this.columns = columns;
            return this;
        }

        public Builder setTableKeys(List<String> tableKeys) {
            this.tableKeys = tableKeys;
            return this;
        }

        /** Columns of DISTRIBUTED BY HASH; null with a number of buckets is RANDOM, and without leaves it to the server. */
        public Builder setDistributionKeys(List<String> distributionKeys) {
            this.distributionKeys = distributionKeys;
            return this;
        }

        public Builder setNumBuckets(Integer numBuckets) {
            this.numBuckets = numBuckets;
            return this;
        }

        public Builder setComment(String comment) {
            this.comment = comment;
            return this;
        }

        public Builder setTableProperties(Map<String, String> properties) {
            this.properties = properties;
            return this;
        }

        public Builder setPartitionBy(String partitionBy) {
            this.partitionBy = partitionBy;
            return this;
        }

        public Builder setSortKeys(List<String> sortKeys) {
            this.sortKeys = sortKeys;
            return this;
        }

        public StarRocksTable build() {
            return new StarRocksTable(this);
        }
    }
}
