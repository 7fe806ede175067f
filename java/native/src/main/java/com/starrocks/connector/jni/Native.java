// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import java.nio.ByteBuffer;

/**
 * The native methods. {@code docs/design/jni-boundary.md} is their contract; use the public classes of this package.
 *
 * <p>Every caller goes through {@link NativeLibrary#ensureLoaded()} first.
 */
final class Native {
    /** Must equal {@code ABI_VERSION} of the library. */
    static final int ABI_VERSION = 2;

    /** Makes rows visible with the flush. */
    static final int COMMIT = 0;
    /** Prepares rows, to be committed after the checkpoint. */
    static final int PREPARE = 1;

    /** The longest time that a waiting call blocks; interruption does not reach native code. */
    static final int SLICE_MS = 100;

    private Native() {}

    static native int abiVersion();

    static native String coreVersion();

    static native long openSink(byte[] config, ByteBuffer[] buffers);

    static native int write(long sink, int buffer, int length, int rows);

    static native int writeLarge(long sink, ByteBuffer row, int length, int timeoutMs);

    static native int acquire(long sink, int timeoutMs);

    static native void addTable(long sink, byte[] config);

    static native void startFlush(long sink, int mode, long checkpointId);

    static native long openScan(byte[] config, ByteBuffer[] buffers);

    static native void addSplit(long scan, byte[] split);

    static native int nextBatch(long scan, long[] out, int timeoutMs);

    static native byte[] takeLargeRow(long scan);

    static native void releaseBuffer(long scan, int buffer);

    static native long fingerprint(long scan, int buffer, int rows);

    static native void scanMetrics(long scan, long[] out);

    static native int poll(long handle, int timeoutMs);

    static native byte[] takeResult(long handle);

    static native long submit(byte[] request);

    static native long openLookup(byte[] config);

    static native int submitKeys(long lookup, ByteBuffer keys, int length, int rows, int firstRequest);

    static native int nextAnswers(long lookup, ByteBuffer out, int timeoutMs);

    static native void lookupMetrics(long lookup, long[] out);

    static native void metrics(long sink, long[] out);

    static native int samples(long sink, int kind, long[] out);

    static native byte[] takeReports(long sink);

    static native int giveLabels(long sink, byte[] labels);

    static native int drainLogs(ByteBuffer out);

    static native void setLogLevel(int level);

    static native void startClose(long handle);

    static native int finishClose(long handle, int timeoutMs);

    static native int shutdown(int timeoutMs);
}
