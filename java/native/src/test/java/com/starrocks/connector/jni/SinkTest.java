// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rows go through the whole library to a server that only says yes, or to none. */
@Timeout(60)
class SinkTest {
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = text(exchange.getRequestBody());
        requests.add(exchange.getRequestURI().getPath().replaceFirst(".*/", "") + (body.isEmpty() ? "" : " " + body));
        byte[] reply = ("{\"Status\":\"OK\",\"Message\":\"\",\"TxnId\":7,\"Label\":\""
                        + exchange.getRequestHeaders().getFirst("label")
                        + "\",\"NumberLoadedRows\":1,\"NumberFilteredRows\":0,\"NumberTotalRows\":1}")
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, reply.length);
        exchange.getResponseBody().write(reply);
        exchange.close();
    }

    private static String text(InputStream in) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            out.write(b);
        }
        return new String(out.toByteArray(), StandardCharsets.UTF_8);
    }

    static byte[] config(int port, String more) {
        String json = "{\"version\":1,\"connection\":{\"load_urls\":[\"http://127.0.0.1:" + port
                + "\"],\"username\":\"root\",\"password\":\"secret\"},\"database\":\"d\",\"table\":\"t\","
                + "\"label_prefix\":\"p\",\"max_retries\":0,\"properties\":{\"column_separator\":\",\",\"row_delimiter\":\"\\n\"}"
                + more + "}";
        return json.getBytes(StandardCharsets.UTF_8);
    }

    private static String columns() {
        return ",\"columns\":[{\"name\":\"id\",\"type\":{\"root\":\"INTEGER\"}},"
                + "{\"name\":\"name\",\"type\":{\"root\":\"VARCHAR\",\"length\":2147483647}}]";
    }

    private static NativeSink open(byte[] config) {
        return NativeSink.open(config, 2, 64 * 1024, Waiter.NONE);
    }

    /** Writes a record with an INT and a STRING of up to 7 bytes, or a longer one behind the fixed part. */
    private static int record(ByteBuffer out, int at, int id, String name) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        int row = at + 8;
        int variable = utf8.length <= 7 ? 0 : (utf8.length + 7) / 8 * 8;
        out.putInt(at, 24 + variable).putInt(at + 4, 0).putLong(row, 0);
        out.putLong(row + 8, id);
        if (variable == 0) {
            out.putLong(row + 16, 0);
            for (int i = 0; i < utf8.length; i++) {
                out.put(row + 16 + i, utf8[i]);
            }
            out.put(row + 23, (byte) (0x80 | utf8.length));
        } else {
            out.putLong(row + 16, 24L << 32 | utf8.length);
            for (int i = 0; i < variable; i++) {
                out.put(row + 24 + i, i < utf8.length ? utf8[i] : 0);
            }
        }
        return row + 24 + variable;
    }

    private static void write(NativeSink sink, int id, String name) throws Exception {
        sink.commitRow(record(sink.buffer(), sink.position(), id, name));
    }

    @Test
    void rowsArePreparedAndTheCommittableNamesThem() throws Exception {
        try (NativeSink sink =
                open(config(server.getAddress().getPort(), columns() + ",\"semantic\":\"exactly-once\""))) {
            write(sink, 7, "seven");
            write(sink, -1, "more than seven bytes");
            String result = new String(sink.flush(true, 3), StandardCharsets.UTF_8);
            assertThat(requests).element(1).isEqualTo("load 7,seven\n-1,more than seven bytes\n");
            assertThat(requests).last().isEqualTo("prepare");
            assertThat(result)
                    .startsWith("{\"committables\":[{")
                    .contains("\"txn_id\":7", "\"database\":\"d\"", "\"table\":\"t\"", "\"rows\":2")
                    .contains("\"label\":\"p");
        }
    }

    @Test
    void rowsAreCommittedAndCounted() throws Exception {
        try (NativeSink sink = open(config(server.getAddress().getPort(), columns()))) {
            StringBuilder expected = new StringBuilder("load ");
            for (int i = 0; i < 5000; i++) {
                if (sink.buffer().capacity() - sink.position() < 64) {
                    sink.handOver();
                    sink.buffer();
                }
                write(sink, i, "row " + i);
                expected.append(i).append(",row ").append(i).append('\n');
            }
            char[] wide = new char[100_000];
            java.util.Arrays.fill(wide, 'x');
            ByteBuffer large = NativeSink.allocate(1, 200_000)[0];
            sink.writeLarge(large, record(large, 0, 5000, new String(wide)));
            expected.append("5000,").append(wide).append('\n');
            assertThat(new String(sink.flush(false, 1), StandardCharsets.UTF_8)).isEqualTo("{\"committables\":[]}");
            assertThat(requests).element(1).isEqualTo(expected.toString());
            assertThat(requests).last().isEqualTo("commit");

            long[] metrics = new long[SinkMetric.COUNT];
            sink.metrics(metrics);
            assertThat(SinkMetric.ROWS_RECEIVED.in(metrics)).isEqualTo(5001);
            assertThat(SinkMetric.ROWS_ENCODED.in(metrics)).isEqualTo(5001);
            assertThat(SinkMetric.BYTES_LOADED.in(metrics)).isEqualTo(expected.length() - "load ".length());
            assertThat(SinkMetric.LOADS.in(metrics)).isEqualTo(1);
            assertThat(SinkMetric.FAILURES.in(metrics)).isZero();
            assertThat(SinkMetric.BUFFERED_BYTES.in(metrics)).isZero();
            assertThat(SinkMetric.BUDGET_BYTES.in(metrics)).isPositive();
        }
    }

    @Test
    void rawRowsGoThroughAsTheyAre() throws Exception {
        try (NativeSink sink = open(config(server.getAddress().getPort(), ""))) {
            byte[] rows = "1,a\n2,b\n".getBytes(StandardCharsets.UTF_8);
            for (byte b : rows) {
                sink.buffer().put(sink.position(), b);
                sink.commitRow(sink.position() + 1);
            }
            sink.flush(false, -1);
            assertThat(requests).element(1).isEqualTo("load 1,a\n2,b\n");
        }
    }

    @Test
    void closingRollsBackWhatIsOpen() throws Exception {
        try (NativeSink sink = open(config(
                server.getAddress().getPort(), columns() + ",\"semantic\":\"exactly-once\",\"chunk_bytes\":1"))) {
            write(sink, 1, "x");
            sink.handOver();
            while (requests.stream().noneMatch(request -> request.startsWith("load"))) {
                Thread.yield();
            }
        }
        assertThat(requests).last().isEqualTo("rollback");
    }

    @Test
    void aClosedPortIsNamed() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        try (NativeSink sink = open(config(port, columns()))) {
            write(sink, 1, "x");
            assertThatThrownBy(() -> sink.flush(false, 1)).isInstanceOfSatisfying(StarRocksNativeException.class, e -> {
                assertThat(e.code()).isEqualTo("NETWORK");
                assertThat(e).hasMessageContaining("127.0.0.1:" + port).hasMessageContaining("label=p");
                assertThat(e.getMessage()).doesNotContain("secret");
            });
        }
    }

    @Test
    void aBatchThatIsNoBatchEndsTheSink() throws Exception {
        try (NativeSink sink = open(config(server.getAddress().getPort(), columns()))) {
            sink.buffer().putInt(0, 1 << 30);
            sink.commitRow(32);
            assertThatThrownBy(() -> sink.flush(false, 1))
                    .isInstanceOfSatisfying(
                            StarRocksNativeException.class,
                            e -> assertThat(e.code()).isEqualTo("INVALID_ROW"));
        }
        assertThat(requests).as("no row of the batch was sent").isEmpty();
    }

    @Test
    void aConfigurationThatCannotBeReadIsRefused() {
        assertThatThrownBy(() -> open("{\"version\":1}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOfSatisfying(StarRocksNativeException.class, e -> {
                    assertThat(e.code()).isEqualTo("INVALID_CONFIG");
                    assertThat(e).hasMessageContaining("missing field");
                });
    }
}
