// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.load;

import com.starrocks.connector.flink.row.batch.RecordWriter;
import com.starrocks.connector.flink.row.batch.RowOutput;
import com.starrocks.connector.flink.table.sink.v2.StarRocksCommittable;
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

/**
 * Writes records into the native sink, for the sink function and for Sink V2 alike.
 *
 * <p>Used by the task thread alone. A wait for the library runs the {@link Waiter} between slices of at most 100 ms; it may
 * yield to a mailbox, whose mails reach nothing of this class but {@link #tick()}.
 */
public final class LoadWriter<T> implements AutoCloseable {
    private static final int BUFFERS = 4;
    private static final int BUFFER_BYTES = 256 * 1024;
    private static final int MAX_ROW_BYTES = 1 << 30;
    private static final long SHUTDOWN_MS = 10_000;

    private final SinkPlan plan;
    private final RecordWriter<T> records;
    private final Waiter waiter;
    private final NativeSink sink;
    private final RowOutput out = new RowOutput();
    /** Inside a call that may yield. */
    private boolean busy;

    private LoadWriter(SinkPlan plan, RecordWriter<T> records, Waiter waiter, NativeSink sink) {
        this.plan = plan;
        this.records = records;
        this.waiter = waiter;
        this.sink = sink;
    }

    /** Opens the native sink; nothing is sent yet. */
    public static <T> LoadWriter<T> open(
            SinkPlan plan, Subtask subtask, Long restoredCheckpointId, RecordWriter<T> records, Waiter waiter) {
        Waiter logging = () -> {
            NativeLog.drain();
            waiter.betweenSlices();
        };
        byte[] config = plan.sinkConfig(subtask, restoredCheckpointId);
        return new LoadWriter<>(plan, records, logging, NativeSink.open(config, BUFFERS, BUFFER_BYTES, logging));
    }

    /** Writes one record; waits while the memory budget is spent. Throws what went wrong with earlier ones. */
    public void write(T record) throws IOException, InterruptedException {
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

    /**
     * Sends what has been written. With {@code prepare} the transactions wait for {@link #commit}, else they are committed and
     * the result is empty.
     */
    public List<StarRocksCommittable> flush(boolean prepare, long checkpointId)
            throws IOException, InterruptedException {
        busy = true;
        List<StarRocksCommittable> committables = StarRocksCommittable.fromResult(sink.flush(prepare, checkpointId));
        busy = false;
        NativeLog.drain();
        return committables;
    }

    /** Hands over rows that wait in a half-filled buffer, so that the flush interval sees them. Called every now and then. */
    public void tick() {
        if (!busy) {
            sink.handOver();
        }
        NativeLog.drain();
    }

    /** How often {@link #tick()} wants to be called. */
    public long tickMillis() {
        return Math.max(50, Math.min(1_000, plan.options().getSinkMaxFlushInterval() / 4));
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

    private static void run(byte[] request, Waiter waiter) throws IOException, InterruptedException {
        try {
            NativeTask.run(request, waiter);
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

    /** Fills the counters of the native sink. */
    public void metrics(long[] counters) {
        sink.metrics(counters);
    }

    /** Stops; what was written but not flushed is gone, and open transactions are rolled back. */
    @Override
    public void close() {
        sink.close();
        NativeLog.drain();
    }
}
