// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.batch;

import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.data.binary.BinaryFormat;
import org.apache.flink.table.data.binary.BinaryStringData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/** The writer of each logical type. */
final class ValueWriters {
    /** Digits that fit 64 bits. */
    private static final int MAX_COMPACT_DECIMAL = 18;
    /** Fraction digits that milliseconds hold. */
    private static final int MAX_COMPACT_TIMESTAMP = 3;
    /** Bytes that Flink sets aside for a decimal of up to 38 digits. */
    private static final int DECIMAL_BYTES = 16;

    private ValueWriters() {}

    static ValueWriter of(LogicalType type) {
        // By name: newer Flink versions know roots that older ones do not.
        switch (type.getTypeRoot().name()) {
            case "BOOLEAN":
                return new BooleanWriter();
            case "TINYINT":
                return new ByteWriter();
            case "SMALLINT":
                return new ShortWriter();
            case "INTEGER":
            case "DATE":
            case "TIME_WITHOUT_TIME_ZONE":
                return new IntWriter();
            case "BIGINT":
                return new LongWriter();
            case "FLOAT":
                return new FloatWriter();
            case "DOUBLE":
                return new DoubleWriter();
            case "DECIMAL":
                return new DecimalWriter((DecimalType) type);
            case "CHAR":
            case "VARCHAR":
                return new TextWriter();
            case "BINARY":
            case "VARBINARY":
                return new BytesWriter();
            case "TIMESTAMP_WITHOUT_TIME_ZONE":
            case "TIMESTAMP_WITH_LOCAL_TIME_ZONE":
                return new TimestampWriter(LogicalTypeChecks.getPrecision(type));
            case "ARRAY":
                return new ArrayWriter(((ArrayType) type).getElementType());
            case "MAP":
                return new MapWriter((MapType) type);
            case "ROW":
                return new NestedRowWriter((RowType) type);
            default:
                throw new IllegalArgumentException(
                        "No StarRocks type can hold a value of the Flink type " + type + ".");
        }
    }

    private static final class BooleanWriter extends ValueWriter {
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

    private static final class ByteWriter extends ValueWriter {
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

    private static final class ShortWriter extends ValueWriter {
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

    private static final class IntWriter extends ValueWriter {
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

    private static final class LongWriter extends ValueWriter {
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

    private static final class FloatWriter extends ValueWriter {
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

    private static final class DoubleWriter extends ValueWriter {
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

    private static final class DecimalWriter extends ValueWriter {
        private final int precision;
        private final int scale;

        DecimalWriter(DecimalType type) {
            super(8);
            precision = type.getPrecision();
            scale = type.getScale();
        }

        @Override
        void write(RowData row, int field, RowOutput out, int at, int base) {
            write(row.getDecimal(field, precision, scale), out, at, base);
        }

        @Override
        void write(ArrayData array, int element, RowOutput out, int at, int base) {
            write(array.getDecimal(element, precision, scale), out, at, base);
        }

        private void write(DecimalData value, RowOutput out, int at, int base) {
            if (value.precision() != precision || value.scale() != scale) {
                value = fit(value);
            }
            if (precision <= MAX_COMPACT_DECIMAL) {
                out.buffer().putLong(at, value.toUnscaledLong());
                return;
            }
            int start = out.zeroed(DECIMAL_BYTES);
            if (start >= 0) {
                byte[] unscaled = value.toUnscaledBytes();
                out.copy(unscaled, start);
                out.putReference(at, base, start, unscaled.length);
            }
        }

        /** A generic row may hold a decimal of another type than its column's. */
        private DecimalData fit(DecimalData value) {
            DecimalData fitted = DecimalData.fromBigDecimal(value.toBigDecimal(), precision, scale);
            if (fitted == null) {
                throw new IllegalArgumentException("A value of type DECIMAL(" + value.precision() + ", " + value.scale()
                        + ") does not fit its column of type DECIMAL(" + precision + ", " + scale + ").");
            }
            return fitted;
        }
    }

    private static final class TimestampWriter extends ValueWriter {
        private final int precision;

        TimestampWriter(int precision) {
            super(8);
            this.precision = precision;
        }

        @Override
        void write(RowData row, int field, RowOutput out, int at, int base) {
            write(row.getTimestamp(field, precision), out, at, base);
        }

        @Override
        void write(ArrayData array, int element, RowOutput out, int at, int base) {
            write(array.getTimestamp(element, precision), out, at, base);
        }

        private void write(TimestampData value, RowOutput out, int at, int base) {
            if (precision <= MAX_COMPACT_TIMESTAMP) {
                out.buffer().putLong(at, value.getMillisecond());
                return;
            }
            int start = out.reserve(8);
            if (start >= 0) {
                out.buffer().putLong(start, value.getMillisecond());
                out.putReference(at, base, start, value.getNanoOfMillisecond());
            }
        }
    }

    private static final class TextWriter extends ValueWriter {
        TextWriter() {
            super(8);
        }

        @Override
        void write(RowData row, int field, RowOutput out, int at, int base) {
            write(row.getString(field), out, at, base);
        }

        @Override
        void write(ArrayData array, int element, RowOutput out, int at, int base) {
            write(array.getString(element), out, at, base);
        }

        private static void write(StringData value, RowOutput out, int at, int base) {
            BinaryStringData text = (BinaryStringData) value;
            // Encoding on demand would leave a byte array behind in the value.
            if (text.getBinarySection() == null) {
                out.putText(text.getJavaObject(), at, base);
                return;
            }
            int size = text.getSizeInBytes();
            if (size <= RowOutput.MAX_INLINE) {
                long word = 0;
                for (int i = 0; i < size; i++) {
                    word |= (text.byteAt(i) & 0xFFL) << 8 * i;
                }
                out.buffer().putLong(at, RowOutput.inlineMark(size) | word);
                return;
            }
            copy(text, out, at, base);
        }
    }

    private static final class BytesWriter extends ValueWriter {
        BytesWriter() {
            super(8);
        }

        @Override
        void write(RowData row, int field, RowOutput out, int at, int base) {
            write(row.getBinary(field), out, at, base);
        }

        @Override
        void write(ArrayData array, int element, RowOutput out, int at, int base) {
            write(array.getBinary(element), out, at, base);
        }

        private static void write(byte[] value, RowOutput out, int at, int base) {
            if (value.length <= RowOutput.MAX_INLINE) {
                long word = 0;
                for (int i = 0; i < value.length; i++) {
                    word |= (value[i] & 0xFFL) << 8 * i;
                }
                out.buffer().putLong(at, RowOutput.inlineMark(value.length) | word);
                return;
            }
            int start = out.reserve(value.length);
            if (start >= 0) {
                out.copy(value, start);
                out.putReference(at, base, start, value.length);
            }
        }
    }

    private static final class ArrayWriter extends ValueWriter {
        private final ValueWriter elements;

        ArrayWriter(LogicalType elementType) {
            super(8);
            elements = of(elementType);
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
                copy((BinaryFormat) array, out, at, base);
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

    private static final class MapWriter extends ValueWriter {
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
                copy((BinaryFormat) map, out, at, base);
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

    private static final class NestedRowWriter extends ValueWriter {
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

    /** Copies a value that is in Flink's binary layout already, and points the slot to it. */
    private static void copy(BinaryFormat value, RowOutput out, int at, int base) {
        int start = out.reserve(value.getSizeInBytes());
        if (start >= 0) {
            out.copy(value.getSegments(), value.getOffset(), value.getSizeInBytes(), start);
            out.putReference(at, base, start, value.getSizeInBytes());
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
