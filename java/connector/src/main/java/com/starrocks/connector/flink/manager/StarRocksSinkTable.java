// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.manager;

import com.starrocks.connector.flink.load.NativeLog;
import com.starrocks.connector.flink.load.SinkPlan;
import com.starrocks.connector.flink.table.StarRocksDataType;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import com.starrocks.connector.jni.Json;
import com.starrocks.connector.jni.NativeTask;
import com.starrocks.connector.jni.StarRocksNativeException;
import com.starrocks.connector.jni.Waiter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the server says of the table of a sink. */
public class StarRocksSinkTable {
    private final String version;
    private final Map<String, StarRocksDataType> fieldMapping = new LinkedHashMap<>();

    private StarRocksSinkTable(Map<String, Object> description) {
        version = (String) description.get("server_version");
        for (Object column : Json.list(description.get("columns"))) {
            Map<String, Object> json = Json.object(column);
            String name = (String) json.get("name");
            fieldMapping.put(name.toLowerCase(Locale.ROOT), StarRocksDataType.fromJson(json.get("data_type")));
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The version of the server, as it tells it. */
    public String getVersion() {
        return version;
    }

    /** Types by column, names in lower case, in the order of the columns. */
    public Map<String, StarRocksDataType> getFieldMapping() {
        return new LinkedHashMap<>(fieldMapping);
    }

    /** Whether these are the columns of the table, in their order. */
    public boolean hasColumns(String[] names) {
        List<String> lower = new ArrayList<>();
        for (String name : names) {
            lower.add(name.toLowerCase(Locale.ROOT));
        }
        return lower.equals(new ArrayList<>(fieldMapping.keySet()));
    }

    /** Asks the server. */
    public static class Builder {
        private StarRocksSinkOptions options;

        private Builder() {}

        public Builder sinkOptions(StarRocksSinkOptions options) {
            this.options = options;
            return this;
        }

        public StarRocksSinkTable build() {
            Map<String, Object> request = new LinkedHashMap<>();
            request.put("task", "describe_table");
            request.put("connection", SinkPlan.connection(options));
            request.put("database", options.getDatabaseName());
            request.put("table", options.getTableName());
            try {
                return new StarRocksSinkTable(Json.readObject(NativeTask.run(Json.write(request), Waiter.NONE)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(
                        "Interrupted while " + options.getTableName() + " was described by the server.", e);
            } catch (StarRocksNativeException | IOException e) {
                throw new IllegalStateException(
                        options.getDatabaseName() + "." + options.getTableName() + " could not be described: "
                                + e.getMessage(),
                        e);
            } finally {
                NativeLog.drain();
            }
        }
    }
}
