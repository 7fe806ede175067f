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

    public static final ConfigOption<List<String>> HOST_MAPPING = ConfigOptions.key("host-mapping")
            .stringType()
            .asList()
            .noDefaultValue()
            .withDescription("How Flink reaches servers whose addresses inside the cluster lead nowhere from outside:"
                    + " internal=external or internal:port=external:port, separated by semicolons, with * for any text and @fe"
                    + " for the frontend's host; the first that fits is taken");
    public static final ConfigOption<List<String>> BE_LOAD_URL = ConfigOptions.key("be-load-url")
            .stringType()
            .asList()
            .noDefaultValue()
            .withDescription(
                    "HTTP addresses of backends, host:8040, separated by semicolons, to which loads go without asking a"
                            + " frontend for one");
    public static final ConfigOption<String> SSL_CA_FILE = string(
            "ssl.ca-file", "PEM file of certificate authorities to trust beside the public ones, on every TaskManager");
    public static final ConfigOption<String> SSL_CERT_FILE =
            string("ssl.cert-file", "PEM file of a certificate to show to the servers, on every TaskManager");
    public static final ConfigOption<String> SSL_KEY_FILE =
            string("ssl.key-file", "PEM file of the key of ssl.cert-file, on every TaskManager");

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
            .withDescription(
                    "Largest size of one load in bytes, before compression; loads in transactions are split at 8 MiB in any case");
    public static final ConfigOption<Long> SINK_BATCH_MAX_SIZE = ConfigOptions.key("sink.buffer-flush.max-bytes")
            .longType()
            .defaultValue(90 * MEBIBYTE)
            .withDescription(
                    "Bytes after which a transaction is closed and the next one begun, or a load without transaction"
                            + " is sent; 64 MiB to 10 GiB");
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
            .withDescription(
                    "Whether at-least-once uses transactions rather than one stream load after another, if the server"
                            + " has them");
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
    public static final ConfigOption<OnInvalid> SINK_ON_INVALID = ConfigOptions.key("sink.on-invalid")
            .enumType(OnInvalid.class)
            .noDefaultValue()
            .withDescription(
                    "What becomes of a row with a value that its StarRocks column does not take (a text that is too long, NULL"
                            + " where there is none, a number out of range). fail: the job fails. null: NULL is written instead."
                            + " truncate: texts and bytes are cut. reject: the row goes to the dead letters. server: the server"
                            + " judges, which stores NULL for numbers out of range. By default fail, and server if"
                            + " sink.properties holds columns, jsonpaths or a max_filter_ratio above 0");
    public static final ConfigOption<String> SINK_DEAD_LETTER_PATH = string(
            "sink.dead-letter.path",
            "Directory for rejected rows, on any file system that Flink knows: a file of JSON lines for each flush that has any");
    public static final ConfigOption<String> SINK_DEAD_LETTER_TABLE =
            string("sink.dead-letter.table", "StarRocks table for rejected rows, as table or database.table");
    public static final ConfigOption<Long> SINK_DEAD_LETTER_MAX_ROWS = ConfigOptions.key("sink.dead-letter.max-rows")
            .longType()
            .defaultValue(10_000L)
            .withDescription("Rejected rows of a subtask between two checkpoints; with more the job fails");
    public static final ConfigOption<Long> SINK_DEAD_LETTER_MAX_BYTES = ConfigOptions.key("sink.dead-letter.max-bytes")
            .longType()
            .defaultValue(16 * MEBIBYTE)
            .withDescription("Bytes of such rows, held in memory outside the heap until the checkpoint");
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
            .withDescription(
                    "V1: stream loads without transactions, for at-least-once alone; V2: transactions; AUTO: transactions"
                            + " if the server has them (StarRocks 2.4 and later)");
    public static final ConfigOption<Long> SINK_BATCH_MAX_ROWS = ConfigOptions.key("sink.buffer-flush.max-rows")
            .longType()
            .defaultValue(500_000L)
            .withDescription("Rows after which a load is sent with sink.version V1, 64000 to 5000000");
    public static final ConfigOption<Long> SINK_BATCH_OFFER_TIMEOUT = ConfigOptions.key(
                    "sink.buffer-flush.enqueue-timeout-ms")
            .longType()
            .defaultValue(600_000L)
            .withDescription(
                    "Longest time that a record waits until loads make room in memory with sink.version V1, at least"
                            + " 300000 ms; then the job fails");
    public static final ConfigOption<Integer> SINK_PUBLISH_TIMEOUT = ConfigOptions.key("sink.publish-timeout.ms")
            .intType()
            .defaultValue(-1)
            .withDescription(
                    "How long a commit waits for its rows to become visible; 0 or less: as long as the server likes."
                            + " Rows that become visible later are committed all the same");
    public static final ConfigOption<Integer> SINK_IO_THREAD_COUNT = ConfigOptions.key("sink.io.thread-count")
            .intType()
            .defaultValue(2)
            .withDescription("Without effect: all sinks of a process share the threads of the native library");
    public static final ConfigOption<Long> SINK_SCAN_FREQUENCY = ConfigOptions.key("sink.scan-frequency.ms")
            .longType()
            .defaultValue(50L)
            .withDescription("Without effect: a flush begins when it is due, no thread looks for it now and then");
    public static final ConfigOption<Integer> SINK_METRIC_HISTOGRAM_WINDOW_SIZE = ConfigOptions.key(
                    "sink.metric.histogram-window-size")
            .intType()
            .defaultValue(100)
            .withDescription(
                    "Without effect: metrics are counters and gauges, of which a monitoring system makes its own"
                            + " distributions");
    public static final ConfigOption<Boolean> SINK_ENABLE_EXACTLY_ONCE_LABEL_GEN = ConfigOptions.key(
                    "sink.exactly-once.enable-label-gen")
            .booleanType()
            .defaultValue(true)
            .withDescription("Without effect: every label tells its table, subtask and checkpoint");
    public static final ConfigOption<Integer> SINK_ABORT_CHECK_NUM_TXNS = ConfigOptions.key(
                    "sink.exactly-once.check-num-lingering-txn")
            .intType()
            .defaultValue(-1)
            .withDescription("Without effect: the server is asked for all open transactions of the label prefix");
    public static final ConfigOption<Boolean> SINK_BLACKHOLE = ConfigOptions.key("sink.blackhole")
            .booleanType()
            .defaultValue(false)
            .withDescription(
                    "Whether merge commit drops all rows instead of sending them, to measure a job without the server;"
                            + " of no meaning otherwise");
    public static final ConfigOption<Boolean> SINK_MULTI_TABLE_TXN_ENABLED = ConfigOptions.key(
                    "sink.transaction.multi-table.enabled")
            .booleanType()
            .defaultValue(false)
            .withDescription("Must be false: no transaction spans several tables");
    public static final ConfigOption<Long> SINK_MULTI_TABLE_TXN_BUFFER_SIZE =
            longNumber("sink.transaction.multi-table.buffer-size", 128 * MEBIBYTE);

    static final List<ConfigOption<?>> CONNECTION =
            Arrays.asList(JDBC_URL, LOAD_URL, DATABASE_NAME, TABLE_NAME, USERNAME, PASSWORD);

    private static final List<ConfigOption<?>> EFFECTIVE = Arrays.asList(
            HOST_MAPPING,
            BE_LOAD_URL,
            SSL_CA_FILE,
            SSL_CERT_FILE,
            SSL_KEY_FILE,
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
            SINK_ON_INVALID,
            SINK_DEAD_LETTER_PATH,
            SINK_DEAD_LETTER_TABLE,
            SINK_DEAD_LETTER_MAX_ROWS,
            SINK_DEAD_LETTER_MAX_BYTES,
            SINK_WRAP_JSON_AS_ARRAY,
            SINK_SANITIZE_ERROR_LOG,
            SINK_ABORT_LINGERING_TXNS,
            SINK_USE_NEW_SINK_API,
            SINK_NATIVE_MEMORY,
            SINK_LTZ_TIME_ZONE,
            SINK_PARALLELISM,
            SINK_VERSION,
            SINK_BATCH_MAX_ROWS,
            SINK_BATCH_OFFER_TIMEOUT,
            SINK_PUBLISH_TIMEOUT,
            SINK_BLACKHOLE,
            SINK_MULTI_TABLE_TXN_ENABLED);

    private static final List<ConfigOption<?>> WITHOUT_EFFECT = Arrays.asList(
            SINK_IO_THREAD_COUNT,
            SINK_SCAN_FREQUENCY,
            SINK_METRIC_HISTOGRAM_WINDOW_SIZE,
            SINK_ENABLE_EXACTLY_ONCE_LABEL_GEN,
            SINK_ABORT_CHECK_NUM_TXNS,
            MergeCommitOptions.HTTP_IDLE_CONNECTION_TIMEOUT_MS,
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

    /** What a DDL may set beside the connection. */
    public static Set<ConfigOption<?>> optional() {
        Set<ConfigOption<?>> optional = new LinkedHashSet<>(EFFECTIVE);
        optional.addAll(MergeCommitOptions.EFFECTIVE);
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
        validateUrls(LOAD_URL);
        validateUrls(BE_LOAD_URL);
        for (String rule : config.getOptional(HOST_MAPPING).orElse(Collections.emptyList())) {
            if (!rule.matches("[^=]+=[^=]+")) {
                throw new ValidationException("Unsupported value '" + rule + "' of option '" + HOST_MAPPING.key()
                        + "': internal=external or internal:port=external:port is expected.");
            }
        }
        if (config.contains(SSL_CERT_FILE) != config.contains(SSL_KEY_FILE)) {
            throw new ValidationException("Options '" + SSL_CERT_FILE.key() + "' and '" + SSL_KEY_FILE.key()
                    + "' go together, but only one of them is set.");
        }
        if (StarRocksSinkSemantic.fromName(config.get(SINK_SEMANTIC)) == null) {
            throw new ValidationException("Unsupported value '" + config.get(SINK_SEMANTIC) + "' of option '"
                    + SINK_SEMANTIC.key() + "': at-least-once or exactly-once is expected.");
        }
        if (!Arrays.asList("V1", "V2", "AUTO").contains(getSinkVersion())) {
            throw new ValidationException("Unsupported value '" + getSinkVersion() + "' of option '"
                    + SINK_VERSION.key() + "': V1, V2 or AUTO is expected.");
        }
        if (isVersionOne() && getSemantic() == StarRocksSinkSemantic.EXACTLY_ONCE) {
            throw new ValidationException("Option '" + SINK_VERSION.key()
                    + "': V1 loads without transactions, which cannot be exactly-once; use V2, AUTO or at-least-once.");
        }
        validateRange(SINK_BATCH_MAX_SIZE, 64 * MEBIBYTE, 10 * GIBIBYTE);
        validateRange(SINK_BATCH_FLUSH_INTERVAL, 1, 3_600_000);
        validateRange(SINK_MAX_RETRIES, 0, 1000);
        validateRange(SINK_CHUNK_LIMIT, 1, Long.MAX_VALUE);
        validateRange(SINK_BATCH_MAX_ROWS, 64_000, 5_000_000);
        validateRange(SINK_BATCH_OFFER_TIMEOUT, 300_000, Long.MAX_VALUE);
        validateRange(SINK_IO_THREAD_COUNT, 1, Integer.MAX_VALUE);
        validateRange(SINK_SCAN_FREQUENCY, 50, config.contains(SINK_SCAN_FREQUENCY) ? getSinkMaxFlushInterval() : 50);
        validateRange(SINK_NATIVE_MEMORY, 16 * MEBIBYTE, Long.MAX_VALUE);
        validateRange(SINK_RETRY_INTERVAL, 0, Integer.MAX_VALUE);
        if (getLabelPrefix() != null && !getLabelPrefix().matches("[-_A-Za-z0-9]{1,64}")) {
            throw new ValidationException("Unsupported value '" + getLabelPrefix() + "' of option '"
                    + SINK_LABEL_PREFIX.key() + "': up to 64 letters, digits, - and _ are expected.");
        }
        validateDeadLetters();
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
        if (isMergeCommit()) {
            validateMergeCommit();
        }
    }

    private void validateMergeCommit() {
        String option = "Option '" + SINK_PROPERTIES_PREFIX + "enable_merge_commit': ";
        if (getSemantic() == StarRocksSinkSemantic.EXACTLY_ONCE) {
            throw new ValidationException(
                    option + "merge commit cannot be exactly-once, since the server ends its transactions by itself.");
        }
        if (!properties.getOrDefault("merge_commit_interval_ms", "").trim().matches("0*[1-9][0-9]{0,8}")) {
            throw new ValidationException(option + "merge commit needs '" + SINK_PROPERTIES_PREFIX
                    + "merge_commit_interval_ms', the time in which the server collects requests.");
        }
        validateRange(MergeCommitOptions.HTTP_THREAD_NUM, 1, Integer.MAX_VALUE);
        validateRange(MergeCommitOptions.HTTP_MAX_CONNECTIONS, 1, Integer.MAX_VALUE);
        validateRange(MergeCommitOptions.HTTP_TOTAL_MAX_CONNECTIONS, 1, Integer.MAX_VALUE);
        validateRange(MergeCommitOptions.NODE_META_UPDATE_INTERVAL_MS, 1, Integer.MAX_VALUE);
        validateRange(MergeCommitOptions.CHECK_STATE_INIT_DELAY_MS, 0, Integer.MAX_VALUE);
        validateRange(MergeCommitOptions.CHECK_STATE_INTERVAL_MS, 1, Integer.MAX_VALUE);
        if (config.contains(MergeCommitOptions.CHUNK_SIZE)) {
            validateRange(MergeCommitOptions.CHUNK_SIZE, 1, Long.MAX_VALUE);
        }
    }

    private void validateUrls(ConfigOption<List<String>> option) {
        for (String url : config.getOptional(option).orElse(Collections.emptyList())) {
            String authority = url.replaceFirst("^https?://", "").replaceFirst("/.*", "");
            if (!authority.matches(".+:[0-9]{1,5}")) {
                throw new ValidationException("Could not parse host '" + url + "' in option '" + option.key()
                        + "': host:http_port is expected.");
            }
        }
    }

    private void validateDeadLetters() {
        OnInvalid onInvalid = config.getOptional(SINK_ON_INVALID).orElse(OnInvalid.SERVER);
        if (onInvalid != OnInvalid.SERVER && mapsColumns()) {
            throw new ValidationException(
                    "Option '" + SINK_ON_INVALID.key() + "' cannot be used with '" + SINK_PROPERTIES_PREFIX
                            + "columns' or 'jsonpaths': which column a value is for is then up to the server.");
        }
        if (getDeadLetterPath() != null && config.contains(SINK_DEAD_LETTER_TABLE)) {
            throw new ValidationException("Only one of the options '" + SINK_DEAD_LETTER_PATH.key() + "' and '"
                    + SINK_DEAD_LETTER_TABLE.key() + "' can be set.");
        }
        if (onInvalid == OnInvalid.REJECT && !hasDeadLetters()) {
            throw new ValidationException(
                    "Option '" + SINK_ON_INVALID.key() + "' = 'reject' needs a place for the rows: set '"
                            + SINK_DEAD_LETTER_PATH.key() + "' or '" + SINK_DEAD_LETTER_TABLE.key() + "'.");
        }
        validateRange(SINK_DEAD_LETTER_MAX_ROWS, 1, Long.MAX_VALUE);
        validateRange(SINK_DEAD_LETTER_MAX_BYTES, 1, Long.MAX_VALUE);
    }

    private boolean mapsColumns() {
        return properties.containsKey("columns") || properties.containsKey("jsonpaths");
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

    /** What becomes of a row with a value that its StarRocks column does not take. */
    public OnInvalid getOnInvalid() {
        return config.getOptional(SINK_ON_INVALID)
                .orElse(mapsColumns() || toleratesRejects() ? OnInvalid.SERVER : OnInvalid.FAIL);
    }

    private boolean toleratesRejects() {
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
                .publishTimeoutMs(getPublishTimeoutMs())
                .hostMapping(getHostMapping().toArray(new String[0]))
                .backendLoadUrls(getBeLoadUrlList().toArray(new String[0]))
                .sslFiles(getSslCaFile(), getSslCertFile(), getSslKeyFile())
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

    private static ConfigOption<Long> longNumber(String key, long value) {
        return ConfigOptions.key(key)
                .longType()
                .defaultValue(value)
                .withDescription("Of connector 1.x, without effect");
    }
}
