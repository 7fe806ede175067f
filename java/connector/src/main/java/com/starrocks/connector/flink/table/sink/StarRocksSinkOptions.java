// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import com.starrocks.connector.flink.manager.StarRocksSinkTable;
import com.starrocks.connector.flink.row.sink.StarRocksSinkOP;
import com.starrocks.data.load.stream.StreamLoadDataFormat;
import com.starrocks.data.load.stream.properties.StreamLoadProperties;
import com.starrocks.data.load.stream.properties.StreamLoadTableProperties;
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
import java.util.stream.Stream;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.factories.FactoryUtil;

/**
 * Options of the sink, for SQL and the DataStream API.
 *
 * <p>Keys, defaults and limits are those of connector 1.x. Some options of 1.x steer things that no longer exist, such as the
 * number of its threads; they are accepted so that a job keeps running after a swap of the JAR, see {@link #optionsWithoutEffect()}.
 */
public class StarRocksSinkOptions implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final long MEBIBYTE = 1024 * 1024;
    private static final long GIBIBYTE = 1024 * MEBIBYTE;
    /** Larger loads win nothing and are kept in memory until they are committed. */
    private static final long MAX_CHUNK_BYTES = 8 * MEBIBYTE;

    /** What the rows are written as. */
    public enum StreamLoadFormat {
        CSV,
        JSON
    }

    public static final String SINK_PROPERTIES_PREFIX = "sink.properties.";

    public static final ConfigOption<String> JDBC_URL =
            string("jdbc-url", "MySQL address of the frontends: jdbc:mysql://host:9030");
    public static final ConfigOption<List<String>> LOAD_URL = ConfigOptions.key("load-url")
            .stringType()
            .asList()
            .noDefaultValue()
            .withDescription("HTTP addresses of the frontends, host:8030, separated by semicolons");
    public static final ConfigOption<String> DATABASE_NAME = string("database-name", "Database");
    public static final ConfigOption<String> TABLE_NAME = string("table-name", "Table");
    public static final ConfigOption<String> USERNAME = string("username", "User");
    public static final ConfigOption<String> PASSWORD = string("password", "Password");

    public static final ConfigOption<String> SINK_SEMANTIC = ConfigOptions.key("sink.semantic")
            .stringType()
            .defaultValue(StarRocksSinkSemantic.AT_LEAST_ONCE.getName())
            .withDescription("Delivery guarantee: at-least-once or exactly-once");
    public static final ConfigOption<String> SINK_LABEL_PREFIX =
            string("sink.label-prefix", "Prefix of the labels of all loads; letters, digits, - and _");
    public static final ConfigOption<Integer> SINK_CONNECT_TIMEOUT = ConfigOptions.key("sink.connect.timeout-ms")
            .intType()
            .defaultValue(30_000)
            .withDescription("Longest wait for a connection, 100 to 60000 ms");
    public static final ConfigOption<Integer> SINK_SOCKET_TIMEOUT = ConfigOptions.key("sink.socket.timeout-ms")
            .intType()
            .defaultValue(-1)
            .withDescription("Longest wait for any progress of a request; 0 or less: as long as the load may take");
    public static final ConfigOption<Integer> SINK_WAIT_FOR_CONTINUE_TIMEOUT = ConfigOptions.key(
                    "sink.wait-for-continue.timeout-ms")
            .intType()
            .defaultValue(30_000)
            .withDescription("How long a body waits for the server to ask for it, 3000 to 600000 ms");
    public static final ConfigOption<Long> SINK_CHUNK_LIMIT = ConfigOptions.key("sink.chunk-limit")
            .longType()
            .defaultValue(3 * GIBIBYTE)
            .withDescription("Largest size of one load in bytes; loads of more than 8 MiB are split in any case");
    public static final ConfigOption<Long> SINK_BATCH_MAX_SIZE = ConfigOptions.key("sink.buffer-flush.max-bytes")
            .longType()
            .defaultValue(90 * MEBIBYTE)
            .withDescription("Bytes after which a transaction is closed and the next one begun, 64 MiB to 10 GiB");
    public static final ConfigOption<Long> SINK_BATCH_FLUSH_INTERVAL = ConfigOptions.key(
                    "sink.buffer-flush.interval-ms")
            .longType()
            .defaultValue(300_000L)
            .withDescription("Longest time between two commits with at-least-once, up to 3600000 ms");
    public static final ConfigOption<Integer> SINK_MAX_RETRIES = ConfigOptions.key("sink.max-retries")
            .intType()
            .defaultValue(3)
            .withDescription("How often a failed request is tried again, 0 to 1000");
    public static final ConfigOption<Integer> SINK_RETRY_INTERVAL = ConfigOptions.key("sink.retry.interval-ms")
            .intType()
            .defaultValue(10_000)
            .withDescription("Longest wait between two attempts");
    public static final ConfigOption<Boolean> SINK_AT_LEAST_ONCE_USE_TRANSACTION_LOAD = ConfigOptions.key(
                    "sink.at-least-once.use-transaction-stream-load")
            .booleanType()
            .defaultValue(true)
            .withDescription("Whether at-least-once uses transactions rather than one stream load after another");
    public static final ConfigOption<Boolean> SINK_IGNORE_UPDATE_BEFORE = ConfigOptions.key("sink.ignore.update-before")
            .booleanType()
            .defaultValue(true)
            .withDescription(
                    "Whether to drop the old version of an updated row (true), or to delete it (false). If not set,"
                            + " it is dropped when the new version that follows has the same key, else deleted");
    public static final ConfigOption<Boolean> SINK_IGNORE_DELETE = ConfigOptions.key("sink.ignore.delete")
            .booleanType()
            .defaultValue(false)
            .withDescription("Whether to drop deletes, so that rows stay in the table");
    public static final ConfigOption<Boolean> SINK_WRAP_JSON_AS_ARRAY = ConfigOptions.key("sink.wrap-json-as-array")
            .booleanType()
            .defaultValue(false)
            .withDescription("Forces strip_outer_array=true; rows always travel in a JSON array");
    public static final ConfigOption<Boolean> SINK_SANITIZE_ERROR_LOG = ConfigOptions.key("sink.sanitize-error-log")
            .booleanType()
            .defaultValue(false)
            .withDescription("Whether to keep row values out of error messages");
    public static final ConfigOption<Boolean> SINK_ABORT_LINGERING_TXNS = ConfigOptions.key(
                    "sink.exactly-once.enable-abort-lingering-txn")
            .booleanType()
            .defaultValue(true)
            .withDescription(
                    "Whether to abort transactions that an earlier attempt with this label prefix left behind");
    public static final ConfigOption<Boolean> SINK_USE_NEW_SINK_API = ConfigOptions.key("sink.use.new-sink-api")
            .booleanType()
            .defaultValue(false)
            .withDescription("Whether SQL uses Flink's Sink V2; always the case on Flink 2");
    public static final ConfigOption<Long> SINK_NATIVE_MEMORY = ConfigOptions.key("sink.native-memory.max-bytes")
            .longType()
            .defaultValue(256 * MEBIBYTE)
            .withDescription("Memory outside the heap that all sinks of a TaskManager process may hold together");
    public static final ConfigOption<String> SINK_LTZ_TIME_ZONE = ConfigOptions.key("sink.timestamp-ltz.time-zone")
            .stringType()
            .noDefaultValue()
            .withDescription(
                    "Zone in which TIMESTAMP_LTZ columns are written, since DATETIME has none; by default that of the SQL"
                            + " session (table.local-time-zone), and UTC in the DataStream API");
    public static final ConfigOption<Integer> SINK_PARALLELISM = FactoryUtil.SINK_PARALLELISM;

    public static final ConfigOption<String> SINK_VERSION = ConfigOptions.key("sink.version")
            .stringType()
            .defaultValue("AUTO")
            .withDescription("V1, V2 or AUTO; there is one implementation");
    public static final ConfigOption<Integer> SINK_IO_THREAD_COUNT = number("sink.io.thread-count", 2);
    public static final ConfigOption<Long> SINK_SCAN_FREQUENCY = longNumber("sink.scan-frequency.ms", 50L);
    public static final ConfigOption<Long> SINK_BATCH_MAX_ROWS = longNumber("sink.buffer-flush.max-rows", 500_000L);
    public static final ConfigOption<Long> SINK_BATCH_OFFER_TIMEOUT =
            longNumber("sink.buffer-flush.enqueue-timeout-ms", 600_000L);
    public static final ConfigOption<Integer> SINK_METRIC_HISTOGRAM_WINDOW_SIZE =
            number("sink.metric.histogram-window-size", 100);
    public static final ConfigOption<Boolean> SINK_ENABLE_EXACTLY_ONCE_LABEL_GEN =
            flag("sink.exactly-once.enable-label-gen", true);
    public static final ConfigOption<Integer> SINK_ABORT_CHECK_NUM_TXNS =
            number("sink.exactly-once.check-num-lingering-txn", -1);
    public static final ConfigOption<Boolean> SINK_BLACKHOLE = flag("sink.blackhole", false);
    public static final ConfigOption<Integer> SINK_PUBLISH_TIMEOUT = number("sink.publish-timeout.ms", -1);
    public static final ConfigOption<Boolean> SINK_MULTI_TABLE_TXN_ENABLED =
            flag("sink.transaction.multi-table.enabled", false);
    public static final ConfigOption<Long> SINK_MULTI_TABLE_TXN_BUFFER_SIZE =
            longNumber("sink.transaction.multi-table.buffer-size", 128 * MEBIBYTE);

    static final List<ConfigOption<?>> CONNECTION =
            Arrays.asList(JDBC_URL, LOAD_URL, DATABASE_NAME, TABLE_NAME, USERNAME, PASSWORD);

    private static final List<ConfigOption<?>> EFFECTIVE = Arrays.asList(
            SINK_SEMANTIC,
            SINK_LABEL_PREFIX,
            SINK_CONNECT_TIMEOUT,
            SINK_SOCKET_TIMEOUT,
            SINK_WAIT_FOR_CONTINUE_TIMEOUT,
            SINK_CHUNK_LIMIT,
            SINK_BATCH_MAX_SIZE,
            SINK_BATCH_FLUSH_INTERVAL,
            SINK_MAX_RETRIES,
            SINK_RETRY_INTERVAL,
            SINK_AT_LEAST_ONCE_USE_TRANSACTION_LOAD,
            SINK_IGNORE_UPDATE_BEFORE,
            SINK_IGNORE_DELETE,
            SINK_WRAP_JSON_AS_ARRAY,
            SINK_SANITIZE_ERROR_LOG,
            SINK_ABORT_LINGERING_TXNS,
            SINK_USE_NEW_SINK_API,
            SINK_NATIVE_MEMORY,
            SINK_LTZ_TIME_ZONE,
            SINK_PARALLELISM,
            SINK_MULTI_TABLE_TXN_ENABLED);

    private static final List<ConfigOption<?>> WITHOUT_EFFECT = Arrays.asList(
            SINK_VERSION,
            SINK_IO_THREAD_COUNT,
            SINK_SCAN_FREQUENCY,
            SINK_BATCH_MAX_ROWS,
            SINK_BATCH_OFFER_TIMEOUT,
            SINK_METRIC_HISTOGRAM_WINDOW_SIZE,
            SINK_ENABLE_EXACTLY_ONCE_LABEL_GEN,
            SINK_ABORT_CHECK_NUM_TXNS,
            SINK_BLACKHOLE,
            SINK_PUBLISH_TIMEOUT,
            SINK_MULTI_TABLE_TXN_BUFFER_SIZE);

    private final Configuration config = new Configuration();
    private final HashMap<String, String> properties = new HashMap<>();
    private final ArrayList<StreamLoadTableProperties> tableProperties = new ArrayList<>();
    private String[] tableSchemaFieldNames;
    private boolean upsertDelete;
    private boolean supportTransactionStreamLoad = true;

    /**
     * @param options the options that are read by type
     * @param allOptions every option of the table as text; those under {@value SINK_PROPERTIES_PREFIX} become headers of loads
     */
    public StarRocksSinkOptions(ReadableConfig options, Map<String, String> allOptions) {
        all().forEach(option -> copy(options, option));
        allOptions.forEach((key, value) -> {
            if (key.startsWith(SINK_PROPERTIES_PREFIX)) {
                properties.put(key.substring(SINK_PROPERTIES_PREFIX.length()).toLowerCase(Locale.ROOT), value);
            }
        });
        validate();
    }

    /** Options one by one. */
    public static Builder builder() {
        return new Builder();
    }

    private <T> void copy(ReadableConfig options, ConfigOption<T> option) {
        options.getOptional(option).ifPresent(value -> config.set(option, value));
    }

    private static Set<ConfigOption<?>> all() {
        Set<ConfigOption<?>> all = new LinkedHashSet<>(CONNECTION);
        all.addAll(optional());
        return all;
    }

    static Set<ConfigOption<?>> optional() {
        Set<ConfigOption<?>> optional = new LinkedHashSet<>(EFFECTIVE);
        optional.addAll(WITHOUT_EFFECT);
        return optional;
    }

    /** Keys of the options that are set, accepted for compatibility with connector 1.x, and without effect. */
    public List<String> optionsWithoutEffect() {
        return WITHOUT_EFFECT.stream()
                .filter(config::contains)
                .map(ConfigOption::key)
                .collect(Collectors.toList());
    }

    private void validate() {
        List<String> missing = CONNECTION.stream()
                .filter(option -> !config.contains(option))
                .map(ConfigOption::key)
                .collect(Collectors.toList());
        if (!missing.isEmpty()) {
            throw new ValidationException(
                    "These options are required, but not set: " + String.join(", ", missing) + ".");
        }
        for (String url : getLoadUrlList()) {
            String authority = url.replaceFirst("^https?://", "").replaceFirst("/.*", "");
            if (!authority.matches(".+:[0-9]{1,5}")) {
                throw new ValidationException("Could not parse host '" + url + "' in option '" + LOAD_URL.key()
                        + "': host:http_port is expected.");
            }
        }
        if (StarRocksSinkSemantic.fromName(config.get(SINK_SEMANTIC)) == null) {
            throw new ValidationException("Unsupported value '" + config.get(SINK_SEMANTIC) + "' of option '"
                    + SINK_SEMANTIC.key() + "': at-least-once or exactly-once is expected.");
        }
        String version = config.get(SINK_VERSION).trim().toUpperCase(Locale.ROOT);
        if (!Arrays.asList("V1", "V2", "AUTO").contains(version)) {
            throw new ValidationException("Unsupported value '" + version + "' of option '" + SINK_VERSION.key()
                    + "': V1, V2 or AUTO is expected.");
        }
        validateRange(SINK_BATCH_MAX_SIZE, 64 * MEBIBYTE, 10 * GIBIBYTE);
        validateRange(SINK_BATCH_FLUSH_INTERVAL, 1, 3_600_000);
        validateRange(SINK_MAX_RETRIES, 0, 1000);
        validateRange(SINK_CHUNK_LIMIT, 1, Long.MAX_VALUE);
        validateRange(SINK_NATIVE_MEMORY, 16 * MEBIBYTE, Long.MAX_VALUE);
        validateRange(SINK_RETRY_INTERVAL, 0, Integer.MAX_VALUE);
        if (getLabelPrefix() != null && !getLabelPrefix().matches("[-_A-Za-z0-9]{1,64}")) {
            throw new ValidationException("Unsupported value '" + getLabelPrefix() + "' of option '"
                    + SINK_LABEL_PREFIX.key() + "': up to 64 letters, digits, - and _ are expected.");
        }
        if (!isZone(getTimestampLtzTimeZone())) {
            throw new ValidationException("Unsupported value '" + getTimestampLtzTimeZone() + "' of option '"
                    + SINK_LTZ_TIME_ZONE.key() + "': a zone such as UTC or Asia/Shanghai is expected.");
        }
        String format = properties.getOrDefault("format", "csv");
        if (!format.equalsIgnoreCase("csv") && !format.equalsIgnoreCase("json")) {
            throw new ValidationException("Unsupported value '" + format + "' of option '" + SINK_PROPERTIES_PREFIX
                    + "format': csv or json is expected.");
        }
        if (config.get(SINK_MULTI_TABLE_TXN_ENABLED)) {
            throw new ValidationException("Option '" + SINK_MULTI_TABLE_TXN_ENABLED.key()
                    + "': transactions over several tables are not supported.");
        }
        if ("true".equalsIgnoreCase(properties.get("enable_merge_commit"))) {
            throw new ValidationException(
                    "Option '" + SINK_PROPERTIES_PREFIX + "enable_merge_commit': merge commit is not supported.");
        }
    }

    private static boolean isZone(String text) {
        try {
            ZoneId.of(text);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    private void validateRange(ConfigOption<? extends Number> option, long min, long max) {
        long value = config.get(option).longValue();
        if (value < min || value > max) {
            throw new ValidationException("Unsupported value '" + value + "' of option '" + option.key() + "': "
                    + (max == Long.MAX_VALUE ? "at least " + min : min + " to " + max) + " is expected.");
        }
    }

    public String getJdbcUrl() {
        return config.get(JDBC_URL);
    }

    public List<String> getLoadUrlList() {
        return config.get(LOAD_URL);
    }

    public String getDatabaseName() {
        return config.get(DATABASE_NAME);
    }

    public String getTableName() {
        return config.get(TABLE_NAME);
    }

    public String getUsername() {
        return config.get(USERNAME);
    }

    public String getPassword() {
        return config.get(PASSWORD);
    }

    public StarRocksSinkSemantic getSemantic() {
        return StarRocksSinkSemantic.fromName(config.get(SINK_SEMANTIC));
    }

    /** The prefix of labels, or null. */
    public String getLabelPrefix() {
        return config.getOptional(SINK_LABEL_PREFIX).orElse(null);
    }

    public int getConnectTimeout() {
        return Math.max(100, Math.min(60_000, config.get(SINK_CONNECT_TIMEOUT)));
    }

    public int getSocketTimeout() {
        return config.get(SINK_SOCKET_TIMEOUT);
    }

    public int getWaitForContinueTimeout() {
        return Math.max(3_000, Math.min(600_000, config.get(SINK_WAIT_FOR_CONTINUE_TIMEOUT)));
    }

    public long getChunkLimit() {
        return Math.min(MAX_CHUNK_BYTES, config.get(SINK_CHUNK_LIMIT));
    }

    public long getSinkMaxBytes() {
        return config.get(SINK_BATCH_MAX_SIZE);
    }

    public long getSinkMaxFlushInterval() {
        return config.get(SINK_BATCH_FLUSH_INTERVAL);
    }

    public int getSinkMaxRetries() {
        return config.get(SINK_MAX_RETRIES);
    }

    public int getRetryIntervalMs() {
        return config.get(SINK_RETRY_INTERVAL);
    }

    public boolean getSinkAtLeastOnceUseTransactionStreamLoad() {
        return config.get(SINK_AT_LEAST_ONCE_USE_TRANSACTION_LOAD);
    }

    public boolean getIgnoreUpdateBefore() {
        return config.get(SINK_IGNORE_UPDATE_BEFORE);
    }

    /** Whether to drop all old versions of rows, or to delete all; empty when each is judged by the row that follows. */
    public Optional<Boolean> getIgnoreUpdateBeforeIfSet() {
        return config.getOptional(SINK_IGNORE_UPDATE_BEFORE);
    }

    /** Whether deletes are dropped. */
    public boolean isIgnoreDelete() {
        return config.get(SINK_IGNORE_DELETE);
    }

    public boolean isSanitizeErrorLog() {
        return config.get(SINK_SANITIZE_ERROR_LOG);
    }

    public boolean isAbortLingeringTxns() {
        return config.get(SINK_ABORT_LINGERING_TXNS);
    }

    public boolean isUseUnifiedSinkApi() {
        return config.get(SINK_USE_NEW_SINK_API);
    }

    public long getNativeMemory() {
        return config.get(SINK_NATIVE_MEMORY);
    }

    /** The zone in which TIMESTAMP_LTZ columns are written. */
    public String getTimestampLtzTimeZone() {
        return config.getOptional(SINK_LTZ_TIME_ZONE).orElse("UTC");
    }

    /** Takes the zone of the SQL session, unless the user chose one. */
    void useSessionTimeZone(ZoneId zone) {
        if (!config.contains(SINK_LTZ_TIME_ZONE)) {
            config.set(SINK_LTZ_TIME_ZONE, zone.getId());
        }
    }

    /** The parallelism of the sink, or null for that of its input. */
    public Integer getSinkParallelism() {
        return config.getOptional(SINK_PARALLELISM).orElse(null);
    }

    /** Without effect, see {@link #optionsWithoutEffect()}. */
    public String getSinkVersion() {
        return config.get(SINK_VERSION);
    }

    /** Without effect, see {@link #optionsWithoutEffect()}. */
    public long getSinkMaxRows() {
        return config.get(SINK_BATCH_MAX_ROWS);
    }

    /** Without effect, see {@link #optionsWithoutEffect()}. */
    public int getIoThreadCount() {
        return config.get(SINK_IO_THREAD_COUNT);
    }

    /** Without effect, see {@link #optionsWithoutEffect()}. */
    public long getScanFrequency() {
        return config.get(SINK_SCAN_FREQUENCY);
    }

    /** Without effect, see {@link #optionsWithoutEffect()}. */
    public long getSinkOfferTimeout() {
        return config.get(SINK_BATCH_OFFER_TIMEOUT);
    }

    /** Without effect, see {@link #optionsWithoutEffect()}. */
    public int getSinkHistogramWindowSize() {
        return config.get(SINK_METRIC_HISTOGRAM_WINDOW_SIZE);
    }

    /** Without effect, see {@link #optionsWithoutEffect()}. */
    public boolean isEnableExactlyOnceLabelGen() {
        return config.get(SINK_ENABLE_EXACTLY_ONCE_LABEL_GEN);
    }

    /** Without effect, see {@link #optionsWithoutEffect()}. */
    public int getAbortCheckNumTxns() {
        return config.get(SINK_ABORT_CHECK_NUM_TXNS);
    }

    /** Without effect, see {@link #optionsWithoutEffect()}. */
    public boolean isBlackhole() {
        return config.get(SINK_BLACKHOLE);
    }

    /** Without effect, see {@link #optionsWithoutEffect()}. */
    public int getPublishTimeoutMs() {
        return config.get(SINK_PUBLISH_TIMEOUT);
    }

    /** How to load into one of many tables; what the properties do not say comes from these options. */
    public StarRocksSinkOptions addTableProperties(StreamLoadTableProperties properties) {
        tableProperties.add(properties);
        return this;
    }

    /** The tables that are known before there are rows: that of the options, and those with properties of their own. */
    public List<Tuple2<String, String>> getDbTables() {
        List<Tuple2<String, String>> tables = new ArrayList<>();
        tables.add(Tuple2.of(getDatabaseName(), getTableName()));
        tableProperties.forEach(table -> tables.add(Tuple2.of(table.getDatabase(), table.getTable())));
        return tables;
    }

    /** The columns of CSV rows without a schema: they become the header {@code columns} of {@link #getProperties}. */
    public void setTableSchemaFieldNames(String[] fieldNames) {
        tableSchemaFieldNames = fieldNames.clone();
    }

    /** The columns that were set, or null. */
    public String[] getTableSchemaFieldNames() {
        return tableSchemaFieldNames == null ? null : tableSchemaFieldNames.clone();
    }

    /** Says that the table has a primary key, so that {@code __op} is the last of the columns. */
    public void enableUpsertDelete() {
        upsertDelete = true;
    }

    public boolean supportUpsertDelete() {
        return upsertDelete;
    }

    /** Says whether the server has transactions; without, at-least-once uses plain stream loads and exactly-once fails. */
    public void setSupportTransactionStreamLoad(boolean support) {
        supportTransactionStreamLoad = support;
    }

    public boolean isSupportTransactionStreamLoad() {
        return supportTransactionStreamLoad;
    }

    /** Whether loads go through transactions. */
    public boolean usesTransactions() {
        boolean wanted =
                getSemantic() == StarRocksSinkSemantic.EXACTLY_ONCE || getSinkAtLeastOnceUseTransactionStreamLoad();
        return wanted && supportTransactionStreamLoad;
    }

    /**
     * These options for rows that name their tables.
     *
     * @param table the table of the options if it is known, which spares the header {@code columns} when its columns are those that
     *     were set, in their order; or null
     */
    public StreamLoadProperties getProperties(StarRocksSinkTable table) {
        StreamLoadTableProperties.Builder defaults = StreamLoadTableProperties.builder()
                .database(getDatabaseName())
                .table(getTableName())
                .chunkLimit(getChunkLimit())
                .addProperties(getSinkStreamLoadProperties());
        boolean csv = getStreamLoadFormat() == StreamLoadFormat.CSV;
        defaults.streamLoadDataFormat(csv ? StreamLoadDataFormat.CSV : StreamLoadDataFormat.JSON);
        if (csv && tableSchemaFieldNames != null && !hasColumnMappingProperty()) {
            if (table == null || !table.hasColumns(tableSchemaFieldNames)) {
                defaults.columns(columnsHeader());
            }
        }
        StreamLoadProperties.Builder all = StreamLoadProperties.builder()
                .jdbcUrl(getJdbcUrl())
                .loadUrls(getLoadUrlList().toArray(new String[0]))
                .username(getUsername())
                .password(getPassword())
                .labelPrefix(getLabelPrefix())
                .defaultTableProperties(defaults.build())
                .cacheMaxBytes(getSinkMaxBytes())
                .expectDelayTime(getSinkMaxFlushInterval())
                .connectTimeout(getConnectTimeout())
                .waitForContinueTimeoutMs(getWaitForContinueTimeout())
                .socketTimeout(getSocketTimeout())
                .sanitizeErrorLog(isSanitizeErrorLog())
                .maxRetries(getSinkMaxRetries())
                .retryIntervalInMs(getRetryIntervalMs())
                .nativeMemoryMaxBytes(getNativeMemory());
        tableProperties.forEach(all::addTableProperties);
        return (usesTransactions() ? all.enableTransaction() : all).build();
    }

    private String columnsHeader() {
        Stream<String> names = Arrays.stream(tableSchemaFieldNames);
        return Stream.concat(names, upsertDelete ? Stream.of(StarRocksSinkOP.COLUMN_KEY) : Stream.empty())
                .map(name -> "`" + name.replace("`", "").trim() + "`")
                .collect(Collectors.joining(","));
    }

    public boolean isWrapJsonAsArray() {
        return config.get(SINK_WRAP_JSON_AS_ARRAY);
    }

    public boolean isMultiTableTransactionEnabled() {
        return config.get(SINK_MULTI_TABLE_TXN_ENABLED);
    }

    public StreamLoadFormat getStreamLoadFormat() {
        return "json".equalsIgnoreCase(properties.get("format")) ? StreamLoadFormat.JSON : StreamLoadFormat.CSV;
    }

    /** Whether the user maps columns by hand, which switches the check of the columns off. */
    public boolean hasColumnMappingProperty() {
        return properties.containsKey("columns");
    }

    /** The headers of every load, keys in lower case. */
    public Map<String, String> getSinkStreamLoadProperties() {
        Map<String, String> all = new LinkedHashMap<>(properties);
        if (getStreamLoadFormat() == StreamLoadFormat.JSON) {
            all.putIfAbsent("strip_outer_array", "true");
            all.putIfAbsent("ignore_json_size", "true");
            if (config.get(SINK_WRAP_JSON_AS_ARRAY)) {
                all.put("strip_outer_array", "true");
            }
        }
        return Collections.unmodifiableMap(all);
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
        public StarRocksSinkOptions build() {
            OptionKeys.check(options.keySet());
            return new StarRocksSinkOptions(Configuration.fromMap(options), options);
        }
    }

    private static ConfigOption<String> string(String key, String description) {
        return ConfigOptions.key(key).stringType().noDefaultValue().withDescription(description);
    }

    private static ConfigOption<Integer> number(String key, int value) {
        return ConfigOptions.key(key).intType().defaultValue(value).withDescription("Of connector 1.x, without effect");
    }

    private static ConfigOption<Long> longNumber(String key, long value) {
        return ConfigOptions.key(key)
                .longType()
                .defaultValue(value)
                .withDescription("Of connector 1.x, without effect");
    }

    private static ConfigOption<Boolean> flag(String key, boolean value) {
        return ConfigOptions.key(key)
                .booleanType()
                .defaultValue(value)
                .withDescription("Of connector 1.x, without effect");
    }
}
