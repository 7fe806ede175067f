// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that run in the background. */
@Timeout(60)
class TaskTest {
    private static byte[] commit(int port) {
        return ("{\"task\":\"commit\",\"connection\":{\"load_urls\":[\"http://127.0.0.1:" + port
                        + "\"],\"username\":\"root\",\"password\":\"\"},\"committables\":[{\"label\":\"l1\",\"txn_id\":7,"
                        + "\"database\":\"d\",\"table\":\"t\",\"rows\":1,\"bytes\":10}]}")
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aCommitAnswersHowManyWereCommitted() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/transaction/commit", exchange -> {
            byte[] reply = "{\"Status\":\"OK\",\"Message\":\"\",\"TxnId\":7,\"Label\":\"l1\"}"
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, reply.length);
            exchange.getResponseBody().write(reply);
            exchange.close();
        });
        server.start();
        try {
            byte[] result = NativeTask.run(commit(server.getAddress().getPort()), Waiter.NONE);
            assertThat(new String(result, StandardCharsets.UTF_8)).isEqualTo("{\"committed\":1}");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aRequestThatCannotBeReadFails() {
        assertThatThrownBy(() -> NativeTask.run("{\"task\":\"dance\"}".getBytes(StandardCharsets.UTF_8), Waiter.NONE))
                .isInstanceOfSatisfying(
                        StarRocksNativeException.class,
                        e -> assertThat(e.code()).isEqualTo("INVALID_CONFIG"));
    }

    @Test
    void aTaskIsClosedWhileItWaitsForAServerThatDoesNotAnswer() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            NativeTask task = NativeTask.submit(commit(silent.getLocalPort()));
            silent.accept();
            assertThat(task.isDone()).isFalse();
            task.close();
            task.close();
            assertThatThrownBy(task::isDone).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void waitingForATaskIsInterruptible() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> NativeTask.run(commit(silent.getLocalPort()), Waiter.NONE))
                    .isInstanceOf(InterruptedException.class);
        }
    }
}
