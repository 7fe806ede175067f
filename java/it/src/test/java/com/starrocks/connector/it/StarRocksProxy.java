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

/** Stands between a sink and the HTTP ports of a server, and falls silent when it is told to. */
final class StarRocksProxy implements AutoCloseable {
    /** What gets no answer. */
    enum Silence {
        NOTHING,
        LOADS,
        EVERYTHING
    }

    private final ServerSocket frontend = listen();
    private final ServerSocket backend = listen();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final CountDownLatch silenced = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    /** How the FE names the BE in redirects, and the text of the same length that takes its place. */
    private final String backendPort;

    private volatile Silence silence = Silence.NOTHING;

    StarRocksProxy(EmbeddedStarRocks server) throws IOException {
        backendPort = port(server.beHttp());
        if (backendPort.length() != port(backend).length()) {
            throw new IllegalStateException("ports of one length are needed: " + backendPort + ", " + port(backend));
        }
        serve(frontend, Integer.parseInt(port(server.loadUrl())));
        serve(backend, Integer.parseInt(backendPort));
    }

    private static ServerSocket listen() throws IOException {
        return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    private static String port(String address) {
        return address.substring(address.lastIndexOf(':') + 1);
    }

    private static String port(ServerSocket socket) {
        return String.valueOf(socket.getLocalPort());
    }

    String loadUrl() {
        return "127.0.0.1:" + port(frontend);
    }

    void silence(Silence what) {
        silence = what;
    }

    /** Waits until a request has come that gets no answer. */
    void awaitSilenced() throws InterruptedException {
        silenced.await();
    }

    private void serve(ServerSocket listener, int target) {
        daemon(() -> {
            while (!listener.isClosed()) {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(client);
                sockets.add(server);
                Connection connection = new Connection();
                daemon(() -> connection.requests(client, server));
                daemon(() -> connection.answers(server, client));
            }
        });
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // One of the sides has gone.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private final class Connection {
        private volatile boolean loading;

        void requests(Socket from, Socket to) throws IOException, InterruptedException {
            byte[] buffer = new byte[64 * 1024];
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                // The client sends a request's head at once.
                String head = new String(buffer, 0, n, StandardCharsets.ISO_8859_1);
                if (head.contains(" HTTP/1.1\r\n")) {
                    loading = head.contains("/api/transaction/load");
                }
                waitIf(silence == Silence.EVERYTHING);
                out.write(buffer, 0, n);
            }
            to.shutdownOutput();
        }

        void answers(Socket from, Socket to) throws IOException, InterruptedException {
            byte[] buffer = new byte[64 * 1024];
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                String text = new String(buffer, 0, n, StandardCharsets.ISO_8859_1);
                boolean complete = text.contains("\"Status\"");
                waitIf(silence == Silence.EVERYTHING || silence == Silence.LOADS && loading && complete);
                out.write(text.replace(":" + backendPort + "/", ":" + port(backend) + "/")
                        .getBytes(StandardCharsets.ISO_8859_1));
            }
            to.shutdownOutput();
        }

        private void waitIf(boolean silent) throws InterruptedException {
            if (silent) {
                silenced.countDown();
                closed.await();
            }
        }
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        frontend.close();
        backend.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
