// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import com.starrocks.connector.flink.load.SinkPlan;
import com.starrocks.connector.flink.row.batch.RecordWriterFactory;
import com.starrocks.connector.flink.table.sink.v2.StarRocksSink;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkFunctionProvider;
import org.apache.flink.table.connector.sink.SinkV2Provider;

/** What the planner gets from the table sink, on Flink 1.15 to 1.20: the sink function, or Sink V2 on request. */
final class SinkProviders {
    private SinkProviders() {}

    static DynamicTableSink.SinkRuntimeProvider of(SinkPlan plan) {
        if (plan.options().isUseUnifiedSinkApi()) {
            return SinkV2Provider.of(
                    new StarRocksSink<>(plan, RecordWriterFactory.ROWS), plan.options().getSinkParallelism());
        }
        return SinkFunctionProvider.of(
                new StarRocksDynamicSinkFunctionV2<>(plan, RecordWriterFactory.ROWS),
                plan.options().getSinkParallelism());
    }
}
