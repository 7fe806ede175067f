// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Panics and failures inside the library end as exceptions; the JVM lives on. */
@Timeout(60)
class PanicTest {
    private static void panics(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StarRocksNativeException.class, e -> {
            assertThat(e.code()).isEqualTo("PANIC");
            assertThat(e.retryable()).isFalse();
            assertThat(e).hasMessageContaining(message).hasMessageContaining("testing.rs:");
            assertThat(e.contextJson()).contains("\"location\":").contains("testing.rs:");
        });
    }

    @Test
    void aPanicInACallBecomesAnException() {
        panics(NativeTesting::panicPlain, "injected without an environment");
        panics(NativeTesting::panicWithEnv, "injected with an environment");
    }

    @Test
    void aPanicInACallPoisonsTheSink() {
        long sink = NativeTesting.openDouble("count", NativeSink.allocate(1, 64));
        panics(() -> NativeTesting.panicOnSink(sink), "injected in a call");
        panics(() -> Native.acquire(sink, 0), "injected in a call");
        panics(() -> Native.startFlush(sink, Native.COMMIT, 1), "injected in a call");
        new NativeHandle(sink).close();
    }

    @Test
    void aPanicOfTheWriterReachesTheCaller() throws Exception {
        try (NativeSink sink = NativeTesting.sink("panic")) {
            NativeTesting.row(sink, 8);
            panics(() -> sink.flush(false, 1), "injected in the writer");
            panics(() -> sink.flush(false, 1), "injected in the writer");
        }
    }

    @Test
    void theBacktraceIsLogged() {
        NativeLogs.drain((level, millis, target, message) -> {});
        panics(NativeTesting::panicPlain, "injected");
        StringBuilder log = new StringBuilder();
        NativeLogs.drain((level, millis, target, message) -> log.append(message));
        assertThat(log).contains("panic in the native library").contains("backtrace=");
    }

    @Test
    void aPendingExceptionIsLeftAlone() {
        assertThatThrownBy(NativeTesting::failWhilePending)
                .isInstanceOf(ArithmeticException.class)
                .hasMessage("pending");
    }
}
