// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.batch;

import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
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
                return new FixedWriters.BooleanWriter();
            case "TINYINT":
                return new FixedWriters.ByteWriter();
            case "SMALLINT":
                return new FixedWriters.ShortWriter();
            case "INTEGER":
            case "DATE":
            case "TIME_WITHOUT_TIME_ZONE":
                return new FixedWriters.IntWriter();
            case "BIGINT":
                return new FixedWriters.LongWriter();
            case "FLOAT":
                return new FixedWriters.FloatWriter();
            case "DOUBLE":
                return new FixedWriters.DoubleWriter();
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
                return new NestedWriters.ArrayWriter(((ArrayType) type).getElementType());
            case "MAP":
                return new NestedWriters.MapWriter((MapType) type);
            case "ROW":
                return new NestedWriters.NestedRowWriter((RowType) type);
            default:
                throw new IllegalArgumentException(
                        "No StarRocks type can hold a value of the Flink type " + type + ".");
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

    /** Copies a value that is in Flink's binary layout already, and points the slot to it. */
    static void copy(BinaryFormat value, RowOutput out, int at, int base) {
        int start = out.reserve(value.getSizeInBytes());
        if (start >= 0) {
            out.copy(value.getSegments(), value.getOffset(), value.getSizeInBytes(), start);
            out.putReference(at, base, start, value.getSizeInBytes());
        }
    }
}
