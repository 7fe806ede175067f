// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source;

import com.starrocks.connector.flink.table.source.struct.ColumnRichInfo;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.table.legacy.api.TableSchema;

/** Static helpers of connector 1.x. */
public final class StarRocksSourceCommonFunc extends TabletGroups {
    private StarRocksSourceCommonFunc() {}

    /** The columns of a schema by name. */
    public static Map<String, ColumnRichInfo> genColumnMap(TableSchema tableSchema) {
        Map<String, ColumnRichInfo> columns = new LinkedHashMap<>();
        for (int i = 0; i < tableSchema.getFieldCount(); i++) {
            String name = tableSchema.getFieldNames()[i];
            columns.put(name, new ColumnRichInfo(name, i, tableSchema.getFieldDataTypes()[i]));
        }
        return columns;
    }
}
