// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.sink;

import com.starrocks.connector.flink.tools.JsonWrapper;
import com.starrocks.connector.jni.Json;
import java.nio.charset.StandardCharsets;

/** Rows as JSON objects. A null is written, since a column that is left out would get its default. */
public class StarRocksJsonSerializer implements StarRocksISerializer {
    private static final long serialVersionUID = 1L;

    private final String[] fieldNames;
    private transient JsonWrapper json;

    /** The names of the columns, with {@code __op} last where values have it. */
    public StarRocksJsonSerializer(String[] fieldNames) {
        this.fieldNames = fieldNames.clone();
    }

    @Override
    public void open(SerializerContext context) {
        json = context.getFastJsonWrapper();
    }

    @Override
    public String serialize(Object[] values) {
        if (values.length > fieldNames.length) {
            throw new IllegalArgumentException(
                    "The row has " + values.length + " values for " + fieldNames.length + " columns.");
        }
        if (json == null) {
            json = new JsonWrapper();
        }
        StringBuilder row = new StringBuilder("{");
        for (int i = 0; i < values.length; i++) {
            row.append(i == 0 ? "" : ",").append(quoted(fieldNames[i])).append(':');
            row.append(values[i] == null ? "null" : json.toJSONString(values[i]));
        }
        return row.append('}').toString();
    }

    private static String quoted(String name) {
        return new String(Json.write(name), StandardCharsets.UTF_8);
    }
}
