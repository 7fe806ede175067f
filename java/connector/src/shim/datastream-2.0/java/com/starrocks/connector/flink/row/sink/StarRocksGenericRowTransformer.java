// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.sink;

import com.starrocks.connector.flink.table.sink.TableSchemas;
import org.apache.flink.table.legacy.api.TableSchema;

/** Takes records apart with a {@link StarRocksSinkRowBuilder}. */
public class StarRocksGenericRowTransformer<T> extends RowTransformer<T> {
    private static final long serialVersionUID = 1L;

    private final StarRocksSinkRowBuilder<T> rowBuilder;

    public StarRocksGenericRowTransformer(StarRocksSinkRowBuilder<T> rowBuilder) {
        this.rowBuilder = rowBuilder;
    }

    @Override
    public void setTableSchema(TableSchema schema) {
        setSchema(TableSchemas.read(schema));
    }

    @Override
    public Object[] transform(T record, boolean supportUpsertDelete) {
        Object[] slots = slots(supportUpsertDelete);
        rowBuilder.accept(slots, record);
        return slots;
    }
}
