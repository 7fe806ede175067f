// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import java.nio.ByteBuffer;

/**
 * A lookup of the native library: keys go in, the rows that have them come out, in the order in which the server's answers arrive.
 *
 * <p><b>Threads.</b> One thread at a time submits keys and one at a time takes answers; they may be two. {@link #close()} and
 * {@link #metrics(long[])} may be called from any thread; whoever uses the lookup meanwhile gets an {@link
 * IllegalStateException}. A failure of the lookup is thrown by every later call.
 */
public final class NativeLookup implements AutoCloseable {
    /** Bytes before the rows of an answer: number of the request, rows, bytes of the rows, 1 if more of them follow. */
    public static final int ANSWER_HEADER = 16;

    private final NativeHandle handle;

    private NativeLookup(long handle) {
        this.handle = new NativeHandle(handle);
    }

    /** Opens a lookup from its configuration, a JSON document in UTF-8, and begins to connect. */
    public static NativeLookup open(byte[] config) {
        NativeLibrary.ensureLoaded();
        return new NativeLookup(Native.openLookup(config));
    }

    /**
     * Asks for keys: records of a row batch whose fields are the key columns, from 0 to {@code length} of a direct buffer, which
     * are copied.
     *
     * @param firstRequest the number of the first key; the others follow
     * @return whether the keys were taken; if not, too many wait, and none of them was
     */
    public boolean submit(ByteBuffer keys, int length, int rows, int firstRequest) {
        return Native.submitKeys(handle.get(), keys, length, rows, firstRequest) == 0;
    }

    /**
     * Moves answers to a direct buffer. Each begins with {@link #ANSWER_HEADER} bytes: the number of the request, the number of
     * rows, the bytes of the rows, and 1 if more rows of the same request follow in a later answer, 0 if these were all.
     *
     * @return the bytes of the answers; 0 when there are none after {@code timeoutMs}, of which at most 100 are waited; negative
     *     the bytes that the buffer needs at least for the next answer
     */
    public int next(ByteBuffer answers, int timeoutMs) {
        return Native.nextAnswers(handle.get(), answers, timeoutMs);
    }

    /** Fills an array of {@code LookupMetric.values().length} numbers, in the order of {@link LookupMetric}. */
    public void metrics(long[] out) {
        Native.lookupMetrics(handle.get(), out);
    }

    /** Stops what is under way; answers that were not taken are gone. */
    @Override
    public void close() {
        handle.close();
    }
}
