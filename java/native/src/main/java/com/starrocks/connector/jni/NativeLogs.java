// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Log records of the native library, which wait in a bounded ring until somebody drains them; the oldest are dropped first.
 *
 * <p>Any thread may drain; records of all sinks and tasks of this copy of the library come out in order.
 */
public final class NativeLogs {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final Level[] LEVELS = Level.values();

    /** Guarded by the class. */
    private static ByteBuffer buffer;
    /** Guarded by the class. */
    private static boolean draining;

    private NativeLogs() {}

    /** Levels, most severe first. */
    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }

    /** Receives log records. */
    @FunctionalInterface
    public interface Receiver {
        /** One record; {@code target} is the Rust module it comes from. */
        void log(Level level, long epochMillis, String target, String message);
    }

    /** Keeps records of this level and more severe ones; INFO when never called. Costs time from DEBUG on. */
    public static void setLevel(Level level) {
        NativeLibrary.ensureLoaded();
        Native.setLogLevel(level.ordinal() + 1);
    }

    /** Hands pending records over; returns how many there were. Does nothing while the library is not loaded. */
    public static synchronized int drain(Receiver receiver) {
        // A receiver that drains would find the buffer in use.
        if (!NativeLibrary.isLoaded() || draining) {
            return 0;
        }
        if (buffer == null) {
            buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        }
        draining = true;
        try {
            return drainTo(receiver);
        } finally {
            draining = false;
        }
    }

    private static int drainTo(Receiver receiver) {
        int count = 0;
        for (int length = Native.drainLogs(buffer); length > 0; length = Native.drainLogs(buffer)) {
            buffer.clear().limit(length);
            while (buffer.hasRemaining()) {
                Level level = LEVELS[buffer.get() - 1];
                long millis = buffer.getLong();
                int targetLength = Short.toUnsignedInt(buffer.getShort());
                int messageLength = buffer.getInt();
                receiver.log(level, millis, text(targetLength), text(messageLength));
                count++;
            }
        }
        return count;
    }

    private static String text(int length) {
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
