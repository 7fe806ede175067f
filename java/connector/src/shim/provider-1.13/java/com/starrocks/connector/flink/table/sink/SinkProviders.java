// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import com.starrocks.connector.flink.load.SinkPlan;
import com.starrocks.connector.flink.row.batch.RecordWriterFactory;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkFunctionProvider;

/** What the planner gets from the table sink, on Flink before 1.15: the sink function. */
final class SinkProviders {
    private SinkProviders() {}

    static DynamicTableSink.SinkRuntimeProvider of(SinkPlan plan) {
        if (plan.options().isUseUnifiedSinkApi()) {
            throw new ValidationException(
                    "Option '" + StarRocksSinkOptions.SINK_USE_NEW_SINK_API.key() + "' needs Flink 1.15 or later.");
        }
        return SinkFunctionProvider.of(
                new StarRocksDynamicSinkFunctionV2<>(plan, RecordWriterFactory.ROWS),
                plan.options().getSinkParallelism());
    }
}
