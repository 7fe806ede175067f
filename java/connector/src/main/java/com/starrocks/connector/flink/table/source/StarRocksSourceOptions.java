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
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;

/**
 * Options of the source, for SQL and the DataStream API.
 *
 * <p>Keys are those of connector 1.x; what they mean is the same or wider, see {@code docs/differences.md}.
 */
public class StarRocksSourceOptions extends SourceOptionDefinitions implements Serializable {
    private static final long serialVersionUID = 1L;

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
        new SourceOptionValidation(this, config).validate();
        scanProperties();
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
}
