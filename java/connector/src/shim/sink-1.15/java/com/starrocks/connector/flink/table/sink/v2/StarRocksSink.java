// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink.v2;

import com.starrocks.connector.flink.load.SinkPlan;
import com.starrocks.connector.flink.load.Subtask;
import com.starrocks.connector.flink.row.batch.RecordWriterFactory;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import com.starrocks.data.load.stream.properties.StreamLoadProperties;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import org.apache.flink.api.connector.sink2.StatefulSink;
import org.apache.flink.api.connector.sink2.TwoPhaseCommittingSink;

/** The sink as Flink's Sink V2, of Flink 1.15 to 1.20. */
public class StarRocksSink<InputT> extends StarRocksSinkBase<InputT>
        implements StatefulSink<InputT, StarRocksWriterState>, TwoPhaseCommittingSink<InputT, StarRocksCommittable> {
    private static final long serialVersionUID = 1L;

    public StarRocksSink(SinkPlan plan, RecordWriterFactory<InputT> records) {
        super(plan, records);
    }

    /**
     * A sink for any number of tables, with either guarantee.
     *
     * @param schema turns records into rows that say which table they go to
     * @param properties how to load into each table, {@link StarRocksSinkOptions#getProperties}
     */
    public StarRocksSink(
            StarRocksSinkOptions options,
            RecordSerializationSchema<InputT> schema,
            StreamLoadProperties properties) {
        super(options, schema, properties);
    }

    @Override
    public StarRocksWriter<InputT> createWriter(InitContext context) throws IOException {
        return restoreWriter(context, Collections.emptyList());
    }

    @Override
    public StarRocksWriter<InputT> restoreWriter(InitContext context, Collection<StarRocksWriterState> states)
            throws IOException {
        Subtask subtask = new Subtask(
                context.getSubtaskId(),
                context.getNumberOfParallelSubtasks(),
                context.getAttemptNumber(),
                context.getJobId().toHexString());
        return writer(
                new DefaultStarRocksSinkContext(context, plan.options()),
                context.asSerializationSchemaInitializationContext(),
                subtask,
                context.getRestoredCheckpointId(),
                states,
                context.getUserCodeClassLoader(),
                context.getMailboxExecutor(),
                context.getProcessingTimeService(),
                context.metricGroup());
    }

    @Override
    public StarRocksCommitter createCommitter() {
        return new StarRocksCommitter(plan);
    }
}
