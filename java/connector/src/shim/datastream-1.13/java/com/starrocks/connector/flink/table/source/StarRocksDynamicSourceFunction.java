// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source;

import com.starrocks.connector.flink.table.source.struct.SelectColumn;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.flink.table.api.TableSchema;
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
        super(sourceOptions, selection(flinkSchema, filter, limit, selectColumns, queryType));
    }

    private static SourceSelection selection(
            TableSchema schema,
            String filter,
            long limit,
            SelectColumn[] columns,
            StarRocksSourceQueryType queryType) {
        if (limit > 0) {
            throw new IllegalArgumentException("A source function cannot be limited; use SQL with LIMIT.");
        }
        if (queryType == StarRocksSourceQueryType.QueryCount) {
            return SourceSelection.of(rows(schema), "count(*)", filter);
        }
        String names = columns == null || queryType == StarRocksSourceQueryType.QueryAllColumns
                ? ""
                : Arrays.stream(columns).map(SelectColumn::getColumnName).collect(Collectors.joining(","));
        return SourceSelection.of(rows(schema), names, filter);
    }

    private static RowType rows(TableSchema schema) {
        return (RowType) schema.toPhysicalRowDataType().getLogicalType();
    }
}
