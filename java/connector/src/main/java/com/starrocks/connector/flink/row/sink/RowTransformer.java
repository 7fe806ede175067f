// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.sink;

import com.starrocks.connector.flink.table.StarRocksDataType;
import com.starrocks.connector.flink.table.sink.SinkSchema;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;

/** A transformer that knows the columns of the sink. */
abstract class RowTransformer<T> implements StarRocksIRowTransformer<T> {
    private static final long serialVersionUID = 1L;

    private SinkSchema schema;

    /** What the schema of the table is, in any Flink version. */
    final void setSchema(SinkSchema schema) {
        this.schema = schema;
    }

    /** The columns; an error before they are known. */
    final SinkSchema schema() {
        if (schema == null) {
            throw new IllegalStateException("The schema of the table is not set: call setTableSchema first.");
        }
        return schema;
    }

    /** Room for a row, and for the operation behind it. */
    final Object[] slots(boolean supportUpsertDelete) {
        return new Object[schema().names().size() + (supportUpsertDelete ? 1 : 0)];
    }

    /** The types of the StarRocks table change nothing. */
    @Override
    public void setStarRocksColumns(Map<String, StarRocksDataType> columns) {}

    @Override
    public void setRuntimeContext(RuntimeContext context) {}
}
