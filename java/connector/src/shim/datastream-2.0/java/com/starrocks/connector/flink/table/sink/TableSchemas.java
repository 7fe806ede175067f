// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.legacy.api.TableSchema;

/** Reads the schema that users of the DataStream API pass. */
public final class TableSchemas {
    private TableSchemas() {}

    /** The physical columns and the primary key. */
    public static SinkSchema read(TableSchema schema) {
        return new SinkSchema(
                (RowType) schema.toPhysicalRowDataType().getLogicalType(),
                schema.getPrimaryKey().map(key -> key.getColumns()).orElse(null));
    }
}
