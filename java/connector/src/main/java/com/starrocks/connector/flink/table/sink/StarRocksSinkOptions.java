// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import com.starrocks.connector.flink.manager.StarRocksSinkTable;
import com.starrocks.data.load.stream.properties.StreamLoadProperties;
import com.starrocks.data.load.stream.properties.StreamLoadTableProperties;
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
import java.util.stream.Collectors;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;

/**
 * Options of the sink, for SQL and the DataStream API.
 *
 * <p>Keys, defaults and limits are those of connector 1.x. Some options of 1.x steer things that no longer exist, such as the
 * number of its threads; they are accepted so that a job keeps running after a swap of the JAR, see {@link #optionsWithoutEffect()}.
 */
public class StarRocksSinkOptions extends SinkOptionDefinitions implements Serializable {
    private static final long serialVersionUID = 1L;

    /** What the rows are written as. */
    public enum StreamLoadFormat {
        CSV,
        JSON
    }

    /** What becomes of a row with a value that its StarRocks column does not take, see {@link #SINK_ON_INVALID}. */
    public enum OnInvalid {
        SERVER,
        FAIL,
        NULL,
        TRUNCATE,
        REJECT
    }

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
        new SinkOptionValidation(this, config, properties).validate();
    }

    /** Options one by one. */
    public static Builder builder() {
        return new Builder();
    }

    private <T> void copy(ReadableConfig options, ConfigOption<T> option) {
        options.getOptional(option).ifPresent(value -> config.set(option, value));
    }

    /** Keys of the options that are set, accepted for compatibility with connector 1.x, and without effect. */
    public List<String> optionsWithoutEffect() {
        return WITHOUT_EFFECT.stream()
                .filter(config::contains)
                .map(ConfigOption::key)
                .collect(Collectors.toList());
    }

    public String getJdbcUrl() {
        return config.get(JDBC_URL);
    }

    public List<String> getLoadUrlList() {
        return config.get(LOAD_URL);
    }

    /** How addresses inside the cluster are reached from outside. */
    public List<String> getHostMapping() {
        return config.getOptional(HOST_MAPPING).orElse(Collections.emptyList());
    }

    /** Backends that loads go to without asking a frontend for one. */
    public List<String> getBeLoadUrlList() {
        return config.getOptional(BE_LOAD_URL).orElse(Collections.emptyList());
    }

    /** The file of certificate authorities, or null. */
    public String getSslCaFile() {
        return config.get(SSL_CA_FILE);
    }

    /** The file of the client's certificate, or null. */
    public String getSslCertFile() {
        return config.get(SSL_CERT_FILE);
    }

    /** The file of the key of the client's certificate, or null. */
    public String getSslKeyFile() {
        return config.get(SSL_KEY_FILE);
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
        return config.get(SINK_CHUNK_LIMIT);
    }

    /** Bytes of one load at most. Merge commit that waits for each of them has larger ones. */
    public long getLoadBytes() {
        if (!isMergeCommit()) {
            return getChunkLimit();
        }
        int requests = getMergeCommitOption(MergeCommitOptions.MAX_CONCURRENT_REQUESTS);
        Long size = getMergeCommitOption(MergeCommitOptions.CHUNK_SIZE);
        return size != null ? size : (requests == 0 || requests == 1 ? 500 : 20) * MEBIBYTE;
    }

    public long getSinkMaxBytes() {
        return config.get(SINK_BATCH_MAX_SIZE);
    }

    public long getSinkMaxFlushInterval() {
        return config.get(SINK_BATCH_FLUSH_INTERVAL);
    }

    /** How often all subtasks together may commit to a table by time in a minute. */
    public Optional<Integer> getMaxVersionsPerMinute() {
        return config.getOptional(SINK_MAX_VERSIONS_PER_MINUTE);
    }

    /** How long a load waits for a table with too many versions, in milliseconds. */
    public long getTooManyVersionsMaxWait() {
        return config.get(SINK_TOO_MANY_VERSIONS_MAX_WAIT);
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

    /** What becomes of a row with a value that its StarRocks column does not take. */
    public OnInvalid getOnInvalid() {
        return config.getOptional(SINK_ON_INVALID)
                .orElse(mapsColumns() || toleratesRejects() ? OnInvalid.SERVER : OnInvalid.FAIL);
    }

    /** Whether the user maps the fields of the rows to columns, so that only the server knows which value is for which. */
    boolean mapsColumns() {
        return properties.containsKey("columns") || properties.containsKey("jsonpaths");
    }

    /** Whether the server may reject some rows of a load that goes on. */
    boolean toleratesRejects() {
        return !properties.getOrDefault("max_filter_ratio", "0").trim().matches("0*\\.?0*");
    }

    /** The directory for rejected rows, or null. */
    public String getDeadLetterPath() {
        return config.getOptional(SINK_DEAD_LETTER_PATH).orElse(null);
    }

    /** Whether there is a place for rejected rows. */
    public boolean hasDeadLetters() {
        return getDeadLetterPath() != null || config.contains(SINK_DEAD_LETTER_TABLE);
    }

    public long getDeadLetterMaxRows() {
        return config.get(SINK_DEAD_LETTER_MAX_ROWS);
    }

    public long getDeadLetterMaxBytes() {
        return config.get(SINK_DEAD_LETTER_MAX_BYTES);
    }

    /** The options of a sink for the rejected rows of this one, or null when they go to no table. */
    public StarRocksSinkOptions forDeadLetters() {
        String table = config.getOptional(SINK_DEAD_LETTER_TABLE).orElse(null);
        if (table == null) {
            return null;
        }
        int dot = table.indexOf('.');
        Configuration target = new Configuration(config);
        target.removeConfig(SINK_DEAD_LETTER_TABLE);
        target.set(DATABASE_NAME, dot < 0 ? getDatabaseName() : table.substring(0, dot));
        target.set(TABLE_NAME, table.substring(dot + 1));
        target.set(SINK_SEMANTIC, StarRocksSinkSemantic.AT_LEAST_ONCE.getName());
        target.set(SINK_MULTI_TABLE_TXN_ENABLED, false);
        target.set(SINK_LTZ_TIME_ZONE, "UTC");
        // A row that does not fit its place here either must not end the job.
        target.set(SINK_ON_INVALID, OnInvalid.TRUNCATE);
        Map<String, String> all = new HashMap<>();
        all.put(SINK_PROPERTIES_PREFIX + "format", "json");
        if (properties.containsKey("warehouse")) {
            all.put(SINK_PROPERTIES_PREFIX + "warehouse", properties.get("warehouse"));
        }
        return new StarRocksSinkOptions(target, all);
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

    /** {@code V1}, {@code V2} or {@code AUTO}. */
    public String getSinkVersion() {
        return config.get(SINK_VERSION).trim().toUpperCase(Locale.ROOT);
    }

    /** Whether the user asks for stream loads without transactions, and for what goes with them. */
    public boolean isVersionOne() {
        return getSinkVersion().equals("V1");
    }

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

    public long getSinkOfferTimeout() {
        return config.get(SINK_BATCH_OFFER_TIMEOUT);
    }

    /** How many durations a histogram of the metrics is made of. */
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

    public boolean isBlackhole() {
        return config.get(SINK_BLACKHOLE);
    }

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
        boolean wanted = getSinkAtLeastOnceUseTransactionStreamLoad() && !isVersionOne() && !isMergeCommit();
        boolean exactlyOnce = getSemantic() == StarRocksSinkSemantic.EXACTLY_ONCE;
        return (wanted || exactlyOnce) && supportTransactionStreamLoad;
    }

    /**
     * These options for rows that name their tables.
     *
     * @param table the table of the options if it is known, which spares the header {@code columns} when its columns are those that
     *     were set, in their order; or null
     */
    public StreamLoadProperties getProperties(StarRocksSinkTable table) {
        return ManyTablesProperties.of(this, table, tableProperties);
    }

    /** Whether the server merges the loads of many writers into transactions of its own. */
    public boolean isMergeCommit() {
        return "true"
                .equalsIgnoreCase(
                        properties.getOrDefault("enable_merge_commit", "").trim());
    }

    /** An option of merge commit, or null if it is not set and has no default. */
    public <T> T getMergeCommitOption(ConfigOption<T> option) {
        return config.getOptional(option).orElse(option.defaultValue());
    }

    public boolean isWrapJsonAsArray() {
        return config.get(SINK_WRAP_JSON_AS_ARRAY);
    }

    public boolean isMultiTableTransactionEnabled() {
        return config.get(SINK_MULTI_TABLE_TXN_ENABLED);
    }

    public long getMultiTableTransactionBufferSize() {
        return config.get(SINK_MULTI_TABLE_TXN_BUFFER_SIZE);
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
}
