// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.embedded;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A StarRocks-compatible server for tests, in a process of its own on free ports of the loopback interface.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();
 * }</pre>
 *
 * <p>The system property {@value #BINARY_PROPERTY} names the {@code srctl} binary. {@link #execute} and {@link #query} need a
 * MySQL driver on the class path; the server itself does not.
 */
public final class EmbeddedStarRocks implements BeforeAllCallback, AfterAllCallback, AutoCloseable {
    /** System property with the path of {@code srctl}. */
    public static final String BINARY_PROPERTY = "srctl";

    /** The user that every server has. */
    public static final String USERNAME = "root";

    private static final int FIRST_BACKEND = 10_001;
    private static final Pattern ENTRY = Pattern.compile("\"(\\w+)\":\"([^\"]+)\"");

    private final List<String> flags;
    private Process process;
    private Path log;
    private String feHttp;
    private String query;
    private String beHttp;
    private String be;
    private String arrowFlight;

    private EmbeddedStarRocks(List<String> flags) {
        this.flags = flags;
    }

    /** A server, not yet started, with further flags of {@code srctl server}. */
    public static EmbeddedStarRocks create(String... flags) {
        return new EmbeddedStarRocks(Arrays.asList(flags));
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        start();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close();
    }

    /** Starts the server and waits until it takes requests. Started again, it listens on the same ports as before. */
    public void start() throws IOException {
        String binary = System.getProperty(BINARY_PROPERTY, "");
        if (binary.isEmpty()) {
            throw new IllegalStateException("Set the system property '" + BINARY_PROPERTY
                    + "' to the path of srctl (cargo build -p srctl builds it).");
        }
        List<String> command = new ArrayList<>(Arrays.asList(
                binary,
                "server",
                "--listen",
                "127.0.0.1",
                "--fe-http-port",
                port(feHttp),
                "--query-port",
                port(query),
                "--be-http-port",
                port(beHttp),
                "--be-port",
                be == null ? "0" : be.replaceAll("[^,]*:", "")));
        command.addAll(flags);
        log = Files.createTempFile("embedded-starrocks-", ".log");
        process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        // The line of addresses is the only output; the end of the output means that the server ended.
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("{")) {
                readAddresses(line);
                return;
            }
        }
        String reason = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
        close();
        throw new IOException("The embedded server ended before it was ready: " + reason);
    }

    /** The port of an address that the server had before, else 0 for a free one. */
    private static String port(String address) {
        return address == null ? "0" : address.substring(address.lastIndexOf(':') + 1);
    }

    private void readAddresses(String line) {
        Matcher entry = ENTRY.matcher(line);
        while (entry.find()) {
            if (entry.group(1).equals("fe_http")) {
                feHttp = entry.group(2);
            } else if (entry.group(1).equals("query")) {
                query = entry.group(2);
            } else if (entry.group(1).equals("be_http")) {
                beHttp = entry.group(2);
            } else if (entry.group(1).equals("be")) {
                be = entry.group(2);
            } else if (entry.group(1).equals("arrow_flight")) {
                arrowFlight = entry.group(2);
            }
        }
    }

    /** The backends' thrift addresses, {@code host:port}, where tables are scanned; several if the flags ask for them. */
    public List<String> scanAddresses() {
        return Arrays.asList(be.split(","));
    }

    /** The FE's Arrow Flight SQL address, {@code host:port}, if a flag asks for one: the connector's {@code scan.arrow-flight-url}. */
    public String arrowFlight() {
        return arrowFlight;
    }

    /** The FE's HTTP address, {@code host:port}: the connector's option {@code load-url}. */
    public String loadUrl() {
        return feHttp;
    }

    /** The BE's HTTP address, to which the FE redirects loads. */
    public String beHttp() {
        return beHttp;
    }

    /** The FE's MySQL address: the connector's option {@code jdbc-url}. */
    public String jdbcUrl() {
        return "jdbc:mysql://" + query;
    }

    /** Runs a statement that returns no rows. */
    public void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Runs a query; each row is a list of the texts of its values, null for NULL. */
    public List<List<String>> query(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<List<String>> rows = new ArrayList<>();
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    row.add(result.getString(i));
                }
                rows.add(row);
            }
            return rows;
        }
    }

    /**
     * Adds faults, a JSON object or a list of them as docs/design/server-faults.md of the project describes; the server needs the flag
     * {@code --faults}.
     *
     * @throws IOException if the server refuses them; the message says why
     */
    public void addFaults(String json) throws IOException {
        request("POST", "/api/_faults", json);
    }

    /** The faults that still wait for their request, as JSON; {@code []} when all have happened. */
    public String waitingFaults() throws IOException {
        return request("GET", "/api/_faults", null);
    }

    /**
     * Changes what a backend does; the server needs the flag {@code --faults}.
     *
     * @param backend 0 for the first, in the order of {@link #scanAddresses()}
     * @param state {@code up}, {@code paused} or {@code down}
     */
    public void setBackend(int backend, String state) throws IOException {
        request("POST", "/api/_backends", "{\"id\":" + (FIRST_BACKEND + backend) + ",\"state\":\"" + state + "\"}");
    }

    private String request(String method, String path, String body) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) new URL("http://" + feHttp + path).openConnection();
        connection.setRequestMethod(method);
        byte[] credentials = (USERNAME + ":").getBytes(StandardCharsets.UTF_8);
        connection.setRequestProperty(
                "Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
        if (body != null) {
            connection.setDoOutput(true);
            connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        }
        boolean refused = connection.getResponseCode() != 200;
        InputStream answer = refused ? connection.getErrorStream() : connection.getInputStream();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (answer != null) {
            byte[] piece = new byte[8192];
            for (int length = answer.read(piece); length > 0; length = answer.read(piece)) {
                bytes.write(piece, 0, length);
            }
            answer.close();
        }
        String text = new String(bytes.toByteArray(), StandardCharsets.UTF_8);
        if (refused) {
            throw new IOException(
                    method + " " + path + " was answered with status " + connection.getResponseCode() + ": " + text);
        }
        return text;
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl(), USERNAME, "");
    }

    /** Ends the server as a crash would; {@link #start()} brings it back with what is in its {@code --data-dir}. */
    public void kill() {
        process.destroyForcibly();
        close();
    }

    /** Stops the server; what it has in memory alone is gone. */
    @Override
    public void close() {
        if (process == null) {
            return;
        }
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            Files.deleteIfExists(log);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new IllegalStateException("The log of the embedded server cannot be deleted: " + log, e);
        } finally {
            process = null;
        }
    }
}
