// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import java.io.IOException;

/**
 * One request to the native library that runs in the background: a table description, a commit, an abort.
 *
 * <p>Used by one thread; {@link #close()} may be called from any, and more than once. Closing before the result is there
 * drops the work wherever it is.
 */
public final class NativeTask implements AutoCloseable {
    private final NativeHandle handle;

    private NativeTask(long handle) {
        this.handle = new NativeHandle(handle);
    }

    /** Starts a request, a JSON document in UTF-8. */
    public static NativeTask submit(byte[] request) {
        NativeLibrary.ensureLoaded();
        return new NativeTask(Native.submit(request));
    }

    /** Starts a request, waits for its result (JSON in UTF-8) and closes it. */
    public static byte[] run(byte[] request, Waiter waiter) throws IOException, InterruptedException {
        try (NativeTask task = submit(request)) {
            return task.await(waiter);
        }
    }

    /** Whether the result is there; throws the task's failure. */
    public boolean isDone() {
        return Native.poll(handle.get(), 0) == 1;
    }

    /** Waits for the result and takes it. */
    public byte[] await(Waiter waiter) throws IOException, InterruptedException {
        return handle.awaitResult(waiter);
    }

    @Override
    public void close() {
        handle.close();
    }
}
