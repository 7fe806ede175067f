// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink.v2;

import com.starrocks.connector.jni.Json;
import com.starrocks.data.load.stream.StreamLoadSnapshot;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A prepared transaction that waits for its checkpoint to complete. One that connector 1.x left in a checkpoint holds any number of
 * them.
 */
public final class StarRocksCommittable implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final String GROUP = "group";
    private static final long NO_ID = -1;

    private final String database;
    private final String table;
    private final String label;
    private final long transactionId;
    private final long rows;
    private final long bytes;
    /** Null for one transaction. */
    private final ArrayList<StarRocksCommittable> group;

    private StarRocksCommittable(List<StarRocksCommittable> group) {
        this.database = null;
        this.table = null;
        this.label = null;
        this.transactionId = NO_ID;
        this.rows = 0;
        this.bytes = 0;
        this.group = new ArrayList<>(group);
    }

    /** The transactions of a snapshot that are not known to have ended. */
    public StarRocksCommittable(StreamLoadSnapshot snapshot) {
        this(snapshot.getTransactions().stream()
                .filter(transaction -> !transaction.isFinish())
                .map(each ->
                        new StarRocksCommittable(each.getDatabase(), each.getTable(), each.getLabel(), NO_ID, 0, 0))
                .collect(Collectors.toList()));
    }

    /** The transactions as the SDK has them. */
    public StreamLoadSnapshot getLabelSnapshot() {
        StreamLoadSnapshot snapshot = new StreamLoadSnapshot();
        transactions()
                .forEach(each -> snapshot.getTransactions()
                        .add(new StreamLoadSnapshot.Transaction(each.database, each.table, each.label)));
        return snapshot;
    }

    private StarRocksCommittable(
            String database, String table, String label, long transactionId, long rows, long bytes) {
        this.database = Objects.requireNonNull(database, "database");
        this.table = Objects.requireNonNull(table, "table");
        this.label = Objects.requireNonNull(label, "label");
        this.transactionId = transactionId;
        this.rows = rows;
        this.bytes = bytes;
        this.group = null;
    }

    /** One committable for several. */
    public static StarRocksCommittable of(List<StarRocksCommittable> group) {
        return new StarRocksCommittable(group);
    }

    /** The transactions to commit, each by itself. */
    public List<StarRocksCommittable> transactions() {
        return group == null ? Collections.singletonList(this) : Collections.unmodifiableList(group);
    }

    /** The committables in the result of a flush. */
    public static List<StarRocksCommittable> fromResult(byte[] json) {
        List<StarRocksCommittable> committables = new ArrayList<>();
        for (Object committable : Json.list(Json.readObject(json).get("committables"))) {
            committables.add(fromJson(Json.object(committable)));
        }
        return committables;
    }

    /** The transactions in a snapshot of connector 1.x that are not known to be committed. */
    public static List<StarRocksCommittable> fromOriginal(Object snapshot) {
        List<StarRocksCommittable> committables = new ArrayList<>();
        for (Object transaction : Json.list(Json.object(snapshot).get("transactions"))) {
            Map<String, Object> json = Json.object(transaction);
            if (Boolean.TRUE.equals(json.get("multiTable"))) {
                throw new IllegalArgumentException("a transaction over several tables, label " + json.get("label"));
            }
            if (!Boolean.TRUE.equals(json.get("finish"))) {
                committables.add(new StarRocksCommittable(
                        (String) json.get("database"),
                        (String) json.get("table"),
                        (String) json.get("label"),
                        NO_ID,
                        0,
                        0));
            }
        }
        return committables;
    }

    /** Reads what {@link #toJson} wrote. */
    public static StarRocksCommittable fromJson(Map<String, Object> json) {
        if (json.containsKey(GROUP)) {
            List<StarRocksCommittable> group = new ArrayList<>();
            Json.list(json.get(GROUP)).forEach(each -> group.add(fromJson(Json.object(each))));
            return of(group);
        }
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

    /** The committable, one transaction as the native library reads it. */
    public Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        if (group != null) {
            List<Object> each = new ArrayList<>();
            group.forEach(transaction -> each.add(transaction.toJson()));
            json.put(GROUP, each);
            return json;
        }
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
        return toJson().hashCode();
    }

    @Override
    public String toString() {
        if (group != null) {
            return group.toString();
        }
        return "label " + label + ", transaction " + transactionId + " of " + database + "." + table + ", " + rows
                + " rows";
    }
}
