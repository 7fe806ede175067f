// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.batch;

import com.starrocks.connector.jni.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Date;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.Row;

/**
 * Turns Java objects into Flink's internal ones, by column. Besides the classes that belong to a type it takes numbers and text
 * for most of them, since connector 1.x wrote whatever it got as text.
 */
final class ObjectConverter {
    private final String column;
    private final LogicalType type;
    private final Function<Object, Object> function;

    private ObjectConverter(String column, LogicalType type, Function<Object, Object> function) {
        this.column = column;
        this.type = type;
        this.function = function;
    }

    static ObjectConverter of(String column, LogicalType type) {
        return new ObjectConverter(column, type, function(column, type));
    }

    /** Converts a value that is not null. */
    Object convert(Object value) {
        Object converted;
        try {
            converted = function.apply(value);
        } catch (IllegalArgumentException | ArithmeticException | java.time.DateTimeException e) {
            throw failure(value, e);
        }
        if (converted == null) {
            throw failure(value, null);
        }
        return converted;
    }

    /** Without the value, which may be anything. */
    private IllegalArgumentException failure(Object value, Exception cause) {
        return new IllegalArgumentException(
                "Column '" + column + "' of type " + type.asSummaryString() + " cannot take this value of the class "
                        + value.getClass().getName() + ".",
                cause);
    }

    /** Functions return null for a class that they do not know. */
    private static Function<Object, Object> function(String column, LogicalType type) {
        switch (type.getTypeRoot().name()) {
            case "BOOLEAN":
                return ObjectConverter::toBoolean;
            case "TINYINT":
                return value -> number(value, BigDecimal::byteValueExact);
            case "SMALLINT":
                return value -> number(value, BigDecimal::shortValueExact);
            case "INTEGER":
                return value -> number(value, BigDecimal::intValueExact);
            case "BIGINT":
                return value -> value instanceof Long ? value : number(value, BigDecimal::longValueExact);
            case "FLOAT":
                return value -> value instanceof Number
                        ? (Object) ((Number) value).floatValue()
                        : Float.valueOf(value.toString());
            case "DOUBLE":
                return value -> value instanceof Number
                        ? (Object) ((Number) value).doubleValue()
                        : Double.valueOf(value.toString());
            case "DECIMAL":
                return value -> number(
                        value,
                        decimal -> DecimalData.fromBigDecimal(
                                decimal, ((DecimalType) type).getPrecision(), ((DecimalType) type).getScale()));
            case "CHAR":
            case "VARCHAR":
                return ObjectConverter::toText;
            case "BINARY":
            case "VARBINARY":
                return value -> value instanceof byte[] ? value : null;
            case "DATE":
                return ObjectConverter::toDate;
            case "TIME_WITHOUT_TIME_ZONE":
                return ObjectConverter::toTime;
            case "TIMESTAMP_WITHOUT_TIME_ZONE":
            case "TIMESTAMP_WITH_LOCAL_TIME_ZONE":
                return ObjectConverter::toTimestamp;
            case "ARRAY":
                return toArray(of(column, ((ArrayType) type).getElementType()));
            case "MAP":
                return toMap(of(column, ((MapType) type).getKeyType()), of(column, ((MapType) type).getValueType()));
            case "ROW":
                return toRow((RowType) type, column);
            default:
                throw new IllegalArgumentException("Column '" + column + "' has the Flink type "
                        + type.asSummaryString() + ", which no StarRocks type can hold.");
        }
    }

    private static Object toBoolean(Object value) {
        if (value instanceof Boolean) {
            return value;
        }
        String text = value.toString();
        if (text.equalsIgnoreCase("true") || text.equals("1")) {
            return true;
        }
        return text.equalsIgnoreCase("false") || text.equals("0") ? Boolean.FALSE : null;
    }

    private static Object number(Object value, Function<BigDecimal, Object> function) {
        if (value instanceof BigDecimal) {
            return function.apply((BigDecimal) value);
        }
        if (value instanceof Boolean) {
            return function.apply((Boolean) value ? BigDecimal.ONE : BigDecimal.ZERO);
        }
        return function.apply(new BigDecimal(value.toString().trim()));
    }

