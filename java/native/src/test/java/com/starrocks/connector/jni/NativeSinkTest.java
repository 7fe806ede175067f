// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The public class over sinks that have no server behind them. */
@Timeout(60)
class NativeSinkTest {
    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }

    @Test
    void rowsCrossInOrderAndAFlushTellsHowMany() throws Exception {
        try (NativeSink sink = NativeTesting.sink("count")) {
            for (int i = 0; i < 1000; i++) {
                if (sink.position() + 24 > sink.buffer().capacity()) {
                    sink.handOver();
                }
                NativeTesting.row(sink, 24);
            }
            sink.writeLarge(ByteBuffer.allocateDirect(1000), 1000);
            assertThat(text(sink.flush(true, 7)))
                    .isEqualTo("{\"bytes\":25000,\"checkpoint\":7,\"mode\":\"Prepare\",\"rows\":1001}");
            assertThat(text(sink.flush(false, -1)))
                    .as("nothing is left for the next flush")
                    .isEqualTo("{\"bytes\":0,\"checkpoint\":-1,\"mode\":\"Commit\",\"rows\":0}");
            long[] metrics = new long[SinkMetric.COUNT];
            sink.metrics(metrics);
            assertThat(SinkMetric.ROWS_RECEIVED.in(metrics)).isEqualTo(1001);
            assertThat(SinkMetric.BYTES_RECEIVED.in(metrics)).isEqualTo(25000);
            assertThat(SinkMetric.RETRIES.in(metrics)).isEqualTo(42);
        }
    }

    @Test
    void theLatestDurationsCanBeSeen() {
        try (NativeSink sink = NativeTesting.sink("count")) {
            assertThat(sink.samples(LoadTiming.PUBLISH, 9)).containsExactly(7, 1, 2, 3);
            assertThat(sink.samples(LoadTiming.FLUSH, 2)).as("the latest").containsExactly(7, 2, 3);
            assertThat(sink.samples(LoadTiming.FLUSH, 0)).containsExactly(7);
        }
        ByteBuffer[] buffers = NativeSink.allocate(1, 64);
        long handle = NativeTesting.openDouble("count", buffers);
        try (NativeSink sink = NativeSink.of(handle, buffers, Waiter.NONE)) {
            int kinds = LoadTiming.values().length;
            assertThatThrownBy(() -> Native.samples(handle, kinds, new long[1]))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Native.samples(handle, -1, new long[1]))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Native.samples(handle, 0, new long[0]))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Native.samples(handle, 0, null)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void labelsGoToTheLibraryAndReportsComeFromIt() {
        try (NativeSink sink = NativeTesting.sink("count")) {
            assertThat(sink.giveLabels("[]".getBytes(StandardCharsets.UTF_8))).isEqualTo(4);
            assertThat(sink.giveLabels("[\"a\",\"b\"]".getBytes(StandardCharsets.UTF_8)))
                    .isEqualTo(2);
            assertThatThrownBy(() -> sink.giveLabels("{}".getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(text(sink.takeReports())).isEqualTo("[]");
        }
    }

    @Test
    void aRecordMustFitTheCurrentBuffer() throws Exception {
        try (NativeSink sink = NativeTesting.sink("count")) {
            assertThatThrownBy(() -> sink.commitRow(8))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no current buffer");
            sink.buffer();
            assertThatThrownBy(() -> sink.commitRow(65)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> sink.commitRow(0)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void oneFlushAtATime() throws Exception {
        try (NativeSink sink = NativeTesting.sink("count")) {
            assertThatThrownBy(sink::isFlushed).isInstanceOf(IllegalStateException.class);
            sink.startFlush(false, 1);
            assertThatThrownBy(() -> sink.startFlush(false, 2)).isInstanceOf(IllegalStateException.class);
            sink.awaitFlush();
            sink.flush(false, 2);
        }
    }

    @Test
    void aFailedSinkSaysWhyOnEveryLaterCall() throws Exception {
        try (NativeSink sink = NativeTesting.sink("fail")) {
            NativeTesting.row(sink, 8);
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> sink.flush(false, 1))
                        .isInstanceOfSatisfying(StarRocksNativeException.class, e -> {
                            assertThat(e.code()).isEqualTo("NETWORK");
                            assertThat(e.retryable()).isTrue();
                            assertThat(e.contextJson()).isEqualTo("{\"label\":\"l1\"}");
                            assertThat(e).hasMessage("begin transaction: connection refused [label=l1]");
                        });
            }
            NativeTesting.row(sink, 8);
            assertThatThrownBy(sink::handOver).isInstanceOf(StarRocksNativeException.class);
        }
    }

    @Test
    void aWaitingThreadIsInterruptible() throws Exception {
        try (NativeSink sink = NativeTesting.sink("block")) {
            NativeTesting.row(sink, 8);
            sink.startFlush(false, 1);
            Thread.currentThread().interrupt();
            assertThatThrownBy(sink::awaitFlush).isInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).as("the flag is cleared").isFalse();
        }
    }

    @Test
    void theWaiterRunsBetweenSlicesAndMayEndTheWaiting() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        ByteBuffer[] buffers = NativeSink.allocate(1, 64);
        Waiter waiter = () -> {
            if (calls.incrementAndGet() == 2) {
                throw new java.io.IOException("enough");
            }
        };
        try (NativeSink sink = NativeSink.of(NativeTesting.openDouble("block", buffers), buffers, waiter)) {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 10; i++) {
                            NativeTesting.row(sink, 8);
                            sink.handOver();
                        }
                    })
                    .hasMessage("enough");
        }
    }

    @Test
    void closingFromAnotherThreadEndsAWait() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        ByteBuffer[] buffers = NativeSink.allocate(1, 64);
        NativeSink sink = NativeSink.of(NativeTesting.openDouble("block", buffers), buffers, () -> waiting.countDown());
        AtomicReference<Throwable> seen = new AtomicReference<>();
        Thread task = new Thread(() -> {
            try {
                NativeTesting.row(sink, 8);
                sink.flush(false, 1);
            } catch (Throwable e) {
                seen.set(e);
            }
        });
        task.start();
        waiting.await();
        sink.close();
        task.join();
        assertThat(seen.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
    }

    @Test
    void sinksAreClosedUnderTheHandsOfWriters() throws Exception {
        for (int round = 0; round < 200; round++) {
            NativeSink sink = NativeTesting.sink("count");
            CountDownLatch writing = new CountDownLatch(1);
            AtomicReference<Throwable> seen = new AtomicReference<>();
            Thread task = new Thread(() -> {
                try {
                    for (int i = 0; ; i++) {
                        NativeTesting.row(sink, 64);
                        sink.handOver();
                        if (i == 10) {
                            writing.countDown();
                        }
                    }
                } catch (Throwable e) {
                    seen.set(e);
                    writing.countDown();
                }
            });
            task.start();
            writing.await();
            sink.close();
            task.join();
            assertThat(seen.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        }
    }
}
