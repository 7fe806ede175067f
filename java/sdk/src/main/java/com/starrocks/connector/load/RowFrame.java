// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.load;

import com.starrocks.connector.jni.Json;
import com.starrocks.data.load.stream.DelimiterParser;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** How the rows of a table, which are texts already, stand in a body: what is between two of them, and what ends each. */
final class RowFrame {
    private static final byte[] NOTHING = new byte[0];

    private final TableKey table;
    private final byte[] between;
    private final byte[] end;

    /** From the configuration of a native sink. */
    RowFrame(TableKey table, Map<String, Object> config) {
        this.table = table;
        if ("json".equals(config.get("format"))) {
            between = new byte[] {','};
            end = NOTHING;
        } else {
            between = NOTHING;
            Object delimiter = Json.object(config.get("properties")).get("row_delimiter");
            end = DelimiterParser.parse((String) delimiter, "\n").getBytes(StandardCharsets.UTF_8);
        }
    }

    /** What stands between a row and the one before it. */
    byte[] between() {
        return between;
    }

    /** What follows a row. */
    byte[] end() {
        return end;
    }

    /** The bytes of a row without its end. */
    byte[] bytes(String text) {
        if (text == null || text.isEmpty()) {
            throw new IllegalArgumentException("A row for " + table + " is " + (text == null ? "null" : "empty")
                    + ": it must be a JSON object, or CSV without the row delimiter.");
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
