// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Handles that are closed, stale or made up end in an exception, whatever they are used for. */
class HandleTest {
    private static long openClosed() {
        long handle = NativeTesting.openDouble("count", NativeSink.allocate(1, 64));
        finish(handle);
        return handle;
    }

    private static void finish(long handle) {
        Native.startClose(handle);
        while (Native.finishClose(handle, Native.SLICE_MS) == 0) {
            // Each call waits up to a slice.
        }
    }

    private static List<ThrowingCallable> uses(long handle) {
        return Arrays.asList(
                () -> Native.write(handle, 0, 8, 1),
                () -> Native.writeLarge(handle, ByteBuffer.allocateDirect(8), 8, 0),
                () -> Native.acquire(handle, 0),
                () -> Native.startFlush(handle, Native.COMMIT, 1),
                () -> Native.poll(handle, 0),
                () -> Native.takeResult(handle),
                () -> Native.samples(handle, 0, new long[1]),
                () -> Native.takeReports(handle),
                () -> Native.giveLabels(handle, new byte[] {'[', ']'}),
                () -> Native.metrics(handle, new long[SinkMetric.COUNT]));
    }

    @Test
    void aClosedHandleIsRefusedByEveryMethod() {
        long handle = openClosed();
        for (ThrowingCallable use : uses(handle)) {
            assertThatThrownBy(use).isInstanceOf(IllegalStateException.class).hasMessageContaining("is closed");
        }
    }

    @Test
    void aForgedHandleIsRefusedByEveryMethod() {
        for (long forged :
                new long[] {0, -1, 1, Long.MIN_VALUE, Long.MAX_VALUE, 0x7fffffffL << 32, 1L << 32 | 99_999}) {
            for (ThrowingCallable use : uses(forged)) {
                assertThatThrownBy(use)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("is not a handle of this library");
            }
            assertThatThrownBy(() -> Native.startClose(forged)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> Native.finishClose(forged, 0)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aStaleHandleDoesNotReachTheObjectThatTookItsPlace() {
        long stale = openClosed();
        long next = NativeTesting.openDouble("count", NativeSink.allocate(1, 64));
        assertThat((int) next).as("the slot is used again").isEqualTo((int) stale);
        assertThatThrownBy(() -> Native.acquire(stale, 0)).isInstanceOf(IllegalStateException.class);
        finish(stale);
        assertThat(Native.acquire(next, 0)).isZero();
        finish(next);
    }

    @Test
    void closingTwiceIsHarmless() {
        NativeSink sink = NativeTesting.sink("count");
        sink.close();
        sink.close();
        finish(openClosed());
    }

    @Test
    void aTaskIsNoSink() {
        long task = Native.submit("{}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThatThrownBy(() -> Native.acquire(task, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is a task, not a sink");
        finish(task);
    }
}
