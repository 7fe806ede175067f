// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.load;

import com.starrocks.connector.flink.table.StarRocksDataType;
import com.starrocks.connector.flink.table.sink.SinkSchema;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import com.starrocks.connector.flink.table.sink.StarRocksSinkSemantic;
import com.starrocks.connector.flink.table.sink.v2.StarRocksCommittable;
import com.starrocks.connector.jni.Json;
import com.starrocks.connector.jni.NativeTask;
import com.starrocks.connector.jni.StarRocksNativeException;
import com.starrocks.connector.jni.Waiter;
import com.starrocks.data.load.stream.properties.StreamLoadProperties;
import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.types.logical.RowType;

/**
 * What planning found out about a sink, shipped to its tasks: the options, the columns, and how they fit the StarRocks table.
 * Knows the documents that cross the JNI boundary.
 */
public final class SinkPlan implements Serializable {
    private static final long serialVersionUID = 1L;
    /** The parts of the comparison that are parts of a writer's configuration as they are. */
    private static final List<String> CHECKED = Arrays.asList(
            "columns", "starrocks_types", "upsert_delete", "primary_key", "not_null", "send_columns_header");

    private final StarRocksSinkOptions options;
    private final SinkSchema schema;
    private final boolean upsertDelete;
    /** What the comparison with the table found for the writers: JSON that only the native library looks into. */
    private final byte[] check;
    /** How to load into each table where records say for themselves which one they go to; null for one table. */
    private final StreamLoadProperties properties;
    /** The table for rejected rows, or null. */
    private final SinkPlan deadLetters;

    private SinkPlan(
            StarRocksSinkOptions options,
            SinkSchema schema,
            StreamLoadProperties properties,
            Map<String, Object> check) {
        this.options = options;
        this.properties = properties;
        this.schema = schema;
        this.upsertDelete = Boolean.TRUE.equals(check.get("upsert_delete"));
        this.check = Json.write(check);
        StarRocksSinkOptions target = options.forDeadLetters();
        this.deadLetters = target == null ? null : check(target, RejectedRow.SCHEMA);
    }

