// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.data.load.stream.properties;

import com.starrocks.connector.load.TableKey;
import com.starrocks.data.load.stream.StreamLoadDataFormat;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Where and as whom to load, when to send, and how the rows of each table are loaded. */
public class StreamLoadProperties implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final String MAX_RETRIES = "max_retries";
    private static final String RETRY_INTERVAL = "retry_interval_ms";

    private final String jdbcUrl;
    private final ArrayList<String> loadUrls;
    private final String username;
    private final String password;
    private final boolean enableTransaction;
    private final boolean enableMultiTableTransaction;
    private final long multiTableTransactionBufferSize;
    private final String labelPrefix;
    private final StreamLoadTableProperties defaultTableProperties;
    private final HashMap<TableKey, StreamLoadTableProperties> tableProperties = new HashMap<>();
    private final TreeMap<String, String> headers;
    /** Numbers and flags by their names in the configuration of a sink; those not set have its defaults. */
    private final LinkedHashMap<String, Object> settings;

    private final LinkedHashMap<String, Object> connectionSettings;

    private StreamLoadProperties(Builder builder) {
        jdbcUrl = builder.jdbcUrl;
        loadUrls = new ArrayList<>(builder.loadUrls);
        username = Objects.requireNonNull(builder.username, "username");
        password = Objects.requireNonNull(builder.password, "password");
        enableTransaction = builder.enableTransaction;
        enableMultiTableTransaction = builder.enableMultiTableTransaction;
        multiTableTransactionBufferSize = builder.multiTableTransactionBufferSize;
        labelPrefix = builder.labelPrefix;
        headers = new TreeMap<>(builder.headers);
        settings = new LinkedHashMap<>(builder.settings);
        connectionSettings = new LinkedHashMap<>(builder.connectionSettings);
        defaultTableProperties = builder.defaultTableProperties;
        if (loadUrls.isEmpty()) {
            throw new IllegalArgumentException("At least one load URL is needed: host:http_port of a frontend.");
        }
        for (StreamLoadTableProperties table : builder.tableProperties) {
            tableProperties.put(
                    new TableKey(table.getUniqueKey(), table.getDatabase(), table.getTable()), overDefaults(table));
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    public String getJdbcUrl() {
        return jdbcUrl;
    }

    public String[] getLoadUrls() {
        return loadUrls.toArray(new String[0]);
    }

    public String getUsername() {
        return username;
    }

    public String getPassword() {
        return password;
    }

    /** Whether loads go through transactions rather than one stream load after another. */
    public boolean isEnableTransaction() {
        return enableTransaction;
    }

    /** Whether transactions are over several tables. */
    public boolean isEnableMultiTableTransaction() {
        return enableMultiTableTransaction;
    }

    /** Bytes of rows that may wait for the end of their source transactions. */
    public long getMultiTableTransactionBufferSize() {
        return multiTableTransactionBufferSize;
    }

    /** The prefix of all labels, or null. */
    public String getLabelPrefix() {
        return labelPrefix;
    }

    /** How often a failed request is tried again. */
    public int getMaxRetries() {
        return ((Number) settings.getOrDefault(MAX_RETRIES, 3)).intValue();
    }

    /** Longest wait in milliseconds between two attempts. */
    public int getRetryIntervalInMs() {
        return ((Number) settings.getOrDefault(RETRY_INTERVAL, 10_000)).intValue();
    }

    /** Headers of every load, which give way to those of a table. */
    public Map<String, String> getHeaders() {
        return Collections.unmodifiableMap(headers);
    }

    /** What holds where the properties of a table say nothing, or null. */
    public StreamLoadTableProperties getDefaultTableProperties() {
        return defaultTableProperties;
    }

    /** Properties of tables that have their own, over the default ones. */
    public List<StreamLoadTableProperties> getTableProperties() {
        return new ArrayList<>(tableProperties.values());
    }

    /** The properties of rows: those added for the key, else for the table, over the default ones. */
    public StreamLoadTableProperties getTableProperties(String uniqueKey, String database, String table) {
        StreamLoadTableProperties own = tableProperties.get(new TableKey(uniqueKey, database, table));
        if (own == null && uniqueKey != null) {
            own = tableProperties.get(new TableKey(null, database, table));
        }
        return own != null
                ? own
                : overDefaults(StreamLoadTableProperties.builder()
                        .uniqueKey(uniqueKey)
                        .database(database)
                        .table(table)
                        .build());
    }

    private StreamLoadTableProperties overDefaults(StreamLoadTableProperties table) {
        return defaultTableProperties == null ? table : table.over(defaultTableProperties);
    }

    /**
     * What these properties say of the configuration of a native sink for the rows of a table, see {@code crates/client}; the
     * caller adds who is writing and with which guarantee.
     */
    public Map<String, Object> sinkConfig(TableKey key) {
        StreamLoadTableProperties table = getTableProperties(key.uniqueKey(), key.database(), key.table());
        Map<String, String> loadHeaders = new TreeMap<>(headers);
        loadHeaders.putAll(table.getProperties());
        Map<String, Object> config = new LinkedHashMap<>(settings);
        config.put("connection", connection());
        config.put("database", key.database());
        config.put("table", key.table());
        config.put("format", table.getDataFormat().name().equals(StreamLoadDataFormat.JSON.name()) ? "json" : "csv");
        config.put("properties", loadHeaders);
        config.put("use_transaction", enableTransaction);
        if (enableMultiTableTransaction) {
            config.put(
                    "shared_transactions", Collections.singletonMap("buffer_bytes", multiTableTransactionBufferSize));
        }
        if (table.getChunkLimit() != null) {
            config.put("chunk_bytes", table.getChunkLimit());
        }
        if (labelPrefix != null) {
            config.put("label_prefix", labelPrefix);
        }
        return config;
    }

    /** The connection as the native library reads it. */
    public Map<String, Object> connection() {
        Map<String, Object> connection = new LinkedHashMap<>(connectionSettings);
        connection.put("load_urls", loadUrls);
        connection.put("username", username);
        connection.put("password", password);
        if (jdbcUrl != null) {
            connection.put("jdbc_url", jdbcUrl);
        }
        return connection;
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "StreamLoadProperties{loadUrls=" + loadUrls + ", username=" + username + ", labelPrefix=" + labelPrefix
                + ", " + settings + ", tables=" + tableProperties.keySet() + "}";
    }

    /** Collects properties. */
    public static class Builder {
        private String jdbcUrl;
        private List<String> loadUrls = Collections.emptyList();
        private String username;
        private String password;
        private boolean enableTransaction;
        private boolean enableMultiTableTransaction;
        private long multiTableTransactionBufferSize = 128L << 20;
        private String labelPrefix;
        private StreamLoadTableProperties defaultTableProperties;
        private final List<StreamLoadTableProperties> tableProperties = new ArrayList<>();
        private final TreeMap<String, String> headers = new TreeMap<>();
        private final LinkedHashMap<String, Object> settings = new LinkedHashMap<>();
        private final LinkedHashMap<String, Object> connectionSettings = new LinkedHashMap<>();

        /** MySQL address of the frontends, {@code jdbc:mysql://host:9030}. */
        public Builder jdbcUrl(String jdbcUrl) {
            this.jdbcUrl = jdbcUrl;
            return this;
        }

        /** HTTP addresses of the frontends, {@code host:8030}. */
        public Builder loadUrls(String... loadUrls) {
            this.loadUrls = Arrays.asList(loadUrls.clone());
            return this;
        }

        public Builder username(String username) {
            this.username = username;
            return this;
        }

        public Builder password(String password) {
            this.password = password;
            return this;
        }

        /** Loads through transactions, which StarRocks has from 2.4 on; without, each load is visible by itself. */
        public Builder enableTransaction() {
            enableTransaction = true;
            return this;
        }

        /**
         * Loads through transactions over all tables of a database, which StarRocks has from 4.0 on: what is flushed together becomes
         * visible together. They can only be committed at once, not prepared.
         */
        public Builder enableMultiTableTransaction() {
            enableMultiTableTransaction = true;
            return enableTransaction();
        }

        /** Bytes of rows that may wait for the end of their source transactions. */
        public Builder multiTableTransactionBufferSize(long bytes) {
            multiTableTransactionBufferSize = atLeast(1, bytes, "multiTableTransactionBufferSize");
            return this;
        }

        /** Prefix of all labels: up to 64 letters, digits, - and _. */
        public Builder labelPrefix(String labelPrefix) {
            this.labelPrefix = labelPrefix;
            return this;
        }

        /** What holds for every table that says nothing else. */
        public Builder defaultTableProperties(StreamLoadTableProperties properties) {
            defaultTableProperties = properties;
            return this;
        }

        /** Properties of one table, or of one unique key. */
        public Builder addTableProperties(StreamLoadTableProperties properties) {
            tableProperties.add(Objects.requireNonNull(properties, "properties"));
            return this;
        }

        /** Bytes of one table after which a transaction is closed and the next one begun. */
        public Builder cacheMaxBytes(long bytes) {
            return set("max_bytes", atLeast(1, bytes, "cacheMaxBytes"));
        }

        /** Longest time in milliseconds that rows wait to be committed, when commits are automatic. */
        public Builder expectDelayTime(long millis) {
            return set("flush_interval_ms", atLeast(1, millis, "expectDelayTime"));
        }

        /** Longest wait for a connection in milliseconds, at least 100. */
        public Builder connectTimeout(int millis) {
            connectionSettings.put("connect_timeout_ms", atLeast(100, millis, "connectTimeout"));
            return this;
        }

        /** How many milliseconds a body waits for the server to ask for it, at least 3000. */
        public Builder waitForContinueTimeoutMs(int millis) {
            connectionSettings.put("continue_timeout_ms", atLeast(3_000, millis, "waitForContinueTimeoutMs"));
            return this;
        }

        /** Longest wait in milliseconds for any progress of a request; 0 or less: as long as the load may take. */
        public Builder socketTimeout(int millis) {
            connectionSettings.put("socket_timeout_ms", (long) millis);
            return this;
        }

        /** How long a commit waits for its rows to become visible; 0 or less: as long as the server likes. */
        public Builder publishTimeoutMs(int millis) {
            connectionSettings.put("publish_timeout_ms", (long) millis);
            return this;
        }

        /** How servers are reached whose addresses lead nowhere from here: rules {@code internal=external}. */
        public Builder hostMapping(String... rules) {
            connectionSettings.put("host_mapping", Arrays.asList(rules.clone()));
            return this;
        }

        /** HTTP addresses of backends, {@code host:8040}, to which loads go without asking a frontend for one. */
        public Builder backendLoadUrls(String... urls) {
            connectionSettings.put("backend_urls", Arrays.asList(urls.clone()));
            return this;
        }

        /** PEM files of authorities to trust beside the public ones, and of our certificate and its key; each may be null. */
        public Builder sslFiles(String ca, String certificate, String key) {
            connectionSettings.put("ca_file", ca);
            connectionSettings.put("cert_file", certificate);
            connectionSettings.put("key_file", key);
            return this;
        }

        /** Whether to keep row values out of error messages. */
        public Builder sanitizeErrorLog(boolean sanitize) {
            connectionSettings.put("sanitize_error_log", sanitize);
            return this;
        }

        /** How often a failed request is tried again. */
        public Builder maxRetries(int retries) {
            return set(MAX_RETRIES, atLeast(0, retries, "maxRetries"));
        }

        /** Longest wait in milliseconds between two attempts. */
        public Builder retryIntervalInMs(int millis) {
            return set(RETRY_INTERVAL, atLeast(0, millis, "retryIntervalInMs"));
        }

        /** Memory outside the heap that all sinks of the process may hold together. */
        public Builder nativeMemoryMaxBytes(long bytes) {
            return set("native_memory_bytes", atLeast(16 << 20, bytes, "nativeMemoryMaxBytes"));
        }

        /** Sets a header of every load. */
        public Builder addHeader(String name, String value) {
            headers.put(name.toLowerCase(Locale.ROOT), value);
            return this;
        }

        /** Sets headers of every load. */
        public Builder addHeaders(Map<String, String> headers) {
            headers.forEach(this::addHeader);
            return this;
        }

        private Builder set(String name, Object value) {
            settings.put(name, value);
            return this;
        }

        private static long atLeast(long least, long value, String name) {
            if (value < least) {
                throw new IllegalArgumentException(name + " must be at least " + least + ", not " + value + ".");
            }
            return value;
        }

        public StreamLoadProperties build() {
            return new StreamLoadProperties(this);
        }
    }
}
