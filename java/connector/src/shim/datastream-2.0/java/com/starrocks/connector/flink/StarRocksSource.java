// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink;

import com.starrocks.connector.flink.read.RowForm;
import com.starrocks.connector.flink.read.ScanSource;
import com.starrocks.connector.flink.table.source.SourceSelection;
import com.starrocks.connector.flink.table.source.StarRocksDynamicSourceFunction;
import com.starrocks.connector.flink.table.source.StarRocksSourceOptions;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.legacy.api.TableSchema;
import org.apache.flink.table.types.logical.RowType;

/** Sources for the DataStream API. */
public final class StarRocksSource {
    private StarRocksSource() {}

    /**
     * A source function that reads a table; {@link #scan} is the better choice where there is one. The plan is made here, so the
     * frontend must be reachable.
     *
     * @param flinkSchema columns of the table, by name
     * @param sourceOptions where to read and what; {@code scan.columns} and {@code scan.filter} choose columns and rows
     */
    public static StarRocksDynamicSourceFunction source(TableSchema flinkSchema, StarRocksSourceOptions sourceOptions) {
        return new StarRocksDynamicSourceFunction(flinkSchema, sourceOptions);
    }

    /**
     * A bounded source that reads a table as it is when the job starts, for {@code StreamExecutionEnvironment.fromSource}. Its rows
     * may be kept.
     *
     * @param schema columns of the table, by name
     * @param options where to read and what; {@code scan.columns} and {@code scan.filter} choose columns and rows
     */
    public static Source<RowData, ?, ?> scan(ResolvedSchema schema, StarRocksSourceOptions options) {
        RowType table = (RowType) schema.toPhysicalRowDataType().getLogicalType();
        SourceSelection selection = SourceSelection.of(table, options);
        return selection.isCount()
                ? ScanSource.counting(selection.spec(options))
                : new ScanSource(selection.spec(options), RowForm.COPIED);
    }
}
