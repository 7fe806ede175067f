// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.batch;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.*;
import org.apache.flink.types.RowKind;

/** Random types and values, the same for the same seed. */
final class RandomRows {
    private static final String[] ALPHABET = {
        "a", "Z", "0", "\t", "\"", "\u0000", "\u007f", "ä", "ÿ", "€", "中", "\uD83D\uDE00", "\uFFFD"
    };

    private final Random random;
    /** Null one time in this many; 0 for never. */
    private final int nullEvery;

    RandomRows(long seed, int nullEvery) {
        this.random = new Random(seed);
        this.nullEvery = nullEvery;
    }

    /** Every type that the connector writes, at every precision that changes its layout. */
    static List<LogicalType> scalars() {
        List<LogicalType> types = new ArrayList<>();
        types.add(new BooleanType());
        types.add(new TinyIntType());
        types.add(new SmallIntType());
        types.add(new IntType());
        types.add(new BigIntType());
        types.add(new FloatType());
        types.add(new DoubleType());
        types.add(new DecimalType(1, 0));
        types.add(new DecimalType(18, 4));
        types.add(new DecimalType(19, 4));
        types.add(new DecimalType(38, 18));
        types.add(new CharType(3));
        types.add(new VarCharType(VarCharType.MAX_LENGTH));
        types.add(new BinaryType(5));
        types.add(new VarBinaryType(VarBinaryType.MAX_LENGTH));
        types.add(new DateType());
        types.add(new TimeType(3));
        types.add(new TimestampType(0));
        types.add(new TimestampType(3));
        types.add(new TimestampType(6));
        types.add(new LocalZonedTimestampType(3));
        types.add(new LocalZonedTimestampType(9));
        return types;
    }

    /** A row type of one to twelve columns, arrays, maps and rows among them. */
    RowType rowType(int depth) {
        LogicalType[] types = new LogicalType[1 + random.nextInt(12)];
        for (int i = 0; i < types.length; i++) {
            types[i] = type(depth);
        }
        return RowType.of(types);
    }

    private LogicalType type(int depth) {
        switch (depth == 0 ? 3 : random.nextInt(6)) {
            case 0:
                return new ArrayType(type(depth - 1));
            case 1:
                return new MapType(new VarCharType(20), type(depth - 1));
            case 2:
                return rowType(depth - 1);
            default:
                return scalars().get(random.nextInt(scalars().size()));
        }
    }

    GenericRowData row(RowType type) {
        GenericRowData row = new GenericRowData(RowKind.values()[random.nextInt(4)], type.getFieldCount());
        for (int i = 0; i < type.getFieldCount(); i++) {
            row.setField(i, value(type.getTypeAt(i)));
        }
        return row;
    }

    private Object value(LogicalType type) {
        if (nullEvery > 0 && random.nextInt(nullEvery) == 0) {
            return null;
        }
        switch (type.getTypeRoot()) {
            case BOOLEAN:
                return random.nextBoolean();
            case TINYINT:
                return (byte) random.nextInt();
            case SMALLINT:
                return (short) random.nextInt();
            case INTEGER:
            case DATE:
            case TIME_WITHOUT_TIME_ZONE:
                return random.nextInt();
            case BIGINT:
                return random.nextLong();
            case FLOAT:
                // A copy may turn one NaN into another.
                float f = Float.intBitsToFloat(random.nextInt());
                return Float.isNaN(f) ? Float.NaN : f;
            case DOUBLE:
                double d = Double.longBitsToDouble(random.nextLong());
                return Double.isNaN(d) ? Double.NaN : d;
            case DECIMAL:
                return decimal((DecimalType) type);
            case CHAR:
            case VARCHAR:
                return text();
            case BINARY:
            case VARBINARY:
                byte[] bytes = new byte[random.nextInt(20)];
                random.nextBytes(bytes);
                return bytes;
            case TIMESTAMP_WITHOUT_TIME_ZONE:
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE:
                return TimestampData.fromEpochMillis(random.nextLong() >> 20, random.nextInt(1_000_000));
            case ARRAY:
                return array(((ArrayType) type).getElementType(), random.nextInt(70));
            case MAP:
                return map((MapType) type);
            case ROW:
                return row((RowType) type);
            default:
                throw new IllegalArgumentException(type.toString());
        }
    }

    private DecimalData decimal(DecimalType type) {
        BigInteger bound = BigInteger.TEN.pow(type.getPrecision());
        BigInteger unscaled = new BigInteger(bound.bitLength() - 1, random);
        if (random.nextInt(4) == 0) {
            unscaled = BigInteger.valueOf(random.nextInt(10));
        }
        unscaled = random.nextBoolean() ? unscaled.negate() : unscaled;
        return DecimalData.fromBigDecimal(
                new BigDecimal(unscaled, type.getScale()), type.getPrecision(), type.getScale());
    }

    /** As an object that holds a Java string, bytes, or both. */
    StringData text() {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(4) == 0 ? random.nextInt(1500) : random.nextInt(12);
        boolean ascii = random.nextBoolean();
        for (int i = 0; i < length; i++) {
            text.append(ALPHABET[random.nextInt(ascii ? 7 : ALPHABET.length)]);
        }
        StringData data = StringData.fromString(text.toString());
        switch (random.nextInt(3)) {
            case 0:
                return data;
            case 1:
                data.toBytes();
                return data;
            default:
                return StringData.fromBytes(data.toBytes());
        }
    }

    private GenericArrayData array(LogicalType elementType, int size) {
        Object[] elements = new Object[size];
        for (int i = 0; i < size; i++) {
            elements[i] = value(elementType);
        }
        return new GenericArrayData(elements);
    }

    private GenericMapData map(MapType type) {
        Map<Object, Object> map = new HashMap<>();
        int size = random.nextInt(5);
        for (int i = 0; i < size; i++) {
            map.put(text(), value(type.getValueType()));
        }
        return new GenericMapData(map);
    }
}
