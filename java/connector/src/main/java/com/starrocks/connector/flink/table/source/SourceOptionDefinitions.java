// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source;

import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import com.starrocks.connector.flink.table.source.lookup.LookupOptions;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** The options of the source. Programs name them through {@link StarRocksSourceOptions}, as in connector 1.x. */
public abstract class SourceOptionDefinitions {
    /** The largest batch that a backend takes. */
    static final int MAX_BATCH_ROWS = 65_536;

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

    static final List<ConfigOption<String>> CONNECTION =
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

    static Set<ConfigOption<?>> all() {
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

    private static ConfigOption<String> string(String key, String description) {
        return ConfigOptions.key(key).stringType().noDefaultValue().withDescription(description);
    }

    private static ConfigOption<Integer> number(String key, int value, String description) {
        return ConfigOptions.key(key).intType().defaultValue(value).withDescription(description);
    }
}
