// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.catalog;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A column of a StarRocks table. */
public class StarRocksColumn implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Pattern WITH_SIZE = Pattern.compile("(\\w+)\\((\\d+)(?:, *(\\d+))?\\)");
    private static final Pattern NOW =
            Pattern.compile("CURRENT_TIMESTAMP(\\([0-6]\\))?|NOW\\([0-6]?\\)", Pattern.CASE_INSENSITIVE);

    private final String columnName;
    private final int ordinalPosition;
    private final String dataType;
    private final boolean isNullable;

    private final String defaultValue;

    private final Integer columnSize;

    private final Integer decimalDigits;

    private final String columnComment;

    private final String aggregateFunction;

    private StarRocksColumn(Builder builder) {
        this.columnName = Objects.requireNonNull(builder.columnName, "a column needs a name");
        this.ordinalPosition = builder.ordinalPosition;
        this.dataType = Objects.requireNonNull(builder.dataType, "a column needs a type");
        this.isNullable = builder.isNullable;
        this.defaultValue = builder.defaultValue;
        this.columnSize = builder.columnSize;
        this.decimalDigits = builder.decimalDigits;
        this.columnComment = builder.columnComment;
        this.aggregateFunction = builder.aggregateFunction;
    }

    public String getColumnName() {
        return columnName;
    }

    /** The position in the table, 0 for the first column. */
    public int getOrdinalPosition() {
        return ordinalPosition;
    }

    /** The name of the type without its size; nested types whole, such as {@code ARRAY<INT>}. */
    public String getDataType() {
        return dataType;
    }

    public boolean isNullable() {
        return isNullable;
    }

    public Optional<String> getDefaultValue() {
        return Optional.ofNullable(defaultValue);
    }

    /** The length of CHAR, VARCHAR and VARBINARY in bytes, the precision of DECIMAL. */
    public Optional<Integer> getColumnSize() {
        return Optional.ofNullable(columnSize);
    }

    public Optional<Integer> getDecimalDigits() {
        return Optional.ofNullable(decimalDigits);
    }

    public Optional<String> getColumnComment() {
        return Optional.ofNullable(columnComment);
    }

    /** How values of rows with equal keys are merged in an aggregate table, such as {@code SUM}. */
    public Optional<String> getAggregateFunction() {
        return Optional.ofNullable(aggregateFunction);
    }

    /** The type in SQL. */
    String typeText() {
        if (dataType.indexOf('<') >= 0 || dataType.indexOf('(') >= 0 || columnSize == null) {
            return dataType;
        }
        switch (dataType.toUpperCase(Locale.ROOT)) {
            case "DECIMAL":
                return "DECIMAL(" + columnSize + ", " + (decimalDigits == null ? 0 : decimalDigits) + ")";
            case "CHAR":
            case "VARCHAR":
            case "VARBINARY":
                return dataType.toUpperCase(Locale.ROOT) + "(" + columnSize + ")";
            default:
                return dataType;
        }
    }

    /** The column as the native library reads it. */
    Map<String, Object> toJson(boolean key) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", columnName);
        json.put("type", typeText());
        json.put("nullable", isNullable);
        json.put("key", key);
        json.put("aggregate", aggregateFunction);
        if (defaultValue != null) {
            boolean now = dataType.equalsIgnoreCase("DATETIME")
                    && NOW.matcher(defaultValue).matches();
            Map<String, Object> value = new LinkedHashMap<>();
            value.put(now ? "expression" : "literal", defaultValue);
            json.put("default", value);
        }
        json.put("comment", columnComment == null ? "" : columnComment);
        return json;
    }

    /** A column that the native library describes. */
    static StarRocksColumn fromJson(Map<String, Object> json, int position) {
        Builder builder = new Builder()
                .setColumnName((String) json.get("name"))
                .setOrdinalPosition(position)
                .setNullable(Boolean.TRUE.equals(json.get("nullable")))
                .setAggregateFunction((String) json.get("aggregate"));
        String comment = (String) json.get("comment");
        builder.setColumnComment(comment == null || comment.isEmpty() ? null : comment);
        if (json.get("default") instanceof Map) {
            Map<?, ?> value = (Map<?, ?>) json.get("default");
            builder.setDefaultValue((String) value.values().iterator().next());
        }
        return builder.setType((String) json.get("type")).build();
    }

    @Override
    public boolean equals(Object other) {
        if (this == other) {
            return true;
        }
        if (other == null || getClass() != other.getClass()) {
            return false;
        }
        StarRocksColumn that = (StarRocksColumn) other;
        return ordinalPosition == that.ordinalPosition
                && isNullable == that.isNullable
                && columnName.equals(that.columnName)
                && dataType.equalsIgnoreCase(that.dataType)
                && Objects.equals(defaultValue, that.defaultValue)
                && Objects.equals(columnSize, that.columnSize)
                && Objects.equals(decimalDigits, that.decimalDigits)
                && Objects.equals(columnComment, that.columnComment)
                && Objects.equals(aggregateFunction, that.aggregateFunction);
    }

    @Override
    public int hashCode() {
        return Objects.hash(columnName, ordinalPosition, dataType.toLowerCase(Locale.ROOT), isNullable, columnSize);
    }

    @Override
    public String toString() {
        return columnName + " " + typeText() + (isNullable ? "" : " NOT NULL");
    }

    /** Builds a column. */
    public static class Builder {
        private String columnName;
        private int ordinalPosition;
        private String dataType;
        private boolean isNullable = true;
        private String defaultValue;
        private Integer columnSize;
        private Integer decimalDigits;
        private String columnComment;
        private String aggregateFunction;

        public Builder setColumnName(String columnName) {
            this.columnName = columnName;
            return this;
        }

        public Builder setOrdinalPosition(int ordinalPosition) {
            this.ordinalPosition = ordinalPosition;
            return this;
        }

        public Builder setDataType(String dataType) {
            this.dataType = dataType;
            return this;
        }

        public Builder setNullable(boolean isNullable) {
            this.isNullable = isNullable;
            return this;
        }

        public Builder setDefaultValue(String defaultValue) {
            this.defaultValue = defaultValue;
            return this;
        }

        public Builder setColumnSize(Integer columnSize) {
            this.columnSize = columnSize;
            return this;
        }

        public Builder setDecimalDigits(Integer decimalDigits) {
            this.decimalDigits = decimalDigits;
            return this;
        }

        public Builder setColumnComment(String columnComment) {
            this.columnComment = columnComment;
            return this;
        }

        public Builder setAggregateFunction(String aggregateFunction) {
            this.aggregateFunction = aggregateFunction;
            return this;
        }

        /** Sets type, size and digits from SQL, such as {@code DECIMAL(10, 2)}. */
        Builder setType(String sql) {
            Matcher sized = WITH_SIZE.matcher(sql);
            if (!sized.matches()) {
                return setDataType(sql);
            }
            return setDataType(sized.group(1))
                    .setColumnSize(Integer.valueOf(sized.group(2)))
                    .setDecimalDigits(sized.group(3) == null ? null : Integer.valueOf(sized.group(3)));
        }

        public StarRocksColumn build() {
            return new StarRocksColumn(this);
        }
    }
}
