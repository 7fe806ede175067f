// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.load;

import com.starrocks.connector.flink.row.batch.RecordWriter;
import com.starrocks.connector.flink.row.batch.RowOutput;
import com.starrocks.connector.flink.table.sink.v2.StarRocksCommittable;
import com.starrocks.connector.jni.Json;
import com.starrocks.connector.jni.LoadTiming;
import com.starrocks.connector.jni.NativeLibrary;
import com.starrocks.connector.jni.NativeSink;
import com.starrocks.connector.jni.NativeTask;
import com.starrocks.connector.jni.Waiter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.functions.RuntimeContext;

/** Writes records of one table into the native sink; a wait for it runs the {@link Waiter} between slices of at most 100 ms. */
public final class LoadWriter<T> implements SubtaskWriter<T> {
    private static final int BUFFERS = 4;
    private static final int BUFFER_BYTES = 256 * 1024;
    private static final int MAX_ROW_BYTES = 1 << 30;
    private static final long SHUTDOWN_MS = 10_000;

    private final SinkPlan plan;
    private final RecordWriter<T> records;
    private final Waiter waiter;
    private final NativeSink sink;
    private final DeadLetters deadLetters;
    private final RowOutput out = new RowOutput();
    /** Inside a call that may yield. */
    private boolean busy;

    private LoadWriter(
            SinkPlan plan, RecordWriter<T> records, Waiter waiter, NativeSink sink, DeadLetters deadLetters) {
        this.plan = plan;
        this.records = records;
        this.waiter = waiter;
        this.sink = sink;
        this.deadLetters = deadLetters;
    }

    /** Opens the native sink; nothing is sent yet. */
    public static <T> LoadWriter<T> open(
            SinkPlan plan, Subtask subtask, Long restoredCheckpointId, RecordWriter<T> records, Waiter waiter) {
        Waiter logging = NativeLog.draining(waiter);
        byte[] config = plan.sinkConfig(subtask, restoredCheckpointId);
        NativeSink sink = NativeSink.open(config, BUFFERS, BUFFER_BYTES, logging);
        return new LoadWriter<>(plan, records, logging, sink, DeadLetters.of(plan, subtask, waiter));
    }

    @Override
    public int write(T record) throws IOException, InterruptedException {
        busy = true;
        ByteBuffer buffer = sink.buffer();
        out.begin(buffer, sink.position());
        records.write(record, out);
        if (!out.isFull()) {
            sink.commitRow(out.end());
        } else {
            writeAgain(record);
        }
        busy = false;
        return 1;
    }

    private void writeAgain(T record) throws IOException, InterruptedException {
        if (!sink.isEmpty()) {
            sink.handOver();
            ByteBuffer buffer = sink.buffer();
            out.begin(buffer, sink.position());
            records.write(record, out);
            if (!out.isFull()) {
                sink.commitRow(out.end());
                return;
            }
        }
        for (int size = 2 * BUFFER_BYTES; size <= MAX_ROW_BYTES && size > 0; size *= 2) {
            ByteBuffer large = ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
            out.begin(large, 0);
            records.write(record, out);
            if (!out.isFull()) {
                sink.writeLarge(large, out.end());
                return;
            }
        }
        throw new IOException("A row for " + plan.tableName() + " is larger than " + MAX_ROW_BYTES + " bytes.");
    }

    @Override
    public List<StarRocksCommittable> flush(boolean prepare, long checkpointId)
            throws IOException, InterruptedException {
        busy = true;
        byte[] result = sink.flush(prepare, checkpointId);
        DeadLetters.write(deadLetters, Json.readObject(result), checkpointId);
        busy = false;
        NativeLog.drain();
        return StarRocksCommittable.fromResult(result);
    }

    @Override
    public void tick() {
        if (!busy) {
            sink.handOver();
        }
        NativeLog.drain();
    }

    /** Commits prepared transactions; those that are committed already are passed over. */
    public static void commit(SinkPlan plan, Collection<StarRocksCommittable> committables, Waiter waiter)
            throws IOException, InterruptedException {
        if (!committables.isEmpty()) {
            run(plan.commitRequest(committables), waiter);
        }
    }

    /** Aborts transactions of an earlier attempt that no checkpoint knows. */
    public static void abortLingering(
            SinkPlan plan, Subtask subtask, String labelPrefix, Long restoredCheckpointId, Waiter waiter)
            throws IOException, InterruptedException {
        run(plan.abortLingeringRequest(subtask, labelPrefix, restoredCheckpointId), waiter);
    }

    /** Aborts transactions that connector 1.x left behind. */
    public static void abortOriginal(SinkPlan plan, Collection<OriginalLabels> labels)
            throws IOException, InterruptedException {
        if (!labels.isEmpty()) {
            run(plan.abortOriginalRequest(labels), Waiter.NONE);
        }
    }

    /** The word for the state of a label, {@code UNKNOWN} for one that the server does not know. */
    public static String labelState(SinkPlan plan, String database, String label)
            throws IOException, InterruptedException {
        byte[] result = run(plan.labelStateRequest(database, label), Waiter.NONE);
        return (String) Json.readObject(result).get("state");
    }

    private static byte[] run(byte[] request, Waiter waiter) throws IOException, InterruptedException {
        try {
            return NativeTask.run(request, waiter);
        } finally {
            NativeLog.drain();
        }
    }

    /**
     * For the release hook of a job's class loader: stops what is left of the native library's work. A library that did not come
     * with the job but lies in Flink's lib/ works for the other jobs of the process as well, and stays.
     */
    public static void shutdownLibrary() {
        if (LoadWriter.class.getClassLoader() != RuntimeContext.class.getClassLoader()) {
            NativeLibrary.shutdown(SHUTDOWN_MS);
        }
    }

    /** What the writer does between slices of waiting. */
    public Waiter waiter() {
        return waiter;
    }

    @Override
    public void metrics(long[] counters) {
        sink.metrics(counters);
    }

    @Override
    public long[] samples(LoadTiming timing, int most) {
        return sink.samples(timing, most);
    }

    @Override
    public void close() {
        try {
            sink.close();
        } finally {
            deadLetters.close();
            NativeLog.drain();
        }
    }
}
