// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.batch;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/** Values of any layout as plain lists and maps, which compare by content. */
final class Values {
    private Values() {}

    static List<Object> row(RowData row, RowType type) {
        List<Object> values = new ArrayList<>();
        values.add(row.getRowKind());
        for (int i = 0; i < type.getFieldCount(); i++) {
            LogicalType field = type.getTypeAt(i);
            values.add(value(RowData.createFieldGetter(field, i).getFieldOrNull(row), field));
        }
        return values;
    }

    private static List<Object> array(ArrayData array, LogicalType elementType) {
        List<Object> values = new ArrayList<>();
        ArrayData.ElementGetter getter = ArrayData.createElementGetter(elementType);
        for (int i = 0; i < array.size(); i++) {
            values.add(value(getter.getElementOrNull(array, i), elementType));
        }
        return values;
    }

    private static Map<Object, Object> map(MapData map, MapType type) {
        List<Object> keys = array(map.keyArray(), type.getKeyType());
        List<Object> values = array(map.valueArray(), type.getValueType());
        Map<Object, Object> out = new HashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            out.put(keys.get(i), values.get(i));
        }
        return out;
    }

    private static Object value(Object value, LogicalType type) {
        if (value == null) {
            return null;
        }
        switch (type.getTypeRoot()) {
            case ARRAY:
                return array((ArrayData) value, ((ArrayType) type).getElementType());
            case MAP:
                return map((MapData) value, (MapType) type);
            case ROW:
                return row((RowData) value, (RowType) type);
            case BINARY:
            case VARBINARY:
                return ByteBuffer.wrap((byte[]) value);
            case CHAR:
            case VARCHAR:
                return value.toString();
            case FLOAT:
                return Float.floatToIntBits((Float) value);
            case DOUBLE:
                return Double.doubleToLongBits((Double) value);
            case TIMESTAMP_WITHOUT_TIME_ZONE:
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE:
                TimestampData timestamp = (TimestampData) value;
                // Milliseconds are all that the short form keeps.
                return LogicalTypeChecks.getPrecision(type) > 3 ? timestamp : (Object) timestamp.getMillisecond();
            default:
                return value;
        }
    }
}
