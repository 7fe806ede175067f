// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import com.starrocks.connector.flink.load.RecordRouter;
import com.starrocks.connector.flink.table.data.StarRocksRowData;
import com.starrocks.connector.load.TextTables;
import java.io.IOException;

/**
 * Routes what a sink function without a schema takes: rows that name their table, one by one or several, and anything else as
 * the text of a row of the options' table.
 */
public final class RowRouter<T> implements RecordRouter<T> {
    private final String database;
    private final String table;

    /** The table of records that name none. */
    public RowRouter(StarRocksSinkOptions options) {
        database = options.getDatabaseName();
        table = options.getTableName();
    }

    @Override
    public int route(T record, TextTables tables) throws IOException, InterruptedException {
        if (record instanceof StarRocksRowData) {
            return write((StarRocksRowData) record, tables);
        }
        if (record instanceof StarRocksSinkRowDataWithMeta) {
            StarRocksSinkRowDataWithMeta rows = (StarRocksSinkRowDataWithMeta) record;
            String[] texts = rows.getDataRows();
            for (String text : texts) {
                tables.write(null, rows.getDatabase(), rows.getTable(), text);
            }
            return texts.length;
        }
        tables.write(null, database, table, record == null ? null : record.toString());
        return 1;
    }

    /** Writes a row; what only marks the end of a transaction of the source is none. */
    public static int write(StarRocksRowData row, TextTables tables) throws IOException, InterruptedException {
        if (row.getRow() == null && row.isTransactionEnd()) {
            tables.endTransaction(row.getSourcePartition());
            return 0;
        }
        tables.write(
                row.getUniqueKey(),
                row.getDatabase(),
                row.getTable(),
                row.getRow(),
                row.getSourcePartition(),
                row.isTransactionEnd());
        return 1;
    }
}
