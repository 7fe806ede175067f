// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import com.starrocks.connector.flink.load.SinkPlan;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.sink.DynamicTableSink;

/** The sink of a table whose connector is {@code starrocks}. */
public class StarRocksDynamicTableSink implements DynamicTableSink {
    private final StarRocksSinkOptions options;
    private final SinkSchema schema;

    public StarRocksDynamicTableSink(StarRocksSinkOptions options, SinkSchema schema) {
        this.options = options;
        this.schema = schema;
    }

    /** Everything is accepted; what the StarRocks table cannot take (deletes without a primary key) is dropped. */
    @Override
    public ChangelogMode getChangelogMode(ChangelogMode requested) {
        return requested;
    }

    @Override
    public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
        return SinkProviders.of(SinkPlan.check(options, schema));
    }

    @Override
    public DynamicTableSink copy() {
        return new StarRocksDynamicTableSink(options, schema);
    }

    @Override
    public String asSummaryString() {
        return "starrocks_sink";
    }
}
