// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The boundary of a scan; what it reads is tested where there is a server. */
class ScanTest {
    /** A configuration whose frontend refuses connections, which plans again need. */
    static byte[] config(String more) {
        return text(
                "{\"version\":1,\"connection\":{\"load_urls\":[\"http://127.0.0.1:1\"],\"username\":\"root\",\"password\":\"secret\"},"
                        + "\"request\":{\"database\":\"d\",\"table\":\"t\",\"columns\":[\"id\"]},"
                        + "\"options\":{\"max_retries\":0},"
                        + "\"columns\":[{\"name\":\"id\",\"type\":{\"root\":\"BIGINT\"}}],\"time_zone\":\"UTC\"" + more
                        + "}");
    }

    static byte[] split(int port) {
        return text(
                "{\"id\":\"0\",\"database\":\"d\",\"table\":\"t\",\"plan\":\"cA==\",\"tablets\":[{\"id\":7,\"version\":2,"
                        + "\"schema_hash\":1,\"backends\":[\"127.0.0.1:" + port
                        + "\"],\"rows\":0,\"fingerprint\":\"0\"}]}");
    }

    private static byte[] text(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    static NativeScan open() {
        return NativeScan.open(config(""), 2, 4096);
    }

    private static StarRocksNativeException failure(NativeScan scan) {
        return catchThrowableOfType(StarRocksNativeException.class, () -> {
            // Ends with the failure: nothing else can come.
            while (!scan.next(new ScanEvent())) {
                assertThat(Thread.interrupted()).isFalse();
            }
        });
    }

    @Test
    void aScanWithoutSplitsWaits() {
        try (NativeScan scan = open()) {
            assertThat(scan.next(new ScanEvent())).isFalse();
            long[] metrics = new long[ScanMetric.values().length];
            scan.metrics(metrics);
            assertThat(metrics).containsOnly(0);
            assertThatThrownBy(() -> scan.metrics(new long[1])).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aBackendThatRefusesIsNamedAndTheFailureStays() {
        try (NativeScan scan = open()) {
            scan.add(split(1));
            StarRocksNativeException failure = failure(scan);
            assertThat(failure.code()).isEqualTo("NETWORK");
            assertThat(failure)
                    .hasMessageContaining("127.0.0.1:1")
                    .hasMessageContaining("d.t")
                    .hasMessageContaining("tablet=7")
                    .hasMessageContaining("version=2")
                    .hasMessageNotContaining("secret");
            for (ThrowingCallable use : Arrays.<ThrowingCallable>asList(
                    () -> scan.next(new ScanEvent()), () -> scan.add(split(1)), () -> scan.release(0))) {
                assertThatThrownBy(use).hasMessage(failure.getMessage());
            }
        }
    }

    @Test
    void brokenDocumentsAreRefused() {
        for (String more : new String[] {",\"nonsense\":1", ",\"limit\":-1"}) {
            assertThatThrownBy(() -> NativeScan.open(config(more), 1, 64))
                    .isInstanceOf(StarRocksNativeException.class)
                    .hasMessageContaining("configuration of the reader");
        }
        try (NativeScan scan = open()) {
            scan.add(text("{}"));
            assertThat(failure(scan)).hasMessageContaining("the split cannot be read");
        }
        try (NativeScan scan = open()) {
            scan.add(text(new String(split(1), StandardCharsets.UTF_8).replace("\"t\"", "\"other\"")));
            assertThat(failure(scan)).hasMessageContaining("belongs to another table");
        }
    }

    @Test
    void buffersThatTheCallerDoesNotHaveAreRefused() {
        try (NativeScan scan = open()) {
            for (int buffer : new int[] {-1, 0, 1, 2, Integer.MAX_VALUE}) {
                assertThatThrownBy(() -> scan.release(buffer))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("does not belong to the caller");
                assertThatThrownBy(() -> scan.fingerprint(buffer, 1)).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void handlesOfOtherKindsAndClosedOnesAreRefused() {
        NativeScan scan = open();
        scan.close();
        scan.close();
        for (ThrowingCallable use : Arrays.<ThrowingCallable>asList(
                () -> scan.next(new ScanEvent()),
                () -> scan.add(split(1)),
                () -> scan.release(0),
                () -> scan.fingerprint(0, 0),
                () -> scan.metrics(new long[ScanMetric.values().length]))) {
            assertThatThrownBy(use).isInstanceOf(IllegalStateException.class);
        }
        long task = Native.submit(text("{}"));
        assertThatThrownBy(() -> Native.nextBatch(task, new long[ScanEvent.COUNT], 0))
                .hasMessageContaining("is a task, not a scan");
        finish(task);
        long handle = Native.openScan(config(""), NativeSink.allocate(1, 64));
        assertThatThrownBy(() -> Native.poll(handle, 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Native.acquire(handle, 0)).hasMessageContaining("is a scan, not a sink");
        assertThatThrownBy(() -> Native.takeLargeRow(handle)).hasMessageContaining("no large row");
        assertThatThrownBy(() -> Native.nextBatch(handle, new long[1], 0)).isInstanceOf(IllegalArgumentException.class);
        finish(handle);
    }

    private static void finish(long handle) {
        Native.startClose(handle);
        while (Native.finishClose(handle, Native.SLICE_MS) == 0) {
            // Each call waits up to a slice.
        }
    }

    /** A backend that takes the connection and says nothing: closing must not wait for it. */
    @Test
    void closingDoesNotWaitForABackendThatIsSilent() throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread accepting = new Thread(() -> {
                try (Socket socket = silent.accept()) {
                    connected.countDown();
                    while (socket.getInputStream().read() >= 0) {
                        // Until the client hangs up.
                    }
                } catch (java.io.IOException e) {
                    // The test is over.
                }
            });
            accepting.start();
            NativeScan scan = open();
            scan.add(split(silent.getLocalPort()));
            assertThat(connected.await(30, TimeUnit.SECONDS)).isTrue();
            scan.close();
            accepting.join(30_000);
            assertThat(accepting.isAlive()).isFalse();
        }
    }
}