    /** Compares the schema with the StarRocks table; a {@link ValidationException} says what does not fit. */
    public static SinkPlan check(StarRocksSinkOptions options, SinkSchema schema) {
        refuseShared(options);
        TransactionSupport.settle(options);
        Map<String, Object> request = request("check_schema", options);
        request.put("columns", schema.toJson());
        request.put("primary_key", schema.primaryKey().orElse(null));
        request.put("properties", options.getSinkStreamLoadProperties());
        request.put("in_transaction", options.usesTransactions());
        try {
            byte[] result = NativeTask.run(Json.write(request), Waiter.NONE);
            return new SinkPlan(options, schema, null, Json.readObject(result));
        } catch (StarRocksNativeException | IOException e) {
            throw new ValidationException(
                    "The sink for " + options.getDatabaseName() + "." + options.getTableName() + " cannot be planned: "
                            + e.getMessage(),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ValidationException(
                    "Interrupted while the schema of " + options.getTableName() + " was checked.", e);
        } finally {
            NativeLog.drain();
        }
    }

    /** For records that are rows already: nothing is known of their columns, so nothing is checked before the server does. */
    public static SinkPlan withoutSchema(StarRocksSinkOptions options) {
        refuseShared(options);
        TransactionSupport.settle(options);
        return new SinkPlan(options, new SinkSchema(RowType.of(), null), null, Collections.emptyMap());
    }

    private static void refuseShared(StarRocksSinkOptions options) {
        if (options.isMultiTableTransactionEnabled()) {
            throw new ValidationException("Option '" + StarRocksSinkOptions.SINK_MULTI_TABLE_TXN_ENABLED.key()
                    + "': this sink writes to one table, " + options.getDatabaseName() + "." + options.getTableName()
                    + "; transactions over several tables are for records that name theirs, such as StarRocksRowData.");
        }
    }

    /**
     * For records that say for themselves which table they go to, and that are rows already.
     *
     * @param properties how to load into each table, which wins over the options
     */
    public static SinkPlan ofManyTables(StarRocksSinkOptions options, StreamLoadProperties properties) {
        TransactionSupport.settle(options);
        boolean shared = properties.isEnableMultiTableTransaction();
        if (!shared && options.isMultiTableTransactionEnabled()) {
            throw new ValidationException("Option '" + StarRocksSinkOptions.SINK_MULTI_TABLE_TXN_ENABLED.key()
                    + "': the StreamLoadProperties of the sink do not enable it as well.");
        }
        if (shared || options.isMergeCommit()) {
            TransactionSupport.checkServer(options, shared);
        }
        return new SinkPlan(options, new SinkSchema(RowType.of(), null), properties, Collections.emptyMap());
    }

    public StarRocksSinkOptions options() {
        return options;
    }

    /** How to load into each of many tables; null for one table. */
    public StreamLoadProperties properties() {
        return properties;
    }

    /** The prefix of labels, or null. */
    public String labelPrefix() {
        return properties == null ? options.getLabelPrefix() : properties.getLabelPrefix();
    }

    /** The table for rejected rows, or null. */
    SinkPlan deadLetters() {
        return deadLetters;
    }

    public SinkSchema schema() {
        return schema;
    }

    /** Types of the StarRocks table by column of the sink, names in lower case. */
    public Map<String, StarRocksDataType> starRocksColumns() {
        Map<String, StarRocksDataType> columns = new LinkedHashMap<>();
        List<Object> types = Json.list(Json.readObject(check).get("starrocks_types"));
        for (int i = 0; i < types.size() && i < schema.names().size(); i++) {
            columns.put(schema.names().get(i).toLowerCase(Locale.ROOT), StarRocksDataType.fromJson(types.get(i)));
        }
        return columns;
    }

    /** Whether the table has a primary key, so that rows are upserted or deleted. */
    public boolean isUpsertDelete() {
        return upsertDelete;
    }

    /** Whether the sink commits when a checkpoint completes. */
    public boolean isExactlyOnce() {
        return options.getSemantic() == StarRocksSinkSemantic.EXACTLY_ONCE;
    }

    /** {@code database.table}, for messages; either may be {@code *} where the rows name their tables. */
    public String tableName() {
        return options.getDatabaseName() + "." + options.getTableName();
    }

    /** How often a writer wants its {@link SubtaskWriter#tick()}, in milliseconds. */
    public long tickMillis() {
        return Math.max(50, Math.min(1_000, options.getSinkMaxFlushInterval() / 4));
    }

    /** The configuration of a native sink. */
    byte[] sinkConfig(Subtask subtask, Long restoredCheckpointId) {
        return Json.write(sinkConfigDocument(subtask, restoredCheckpointId));
    }

    /** The configuration of a native sink, to be changed by the caller. */
    Map<String, Object> sinkConfigDocument(Subtask subtask, Long restoredCheckpointId) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("version", 1);
        config.put("connection", connection());
        config.put("database", options.getDatabaseName());
        config.put("table", options.getTableName());
        Map<String, Object> checked = Json.object(Json.read(check));
        for (String field : CHECKED) {
            if (checked.containsKey(field)) {
                config.put(field, checked.get(field));
            }
        }
        config.put(
                "format", options.getStreamLoadFormat() == StarRocksSinkOptions.StreamLoadFormat.JSON ? "json" : "csv");
        Map<String, Object> properties = new LinkedHashMap<>(options.getSinkStreamLoadProperties());
        properties.putAll(Json.object(checked.getOrDefault("properties", Collections.emptyMap())));
        config.put("properties", properties);
        config.put("label_prefix", options.getLabelPrefix());
        config.put("subtask", subtask.index());
        config.put("parallelism", subtask.parallelism());
        config.put("attempt", subtask.attempt());
        config.put("restored_checkpoint_id", restoredCheckpointId);
        config.put("job_id", subtask.jobId());
        config.put("semantic", options.getSemantic().getName());
        config.put("use_transaction", options.usesTransactions());
        config.put("ignore_update_before", options.getIgnoreUpdateBeforeIfSet().orElse(null));
        config.put("ignore_delete", options.isIgnoreDelete());
        config.put("on_invalid", options.getOnInvalid().name().toLowerCase(Locale.ROOT));
        if (options.hasDeadLetters()) {
            config.put("rejected_max_rows", options.getDeadLetterMaxRows());
            config.put("rejected_max_bytes", options.getDeadLetterMaxBytes());
        }
        config.put("max_bytes", options.getSinkMaxBytes());
        config.put("flush_interval_ms", options.getSinkMaxFlushInterval());
        config.put("versions_per_minute", options.getMaxVersionsPerMinute().orElse(null));
        config.put("version_wait_ms", options.getTooManyVersionsMaxWait());
        config.put("samples", options.getSinkHistogramWindowSize());
        config.put("chunk_bytes", options.getLoadBytes());
        config.put("merge_commit", options.isMergeCommit() ? MergeCommit.config(options) : null);
        config.put("chunk_rows", options.isVersionOne() ? options.getSinkMaxRows() : null);
        config.put("room_timeout_ms", options.isVersionOne() ? options.getSinkOfferTimeout() : null);
        config.put("max_retries", options.getSinkMaxRetries());
        config.put("retry_interval_ms", options.getRetryIntervalMs());
        config.put("session_time_zone", options.getTimestampLtzTimeZone());
        config.put("native_memory_bytes", options.getNativeMemory());
        return config;
    }

