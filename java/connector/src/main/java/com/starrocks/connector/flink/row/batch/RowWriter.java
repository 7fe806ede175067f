// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.batch;

import java.util.List;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryFormat;
import org.apache.flink.table.types.logical.LogicalType;

/** Writes rows of one type as records of a row batch, see {@code docs/design/row-batch.md}. */
public final class RowWriter implements RecordWriter<RowData> {
    /** The size of a row and its padding. */
    private static final int RECORD_HEADER = 8;
    /** Bits of the row kind before the null bits. */
    private static final int HEADER_BITS = 8;

    private final ValueWriter[] fields;
    private final int nullBytes;

    /** Chooses a writer per column. */
    public RowWriter(List<LogicalType> types) {
        fields = types.stream().map(ValueWriters::of).toArray(ValueWriter[]::new);
        nullBytes = (fields.length + HEADER_BITS + 63) / 64 * 8;
    }

    int arity() {
        return fields.length;
    }

    @Override
    public void write(RowData row, RowOutput out) {
        int record = out.reserve(RECORD_HEADER);
        if (record < 0) {
            return;
        }
        writeRow(row, out);
        if (!out.isFull()) {
            // A long rather than an int: the padding is zero.
            out.buffer().putLong(record, out.end() - record - RECORD_HEADER);
        }
    }

    /** Writes the row alone; its bytes end at the end of the output. */
    void writeRow(RowData row, RowOutput out) {
        if (row.getArity() != fields.length) {
            throw new IllegalArgumentException(
                    "The row has " + row.getArity() + " fields, the sink's schema has " + fields.length + ".");
        }
        if (row instanceof BinaryFormat) {
            BinaryFormat binary = (BinaryFormat) row;
            int at = out.reserve(binary.getSizeInBytes());
            if (at >= 0) {
                out.copy(binary.getSegments(), binary.getOffset(), binary.getSizeInBytes(), at);
            }
            return;
        }
        int base = out.zeroed(nullBytes + 8L * fields.length);
        if (base < 0) {
            return;
        }
        out.buffer().put(base, row.getRowKind().toByteValue());
        int at = base + nullBytes;
        for (int i = 0; i < fields.length; i++, at += 8) {
            if (row.isNullAt(i)) {
                out.setNull(base, i + HEADER_BITS);
            } else {
                fields[i].write(row, i, out, at, base);
            }
        }
    }
}
