// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Makes rows of plain Java objects. The source function of connector 1.x gives these, and tells Flink nothing of their type: they
 * must survive a general serializer, which binary rows do not.
 */
public final class HeapRows implements RowForm {
    private static final long serialVersionUID = 1L;

    private final RowType type;
    private transient RowData.FieldGetter[] getters;

    public HeapRows(RowType type) {
        this.type = type;
    }

    @Override
    public RowData of(BinaryRowData row) {
        if (getters == null) {
            getters = getters(type);
        }
        return row(row, type.getChildren(), getters);
    }

    private static RowData.FieldGetter[] getters(RowType type) {
        RowData.FieldGetter[] getters = new RowData.FieldGetter[type.getFieldCount()];
        for (int i = 0; i < getters.length; i++) {
            getters[i] = RowData.createFieldGetter(type.getTypeAt(i), i);
        }
        return getters;
    }

    private static GenericRowData row(RowData row, List<LogicalType> types, RowData.FieldGetter[] getters) {
        GenericRowData copy = new GenericRowData(row.getRowKind(), getters.length);
        for (int i = 0; i < getters.length; i++) {
            copy.setField(i, value(getters[i].getFieldOrNull(row), types.get(i)));
        }
        return copy;
    }

    private static Object value(Object value, LogicalType type) {
        if (value == null) {
            return null;
        }
        switch (type.getTypeRoot()) {
            case CHAR:
            case VARCHAR:
                return StringData.fromString(value.toString());
            case ARRAY:
                return new GenericArrayData(elements((ArrayData) value, ((ArrayType) type).getElementType()));
            case MAP:
                return map((MapData) value, (MapType) type);
            case ROW:
                RowType fields = (RowType) type;
                return row((RowData) value, fields.getChildren(), getters(fields));
            default:
                return value;
        }
    }

    private static Object[] elements(ArrayData array, LogicalType type) {
        ArrayData.ElementGetter getter = ArrayData.createElementGetter(type);
        Object[] elements = new Object[array.size()];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = value(getter.getElementOrNull(array, i), type);
        }
        return elements;
    }

    private static GenericMapData map(MapData map, MapType type) {
        Object[] keys = elements(map.keyArray(), type.getKeyType());
        Object[] values = elements(map.valueArray(), type.getValueType());
        Map<Object, Object> entries = new HashMap<>();
        for (int i = 0; i < keys.length; i++) {
            entries.put(keys[i], values[i]);
        }
        return new GenericMapData(entries);
    }
}
