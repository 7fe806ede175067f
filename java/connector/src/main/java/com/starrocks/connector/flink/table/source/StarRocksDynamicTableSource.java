// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source;

import com.starrocks.connector.flink.read.AggregateQuery;
import com.starrocks.connector.flink.read.Condition;
import com.starrocks.connector.flink.read.DynamicFilter;
import com.starrocks.connector.flink.read.FilterTranslator;
import com.starrocks.connector.flink.read.RowForm;
import com.starrocks.connector.flink.read.ScanProvider;
import com.starrocks.connector.flink.read.ScanSource;
import com.starrocks.connector.flink.read.ScanSpec;
import com.starrocks.connector.flink.read.SelectedColumns;
import com.starrocks.connector.flink.read.TableSize;
import com.starrocks.connector.flink.table.source.lookup.LookupPlan;
import com.starrocks.connector.flink.table.source.lookup.LookupProviders;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.LookupTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.abilities.SupportsAggregatePushDown;
import org.apache.flink.table.connector.source.abilities.SupportsFilterPushDown;
import org.apache.flink.table.connector.source.abilities.SupportsLimitPushDown;
import org.apache.flink.table.connector.source.abilities.SupportsProjectionPushDown;
import org.apache.flink.table.expressions.AggregateExpression;
import org.apache.flink.table.expressions.ResolvedExpression;
import org.apache.flink.table.plan.stats.TableStats;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/** The source of a table whose connector is {@code starrocks}. Planning a query never needs the server. */
public class StarRocksDynamicTableSource
        implements ScanTableSource,
                LookupTableSource,
                SourceAbilities,
                SupportsFilterPushDown,
                SupportsProjectionPushDown,
                SupportsLimitPushDown,
                SupportsAggregatePushDown {
    private static final long NO_LIMIT = -1;

    private final StarRocksSourceOptions options;
    /** What Flink gets. */
    private SelectedColumns rows;
    /** What is read: one column at least. */
    private SelectedColumns columns;
    /** What was pushed down, without what was pushed down twice. */
    private final Set<Condition> conditions = new LinkedHashSet<>();

    private long limit = NO_LIMIT;
    private AggregateQuery aggregates;
    /** Columns in which the other side of a join looks for values. */
    private List<String> filtered = Collections.emptyList();

    /** The source of all columns of a Flink table. */
    public StarRocksDynamicTableSource(StarRocksSourceOptions options, RowType table) {
        this(options, SelectedColumns.of(table));
    }

    private StarRocksDynamicTableSource(StarRocksSourceOptions options, SelectedColumns table) {
        this.options = options;
        this.rows = table;
        this.columns = table;
    }

    @Override
    public ChangelogMode getChangelogMode() {
        return ChangelogMode.insertOnly();
    }

    @Override
    public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
        ScanSource source = rows.type().getFieldCount() == 0
                ? ScanSource.counting(spec())
                : new ScanSource(spec(), RowForm.IN_PLACE);
        return ScanProvider.of(source.filteredBy(filtered), options);
    }

    @Override
    public LookupRuntimeProvider getLookupRuntimeProvider(LookupContext context) {
        return LookupProviders.of(new LookupPlan(spec(), context.getKeys()));
    }

    private ScanSpec spec() {
        Condition condition = Condition.all(conditions);
        return aggregates == null
                ? new ScanSpec(options, columns, condition, limit)
                : new ScanSpec(options, columns.type(), condition, aggregates);
    }

    /** What can be translated exactly leaves the query; calls add to one another. */
    @Override
    public Result applyFilters(List<ResolvedExpression> filters) {
        FilterTranslator translator = new FilterTranslator(options.getTimestampLtzTimeZone());
        List<ResolvedExpression> accepted = new ArrayList<>();
        List<ResolvedExpression> remaining = new ArrayList<>();
        for (ResolvedExpression filter : filters) {
            Optional<Condition> condition = translator
                    .translate(filter)
                    .filter(found -> found.columns().stream().allMatch(name -> rows.indexOf(name) >= 0));
            condition.ifPresent(conditions::add);
            (condition.isPresent() ? accepted : remaining).add(filter);
        }
        return Result.of(accepted, remaining);
    }

    /** Not where StarRocks may take {@code column.field} for a column of the table, or of the database. */
    @Override
    public boolean supportsNestedProjection() {
        return rows.type().getFieldNames().stream()
                .noneMatch(name -> name.equalsIgnoreCase(options.getTableName())
                        || name.equalsIgnoreCase(options.getDatabaseName()));
    }

    /** Without {@code Override}, as this method and the next are each missing in some Flink line. */
    public void applyProjection(int[][] projected) {
        SelectedColumns table = rows;
        rows = table.project(projected);
        columns = projected.length == 0 ? narrowest(table) : rows;
    }

    /** As {@link #applyProjection(int[][])}. */
    public void applyProjection(int[][] projected, DataType produced) {
        applyProjection(projected);
    }

    /** Rows without columns are rows of some column all the same, of one that costs least to read. */
    private static SelectedColumns narrowest(SelectedColumns table) {
        int narrowest = 0;
        for (int i = 1; i < table.type().getFieldCount(); i++) {
            if (width(table.type().getTypeAt(i)) < width(table.type().getTypeAt(narrowest))) {
                narrowest = i;
            }
        }
        return table.project(new int[][] {{narrowest}});
    }

    private static int width(LogicalType type) {
        switch (type.getTypeRoot()) {
            case BOOLEAN:
            case TINYINT:
                return 1;
            case SMALLINT:
                return 2;
            case INTEGER:
            case FLOAT:
                return 4;
            case BIGINT:
            case DOUBLE:
                return 8;
            case DATE:
            case DECIMAL:
                return 16;
            case CHAR:
            case VARCHAR:
            case TIMESTAMP_WITHOUT_TIME_ZONE:
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE:
                return 32;
            default:
                return Integer.MAX_VALUE;
        }
    }

    /** Flink keeps its own limit over all subtasks; this one lets each of them stop early. */
    @Override
    public void applyLimit(long limit) {
        this.limit = limit;
    }

    @Override
    public boolean applyAggregates(List<int[]> groupingSets, List<AggregateExpression> expressions, DataType produced) {
        Optional<AggregateQuery> query = limit == NO_LIMIT && aggregates == null
                ? AggregateQuery.of(rows, groupingSets, expressions)
                : Optional.empty();
        query.ifPresent(found -> {
            aggregates = found;
            rows = SelectedColumns.of((RowType) produced.getLogicalType());
            columns = rows;
        });
        return query.isPresent();
    }

    /** Columns for whose values a filter may come when the job runs; without {@code Override}, as it is missing on Flink 1.13. */
    public List<String> listAcceptedFilterFields() {
        return rows.type().getFields().stream()
                .filter(field -> rows.indexOf(field.getName()) >= 0 && DynamicFilter.takes(field.getType()))
                .map(RowType.RowField::getName)
                .collect(Collectors.toList());
    }

    /** The columns for which it will come. */
    public void applyDynamicFiltering(List<String> columns) {
        filtered = new ArrayList<>(columns);
    }

    /** How many rows the table has; unknown where a condition leaves some of them out, or where nobody can be asked. */
    public TableStats reportStatistics() {
        if (!conditions.isEmpty() || aggregates != null) {
            return TableStats.UNKNOWN;
        }
        long count = TableSize.estimate(spec());
        if (count < 0) {
            return TableStats.UNKNOWN;
        }
        return new TableStats(limit == NO_LIMIT ? count : Math.min(count, limit));
    }

    @Override
    public DynamicTableSource copy() {
        StarRocksDynamicTableSource copy = new StarRocksDynamicTableSource(options, rows);
        copy.columns = columns;
        copy.conditions.addAll(conditions);
        copy.limit = limit;
        copy.aggregates = aggregates;
        copy.filtered = filtered;
        return copy;
    }

    @Override
    public String asSummaryString() {
        return "StarRocks Table Source";
    }
}
