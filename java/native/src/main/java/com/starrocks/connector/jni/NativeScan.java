// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import java.nio.ByteBuffer;

/**
 * A reader of the native library and the direct buffers that rows arrive in, as records of {@code docs/design/row-batch.md}.
 *
 * <p><b>Threads.</b> One thread at a time calls {@link #next}, which waits up to 100 ms. Any other may call everything else
 * meanwhile; after {@link #close()}, which may be called twice, all of it throws {@link IllegalStateException}.
 *
 * <p><b>Buffers.</b> All belong to the library at first. {@link #next} gives one to the caller, who reads it and gives it back with
 * {@link #release}. When the caller has them all, nothing arrives.
 */
public final class NativeScan implements AutoCloseable {
    private static final ScanEvent.Kind[] KINDS = ScanEvent.Kind.values();

    private final NativeHandle handle;
    private final ByteBuffer[] buffers;

    private NativeScan(long handle, ByteBuffer[] buffers) {
        this.handle = new NativeHandle(handle);
        this.buffers = buffers;
    }

    /**
     * Opens a reader; connects to nothing.
     *
     * @param config the reader's configuration, a JSON document in UTF-8
     * @param bufferCount how many direct buffers to allocate
     * @param bufferBytes size of each
     */
    public static NativeScan open(byte[] config, int bufferCount, int bufferBytes) {
        NativeLibrary.ensureLoaded();
        ByteBuffer[] buffers = NativeSink.allocate(bufferCount, bufferBytes);
        return new NativeScan(Native.openScan(config, buffers), buffers);
    }

    /** Starts to read one more split, a JSON document in UTF-8. */
    public void add(byte[] split) {
        Native.addSplit(handle.get(), split);
    }

    /** Waits for up to 100 ms for something to happen; returns whether it has. Throws the reader's failure. */
    public boolean next(ScanEvent event) {
        int kind = Native.nextBatch(handle.get(), event.raw, Native.SLICE_MS);
        if (kind == 0) {
            return false;
        }
        event.kind = KINDS[kind - 1];
        event.buffer = null;
        event.largeRow = null;
        if (event.kind == ScanEvent.Kind.ROWS) {
            if (event.bufferNumber() < 0) {
                event.largeRow = Native.takeLargeRow(handle.get());
            } else {
                event.buffer = buffers[event.bufferNumber()];
            }
        }
        return true;
    }

    /** Gives a buffer back to the library. */
    public void release(int bufferNumber) {
        Native.releaseBuffer(handle.get(), bufferNumber);
    }

    /** Fingerprint of the tablet's rows from its first up to and with the first {@code rows} rows in a buffer not yet released. */
    public long fingerprint(int bufferNumber, int rows) {
        return Native.fingerprint(handle.get(), bufferNumber, rows);
    }

    /** Fills an array of {@code ScanMetric.values().length} numbers, in the order of {@link ScanMetric}. */
    public void metrics(long[] out) {
        Native.scanMetrics(handle.get(), out);
    }

    /** Stops reading; scanners on the backends are closed. */
    @Override
    public void close() {
        handle.close();
    }
}
