// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source;

import com.starrocks.connector.flink.table.source.struct.SelectColumn;
import org.apache.flink.table.legacy.api.TableSchema;
import org.apache.flink.table.types.logical.RowType;

/** Reads a table for the DataStream API. */
public class StarRocksDynamicSourceFunction extends ScanFunction {
    private static final long serialVersionUID = 1L;

    /** Reads what the options say. */
    public StarRocksDynamicSourceFunction(TableSchema flinkSchema, StarRocksSourceOptions sourceOptions) {
        super(sourceOptions, SourceSelection.of(rows(flinkSchema), sourceOptions));
    }

    /**
     * Reads what the arguments say.
     *
     * @param filter condition in StarRocks SQL, or an empty text
     * @param limit must not be positive: a source function has no limit
     * @param selectColumns the columns; null for all
     */
    public StarRocksDynamicSourceFunction(
            StarRocksSourceOptions sourceOptions,
            TableSchema flinkSchema,
            String filter,
            long limit,
            SelectColumn[] selectColumns,
            StarRocksSourceQueryType queryType) {
        super(sourceOptions, SourceSelection.of(rows(flinkSchema), filter, limit, selectColumns, queryType));
    }

    private static RowType rows(TableSchema schema) {
        return (RowType) schema.toPhysicalRowDataType().getLogicalType();
    }
}
