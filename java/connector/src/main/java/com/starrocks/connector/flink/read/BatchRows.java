// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import java.util.function.Consumer;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;

/** Goes through the rows of a batch without an object for each. */
final class BatchRows {
    /** Size and padding before each row. */
    private static final int RECORD_HEADER = 8;

    private final Batch batch;
    private final BinaryRowData row;
    private int taken;
    private int at;

    BatchRows(Batch batch, int arity) {
        this.batch = batch;
        this.row = new BinaryRowData(arity);
    }

    Batch batch() {
        return batch;
    }

    /** Rows handed on. */
    int taken() {
        return taken;
    }

    boolean isDone() {
        return taken == batch.rows;
    }

    /** Hands on up to {@code most} rows; returns how many. */
    int handOn(int most, RowForm form, Consumer<RowData> output) {
        int end = Math.min(batch.rows, taken + most);
        int count = end - taken;
        for (; taken < end; taken++) {
            int size = batch.memory.getIntLittleEndian(at);
            row.pointTo(batch.memory, at + RECORD_HEADER, size);
            at += RECORD_HEADER + size;
            output.accept(form.of(row));
        }
        return count;
    }
}