    private static Object toText(Object value) {
        if (value instanceof StringData) {
            return value;
        }
        if (value instanceof Map || value instanceof Iterable) {
            return StringData.fromString(new String(Json.write(value), StandardCharsets.UTF_8));
        }
        return StringData.fromString(value.toString());
    }

    private static Object toDate(Object value) {
        if (value instanceof LocalDate) {
            return (int) ((LocalDate) value).toEpochDay();
        }
        if (value instanceof Date) {
            return (int) ((Date) value).toLocalDate().toEpochDay();
        }
        if (value instanceof Integer) {
            return value;
        }
        return value instanceof CharSequence
                ? (int) LocalDate.parse((CharSequence) value).toEpochDay()
                : null;
    }

    private static Object toTime(Object value) {
        if (value instanceof Integer) {
            return value;
        }
        LocalTime time = null;
        if (value instanceof LocalTime) {
            time = (LocalTime) value;
        } else if (value instanceof Time) {
            time = ((Time) value).toLocalTime();
        } else if (value instanceof CharSequence) {
            time = LocalTime.parse((CharSequence) value);
        }
        return time == null ? null : (int) (time.toNanoOfDay() / 1_000_000);
    }

    private static Object toTimestamp(Object value) {
        if (value instanceof TimestampData) {
            return value;
        }
        if (value instanceof LocalDateTime) {
            return TimestampData.fromLocalDateTime((LocalDateTime) value);
        }
        if (value instanceof Timestamp) {
            return TimestampData.fromTimestamp((Timestamp) value);
        }
        if (value instanceof Instant) {
            return TimestampData.fromInstant((Instant) value);
        }
        if (value instanceof ZonedDateTime) {
            return TimestampData.fromInstant(((ZonedDateTime) value).toInstant());
        }
        if (value instanceof LocalDate) {
            return TimestampData.fromInstant(((LocalDate) value).atStartOfDay().toInstant(ZoneOffset.UTC));
        }
        if (!(value instanceof CharSequence)) {
            return null;
        }
        String text = value.toString().trim().replace(' ', 'T');
        return TimestampData.fromLocalDateTime(
                text.indexOf('T') < 0 ? LocalDate.parse(text).atStartOfDay() : LocalDateTime.parse(text));
    }

    private static Function<Object, Object> toArray(ObjectConverter elements) {
        return value -> {
            List<?> list = elementsOf(value);
            return list == null
                    ? null
                    : new GenericArrayData(list.stream().map(elements::orNull).toArray());
        };
    }

    private static List<?> elementsOf(Object value) {
        if (value instanceof List) {
            return (List<?>) value;
        }
        return value instanceof Object[] ? Arrays.asList((Object[]) value) : null;
    }

    private static Function<Object, Object> toMap(ObjectConverter keys, ObjectConverter values) {
        return value -> {
            if (!(value instanceof Map)) {
                return null;
            }
            Map<Object, Object> map = new LinkedHashMap<>();
            ((Map<?, ?>) value).forEach((key, element) -> map.put(keys.orNull(key), values.orNull(element)));
            return new GenericMapData(map);
        };
    }

    private static Function<Object, Object> toRow(RowType type, String column) {
        int count = type.getFieldCount();
        ObjectConverter[] fields = new ObjectConverter[count];
        for (int i = 0; i < count; i++) {
            String name = type.getFieldNames().get(i);
            fields[i] = of(column + "." + name, type.getTypeAt(i));
        }
        return value -> {
            GenericRowData row = new GenericRowData(count);
            if (value instanceof Map) {
                for (int i = 0; i < count; i++) {
                    row.setField(
                            i,
                            fields[i].orNull(
                                    ((Map<?, ?>) value).get(type.getFieldNames().get(i))));
                }
                return row;
            }
            List<?> list = value instanceof Row ? fieldsOf((Row) value) : elementsOf(value);
            if (list == null || list.size() != count) {
                return null;
            }
            for (int i = 0; i < count; i++) {
                row.setField(i, fields[i].orNull(list.get(i)));
            }
            return row;
        };
    }

    private static List<?> fieldsOf(Row row) {
        Object[] fields = new Object[row.getArity()];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = row.getField(i);
        }
        return Arrays.asList(fields);
    }

    private Object orNull(Object value) {
        return value == null ? null : convert(value);
    }
}
