// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import java.nio.ByteBuffer;

/** Native methods that only a library with the cargo feature {@code testing} has: they provoke what the boundary survives. */
final class NativeTesting {
    static {
        NativeLibrary.ensureLoaded();
    }

    private NativeTesting() {}

    /** A sink without a server: {@code count}, {@code block}, {@code fail} or {@code panic} at the first batch. */
    static native long openDouble(String behaviour, ByteBuffer[] buffers);

    static native int panicPlain();

    static native int panicWithEnv();

    static native int panicOnSink(long sink);

    static native int failWhilePending();

    static native void log(String message, int count);

    static native int threads();

    /** A sink with small buffers over a double. */
    static NativeSink sink(String behaviour) {
        ByteBuffer[] buffers = NativeSink.allocate(2, 64);
        return NativeSink.of(openDouble(behaviour, buffers), buffers, Waiter.NONE);
    }

    /** Commits a record of {@code bytes} zeros. */
    static void row(NativeSink sink, int bytes) throws Exception {
        sink.buffer();
        sink.commitRow(sink.position() + bytes);
    }
}
