// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.batch;

import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.RowData;

/**
 * Writes values of one type that are not null.
 *
 * <p>{@code at} is the slot, zero so far; offsets in it count from {@code base}.
 */
abstract class ValueWriter {
    /** Bytes of an element of an array. */
    final int width;

    ValueWriter(int width) {
        this.width = width;
    }

    abstract void write(RowData row, int field, RowOutput out, int at, int base);

    abstract void write(ArrayData array, int element, RowOutput out, int at, int base);
}
