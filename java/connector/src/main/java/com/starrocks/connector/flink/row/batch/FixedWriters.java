// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.batch;

import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.RowData;

/** Writers of what fits into a slot as it is. */
final class FixedWriters {
    private FixedWriters() {}

    static final class BooleanWriter extends ValueWriter {
        BooleanWriter() {
            super(1);
        }

        @Override
        void write(RowData row, int field, RowOutput out, int at, int base) {
            out.buffer().put(at, (byte) (row.getBoolean(field) ? 1 : 0));
        }

        @Override
        void write(ArrayData array, int element, RowOutput out, int at, int base) {
            out.buffer().put(at, (byte) (array.getBoolean(element) ? 1 : 0));
        }
    }

    static final class ByteWriter extends ValueWriter {
        ByteWriter() {
            super(1);
        }

        @Override
        void write(RowData row, int field, RowOutput out, int at, int base) {
            out.buffer().put(at, row.getByte(field));
        }

        @Override
        void write(ArrayData array, int element, RowOutput out, int at, int base) {
            out.buffer().put(at, array.getByte(element));
        }
    }

    static final class ShortWriter extends ValueWriter {
        ShortWriter() {
            super(2);
        }

        @Override
        void write(RowData row, int field, RowOutput out, int at, int base) {
            out.buffer().putShort(at, row.getShort(field));
        }

        @Override
        void write(ArrayData array, int element, RowOutput out, int at, int base) {
            out.buffer().putShort(at, array.getShort(element));
        }
    }

    static final class IntWriter extends ValueWriter {
        IntWriter() {
            super(4);
        }

        @Override
        void write(RowData row, int field, RowOutput out, int at, int base) {
            out.buffer().putInt(at, row.getInt(field));
        }

        @Override
        void write(ArrayData array, int element, RowOutput out, int at, int base) {
            out.buffer().putInt(at, array.getInt(element));
        }
    }

    static final class LongWriter extends ValueWriter {
        LongWriter() {
            super(8);
        }

        @Override
        void write(RowData row, int field, RowOutput out, int at, int base) {
            out.buffer().putLong(at, row.getLong(field));
        }

        @Override
        void write(ArrayData array, int element, RowOutput out, int at, int base) {
            out.buffer().putLong(at, array.getLong(element));
        }
    }

    static final class FloatWriter extends ValueWriter {
        FloatWriter() {
            super(4);
        }

        @Override
        void write(RowData row, int field, RowOutput out, int at, int base) {
            out.buffer().putFloat(at, row.getFloat(field));
        }

        @Override
        void write(ArrayData array, int element, RowOutput out, int at, int base) {
            out.buffer().putFloat(at, array.getFloat(element));
        }
    }

    static final class DoubleWriter extends ValueWriter {
        DoubleWriter() {
            super(8);
        }

        @Override
        void write(RowData row, int field, RowOutput out, int at, int base) {
            out.buffer().putDouble(at, row.getDouble(field));
        }

        @Override
        void write(ArrayData array, int element, RowOutput out, int at, int base) {
            out.buffer().putDouble(at, array.getDouble(element));
        }
    }
}
