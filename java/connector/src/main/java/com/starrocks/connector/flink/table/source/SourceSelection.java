// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source;

import com.starrocks.connector.flink.read.Condition;
import com.starrocks.connector.flink.read.ScanSpec;
import com.starrocks.connector.flink.read.SelectedColumns;
import com.starrocks.connector.flink.table.source.struct.SelectColumn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.flink.table.types.logical.RowType;

/** The columns and the condition that a program of the DataStream API asks for. */
public final class SourceSelection {
    private final RowType columns;
    private final String filter;
    private final boolean count;

    private SourceSelection(RowType columns, String filter, boolean count) {
        this.columns = columns;
        this.filter = filter;
        this.count = count;
    }

    /** What the options say of a table: {@code scan.columns}, and {@code scan.filter}. */
    public static SourceSelection of(RowType table, StarRocksSourceOptions options) {
        return of(table, options.getColumns(), options.getFilter());
    }

    /** What a program says that makes the source function itself; no columns stand for all. */
    static SourceSelection of(
            RowType table, String filter, long limit, SelectColumn[] columns, StarRocksSourceQueryType queryType) {
        if (limit > 0) {
            throw new IllegalArgumentException("A source function cannot be limited; use SQL with LIMIT.");
        }
        if (queryType == StarRocksSourceQueryType.QueryCount) {
            return of(table, "count(*)", filter);
        }
        String names = columns == null || queryType == StarRocksSourceQueryType.QueryAllColumns
                ? ""
                : Arrays.stream(columns).map(SelectColumn::getColumnName).collect(Collectors.joining(","));
        return of(table, names, filter);
    }

    static SourceSelection of(RowType table, String columns, String filter) {
        if (columns.toLowerCase(Locale.ROOT).contains("count(")) {
            // As many rows as there are; their values are of no interest.
            return new SourceSelection(new RowType(false, table.getFields().subList(0, 1)), filter, true);
        }
        if (columns.trim().isEmpty()) {
            return new SourceSelection(table, filter, false);
        }
        List<RowType.RowField> fields = new ArrayList<>();
        for (String name : columns.split(",")) {
            int index = table.getFieldIndex(name.trim().replaceAll("^`|`$", ""));
            if (index < 0) {
                throw new IllegalArgumentException("Column '" + name.trim() + "' of option '"
                        + StarRocksSourceOptions.SCAN_COLUMNS.key() + "' is not found in the table schema "
                        + table.getFieldNames() + ".");
            }
            fields.add(table.getFields().get(index));
        }
        return new SourceSelection(new RowType(false, fields), filter, false);
    }

    /** Whether only the number of rows counts. */
    public boolean isCount() {
        return count;
    }

    /** What to read with these options. */
    public ScanSpec spec(StarRocksSourceOptions options) {
        // In parentheses, since nobody knows what it holds.
        Condition condition = filter == null || filter.trim().isEmpty() ? null : Condition.text("(" + filter + ")");
        return new ScanSpec(options, SelectedColumns.of(columns), condition, -1);
    }
}
