// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import com.starrocks.connector.flink.table.source.StarRocksSourceOptions;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.expressions.AggregateExpression;
import org.apache.flink.table.expressions.FieldReferenceExpression;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/** An aggregation that StarRocks computes to exactly what Flink would compute, as a statement for the MySQL port. */
public final class AggregateQuery implements Serializable {
    private static final long serialVersionUID = 1L;

    private final ArrayList<String> groups;
    private final ArrayList<String> aggregates;

    private AggregateQuery(List<String> groups, List<String> aggregates) {
        this.groups = new ArrayList<>(groups);
        this.aggregates = new ArrayList<>(aggregates);
    }

    /** The number of rows. */
    public static AggregateQuery count() {
        AggregateQuery query = new AggregateQuery(new ArrayList<>(), new ArrayList<>());
        query.aggregates.add("count(*)");
        return query;
    }

    /**
     * The aggregation of a query, if it is exact.
     *
     * @param columns the columns that groups and arguments refer to
     */
    public static Optional<AggregateQuery> of(
            SelectedColumns columns, List<int[]> groupingSets, List<AggregateExpression> expressions) {
        if (groupingSets.size() != 1 || expressions.isEmpty()) {
            return Optional.empty();
        }
        List<String> groups = new ArrayList<>();
        for (int group : groupingSets.get(0)) {
            if (!columns.isWhole(group) || !hasOneFormPerValue(columns.type().getTypeAt(group))) {
                return Optional.empty();
            }
            groups.add(Condition.quote(columns.type().getFieldNames().get(group)));
        }
        List<String> aggregates = new ArrayList<>();
        for (AggregateExpression expression : expressions) {
            boolean named = expression.getArgs().stream().allMatch(arg -> columns.indexOf(arg.getName()) >= 0);
            String sql = named ? sql(expression) : null;
            if (sql == null) {
                return Optional.empty();
            }
            aggregates.add(sql);
        }
        return Optional.of(new AggregateQuery(groups, aggregates));
    }

    /** The planner's functions are classes of its own, known here by their names alone. */
    private static String sql(AggregateExpression expression) {
        if (expression.isDistinct()
                || expression.isApproximate()
                || expression.getFilterExpression().isPresent()
                || expression.getArgs().size() > 1) {
            return null;
        }
        String function = expression.getFunctionDefinition().getClass().getSimpleName();
        LogicalType result = expression.getOutputDataType().getLogicalType();
        if (expression.getArgs().isEmpty()) {
            return function.equals("Count1AggFunction") ? "count(*)" : null;
        }
        FieldReferenceExpression argument = expression.getArgs().get(0);
        LogicalType type = argument.getOutputDataType().getLogicalType();
        String column = Condition.quote(argument.getName());
        if (function.equals("CountAggFunction")) {
            return "count(" + column + ")";
        }
        if (function.equals("Count1AggFunction")) {
            return "count(*)";
        }
        boolean sameType = type.getTypeRoot() == result.getTypeRoot();
        if (function.endsWith("MinAggFunction") && sameType && hasOneFormPerValue(type)) {
            return "min(" + column + ")";
        }
        if (function.endsWith("MaxAggFunction") && sameType && hasOneFormPerValue(type)) {
            return "max(" + column + ")";
        }
        // Sums of smaller types have the smaller type in Flink and wrap around; those of a BIGINT are the same on both
        // sides.
        if (function.equals("LongSumAggFunction")) {
            return "sum(" + column + ")";
        }
        return null;
    }

    /**
     * Whether values that are equal or ordered there are so in Flink. Texts are not: a column that Flink reads as STRING may hold
     * something else. Nor are approximate numbers, TIMESTAMP_LTZ where clocks change, and timestamps that Flink reads shortened.
     */
    static boolean hasOneFormPerValue(LogicalType type) {
        switch (type.getTypeRoot()) {
            case TINYINT:
            case SMALLINT:
            case INTEGER:
            case BIGINT:
            case DECIMAL:
            case DATE:
                return true;
            case TIMESTAMP_WITHOUT_TIME_ZONE:
                return LogicalTypeChecks.getPrecision(type) >= 6;
            default:
                return false;
        }
    }

    /** The split whose rows are the result. */
    Map<String, Object> split(StarRocksSourceOptions options, String filter) {
        Map<String, Object> split = new LinkedHashMap<>();
        split.put("id", "0");
        split.put("database", options.getDatabaseName());
        split.put("table", options.getTableName());
        split.put("query", sql(options, filter));
        split.put("rows", 0L);
        split.put("fingerprint", "0");
        return split;
    }

    /** Groups in order, so that the result can be taken up where it broke off. */
    private String sql(StarRocksSourceOptions options, String filter) {
        List<String> items = new ArrayList<>(groups);
        items.addAll(aggregates);
        String grouped = String.join(", ", groups);
        return "select " + String.join(", ", items) + " from " + Condition.quote(options.getDatabaseName()) + "."
                + Condition.quote(options.getTableName())
                + (filter == null ? "" : " where " + filter)
                + (groups.isEmpty() ? "" : " group by " + grouped + " order by " + grouped);
    }

    /** For the plan. */
    @Override
    public String toString() {
        return "aggregates=" + aggregates + (groups.isEmpty() ? "" : ", groups=" + groups);
    }
}
