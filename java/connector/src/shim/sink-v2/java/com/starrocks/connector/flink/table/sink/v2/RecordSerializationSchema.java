// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink.v2;

import com.starrocks.connector.flink.table.data.StarRocksRowData;
import java.io.Serializable;
import org.apache.flink.api.common.serialization.SerializationSchema;

/** Turns records into rows that say which table they go to. */
public interface RecordSerializationSchema<T> extends Serializable {
    /** Called once before the first record. */
    void open(SerializationSchema.InitializationContext context, StarRocksSinkContext sinkContext);

    /** The row of a record, or null for a record that is none. */
    StarRocksRowData serialize(T record);

    /** Called once after the last record. */
    void close();
}
