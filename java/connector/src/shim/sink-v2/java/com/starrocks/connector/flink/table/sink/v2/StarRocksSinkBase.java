// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink.v2;

import com.starrocks.connector.flink.load.LoadWriter;
import com.starrocks.connector.flink.load.SinkPlan;
import com.starrocks.connector.flink.load.Subtask;
import com.starrocks.connector.flink.load.SubtaskWriterFactory;
import com.starrocks.connector.flink.load.TablesWriter;
import com.starrocks.connector.flink.row.batch.RecordWriterFactory;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import com.starrocks.data.load.stream.properties.StreamLoadProperties;
import java.io.IOException;
import java.io.Serializable;
import java.util.Collection;
import java.util.OptionalLong;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.util.UserCodeClassLoader;

/** What the sink is, whatever interfaces it shows to a Flink line. */
abstract class StarRocksSinkBase<InputT> implements Serializable {
    private static final long serialVersionUID = 1L;

    final SinkPlan plan;
    private final SubtaskWriterFactory<InputT> writers;
    /** Null where the writers know what to do with the records. */
    private final RecordSerializationSchema<InputT> schema;

    StarRocksSinkBase(SinkPlan plan, RecordWriterFactory<InputT> records) {
        this.plan = plan;
        this.writers = SubtaskWriterFactory.oneTable(records);
        this.schema = null;
    }

    StarRocksSinkBase(
            StarRocksSinkOptions options,
            RecordSerializationSchema<InputT> schema,
            StreamLoadProperties properties) {
        this.plan = SinkPlan.ofManyTables(options, properties);
        this.writers = (plan, subtask, checkpoint, waiter) ->
                TablesWriter.open(plan, subtask, checkpoint, new SerializedRows<>(schema), waiter);
        this.schema = schema;
    }

    final StarRocksWriter<InputT> writer(
            StarRocksSinkContext sinkContext,
            SerializationSchema.InitializationContext serialization,
            Subtask subtask,
            OptionalLong restoredCheckpointId,
            Collection<StarRocksWriterState> states,
            UserCodeClassLoader userCode,
            MailboxExecutor mailbox,
            ProcessingTimeService timers,
            SinkWriterMetricGroup metrics)
            throws IOException {
        userCode.registerReleaseHookIfAbsent(LoadWriter.class.getName(), LoadWriter::shutdownLibrary);
        if (schema != null) {
            schema.open(serialization, sinkContext);
        }
        Long checkpoint = restoredCheckpointId.isPresent() ? Long.valueOf(restoredCheckpointId.getAsLong()) : null;
        return new StarRocksWriter<>(plan, writers, subtask, checkpoint, states, mailbox, timers, metrics);
    }

    public SimpleVersionedSerializer<StarRocksWriterState> getWriterStateSerializer() {
        return new StarRocksWriterStateSerializer();
    }

    public SimpleVersionedSerializer<StarRocksCommittable> getCommittableSerializer() {
        return new StarRocksCommittableSerializer();
    }
}
