// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.data;

/** A row that says which table it goes to. */
public interface StarRocksRowData {
    /** Tells apart streams of rows into one table that have properties of their own; null for the table's. */
    String getUniqueKey();

    String getDatabase();

    String getTable();

    /** The row as it goes into the load: a JSON object, or CSV without the row delimiter. */
    String getRow();

    /** Whether this is the last row of a transaction of the source. */
    default boolean isTransactionEnd() {
        return false;
    }

    /** The partition of the source that the row comes from; negative if unknown. */
    default int getSourcePartition() {
        return -1;
    }
}
