// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import com.starrocks.connector.flink.load.NativeLog;
import com.starrocks.connector.flink.table.StarRocksDataType;
import com.starrocks.connector.flink.table.sink.SinkSchema;
import com.starrocks.connector.flink.table.source.StarRocksSourceOptions;
import com.starrocks.connector.jni.Json;
import com.starrocks.connector.jni.NativeTask;
import com.starrocks.connector.jni.Waiter;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.types.logical.RowType;

/**
 * What to read of a table, and how: the options and everything that was pushed down. Shipped to enumerator and readers; knows the
 * documents that cross the JNI boundary.
 */
public final class ScanSpec implements Serializable {
    private static final long serialVersionUID = 1L;

    private final StarRocksSourceOptions options;
    /** The columns that are read; the rows may have fewer, none at all. */
    private final SelectedColumns columns;

    private final Condition condition;
    /** Rows after which each reader may stop; negative for none. */
    private final long limit;
    /** A statement for the MySQL port in place of a scan; null for a scan. */
    private final AggregateQuery query;

    /** A scan of columns of a table. */
    public ScanSpec(StarRocksSourceOptions options, SelectedColumns columns, Condition condition, long limit) {
        this(options, columns, condition, limit, null);
    }

    /** A statement, of which the columns are the result. */
    public ScanSpec(StarRocksSourceOptions options, RowType columns, Condition condition, AggregateQuery query) {
        this(options, SelectedColumns.of(columns), condition, -1, query);
    }

    private ScanSpec(
            StarRocksSourceOptions options,
            SelectedColumns columns,
            Condition condition,
            long limit,
            AggregateQuery query) {
        this.options = options;
        this.columns = columns;
        this.condition = condition;
        this.limit = limit;
        this.query = query;
    }

    public StarRocksSourceOptions options() {
        return options;
    }

    public RowType columns() {
        return columns.type();
    }

    long limit() {
        return limit;
    }

    /** {@code database.table}, for messages. */
    String table() {
        return options.tableText();
    }

    /** The same with one more condition. */
    ScanSpec and(Condition more) {
        Condition all = condition == null ? more : Condition.all(Arrays.asList(condition, more));
        return new ScanSpec(options, columns, all, limit, query);
    }

    /** What is read, fields of columns too. */
    SelectedColumns selected() {
        return columns;
    }

    /** Asks the frontend for the plan; blocks, and can be interrupted. */
    public List<ScanSplit> plan(int splits) throws IOException, InterruptedException {
        try {
            String filter = condition == null ? null : condition.render(columnTypes());
            List<ScanSplit> planned = new ArrayList<>();
            if (query != null) {
                planned.add(new ScanSplit(query.split(options, filter), filter));
                return planned;
            }
            Map<String, Object> task = new LinkedHashMap<>();
            task.put("task", "plan_scan");
            task.put("connection", options.connectionDocument());
            task.put("request", request(filter));
            task.put("options", options.scanDocument());
            task.put("splits", splits);
            byte[] result = NativeTask.run(Json.write(task), NativeLog.draining(Waiter.NONE));
            for (Object split : Json.list(Json.readObject(result).get("splits"))) {
                planned.add(new ScanSplit(Json.object(split), filter));
            }
            return planned;
        } finally {
            NativeLog.drain();
        }
    }

    private Map<String, Object> request(String filter) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("database", options.getDatabaseName());
        request.put("table", options.getTableName());
        request.put("columns", columns.toJson());
        request.put("filter", filter);
        request.put("warehouse", options.getWarehouseName());
        return request;
    }

    /** The configuration of a native reader. */
    byte[] readerConfig(String filter) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("version", 1);
        config.put("connection", options.connectionDocument());
        config.put("request", request(filter));
        config.put("options", options.scanDocument());
        config.put("columns", new SinkSchema(columns.type(), null).toJson());
        config.put("time_zone", options.getTimestampLtzTimeZone().getId());
        config.put("limit", limit < 0 ? null : limit);
        return Json.write(config);
    }

    /** The configuration of a native lookup by key columns, which are numbers of columns; blocks where a plan would. */
    public byte[] lookupConfig(int[] keys) throws IOException, InterruptedException {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("version", 1);
        config.put("connection", options.connectionDocument());
        config.put("request", request(condition == null ? null : condition.render(columnTypes())));
        config.put("columns", new SinkSchema(columns.type(), null).toJson());
        config.put("keys", Arrays.stream(keys).boxed().collect(Collectors.toList()));
        config.put("time_zone", options.getTimestampLtzTimeZone().getId());
        config.put("max_retries", options.getLookupMaxRetries());
        return Json.write(config);
    }

    /** Types of the table's columns, if the condition has any whose text depends on them. */
    private Map<String, StarRocksDataType> columnTypes() throws IOException, InterruptedException {
        if (condition.columns().isEmpty()) {
            return Collections.emptyMap();
        }
        Map<String, Object> task = new LinkedHashMap<>();
        task.put("task", "describe_table");
        task.put("connection", options.connectionDocument());
        task.put("database", options.getDatabaseName());
        task.put("table", options.getTableName());
        Map<String, Object> table = Json.readObject(NativeTask.run(Json.write(task), NativeLog.draining(Waiter.NONE)));
        Map<String, StarRocksDataType> types = new HashMap<>();
        for (Object column : Json.list(table.get("columns"))) {
            Map<String, Object> fields = Json.object(column);
            types.put(
                    String.valueOf(fields.get("name")).toLowerCase(Locale.ROOT),
                    StarRocksDataType.fromJson(fields.get("data_type")));
        }
        for (String column : condition.columns()) {
            if (!types.containsKey(column.toLowerCase(Locale.ROOT))) {
                throw new ValidationException("StarRocks table " + table() + " has no column '" + column + "'.");
            }
        }
        return types;
    }

    /** How many rows the table has, as the server estimates it; negative when nobody knows. */
    public long estimateRows(Waiter waiter) throws IOException, InterruptedException {
        Map<String, Object> task = new LinkedHashMap<>();
        task.put("task", "catalog");
        task.put("connection", options.connectionDocument());
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("op", "statistics");
        request.put("database", options.getDatabaseName());
        request.put("table", options.getTableName());
        task.put("request", request);
        Object rows = Json.readObject(NativeTask.run(Json.write(task), waiter)).get("rows");
        return rows instanceof Long ? (Long) rows : -1;
    }
}
