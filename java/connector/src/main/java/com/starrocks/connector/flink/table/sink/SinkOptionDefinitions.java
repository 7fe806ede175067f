// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.table.factories.FactoryUtil;

/**
 * The keys, defaults and meanings of the sink's options, as {@code StarRocksSinkOptions.SINK_SEMANTIC} and so on; those of merge
 * commit are in {@link MergeCommitOptions}.
 */
public abstract class SinkOptionDefinitions {
    static final long MEBIBYTE = 1024 * 1024;
    static final long GIBIBYTE = 1024 * MEBIBYTE;

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
    public static final ConfigOption<Integer> SINK_MAX_VERSIONS_PER_MINUTE = ConfigOptions.key(
                    "sink.buffer-flush.max-versions-per-minute")
            .intType()
            .noDefaultValue()
            .withDescription(
                    "Commits in a minute that all subtasks together make to a table by time, with at-least-once: a shorter"
                            + " sink.buffer-flush.interval-ms is stretched. Checkpoints and full buffers commit in any case");
    public static final ConfigOption<Long> SINK_TOO_MANY_VERSIONS_MAX_WAIT = ConfigOptions.key(
                    "sink.too-many-versions.max-wait-ms")
            .longType()
            .defaultValue(300_000L)
            .withDescription(
                    "How long a load waits, with growing pauses, while the server refuses it because the table has too many"
                            + " versions; then it is a failure as any other. Meanwhile and for a while after, at-least-once"
                            + " commits less often");
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
    public static final ConfigOption<StarRocksSinkOptions.OnInvalid> SINK_ON_INVALID = ConfigOptions.key(
                    "sink.on-invalid")
            .enumType(StarRocksSinkOptions.OnInvalid.class)
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
            .withDescription("How many durations the histograms of the sink's metrics are made of, 1 to 10000");
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
            .withDescription(
                    "Whether rows that name their tables are loaded in transactions over all of them, at-least-once,"
                            + " from StarRocks 4.0 on; for the DataStream API");
    public static final ConfigOption<Long> SINK_MULTI_TABLE_TXN_BUFFER_SIZE = ConfigOptions.key(
                    "sink.transaction.multi-table.buffer-size")
            .longType()
            .defaultValue(128 * MEBIBYTE)
            .withDescription("Bytes of rows that may wait for the end of their source transactions, in one subtask");

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
            SINK_MAX_VERSIONS_PER_MINUTE,
            SINK_TOO_MANY_VERSIONS_MAX_WAIT,
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
            SINK_METRIC_HISTOGRAM_WINDOW_SIZE,
            SINK_MULTI_TABLE_TXN_ENABLED,
            SINK_MULTI_TABLE_TXN_BUFFER_SIZE);

    static final List<ConfigOption<?>> WITHOUT_EFFECT = Arrays.asList(
            SINK_IO_THREAD_COUNT,
            SINK_SCAN_FREQUENCY,
            SINK_ENABLE_EXACTLY_ONCE_LABEL_GEN,
            SINK_ABORT_CHECK_NUM_TXNS,
            MergeCommitOptions.HTTP_IDLE_CONNECTION_TIMEOUT_MS);

    SinkOptionDefinitions() {}

    /** What a DDL may set beside the connection. */
    public static Set<ConfigOption<?>> optional() {
        Set<ConfigOption<?>> optional = new LinkedHashSet<>(EFFECTIVE);
        optional.addAll(MergeCommitOptions.EFFECTIVE);
        optional.addAll(WITHOUT_EFFECT);
        return optional;
    }

    static Set<ConfigOption<?>> all() {
        Set<ConfigOption<?>> all = new LinkedHashSet<>(CONNECTION);
        all.addAll(optional());
        return all;
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
