// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before the MySQL port of a server; cuts connections on which lookups come, or leaves them without an answer. */
final class MySqlProxy implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    /** How many lookups are cut off. */
    final AtomicInteger cuts = new AtomicInteger();
    /** Lookups that were seen. */
    final AtomicInteger lookups = new AtomicInteger();
    /** Counted down by the first lookup that gets no answer. */
    final CountDownLatch silenced = new CountDownLatch(1);

    volatile boolean silent;

    MySqlProxy(EmbeddedStarRocks server) throws IOException {
        String url = server.jdbcUrl();
        int target = Integer.parseInt(url.substring(url.lastIndexOf(':') + 1).replaceAll("[^0-9].*", ""));
        daemon(() -> {
            while (!listener.isClosed()) {
                Socket client = listener.accept();
                Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(client);
                sockets.add(upstream);
                daemon(() -> copy(client, upstream, true));
                daemon(() -> copy(upstream, client, false));
            }
        });
    }

    String jdbcUrl() {
        return "jdbc:mysql://127.0.0.1:" + listener.getLocalPort();
    }

    private void copy(Socket from, Socket to, boolean requests) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
            if (requests && new String(buffer, 0, n, StandardCharsets.ISO_8859_1).contains("`.`dim` where")) {
                lookups.incrementAndGet();
                if (silent) {
                    silenced.countDown();
                    continue;
                }
                if (cuts.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    from.close();
                    to.close();
                    return;
                }
            }
            out.write(buffer, 0, n);
        }
        to.shutdownOutput();
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // One of the sides has gone.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
