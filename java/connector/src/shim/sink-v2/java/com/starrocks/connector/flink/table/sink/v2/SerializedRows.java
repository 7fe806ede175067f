// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink.v2;

import com.starrocks.connector.flink.load.RecordRouter;
import com.starrocks.connector.flink.table.data.StarRocksRowData;
import com.starrocks.connector.flink.table.sink.RowRouter;
import com.starrocks.connector.load.TextTables;
import java.io.IOException;

/** Routes records where the user's schema says. */
final class SerializedRows<T> implements RecordRouter<T> {
    private final RecordSerializationSchema<T> schema;

    SerializedRows(RecordSerializationSchema<T> schema) {
        this.schema = schema;
    }

    @Override
    public int route(T record, TextTables tables) throws IOException, InterruptedException {
        StarRocksRowData row = schema.serialize(record);
        return row == null ? 0 : RowRouter.write(row, tables);
    }

    @Override
    public void close() {
        schema.close();
    }
}
