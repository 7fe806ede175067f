// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Buffers change hands under the eyes of the library, which refuses what cannot be right. */
class BufferTest {
    private long sink;

    @BeforeEach
    void open() {
        sink = NativeTesting.openDouble("count", NativeSink.allocate(2, 64));
    }

    @AfterEach
    void close() {
        new NativeHandle(sink).close();
    }

    private void refused(int buffer, int length, int rows, String reason) {
        assertThatThrownBy(() -> Native.write(sink, buffer, length, rows))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void aBufferThatDoesNotExistIsRefused() {
        refused(2, 8, 1, "buffer 2 is not one of this sink");
        refused(-1, 8, 1, "buffer -1 is not one of this sink");
    }

    @Test
    void aLengthBeyondTheBufferIsRefused() {
        int buffer = Native.acquire(sink, 0);
        refused(buffer, 65, 1, "length 65 is not within the buffer's 1 to 64");
        refused(buffer, 0, 1, "length 0");
        refused(buffer, Integer.MIN_VALUE, 1, "length -2147483648");
        refused(buffer, 64, 0, "0 rows");
        assertThat(Native.write(sink, buffer, 64, 1))
                .as("the refusals changed nothing")
                .isNotEqualTo(buffer);
    }

    @Test
    void aBufferThatBelongsToTheLibraryIsRefused() {
        refused(0, 8, 1, "belongs to the library");
        int first = Native.acquire(sink, 0);
        Native.write(sink, first, 8, 1);
        refused(first, 8, 1, "belongs to the library");
    }

    @Test
    void heapBuffersAndNothingAreRefused() {
        assertThatThrownBy(() -> NativeTesting.openDouble("count", new ByteBuffer[] {ByteBuffer.allocate(64)}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("buffer 0: the buffer is not direct");
        assertThatThrownBy(() -> NativeTesting.openDouble("count", new ByteBuffer[1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("buffer 0: the buffer is null");
        assertThatThrownBy(() -> NativeTesting.openDouble("count", new ByteBuffer[0]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> NativeTesting.openDouble("count", null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Native.openSink(null, NativeSink.allocate(1, 64)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("config is null");
        assertThatThrownBy(() -> Native.drainLogs(ByteBuffer.allocateDirect(16)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Native.metrics(sink, new long[1])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Native.writeLarge(sink, ByteBuffer.allocateDirect(8), 9, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("length 9");
    }

    @Test
    void aSinkThatTakesNoMoreRunsOutOfBuffersAndSaysSo() {
        long blocked = NativeTesting.openDouble("block", NativeSink.allocate(2, 64));
        try {
            int taken = 0;
            for (int buffer = Native.acquire(blocked, 0); buffer >= 0; buffer = Native.acquire(blocked, 100)) {
                taken++;
                int next = Native.write(blocked, buffer, 8, 1);
                if (next >= 0) {
                    taken++;
                    Native.write(blocked, next, 8, 1);
                }
                assertThat(taken).isLessThan(10);
            }
            assertThat(taken).as("at least the two buffers").isGreaterThan(1);
            // Large rows wait up to the size of all buffers; a row larger than that goes alone.
            assertThat(Native.writeLarge(blocked, ByteBuffer.allocateDirect(100), 100, 0))
                    .isZero();
            assertThat(Native.writeLarge(blocked, ByteBuffer.allocateDirect(100), 100, 1))
                    .isEqualTo(-1);
        } finally {
            new NativeHandle(blocked).close();
        }
    }
}
