// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink.v2;

import com.starrocks.connector.flink.load.SinkPlan;
import com.starrocks.connector.flink.load.Subtask;
import com.starrocks.connector.flink.row.batch.RecordWriterFactory;
import com.starrocks.connector.jni.NativeLibrary;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.OptionalLong;
import org.apache.flink.api.connector.sink2.StatefulSink;
import org.apache.flink.api.connector.sink2.TwoPhaseCommittingSink;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** The sink as Flink's Sink V2, of Flink 1.15 to 1.20. */
public class StarRocksSink<InputT>
        implements StatefulSink<InputT, StarRocksWriterState>, TwoPhaseCommittingSink<InputT, StarRocksCommittable> {
    private static final long serialVersionUID = 1L;
    private static final long SHUTDOWN_MS = 10_000;

    private final SinkPlan plan;
    private final RecordWriterFactory<InputT> records;

    public StarRocksSink(SinkPlan plan, RecordWriterFactory<InputT> records) {
        this.plan = plan;
        this.records = records;
    }

    @Override
    public StarRocksWriter<InputT> createWriter(InitContext context) throws IOException {
        return restoreWriter(context, Collections.emptyList());
    }

    @Override
    public StarRocksWriter<InputT> restoreWriter(InitContext context, Collection<StarRocksWriterState> states)
            throws IOException {
        context.getUserCodeClassLoader()
                .registerReleaseHookIfAbsent(
                        NativeLibrary.class.getName(), () -> NativeLibrary.shutdown(SHUTDOWN_MS));
        OptionalLong checkpoint = context.getRestoredCheckpointId();
        return new StarRocksWriter<>(
                plan,
                records,
                new Subtask(
                        context.getSubtaskId(),
                        context.getNumberOfParallelSubtasks(),
                        context.getAttemptNumber(),
                        context.getJobId().toHexString()),
                checkpoint.isPresent() ? Long.valueOf(checkpoint.getAsLong()) : null,
                states,
                context.getMailboxExecutor(),
                context.getProcessingTimeService(),
                context.metricGroup());
    }

    @Override
    public SimpleVersionedSerializer<StarRocksWriterState> getWriterStateSerializer() {
        return new StarRocksWriterStateSerializer();
    }

    @Override
    public StarRocksCommitter createCommitter() {
        return new StarRocksCommitter(plan);
    }

    @Override
    public SimpleVersionedSerializer<StarRocksCommittable> getCommittableSerializer() {
        return new StarRocksCommittableSerializer();
    }
}
