// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** Rows of one table, as they go into the load: JSON objects, or CSV without the row delimiter. */
public class StarRocksSinkRowDataWithMeta implements Serializable {
    private static final long serialVersionUID = 1L;

    private String table;
    private String database;
    private final List<String> dataRows = new ArrayList<>();

    public String[] getDataRows() {
        return dataRows.toArray(new String[0]);
    }

    public void addDataRow(String dataRow) {
        dataRows.add(dataRow);
    }

    public String getTable() {
        return table;
    }

    public void setTable(String table) {
        this.table = table;
    }

    public String getDatabase() {
        return database;
    }

    public void setDatabase(String database) {
        this.database = database;
    }
}
