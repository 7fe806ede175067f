// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.sink;

import com.starrocks.connector.flink.table.sink.TableSchemas;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.api.TableSchema;

/** Takes rows of Flink's tables apart. */
public class StarRocksTableRowTransformer extends RowDataSlots {
    private static final long serialVersionUID = 1L;

    /**
     * @param rowDataTypeInfo the type of the rows, which the schema tells as well
     */
    public StarRocksTableRowTransformer(TypeInformation<RowData> rowDataTypeInfo) {}

    @Override
    public void setTableSchema(TableSchema schema) {
        setSchema(TableSchemas.read(schema));
    }
}
