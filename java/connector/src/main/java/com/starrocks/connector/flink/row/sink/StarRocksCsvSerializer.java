// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.sink;

import com.starrocks.connector.flink.tools.JsonWrapper;
import java.util.Map;

/** Rows as separated text, {@code \N} for null. A value that the server would read as something else is refused. */
public class StarRocksCsvSerializer implements StarRocksISerializer {
    private static final long serialVersionUID = 1L;
    private static final String NULL = "\\N";

    private final String columnSeparator;
    private final String rowDelimiter;
    private transient JsonWrapper json;

    /** Rows that end with a line feed. */
    public StarRocksCsvSerializer(String columnSeparator) {
        this(columnSeparator, "\n");
    }

    StarRocksCsvSerializer(String columnSeparator, String rowDelimiter) {
        this.columnSeparator = columnSeparator;
        this.rowDelimiter = rowDelimiter;
    }

    @Override
    public void open(SerializerContext context) {
        json = context.getFastJsonWrapper();
    }

    @Override
    public String serialize(Object[] values) {
        if (json == null) {
            json = new JsonWrapper();
        }
        StringBuilder row = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            row.append(i == 0 ? "" : columnSeparator).append(text(values[i], i));
        }
        return row.toString();
    }

    private String text(Object value, int column) {
        if (value == null) {
            return NULL;
        }
        String text = value instanceof Map || value instanceof Iterable ? json.toJSONString(value) : value.toString();
        if (text.contains(columnSeparator) || text.contains(rowDelimiter) || text.equals(NULL)) {
            throw new IllegalArgumentException("The value of column " + (column + 1)
                    + " holds a separator or reads like NULL, which CSV cannot tell apart. Choose other separators, or the"
                    + " format json.");
        }
        return text;
    }
}
