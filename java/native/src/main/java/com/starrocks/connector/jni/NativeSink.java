// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A sink writer of the native library and the direct buffers that rows travel in.
 *
 * <p>Rows are written as records of {@code docs/design/row-batch.md} straight into {@link #buffer()}:
 *
 * <pre>{@code
 * ByteBuffer buffer = sink.buffer();
 * int end = writeRecord(buffer, sink.position()); // absolute puts from position() on
 * if (fits) sink.commitRow(end); else sink.handOver() and write it again, or sink.writeLarge(...)
 * }</pre>
 *
 * <p>Rows that are committed but not handed over are invisible to the library; {@link #startFlush} hands them over.
 *
 * <p><b>Threads.</b> One thread writes and flushes. {@link #close()}, {@link #metrics(long[])} and {@link #samples} may be called from any
 * thread; a thread that uses the sink meanwhile gets an {@link IllegalStateException}. Closing twice is harmless.
 *
 * <p><b>Waiting.</b> Where the library has no free buffer or a flush runs, the thread waits in slices of at most 100 ms,
 * between which interruption is checked and the {@link Waiter} is called.
 */
public final class NativeSink implements AutoCloseable {
    private static final int NO_BUFFER = -1;

    private final NativeHandle handle;
    private final ByteBuffer[] buffers;
    private final Waiter waiter;

    /** The number of the buffer that is being filled. */
    private int current = NO_BUFFER;
    /** End of the committed rows in the current buffer. */
    private int position;
    /** Committed rows in the current buffer. */
    private int rows;

    private NativeSink(long handle, ByteBuffer[] buffers, Waiter waiter) {
        this.handle = new NativeHandle(handle);
        this.buffers = buffers;
        this.waiter = waiter;
    }

    /**
     * Opens a sink.
     *
     * @param config the sink's configuration, a JSON document in UTF-8
     * @param bufferCount how many direct buffers to allocate; 4 are enough
     * @param bufferBytes size of each; 256 KiB is a good one
     * @param waiter what to do between slices of waiting
     */
    public static NativeSink open(byte[] config, int bufferCount, int bufferBytes, Waiter waiter) {
        NativeLibrary.ensureLoaded();
        ByteBuffer[] buffers = allocate(bufferCount, bufferBytes);
        return new NativeSink(Native.openSink(config, buffers), buffers, waiter);
    }

    /** A sink over a handle that a test opened. */
    static NativeSink of(long handle, ByteBuffer[] buffers, Waiter waiter) {
        return new NativeSink(handle, buffers, waiter);
    }

    static ByteBuffer[] allocate(int count, int bytes) {
        ByteBuffer[] buffers = new ByteBuffer[count];
        for (int i = 0; i < count; i++) {
            buffers[i] = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }
        return buffers;
    }

    /**
     * The little-endian buffer to write the next row into, from {@link #position()} on. Waits for a free one. The buffer's own
     * position and limit mean nothing to the sink; the reference is good until the next call of another method.
     */
    public ByteBuffer buffer() throws IOException, InterruptedException {
        while (current == NO_BUFFER) {
            current = Native.acquire(handle.get(), Native.SLICE_MS);
            if (current == NO_BUFFER) {
                NativeHandle.pause(waiter);
            }
        }
        return buffers[current];
    }

    /** Where the next record begins. */
    public int position() {
        return position;
    }

    /** Whether the current buffer holds no row yet, so that a row that does not fit now never will. */
    public boolean isEmpty() {
        return rows == 0;
    }

    /** Takes the record from {@link #position()} to {@code end} into the batch. */
    public void commitRow(int end) {
        if (current == NO_BUFFER || end <= position || end > buffers[current].capacity()) {
            throw new IllegalArgumentException("a record cannot end at " + end + ": it begins at " + position
                    + (current == NO_BUFFER
                            ? " and there is no current buffer"
                            : " of a buffer of " + buffers[current].capacity() + " bytes"));
        }
        position = end;
        rows++;
    }

    /** Hands the committed rows of the current buffer to the library; does nothing when there are none. */
    public void handOver() {
        if (rows == 0) {
            return;
        }
        int length = position;
        int count = rows;
        int buffer = current;
        current = NO_BUFFER;
        position = 0;
        rows = 0;
        current = Native.write(handle.get(), buffer, length, count);
    }

    /**
     * Writes one record that does not fit a buffer, after the rows committed before it. The bytes from 0 to {@code length} of
     * the direct buffer are copied.
     */
    public void writeLarge(ByteBuffer row, int length) throws IOException, InterruptedException {
        handOver();
        while (Native.writeLarge(handle.get(), row, length, Native.SLICE_MS) != 0) {
            NativeHandle.pause(waiter);
        }
    }

    /**
     * Adds a table to a sink with transactions over several, whose rows are segments of {@code docs/design/row-batch.md}. Tables are
     * numbered in the order in which they are added; the one of the sink's configuration is number 0.
     *
     * @param config the configuration of a sink for the table, a JSON document in UTF-8
     */
    public void addTable(byte[] config) {
        handOver();
        Native.addTable(handle.get(), config);
    }

    /**
     * Begins to flush every committed row.
     *
     * @param prepare whether to prepare transactions for a commit after the checkpoint instead of committing them
     * @param checkpointId the checkpoint that the flush belongs to
     */
    public void startFlush(boolean prepare, long checkpointId) {
        handOver();
        Native.startFlush(handle.get(), prepare ? Native.PREPARE : Native.COMMIT, checkpointId);
    }

    /** Whether the flush that was started is done; throws its failure. */
    public boolean isFlushed() {
        return Native.poll(handle.get(), 0) == 1;
    }

    /** Waits for the flush that was started; returns the committables as JSON in UTF-8. */
    public byte[] awaitFlush() throws IOException, InterruptedException {
        return handle.awaitResult(waiter);
    }

    /** Flushes and waits, see {@link #startFlush} and {@link #awaitFlush}. */
    public byte[] flush(boolean prepare, long checkpointId) throws IOException, InterruptedException {
        startFlush(prepare, checkpointId);
        return awaitFlush();
    }

    /** Fills an array of {@code SinkMetric.values().length} numbers, in the order of {@link SinkMetric}. */
    public void metrics(long[] out) {
        Native.metrics(handle.get(), out);
    }

    /**
     * How many durations of a kind there have been, and after that number the latest of them.
     *
     * @param most how many to return
     */
    public long[] samples(LoadTiming timing, int most) {
        long[] all = new long[1 + most];
        return Arrays.copyOf(all, 1 + Native.samples(handle.get(), timing.ordinal(), all));
    }

    /**
     * The loads that have ended since the last call, as a JSON array in UTF-8, where {@code report_loads} of the configuration asks
     * for them.
     */
    public byte[] takeReports() {
        return Native.takeReports(handle.get());
    }

    /**
     * Hands over labels for the next loads, where {@code labels_given} of the configuration says that they come from here.
     *
     * @param labels a JSON array of strings in UTF-8
     * @return how many are wanted, if none were given
     */
    public int giveLabels(byte[] labels) {
        return Native.giveLabels(handle.get(), labels);
    }

    /** Begins to close without waiting, so that several sinks close side by side; {@link #close()} follows. */
    public void startClose() {
        handle.startClose();
    }

    /** Stops without committing anything: rows not flushed are gone, open transactions are rolled back. */
    @Override
    public void close() {
        handle.close();
    }
}
