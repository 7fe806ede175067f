// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

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
    /** The version of connector 1.x is 1. */
    private static final int VERSION = 2;

    private final TreeMap<Long, List<StarRocksCommittable>> pending = new TreeMap<>();
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
        if (version != VERSION) {
            throw new IOException("The state of the StarRocks sink has version " + version
                    + ", this connector reads version " + VERSION + ".");
        }
        if (buffer.getInt() != buffer.remaining()) {
            throw new IOException("The state of the StarRocks sink is cut short: " + element.length + " bytes.");
        }
        byte[] payload = new byte[buffer.remaining()];
        buffer.get(payload);
        try {
            return fromJson(Json.readObject(payload));
        } catch (RuntimeException e) {
            throw new IOException("The state of the StarRocks sink cannot be read: " + e.getMessage(), e);
        }
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
