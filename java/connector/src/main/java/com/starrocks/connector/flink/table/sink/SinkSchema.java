// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import com.starrocks.connector.flink.row.sink.StarRocksSinkOP;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/** The physical columns of a Flink table and its primary key: what the sink needs of a schema in any Flink version. */
public final class SinkSchema implements Serializable {
    private static final long serialVersionUID = 1L;

    private final RowType rowType;
    private final ArrayList<String> primaryKey;

    /** A schema; the primary key is null when the table has none. */
    public SinkSchema(RowType rowType, List<String> primaryKey) {
        this.rowType = rowType;
        this.primaryKey = primaryKey == null ? null : new ArrayList<>(primaryKey);
    }

    /** The physical columns of a table. */
    public static SinkSchema of(ResolvedSchema schema) {
        return new SinkSchema(
                (RowType) schema.toPhysicalRowDataType().getLogicalType(),
                schema.getPrimaryKey().map(key -> key.getColumns()).orElse(null));
    }

    /** Names of the columns. */
    public List<String> names() {
        return rowType.getFieldNames();
    }

    /** Types of the columns. */
    public List<LogicalType> types() {
        return rowType.getChildren();
    }

    /** Columns of the primary key, if there is one. */
    public Optional<List<String>> primaryKey() {
        return Optional.ofNullable(primaryKey).map(Collections::unmodifiableList);
    }

    /** The header {@code columns} of loads whose rows hold these columns in this order, and the operation after them. */
    public static String columnsHeader(List<String> names, boolean upsertDelete) {
        Stream<String> operation = upsertDelete ? Stream.of(StarRocksSinkOP.COLUMN_KEY) : Stream.empty();
        return Stream.concat(names.stream(), operation)
                .map(name -> "`" + name.replace("`", "").trim() + "`")
                .collect(Collectors.joining(","));
    }

    /** The columns as the native library reads them. */
    public List<Object> toJson() {
        return fields(rowType, "");
    }

    private static List<Object> fields(RowType row, String path) {
        List<Object> columns = new ArrayList<>();
        for (RowType.RowField field : row.getFields()) {
            Map<String, Object> column = new LinkedHashMap<>();
            column.put("name", field.getName());
            column.put("type", type(field.getType(), path + field.getName()));
            columns.add(column);
        }
        return columns;
    }

    private static Map<String, Object> type(LogicalType type, String path) {
        Map<String, Object> json = new LinkedHashMap<>();
        String root = type.getTypeRoot().name();
        json.put("root", root);
        switch (root) {
            case "BOOLEAN":
            case "TINYINT":
            case "SMALLINT":
            case "INTEGER":
            case "BIGINT":
            case "FLOAT":
            case "DOUBLE":
            case "DATE":
                break;
            case "CHAR":
            case "VARCHAR":
            case "BINARY":
            case "VARBINARY":
                json.put("length", LogicalTypeChecks.getLength(type));
                break;
            case "DECIMAL":
                json.put("precision", ((DecimalType) type).getPrecision());
                json.put("scale", ((DecimalType) type).getScale());
                break;
            case "TIME_WITHOUT_TIME_ZONE":
            case "TIMESTAMP_WITHOUT_TIME_ZONE":
            case "TIMESTAMP_WITH_LOCAL_TIME_ZONE":
                json.put("precision", LogicalTypeChecks.getPrecision(type));
                break;
            case "ARRAY":
                json.put("element", type(((ArrayType) type).getElementType(), path + "[]"));
                break;
            case "MAP":
                json.put("key", type(((MapType) type).getKeyType(), path + ".key"));
                json.put("value", type(((MapType) type).getValueType(), path + ".value"));
                break;
            case "ROW":
                json.put("fields", fields((RowType) type, path + "."));
                break;
            default:
                throw new ValidationException("Column '" + path + "' has the Flink type " + type.asSummaryString()
                        + ", which no StarRocks type can hold. Cast it to a supported type, for example STRING.");
        }
        json.put("nullable", type.isNullable());
        return json;
    }
}
