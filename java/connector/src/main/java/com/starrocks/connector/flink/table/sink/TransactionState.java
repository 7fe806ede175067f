// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import com.starrocks.connector.flink.load.OriginalLabels;
import com.starrocks.connector.flink.table.sink.v2.StarRocksCommittable;
import com.starrocks.connector.jni.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The checkpointed state of the sink function: transactions that are prepared and not yet known to be committed.
 *
 * <p>An element of the operator state is framed as Flink frames versioned data (version and length, big-endian) and holds a
 * JSON document.
 */
final class TransactionState {
    private static final int VERSION = 2;
    private static final int VERSION_OF_CONNECTOR_1 = 1;

    private final TreeMap<Long, List<StarRocksCommittable>> pending = new TreeMap<>();
    private final List<OriginalLabels> originalLabels = new ArrayList<>();
    private String labelPrefix;
    private long checkpointId;

    /** The checkpoint that wrote this state. */
    long checkpointId() {
        return checkpointId;
    }

    /** The label prefix of the job that wrote this state, or null. */
    String labelPrefix() {
        return labelPrefix;
    }

    /** Where connector 1.x was with its labels, if it wrote this state. */
    List<OriginalLabels> originalLabels() {
        return originalLabels;
    }

    /** Adds what a checkpoint prepared. */
    void add(long checkpoint, Collection<StarRocksCommittable> committables) {
        checkpointId = Math.max(checkpointId, checkpoint);
        if (!committables.isEmpty()) {
            pending.computeIfAbsent(checkpoint, id -> new ArrayList<>()).addAll(committables);
        }
    }

    /** What is due when a checkpoint completes, oldest first. */
    List<StarRocksCommittable> upTo(long checkpoint) {
        return pending.headMap(checkpoint, true).values().stream()
                .flatMap(List::stream)
                .collect(Collectors.toList());
    }

    /** Forgets what {@link #upTo} returned. */
    void removeUpTo(long checkpoint) {
        pending.headMap(checkpoint, true).clear();
    }

    /** Takes over the content of another element. */
    void merge(TransactionState other) {
        checkpointId = Math.max(checkpointId, other.checkpointId);
        labelPrefix = labelPrefix == null ? other.labelPrefix : labelPrefix;
        other.pending.forEach(this::add);
        originalLabels.addAll(other.originalLabels);
    }

    /** The checkpoint alone. */
    TransactionState withoutTransactions() {
        TransactionState origin = new TransactionState();
        origin.checkpointId = checkpointId;
        return origin;
    }

    byte[] serialize(String currentLabelPrefix) {
        Map<String, Object> data = new LinkedHashMap<>();
        pending.forEach((checkpoint, committables) -> data.put(
                checkpoint.toString(),
                committables.stream().map(StarRocksCommittable::toJson).collect(Collectors.toList())));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("checkpoint_id", checkpointId);
        json.put("label_prefix", currentLabelPrefix);
        json.put("transactions", data);
        byte[] payload = Json.write(json);
        return ByteBuffer.allocate(8 + payload.length)
                .putInt(VERSION)
                .putInt(payload.length)
                .put(payload)
                .array();
    }

    static TransactionState deserialize(byte[] element) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(element);
        if (buffer.remaining() < 8) {
            throw new IOException("The state of the StarRocks sink is cut short: " + element.length + " bytes.");
        }
        int version = buffer.getInt();
        if (version != VERSION && version != VERSION_OF_CONNECTOR_1) {
            throw new IOException("The state of the StarRocks sink has version " + version
                    + ", this connector reads versions up to " + VERSION + ".");
        }
        if (buffer.getInt() != buffer.remaining()) {
            throw new IOException("The state of the StarRocks sink is cut short: " + element.length + " bytes.");
        }
        byte[] payload = new byte[buffer.remaining()];
        buffer.get(payload);
        try {
            Map<String, Object> json = Json.readObject(payload);
            return version == VERSION ? fromJson(json) : fromOriginal(json);
        } catch (RuntimeException e) {
            throw new IOException("The state of the StarRocks sink cannot be read: " + e.getMessage(), e);
        }
    }

    /** Reads the state of connector 1.x, whose keys need not be quoted: checkpoints with the snapshots of their transactions. */
    private static TransactionState fromOriginal(Map<String, Object> json) {
        TransactionState state = new TransactionState();
        Object data = json.get("data");
        if (data != null) {
            Json.object(data).forEach((checkpoint, snapshots) -> {
                List<StarRocksCommittable> committables = new ArrayList<>();
                for (Object snapshot : Json.list(snapshots)) {
                    committables.addAll(StarRocksCommittable.fromOriginal(snapshot));
                }
                state.add(Long.parseLong(checkpoint), committables);
            });
        }
        state.originalLabels.addAll(OriginalLabels.read(json.get("labelSnapshots")));
        return state;
    }

    private static TransactionState fromJson(Map<String, Object> json) {
        TransactionState state = new TransactionState();
        state.checkpointId = ((Number) json.get("checkpoint_id")).longValue();
        state.labelPrefix = (String) json.get("label_prefix");
        Json.object(json.get("transactions")).forEach((checkpoint, committables) -> {
            for (Object committable : Json.list(committables)) {
                state.pending
                        .computeIfAbsent(Long.valueOf(checkpoint), id -> new ArrayList<>())
                        .add(StarRocksCommittable.fromJson(Json.object(committable)));
            }
        });
        return state;
    }
}
