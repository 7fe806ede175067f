// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink.v2;

import com.starrocks.connector.jni.Json;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A prepared transaction that waits for its checkpoint to complete. */
public final class StarRocksCommittable implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String database;
    private final String table;
    private final String label;
    private final long transactionId;
    private final long rows;
    private final long bytes;

    private StarRocksCommittable(
            String database, String table, String label, long transactionId, long rows, long bytes) {
        this.database = Objects.requireNonNull(database, "database");
        this.table = Objects.requireNonNull(table, "table");
        this.label = Objects.requireNonNull(label, "label");
        this.transactionId = transactionId;
        this.rows = rows;
        this.bytes = bytes;
    }

    /** The committables in the result of a flush. */
    public static List<StarRocksCommittable> fromResult(byte[] json) {
        List<StarRocksCommittable> committables = new ArrayList<>();
        for (Object committable : Json.list(Json.readObject(json).get("committables"))) {
            committables.add(fromJson(Json.object(committable)));
        }
        return committables;
    }

    /** Reads what {@link #toJson} wrote. */
    public static StarRocksCommittable fromJson(Map<String, Object> json) {
        return new StarRocksCommittable(
                (String) json.get("database"),
                (String) json.get("table"),
                (String) json.get("label"),
                number(json, "txn_id"),
                number(json, "rows"),
                number(json, "bytes"));
    }

    private static long number(Map<String, Object> json, String key) {
        return ((Number) Objects.requireNonNull(json.get(key), key)).longValue();
    }

    /** The committable as the native library reads it. */
    public Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("label", label);
        json.put("txn_id", transactionId);
        json.put("database", database);
        json.put("table", table);
        json.put("rows", rows);
        json.put("bytes", bytes);
        return json;
    }

    public String getLabel() {
        return label;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StarRocksCommittable && toJson().equals(((StarRocksCommittable) other).toJson());
    }

    @Override
    public int hashCode() {
        return label.hashCode();
    }

    @Override
    public String toString() {
        return "label " + label + ", transaction " + transactionId + " of " + database + "." + table + ", " + rows
                + " rows";
    }
}
