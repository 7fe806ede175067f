// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.expressions.ValueLiteralExpression;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.utils.TypeConversions;

/**
 * What the other side of a join looks for, known only when the job runs: a condition on the rows to read. It leaves no row out that
 * the join would find; the join looks at each row again.
 */
public final class DynamicFilter {
    /** Values that a list may have; for more of them a range is asked for. */
    static final int MAX_VALUES = 1_000;

    private static final int MAX_CHARACTERS = 256 * 1024;

    private final RowType types;
    private final Collection<RowData> rows;

    /**
     * @param types types of the values
     * @param rows the values that rows may have, in the order of the columns
     */
    DynamicFilter(RowType types, Collection<RowData> rows) {
        this.types = types;
        this.rows = rows;
    }

    /** Whether values of a column can be looked for: those that are equal here and there. */
    public static boolean takes(LogicalType type) {
        return type.getTypeRoot() == LogicalTypeRoot.VARCHAR || AggregateQuery.hasOneFormPerValue(type);
    }

    /** The condition on columns, which have these names in the order of the values; empty where there is none that is exact. */
    Optional<Condition> on(SelectedColumns columns, List<String> names) {
        // A column may be compared with two of the other side; what belongs to which is for Flink to know.
        if (types.getFieldCount() != names.size()) {
            return Optional.empty();
        }
        List<Condition> conditions = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            int index = columns.indexOf(names.get(i));
            if (index >= 0) {
                on(names.get(i), columns.type().getTypeAt(index), i).ifPresent(conditions::add);
            }
        }
        return conditions.isEmpty() ? Optional.empty() : Optional.of(Condition.all(conditions));
    }

    private Optional<Condition> on(String name, LogicalType type, int field) {
        RowData.FieldGetter getter = RowData.createFieldGetter(types.getTypeAt(field), field);
        TreeSet<Comparable<Object>> values = new TreeSet<>();
        for (RowData row : rows) {
            Object value = getter.getFieldOrNull(row);
            // NULL joins with nothing.
            if (value != null) {
                values.add(comparable(value, types.getTypeAt(field)));
            }
        }
        if (values.isEmpty()) {
            return Optional.of(Condition.text("(1 = 0)"));
        }
        Condition column = Condition.column(name, type.getTypeRoot());
        if (values.size() <= MAX_VALUES) {
            List<String> literals = new ArrayList<>();
            int characters = 0;
            for (Object value : values) {
                Optional<String> literal = literal(type, "=", value, field);
                if (!literal.isPresent()) {
                    return Optional.empty();
                }
                literals.add(literal.get());
                characters += literal.get().length();
            }
            if (characters <= MAX_CHARACTERS) {
                return Optional.of(Condition.oneOf(column, literals));
            }
        }
        // Texts may have another order there.
        return type.getTypeRoot() == LogicalTypeRoot.VARCHAR
                ? Optional.empty()
                : literal(type, ">=", values.first(), field)
                        .flatMap(least -> literal(type, "<=", values.last(), field)
                                .map(most -> Condition.concat(
                                        "(", column, " >= " + least + " and ", column, " <= " + most + ")")));
    }

    private Optional<String> literal(LogicalType type, String operator, Object value, int field) {
        LogicalType of = types.getTypeAt(field).copy(false);
        // None of the types has a zone.
        return new Literals(ZoneOffset.UTC)
                .text(type, operator, new ValueLiteralExpression(value, TypeConversions.fromLogicalToDataType(of)));
    }

    /** A value as literals have it, out of Flink's own form. */
    @SuppressWarnings("unchecked")
    private static Comparable<Object> comparable(Object value, LogicalType type) {
        Object shown = value;
        switch (type.getTypeRoot()) {
            case DECIMAL:
                shown = ((DecimalData) value).toBigDecimal();
                break;
            case DATE:
                shown = LocalDate.ofEpochDay((Integer) value);
                break;
            case VARCHAR:
            case CHAR:
                shown = value.toString();
                break;
            case TIMESTAMP_WITHOUT_TIME_ZONE:
                shown = ((TimestampData) value).toLocalDateTime();
                break;
            default:
        }
        return (Comparable<Object>) shown;
    }

    /** For the log: values are data. */
    @Override
    public String toString() {
        return rows.size() + " rows of " + types.getFieldNames();
    }
}