    /** The configuration of a native sink for rows of a table that are made of the columns of this plan, but text already. */
    public Map<String, Object> textSinkConfig(Subtask subtask, Long checkpointId, String database, String table) {
        Map<String, Object> config = sinkConfigDocument(subtask, checkpointId);
        CHECKED.forEach(config::remove);
        Map<String, String> properties = new LinkedHashMap<>(options.getSinkStreamLoadProperties());
        if (options.getStreamLoadFormat() == StarRocksSinkOptions.StreamLoadFormat.CSV
                && !schema.names().isEmpty()) {
            properties.putIfAbsent("columns", SinkSchema.columnsHeader(schema.names(), upsertDelete));
        }
        config.put("database", database);
        config.put("table", table);
        config.put("properties", properties);
        return config;
    }

    /** A request for the state of a label. */
    byte[] labelStateRequest(String database, String label) {
        Map<String, Object> request = request("label_state", options);
        request.put("database", database);
        request.remove("table");
        request.put("label", label);
        return Json.write(request);
    }

    /** A request that commits prepared transactions; committing one twice is harmless. */
    byte[] commitRequest(Collection<StarRocksCommittable> committables) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("task", "commit");
        request.put("connection", connection());
        request.put(
                "committables",
                committables.stream().map(StarRocksCommittable::toJson).collect(Collectors.toList()));
        request.put("max_retries", properties == null ? options.getSinkMaxRetries() : properties.getMaxRetries());
        request.put(
                "retry_interval_ms",
                properties == null ? options.getRetryIntervalMs() : properties.getRetryIntervalInMs());
        return Json.write(request);
    }

    /** A request that aborts what an earlier attempt left behind after its last checkpoint. */
    byte[] abortLingeringRequest(Subtask subtask, String labelPrefix, Long restoredCheckpointId) {
        Map<String, Object> request = request("abort_lingering", options);
        request.put("connection", connection());
        if (properties != null) {
            // Whichever they were.
            request.remove("database");
            request.remove("table");
        }
        request.put("label_prefix", labelPrefix);
        request.put("subtask", subtask.index());
        request.put("parallelism", subtask.parallelism());
        request.put("restored_checkpoint_id", restoredCheckpointId);
        return Json.write(request);
    }

    /** A request that aborts what connector 1.x left behind after the checkpoint that its label snapshots are from. */
    byte[] abortOriginalRequest(Collection<OriginalLabels> labels) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("task", "abort_original");
        request.put("connection", connection());
        request.put("labels", labels.stream().map(OriginalLabels::toJson).collect(Collectors.toList()));
        return Json.write(request);
    }

    private static Map<String, Object> request(String task, StarRocksSinkOptions options) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("task", task);
        request.put("connection", connection(options));
        request.put("database", options.getDatabaseName());
        request.put("table", options.getTableName());
        return request;
    }

    private Map<String, Object> connection() {
        Map<String, Object> connection = connection(options);
        if (properties != null) {
            connection.putAll(properties.connection());
        }
        return connection;
    }

    /** Where and as whom to connect, as the native library reads it. */
    public static Map<String, Object> connection(StarRocksSinkOptions options) {
        Map<String, Object> connection = new LinkedHashMap<>();
        connection.put("load_urls", options.getLoadUrlList());
        connection.put("jdbc_url", options.getJdbcUrl());
        connection.put("host_mapping", options.getHostMapping());
        connection.put("backend_urls", options.getBeLoadUrlList());
        connection.put("ca_file", options.getSslCaFile());
        connection.put("cert_file", options.getSslCertFile());
        connection.put("key_file", options.getSslKeyFile());
        connection.put("username", options.getUsername());
        connection.put("password", options.getPassword());
        connection.put("connect_timeout_ms", options.getConnectTimeout());
        connection.put("socket_timeout_ms", options.getSocketTimeout());
        connection.put("continue_timeout_ms", options.getWaitForContinueTimeout());
        connection.put("publish_timeout_ms", options.getPublishTimeoutMs());
        connection.put("sanitize_error_log", options.isSanitizeErrorLog());
        return connection;
    }
}
