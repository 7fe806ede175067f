// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source;

import com.starrocks.connector.flink.table.sink.OptionKeys;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import com.starrocks.connector.flink.table.source.lookup.FullCaching;
import com.starrocks.connector.flink.table.source.lookup.LookupCaching;
import com.starrocks.connector.flink.table.source.lookup.LookupOptions;
import com.starrocks.connector.jni.Json;
import java.io.Serializable;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;

/**
 * Options of the source, for SQL and the DataStream API.
 *
 * <p>Keys are those of connector 1.x; what they mean is the same or wider, see {@code docs/differences.md}.
 */
public class StarRocksSourceOptions implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The largest batch that a backend takes. */
    private static final int MAX_BATCH_ROWS = 65_536;

    public static final String SOURCE_PROPERTIES_PREFIX = "scan.params.";

    public static final ConfigOption<String> SCAN_URL =
            string("scan-url", "HTTP addresses of the frontends, host:8030, separated by commas");
    public static final ConfigOption<String> JDBC_URL =
            string("jdbc-url", "MySQL address of the frontends: jdbc:mysql://host:9030");
    public static final ConfigOption<String> USERNAME = string("username", "User");
    public static final ConfigOption<String> PASSWORD = string("password", "Password");
    public static final ConfigOption<String> DATABASE_NAME = string("database-name", "Database");
    public static final ConfigOption<String> TABLE_NAME = string("table-name", "Table");

    public static final ConfigOption<Integer> SCAN_CONNECT_TIMEOUT =
            number("scan.connect.timeout-ms", 1_000, "Longest wait for a connection to a frontend or a backend");
    public static final ConfigOption<Integer> SCAN_BATCH_ROWS =
            number("scan.params.batch-rows", 4_096, "Rows that a backend sends at a time, up to " + MAX_BATCH_ROWS);
    public static final ConfigOption<String> SCAN_PROPERTIES = string(
            "scan.params.properties", "A JSON object of strings, sent to the backends with each scan, which ignore it");
    public static final ConfigOption<Integer> SCAN_LIMIT =
            number("scan.params.limit", 1, "Without effect, as in connector 1.x; LIMIT in a query is what limits");
    public static final ConfigOption<Integer> SCAN_KEEP_ALIVE_MIN = number(
            "scan.params.keep-alive-min",
            10,
            "Minutes for which a backend keeps a scan that nobody reads from; one that is gone is opened again");
    public static final ConfigOption<Integer> SCAN_QUERTY_TIMEOUT_S = number(
            "scan.params.query-timeout-s",
            600,
            "Seconds that a backend gives one scan; also the longest wait for an answer of it");
    public static final ConfigOption<Long> SCAN_MEM_LIMIT = ConfigOptions.key("scan.params.mem-limit-byte")
            .longType()
            .defaultValue(1024L * 1024 * 1024)
            .withDescription("Memory that a backend gives one scan");
    public static final ConfigOption<String> WAREHOUSE_NAME =
            string("scan.params.warehouse", "Warehouse that reads, in a cluster with several");
    public static final ConfigOption<Integer> SCAN_MAX_RETRIES = number(
            "scan.max-retries",
            3,
            "How often a request that failed, or a scan that broke off, is tried again, on another replica if there"
                    + " is one");
    public static final ConfigOption<String> SCAN_COLUMNS = ConfigOptions.key("scan.columns")
            .stringType()
            .defaultValue("")
            .withDescription("Columns to read, separated by commas, or count(*); for the DataStream API alone");
    public static final ConfigOption<String> SCAN_FILTER = ConfigOptions.key("scan.filter")
            .stringType()
            .defaultValue("")
            .withDescription("A condition in StarRocks SQL on the rows to read; for the DataStream API alone");
    public static final ConfigOption<String> SCAN_BE_HOST_MAPPING_LIST = ConfigOptions.key("scan.be-host-mapping-list")
            .stringType()
            .defaultValue("")
            .withDescription("Addresses at which the backends are reached, if not those that the frontend names:"
                    + " reachable:9060,advertised:9060, pairs separated by semicolons; each backend needs one");
    public static final ConfigOption<String> SCAN_ARROW_FLIGHT_URL = string(
            "scan.arrow-flight-url",
            "Arrow Flight SQL addresses of the frontends, host:9408, separated by commas: counts and aggregates are read"
                    + " there instead of from the MySQL port. From StarRocks 3.5.1 on");
    public static final ConfigOption<String> SCAN_LTZ_TIME_ZONE = ConfigOptions.key("scan.timestamp-ltz.time-zone")
            .stringType()
            .noDefaultValue()
            .withFallbackKeys(StarRocksSinkOptions.SINK_LTZ_TIME_ZONE.key())
            .withDescription(
                    "Zone of DATETIME columns that are read as TIMESTAMP_LTZ; by default sink.timestamp-ltz.time-zone,"
                            + " else that of the SQL session (table.local-time-zone), and UTC in the DataStream API");
    public static final ConfigOption<Integer> SCAN_PARALLELISM = ConfigOptions.key("scan.parallelism")
            .intType()
            .noDefaultValue()
            .withDescription("Parallelism of the source, from Flink 1.19 on; by default that of the job");

    public static final ConfigOption<Long> LOOKUP_CACHE_MAX_ROWS = ConfigOptions.key("lookup.cache.max-rows")
            .longType()
            .defaultValue(-1L)
            .withDescription("Keys whose rows the cache of a lookup join holds in each subtask; 0 for no cache, -1 for "
                    + LookupOptions.DEFAULT_MAX_KEYS);
    public static final ConfigOption<Long> LOOKUP_CACHE_TTL_MS = ConfigOptions.key("lookup.cache.ttl-ms")
            .longType()
            .defaultValue(5_000L)
            .withDescription("How long rows stay in the cache of a lookup join; 0 for no cache");
    public static final ConfigOption<Integer> LOOKUP_MAX_RETRIES =
            number("lookup.max-retries", 3, "How often a statement of a lookup join that failed is sent again");

    private static final List<ConfigOption<String>> CONNECTION =
            Arrays.asList(SCAN_URL, JDBC_URL, USERNAME, PASSWORD, DATABASE_NAME, TABLE_NAME);

    private static final List<ConfigOption<?>> SCAN = Arrays.asList(
            StarRocksSinkOptions.HOST_MAPPING,
            StarRocksSinkOptions.SSL_CA_FILE,
            StarRocksSinkOptions.SSL_CERT_FILE,
            StarRocksSinkOptions.SSL_KEY_FILE,
            SCAN_CONNECT_TIMEOUT,
            SCAN_BATCH_ROWS,
            SCAN_PROPERTIES,
            SCAN_LIMIT,
            SCAN_KEEP_ALIVE_MIN,
            SCAN_QUERTY_TIMEOUT_S,
            SCAN_MEM_LIMIT,
            WAREHOUSE_NAME,
            SCAN_MAX_RETRIES,
            SCAN_BE_HOST_MAPPING_LIST,
            SCAN_ARROW_FLIGHT_URL,
            SCAN_LTZ_TIME_ZONE,
            SCAN_PARALLELISM,
            LOOKUP_CACHE_MAX_ROWS,
            LOOKUP_CACHE_TTL_MS,
            LOOKUP_MAX_RETRIES);

    private static final List<ConfigOption<?>> DATASTREAM = Arrays.asList(SCAN_COLUMNS, SCAN_FILTER);

    private final Configuration config = new Configuration();
    private final HashMap<String, String> allOptions;
    private final HashMap<String, String> properties = new HashMap<>();

    /**
     * @param options the options that are read by type
     * @param allOptions every option of the table as text
     */
    public StarRocksSourceOptions(ReadableConfig options, Map<String, String> allOptions) {
        this.allOptions = new HashMap<>(allOptions);
        all().forEach(option -> copy(options, option));
        allOptions.forEach((key, value) -> {
            if (key.startsWith(SOURCE_PROPERTIES_PREFIX)) {
                properties.put(key.substring(SOURCE_PROPERTIES_PREFIX.length()).toLowerCase(Locale.ROOT), value);
            }
        });
        validate();
    }

    /** Options one by one. */
    public static Builder builder() {
        return new Builder();
    }

    /** The same options, changed by nobody else. */
    public StarRocksSourceOptions copy() {
        StarRocksSourceOptions copy = new StarRocksSourceOptions(Configuration.fromMap(allOptions), allOptions);
        config.getOptional(SCAN_LTZ_TIME_ZONE).ifPresent(zone -> copy.config.set(SCAN_LTZ_TIME_ZONE, zone));
        return copy;
    }

    private <T> void copy(ReadableConfig options, ConfigOption<T> option) {
        options.getOptional(option).ifPresent(value -> config.set(option, value));
    }

    private static Set<ConfigOption<?>> all() {
        Set<ConfigOption<?>> all = new LinkedHashSet<>(CONNECTION);
        all.addAll(optional());
        all.addAll(DATASTREAM);
        return all;
    }

    /** What a DDL may set beside the connection. */
    public static Set<ConfigOption<?>> optional() {
        Set<ConfigOption<?>> optional = new LinkedHashSet<>(SCAN);
        optional.addAll(LookupOptions.all());
        return optional;
    }

    /** What every source needs to know. */
    public static Set<ConfigOption<?>> connection() {
        return new LinkedHashSet<>(CONNECTION);
    }

    /** What a DDL cannot set: a table has its columns, and a query its conditions. */
    public static Set<ConfigOption<?>> datastream() {
        return new LinkedHashSet<>(DATASTREAM);
    }

    private static String connectionKeys() {
        return CONNECTION.stream().map(ConfigOption::key).collect(Collectors.joining(", "));
    }

    private void validate() {
        List<String> missing = CONNECTION.stream()
                .filter(option -> !config.contains(option))
                .map(ConfigOption::key)
                .collect(Collectors.toList());
        if (!missing.isEmpty() && missing.size() < CONNECTION.size()) {
            throw new IllegalArgumentException("Either all of " + connectionKeys()
                    + " are needed, or none: not set are " + String.join(", ", missing) + ".");
        }
        for (String url : getScanUrls()) {
            if (!url.replaceFirst("^https?://", "").matches("[^/]+:[0-9]{1,5}/?")) {
                throw new ValidationException("Could not parse host '" + url + "' in option '" + SCAN_URL.key()
                        + "': host:http_port is expected.");
            }
        }
        for (String url : getArrowFlightUrls()) {
            if (!url.replaceFirst("^grpc(\\+tcp)?://", "").matches("[^/]+:[0-9]{1,5}")) {
                throw new ValidationException("Could not parse host '" + url + "' in option '"
                        + SCAN_ARROW_FLIGHT_URL.key() + "': host:arrow_flight_port is expected.");
            }
        }
        validateRange(SCAN_CONNECT_TIMEOUT, 1, Integer.MAX_VALUE);
        validateRange(SCAN_BATCH_ROWS, 1, MAX_BATCH_ROWS);
        validateRange(SCAN_KEEP_ALIVE_MIN, 1, Short.MAX_VALUE);
        validateRange(SCAN_QUERTY_TIMEOUT_S, 1, Integer.MAX_VALUE);
        validateRange(SCAN_MEM_LIMIT, 1, Long.MAX_VALUE);
        validateRange(SCAN_MAX_RETRIES, 0, 1_000);
        if (config.contains(SCAN_PARALLELISM)) {
            validateRange(SCAN_PARALLELISM, 1, Short.MAX_VALUE + 1);
        }
        if (config.contains(StarRocksSinkOptions.SSL_CERT_FILE) != config.contains(StarRocksSinkOptions.SSL_KEY_FILE)) {
            throw new ValidationException("Options '" + StarRocksSinkOptions.SSL_CERT_FILE.key() + "' and '"
                    + StarRocksSinkOptions.SSL_KEY_FILE.key() + "' go together, but only one of them is set.");
        }
        try {
            getTimestampLtzTimeZone();
        } catch (DateTimeException e) {
            throw new ValidationException("Unsupported value '" + config.get(SCAN_LTZ_TIME_ZONE) + "' of option '"
                    + SCAN_LTZ_TIME_ZONE.key() + "': a zone such as UTC or Asia/Shanghai is expected.");
        }
        for (String pair : getBeHostMappingList().split(";")) {
            if (!pair.trim().isEmpty() && !pair.matches("\\s*[^,]+:[0-9]{1,5}\\s*,\\s*[^,]+:[0-9]{1,5}\\s*")) {
                throw new ValidationException("Unsupported value '" + pair + "' of option '"
                        + SCAN_BE_HOST_MAPPING_LIST.key() + "': reachable:port,advertised:port is expected.");
            }
        }
        validateRange(LOOKUP_CACHE_MAX_ROWS, -1, Long.MAX_VALUE);
        validateRange(LOOKUP_CACHE_TTL_MS, 0, Long.MAX_VALUE);
        validateRange(LOOKUP_MAX_RETRIES, 0, 1_000);
        LookupOptions.validate(config);
        scanProperties();
    }

    private void validateRange(ConfigOption<? extends Number> option, long min, long max) {
        long value = config.get(option).longValue();
        if (value < min || value > max) {
            throw new ValidationException("Unsupported value '" + value + "' of option '" + option.key() + "': "
                    + (max == Long.MAX_VALUE ? "at least " + min : min + " to " + max) + " is expected.");
        }
    }

    public String getScanUrl() {
        return config.get(SCAN_URL);
    }

    /** The addresses of {@link #getScanUrl()} one by one. */
    public List<String> getScanUrls() {
        return addresses(SCAN_URL);
    }

    /** Arrow Flight SQL addresses of the frontends; none if queries go over the MySQL port. */
    public List<String> getArrowFlightUrls() {
        return addresses(SCAN_ARROW_FLIGHT_URL);
    }

    private List<String> addresses(ConfigOption<String> option) {
        List<String> urls = new ArrayList<>();
        for (String url : config.getOptional(option).orElse("").split("[,;]")) {
            if (!url.trim().isEmpty()) {
                urls.add(url.trim());
            }
        }
        return urls;
    }

    public String getJdbcUrl() {
        return config.get(JDBC_URL);
    }

    public String getUsername() {
        return config.get(USERNAME);
    }

    public String getPassword() {
        return config.get(PASSWORD);
    }

    public String getDatabaseName() {
        return config.get(DATABASE_NAME);
    }

    public String getTableName() {
        return config.get(TABLE_NAME);
    }

    public String getWarehouseName() {
        return config.get(WAREHOUSE_NAME);
    }

    public String getColumns() {
        return config.get(SCAN_COLUMNS);
    }

    public String getFilter() {
        return config.get(SCAN_FILTER);
    }

    public String getBeHostMappingList() {
        return config.get(SCAN_BE_HOST_MAPPING_LIST);
    }

    public int getConnectTimeoutMs() {
        return config.get(SCAN_CONNECT_TIMEOUT);
    }

    public int getBatchRows() {
        return config.get(SCAN_BATCH_ROWS);
    }

    public int getKeepAliveMin() {
        return config.get(SCAN_KEEP_ALIVE_MIN);
    }

    public int getQueryTimeout() {
        return config.get(SCAN_QUERTY_TIMEOUT_S);
    }

    public int getScanMaxRetries() {
        return config.get(SCAN_MAX_RETRIES);
    }

    public int getLookupMaxRetries() {
        return config.get(LOOKUP_MAX_RETRIES);
    }

    public long getMemLimit() {
        return config.get(SCAN_MEM_LIMIT);
    }

    public long getLookupCacheMaxRows() {
        return config.get(LOOKUP_CACHE_MAX_ROWS);
    }

    public long getLookupCacheTTL() {
        return config.get(LOOKUP_CACHE_TTL_MS);
    }

    /** Whether lookup joins may be asynchronous. */
    public boolean isLookupAsync() {
        return config.get(LookupOptions.ASYNC);
    }

    /** How lookup joins keep rows. */
    public LookupCaching getLookupCaching() {
        return LookupOptions.caching(config);
    }

    /** When lookup joins read the whole table again, if they keep all of it. */
    public Optional<FullCaching> getLookupFullCaching() {
        return LookupOptions.fullCaching(config);
    }

    /** What stands under {@value #SOURCE_PROPERTIES_PREFIX}, keys in lower case and without it. */
    public Map<String, String> getProperties() {
        return Collections.unmodifiableMap(properties);
    }

    /** Parallelism of the source, if it is set. */
    public Optional<Integer> getParallelism() {
        return config.getOptional(SCAN_PARALLELISM);
    }

    /** Takes the zone of the session for TIMESTAMP_LTZ, unless the options name one. */
    public void useSessionTimeZone(ZoneId zone) {
        if (!config.contains(SCAN_LTZ_TIME_ZONE)) {
            config.set(SCAN_LTZ_TIME_ZONE, zone.getId());
        }
    }

    /** Zone of DATETIME columns that are read as TIMESTAMP_LTZ. */
    public ZoneId getTimestampLtzTimeZone() {
        return ZoneId.of(config.getOptional(SCAN_LTZ_TIME_ZONE).orElse("UTC"));
    }

    /** {@code database.table}, for messages. */
    public String tableText() {
        return getDatabaseName() + "." + getTableName();
    }

    /** Where and as whom to connect, as the native library reads it. */
    public Map<String, Object> connectionDocument() {
        Map<String, Object> connection = new LinkedHashMap<>();
        connection.put("load_urls", getScanUrls());
        connection.put("jdbc_url", getJdbcUrl());
        connection.put("arrow_flight_urls", getArrowFlightUrls());
        connection.put(
                "host_mapping",
                config.getOptional(StarRocksSinkOptions.HOST_MAPPING).orElse(Collections.emptyList()));
        connection.put("ca_file", config.get(StarRocksSinkOptions.SSL_CA_FILE));
        connection.put("cert_file", config.get(StarRocksSinkOptions.SSL_CERT_FILE));
        connection.put("key_file", config.get(StarRocksSinkOptions.SSL_KEY_FILE));
        connection.put("username", getUsername());
        connection.put("password", getPassword());
        connection.put("connect_timeout_ms", getConnectTimeoutMs());
        return connection;
    }

    /** How to read, as the native library reads it. */
    public Map<String, Object> scanDocument() {
        Map<String, Object> scan = new LinkedHashMap<>();
        scan.put("batch_rows", getBatchRows());
        scan.put("connect_timeout_ms", getConnectTimeoutMs());
        scan.put("keep_alive_min", getKeepAliveMin());
        scan.put("query_timeout_s", getQueryTimeout());
        scan.put("mem_limit_bytes", getMemLimit());
        scan.put("properties", scanProperties());
        scan.put("max_retries", getScanMaxRetries());
        scan.put("be_host_mapping", getBeHostMappingList());
        return scan;
    }

    private Map<String, Object> scanProperties() {
        Map<String, Object> texts = new LinkedHashMap<>();
        String json = config.get(SCAN_PROPERTIES);
        if (json == null || json.trim().isEmpty()) {
            return texts;
        }
        try {
            Json.object(Json.read(json)).forEach((key, value) -> {
                if (!(value instanceof String)) {
                    throw new IllegalArgumentException("the value of '" + key + "' is no text");
                }
                texts.put(key, value);
            });
        } catch (IllegalArgumentException e) {
            throw new ValidationException(
                    "Option '" + SCAN_PROPERTIES.key() + "' must be a JSON object of texts: " + e.getMessage() + ".");
        }
        return texts;
    }

    /** Collects options by key. */
    public static final class Builder {
        private final Map<String, String> options = new HashMap<>();

        /** Sets an option by its key. */
        public Builder withProperty(String key, String value) {
            options.put(key, value);
            return this;
        }

        /** Checks the options. */
        public StarRocksSourceOptions build() {
            OptionKeys.checkSource(options.keySet(), true);
            return new StarRocksSourceOptions(Configuration.fromMap(options), options);
        }
    }

    private static ConfigOption<String> string(String key, String description) {
        return ConfigOptions.key(key).stringType().noDefaultValue().withDescription(description);
    }

    private static ConfigOption<Integer> number(String key, int value, String description) {
        return ConfigOptions.key(key).intType().defaultValue(value).withDescription(description);
    }
}
