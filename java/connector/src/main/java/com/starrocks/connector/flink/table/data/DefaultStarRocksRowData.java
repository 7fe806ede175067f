// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.data;

import java.io.Serializable;

/** A {@link StarRocksRowData} that is filled by hand. */
public class DefaultStarRocksRowData implements StarRocksRowData, Serializable {
    private static final long serialVersionUID = 1L;

    private String uniqueKey;
    private String database;
    private String table;
    private String row;
    private boolean transactionEnd;
    private int sourcePartition = -1;

    public DefaultStarRocksRowData() {}

    public DefaultStarRocksRowData(String database, String table) {
        this(null, database, table, null);
    }

    public DefaultStarRocksRowData(String uniqueKey, String database, String table, String row) {
        this.uniqueKey = uniqueKey;
        this.database = database;
        this.table = table;
        this.row = row;
    }

    @Override
    public String getUniqueKey() {
        return uniqueKey;
    }

    public void setUniqueKey(String uniqueKey) {
        this.uniqueKey = uniqueKey;
    }

    @Override
    public String getDatabase() {
        return database;
    }

    public void setDatabase(String database) {
        this.database = database;
    }

    @Override
    public String getTable() {
        return table;
    }

    public void setTable(String table) {
        this.table = table;
    }

    @Override
    public String getRow() {
        return row;
    }

    public void setRow(String row) {
        this.row = row;
    }

    @Override
    public boolean isTransactionEnd() {
        return transactionEnd;
    }

    public void setTransactionEnd(boolean transactionEnd) {
        this.transactionEnd = transactionEnd;
    }

    @Override
    public int getSourcePartition() {
        return sourcePartition;
    }

    public void setSourcePartition(int sourcePartition) {
        this.sourcePartition = sourcePartition;
    }
}
