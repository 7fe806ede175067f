// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A handle of the native library with its waiting loops. The library itself guards against use after close. */
final class NativeHandle {
    /** More than the library allows itself to roll back open transactions. */
    private static final long CLOSE_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final long handle;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();

    NativeHandle(long handle) {
        this.handle = handle;
    }

    long get() {
        return handle;
    }

    byte[] awaitResult(Waiter waiter) throws IOException, InterruptedException {
        while (Native.poll(handle, Native.SLICE_MS) == 0) {
            pause(waiter);
        }
        return Native.takeResult(handle);
    }

    static void pause(Waiter waiter) throws IOException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted while waiting for the native library");
        }
        waiter.betweenSlices();
    }

    /** Begins to close, once. */
    void startClose() {
        if (closing.compareAndSet(false, true)) {
            Native.startClose(handle);
        }
    }

    /**
     * Closes once; later calls return at once. Not cut short by interruption, which is what a cancelled task closes with, but
     * bounded: should the work not stop in time, it is left to {@link NativeLibrary#shutdown(long)}.
     */
    void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        long deadline = System.nanoTime() + CLOSE_LIMIT_NANOS;
        startClose();
        while (Native.finishClose(handle, Native.SLICE_MS) == 0 && System.nanoTime() - deadline < 0) {
            // Each call waits up to a slice.
        }
    }
}
