// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.sink;

import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;

/** Takes rows of Flink's tables apart into Java objects. */
abstract class RowDataSlots extends RowTransformer<RowData> {
    private static final long serialVersionUID = 1L;

    private transient RowData.FieldGetter[] getters;

    @Override
    public Object[] transform(RowData record, boolean supportUpsertDelete) {
        Object[] slots = slots(supportUpsertDelete);
        List<LogicalType> types = schema().types();
        if (getters == null) {
            getters = getters(types);
        }
        for (int i = 0; i < getters.length; i++) {
            slots[i] = value(getters[i].getFieldOrNull(record), types.get(i));
        }
        if (supportUpsertDelete) {
            RowKind kind = record.getRowKind();
            boolean upsert = kind == RowKind.INSERT || kind == RowKind.UPDATE_AFTER;
            slots[getters.length] = (upsert ? StarRocksSinkOP.UPSERT : StarRocksSinkOP.DELETE).ordinal();
        }
        return slots;
    }

    private static RowData.FieldGetter[] getters(List<LogicalType> types) {
        RowData.FieldGetter[] getters = new RowData.FieldGetter[types.size()];
        for (int i = 0; i < getters.length; i++) {
            getters[i] = RowData.createFieldGetter(types.get(i), i);
        }
        return getters;
    }

    /** An internal value as an object that prints as StarRocks reads it. */
    private static Object value(Object internal, LogicalType type) {
        if (internal == null) {
            return null;
        }
        switch (type.getTypeRoot().name()) {
            case "BOOLEAN":
                return (Boolean) internal ? 1L : 0L;
            case "CHAR":
            case "VARCHAR":
                return internal.toString();
            case "DECIMAL":
                return ((DecimalData) internal).toBigDecimal();
            case "DATE":
                return LocalDate.ofEpochDay((Integer) internal).toString();
            case "TIME_WITHOUT_TIME_ZONE":
                return LocalTime.ofNanoOfDay((Integer) internal * 1_000_000L).toString();
            case "TIMESTAMP_WITHOUT_TIME_ZONE":
            case "TIMESTAMP_WITH_LOCAL_TIME_ZONE":
                return ((TimestampData) internal).toLocalDateTime().toString();
            case "ARRAY":
                return list((ArrayData) internal, ((ArrayType) type).getElementType());
            case "MAP":
                return map((MapData) internal, (MapType) type);
            case "ROW":
                return row((RowData) internal, (RowType) type);
            case "TINYINT":
            case "SMALLINT":
            case "INTEGER":
            case "BIGINT":
            case "FLOAT":
            case "DOUBLE":
            case "BINARY":
            case "VARBINARY":
                return internal;
            default:
                throw new UnsupportedOperationException("The Flink type " + type.asSummaryString()
                        + " has no StarRocks type. Cast it to a supported type, for example STRING.");
        }
    }

    private static List<Object> list(ArrayData array, LogicalType type) {
        ArrayData.ElementGetter getter = ArrayData.createElementGetter(type);
        List<Object> list = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            list.add(value(getter.getElementOrNull(array, i), type));
        }
        return list;
    }

    private static Map<String, Object> map(MapData map, MapType type) {
        List<Object> keys = list(map.keyArray(), type.getKeyType());
        List<Object> values = list(map.valueArray(), type.getValueType());
        Map<String, Object> result = new LinkedHashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            result.put(String.valueOf(keys.get(i)), values.get(i));
        }
        return result;
    }

    private static Map<String, Object> row(RowData row, RowType type) {
        RowData.FieldGetter[] getters = getters(type.getChildren());
        Map<String, Object> result = new LinkedHashMap<>();
        for (int i = 0; i < getters.length; i++) {
            result.put(type.getFieldNames().get(i), value(getters[i].getFieldOrNull(row), type.getTypeAt(i)));
        }
        return result;
    }
}
