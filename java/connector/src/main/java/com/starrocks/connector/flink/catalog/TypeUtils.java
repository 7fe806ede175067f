// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.catalog;

import com.starrocks.connector.jni.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.types.DataType;

/** Flink types from the documents of the native library, which knows how StarRocks types and Flink types correspond. */
public final class TypeUtils {
    /** Bytes of the longest VARCHAR. */
    public static final int MAX_VARCHAR_SIZE = 1048576;
    /** Bytes of STRING. */
    public static final int STRING_SIZE = 65533;

    private TypeUtils() {}

    /** The Flink type of a document. */
    static DataType fromJson(Map<String, Object> json) {
        DataType type = nullable(json);
        return Boolean.FALSE.equals(json.get("nullable")) ? type.notNull() : type;
    }

    private static DataType nullable(Map<String, Object> json) {
        String root = (String) json.get("root");
        switch (root) {
            case "CHAR":
                return DataTypes.CHAR(number(json, "length"));
            case "VARCHAR":
                return DataTypes.VARCHAR(number(json, "length"));
            case "BOOLEAN":
                return DataTypes.BOOLEAN();
            case "BINARY":
                return DataTypes.BINARY(number(json, "length"));
            case "VARBINARY":
                return DataTypes.VARBINARY(number(json, "length"));
            case "DECIMAL":
                return DataTypes.DECIMAL(number(json, "precision"), number(json, "scale"));
            case "TINYINT":
                return DataTypes.TINYINT();
            case "SMALLINT":
                return DataTypes.SMALLINT();
            case "INTEGER":
                return DataTypes.INT();
            case "BIGINT":
                return DataTypes.BIGINT();
            case "FLOAT":
                return DataTypes.FLOAT();
            case "DOUBLE":
                return DataTypes.DOUBLE();
            case "DATE":
                return DataTypes.DATE();
            case "TIMESTAMP_WITHOUT_TIME_ZONE":
                return DataTypes.TIMESTAMP(number(json, "precision"));
            case "ARRAY":
                return DataTypes.ARRAY(fromJson(Json.object(json.get("element"))));
            case "MAP":
                return DataTypes.MAP(fromJson(Json.object(json.get("key"))), fromJson(Json.object(json.get("value"))));
            case "ROW":
                List<DataTypes.Field> fields = new ArrayList<>();
                for (Object field : Json.list(json.get("fields"))) {
                    Map<String, Object> named = Json.object(field);
                    fields.add(DataTypes.FIELD((String) named.get("name"), fromJson(Json.object(named.get("type")))));
                }
                return DataTypes.ROW(fields.toArray(new DataTypes.Field[0]));
            default:
                throw new StarRocksCatalogException("The native library names a type that is unknown here: " + root);
        }
    }

    private static int number(Map<String, Object> json, String field) {
        return ((Number) json.get(field)).intValue();
    }
}
