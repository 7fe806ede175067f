// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table;

import java.util.Locale;
import java.util.Map;

/** Types of columns as {@code information_schema} names them. */
public enum StarRocksDataType {
    TINYINT,
    INT,
    LARGEINT,
    SMALLINT,
    BOOLEAN,
    DECIMAL,
    DOUBLE,
    FLOAT,
    BIGINT,
    VARCHAR,
    CHAR,
    STRING,
    JSON,
    DATE,
    DATETIME,
    UNKNOWN;

    /** The type that the native library names: a text, or an object of which the only key is the name. */
    public static StarRocksDataType fromJson(Object type) {
        Object name =
                type instanceof Map ? ((Map<?, ?>) type).keySet().iterator().next() : type;
        return fromString((String) name);
    }

    /** The type of a name; {@link #UNKNOWN} for null and for names that are none of these. */
    public static StarRocksDataType fromString(String name) {
        for (StarRocksDataType type : values()) {
            if (name != null && type.name().equals(name.toUpperCase(Locale.ROOT))) {
                return type;
            }
        }
        return UNKNOWN;
    }
}
