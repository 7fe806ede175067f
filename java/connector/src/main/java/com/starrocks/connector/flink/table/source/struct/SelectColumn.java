// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source.struct;

import java.io.Serializable;

/** A column to read, and where it stands in the Flink table. */
public class SelectColumn implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String columnName;
    private final int columnIndexInFlinkTable;

    public SelectColumn(String columnName, int columnIndexInFlinkTable) {
        this.columnName = columnName;
        this.columnIndexInFlinkTable = columnIndexInFlinkTable;
    }

    public String getColumnName() {
        return columnName;
    }

    public int getColumnIndexInFlinkTable() {
        return columnIndexInFlinkTable;
    }
}
