// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.batch;

/** Writes records of one kind into row batches. */
@FunctionalInterface
public interface RecordWriter<T> {
    /** Writes one record to the end of the output; {@link RowOutput#isFull()} tells whether it fit. */
    void write(T record, RowOutput out);
}
