// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.sink;

import com.starrocks.connector.flink.table.StarRocksDataType;
import com.starrocks.connector.flink.tools.JsonWrapper;
import java.io.Serializable;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.table.legacy.api.TableSchema;

/** Takes records apart into the values of a row. */
public interface StarRocksIRowTransformer<T> extends Serializable {
    /** Types of the StarRocks table by column, names in lower case. */
    void setStarRocksColumns(Map<String, StarRocksDataType> columns);

    /** The columns to write. */
    void setTableSchema(TableSchema schema);

    /** Set before the first record of a sink function; null elsewhere. */
    void setRuntimeContext(RuntimeContext context);

    default void setFastJsonWrapper(JsonWrapper json) {}

    /**
     * The values of the columns. For a table with a primary key the ordinal of a {@link StarRocksSinkOP} follows.
     *
     * @param supportUpsertDelete whether the table has a primary key
     */
    Object[] transform(T record, boolean supportUpsertDelete);
}
