// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source.struct;

import java.io.Serializable;
import org.apache.flink.table.types.DataType;

/** A column of a Flink table. */
public class ColumnRichInfo implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String columnName;
    private final int columnIndexInSchema;
    private final DataType dataType;

    public ColumnRichInfo(String columnName, int columnIndexInSchema, DataType dataType) {
        this.columnName = columnName;
        this.columnIndexInSchema = columnIndexInSchema;
        this.dataType = dataType;
    }

    public String getColumnName() {
        return columnName;
    }

    public int getColumnIndexInSchema() {
        return columnIndexInSchema;
    }

    public DataType getDataType() {
        return dataType;
    }
}
