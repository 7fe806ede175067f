// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import com.starrocks.connector.flink.load.SinkPlan;
import java.util.Map;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.abilities.SupportsPartitioning;
import org.apache.flink.types.RowKind;

/** The sink of a table whose connector is {@code starrocks}. */
public class StarRocksDynamicTableSink implements DynamicTableSink, SupportsPartitioning {
    private final StarRocksSinkOptions options;
    private final SinkSchema schema;
    /** What the comparison with the StarRocks table found; null before the first question that needs it. */
    private SinkPlan plan;

    public StarRocksDynamicTableSink(StarRocksSinkOptions options, SinkSchema schema) {
        this(options, schema, null);
    }

    private StarRocksDynamicTableSink(StarRocksSinkOptions options, SinkSchema schema, SinkPlan plan) {
        this.options = options;
        this.schema = schema;
        this.plan = plan;
    }

    private SinkPlan plan() {
        if (plan == null) {
            plan = SinkPlan.check(options, schema);
        }
        return plan;
    }

    /**
     * A table with a primary key takes every change, old versions of updated rows too: only they tell that a key has changed. Any
     * other table cannot delete, so the planner has to refuse a query that does.
     */
    @Override
    public ChangelogMode getChangelogMode(ChangelogMode requested) {
        if (requested.containsOnly(RowKind.INSERT) || plan().isUpsertDelete() || options.isIgnoreDelete()) {
            return requested;
        }
        ChangelogMode.Builder accepted = ChangelogMode.newBuilder();
        requested.getContainedKinds().stream()
                .filter(kind -> kind != RowKind.DELETE)
                .forEach(accepted::addContainedKind);
        return accepted.build();
    }

    /** Nothing to do: the rows have the constants of PARTITION (...) too, and StarRocks puts each row where it belongs. */
    @Override
    public void applyStaticPartition(Map<String, String> partition) {}

    @Override
    public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
        return SinkProviders.of(plan());
    }

    @Override
    public DynamicTableSink copy() {
        return new StarRocksDynamicTableSink(options, schema, plan);
    }

    @Override
    public String asSummaryString() {
        return "starrocks_sink";
    }
}
