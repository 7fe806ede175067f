// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.batch;

import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryFormat;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;

/** Writers of arrays, maps and rows inside rows. */
final class NestedWriters {
    private NestedWriters() {}

    static final class ArrayWriter extends ValueWriter {
        private final ValueWriter elements;

        ArrayWriter(LogicalType elementType) {
            super(8);
            elements = ValueWriters.of(elementType);
        }

        @Override
        void write(RowData row, int field, RowOutput out, int at, int base) {
            write(row.getArray(field), out, at, base);
        }

        @Override
        void write(ArrayData array, int element, RowOutput out, int at, int base) {
            write(array.getArray(element), out, at, base);
        }

        private void write(ArrayData array, RowOutput out, int at, int base) {
            if (array instanceof BinaryFormat) {
                ValueWriters.copy((BinaryFormat) array, out, at, base);
                return;
            }
            int start = append(array, out);
            if (!out.isFull()) {
                out.putReference(at, base, start, out.end() - start);
            }
        }

        /** Appends the array alone; returns its position. */
        int append(ArrayData array, RowOutput out) {
            if (array instanceof BinaryFormat) {
                return appendCopy((BinaryFormat) array, out);
            }
            int count = array.size();
            int header = 4 + (count + 31) / 32 * 4;
            int start = out.zeroed(header + (long) count * elements.width);
            if (start < 0) {
                return start;
            }
            out.buffer().putInt(start, count);
            int at = start + header;
            for (int i = 0; i < count; i++, at += elements.width) {
                if (array.isNullAt(i)) {
                    out.setNull(start + 4, i);
                } else {
                    elements.write(array, i, out, at, start);
                }
            }
            return start;
        }
    }

    static final class MapWriter extends ValueWriter {
        private final ArrayWriter keys;
        private final ArrayWriter values;

        MapWriter(MapType type) {
            super(8);
            keys = new ArrayWriter(type.getKeyType());
            values = new ArrayWriter(type.getValueType());
        }

        @Override
        void write(RowData row, int field, RowOutput out, int at, int base) {
            write(row.getMap(field), out, at, base);
        }

        @Override
        void write(ArrayData array, int element, RowOutput out, int at, int base) {
            write(array.getMap(element), out, at, base);
        }

        private void write(MapData map, RowOutput out, int at, int base) {
            if (map instanceof BinaryFormat) {
                ValueWriters.copy((BinaryFormat) map, out, at, base);
                return;
            }
            int start = out.reserveInt();
            int keyArray = keys.append(map.keyArray(), out);
            int keySize = out.end() - keyArray;
            values.append(map.valueArray(), out);
            int size = out.end() - start;
            int padding = out.reserveInt();
            if (!out.isFull()) {
                out.buffer().putInt(start, keySize);
                out.buffer().putInt(padding, 0);
                out.putReference(at, base, start, size);
            }
        }
    }

    static final class NestedRowWriter extends ValueWriter {
        private final RowWriter fields;

        NestedRowWriter(RowType type) {
            super(8);
            fields = new RowWriter(type.getChildren());
        }

        @Override
        void write(RowData row, int field, RowOutput out, int at, int base) {
            write(row.getRow(field, fields.arity()), out, at, base);
        }

        @Override
        void write(ArrayData array, int element, RowOutput out, int at, int base) {
            write(array.getRow(element, fields.arity()), out, at, base);
        }

        private void write(RowData row, RowOutput out, int at, int base) {
            int start = out.end();
            fields.writeRow(row, out);
            if (!out.isFull()) {
                out.putReference(at, base, start, out.end() - start);
            }
        }
    }

    /** An array inside a map keeps its exact size, which is a whole number of words. */
    private static int appendCopy(BinaryFormat value, RowOutput out) {
        int start = out.reserve(value.getSizeInBytes());
        if (start >= 0) {
            out.copy(value.getSegments(), value.getOffset(), value.getSizeInBytes(), start);
        }
        return start;
    }
}
