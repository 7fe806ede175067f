// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.load;

import com.starrocks.connector.jni.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a subtask of connector 1.x was in the sequence of its labels, {@code <prefix>-<table>-<subtask>-<number>}, when it took a
 * checkpoint: transactions under later numbers are in no state.
 */
public final class OriginalLabels {
    private final Map<String, Object> json;

    private OriginalLabels(Map<String, Object> json) {
        this.json = json;
    }

    /** Reads the label snapshots in a state of connector 1.x; null is none. */
    public static List<OriginalLabels> read(Object snapshots) {
        List<OriginalLabels> all = new ArrayList<>();
        for (Object snapshot : Json.list(snapshots)) {
            Map<String, Object> original = Json.object(snapshot);
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("database", text(original, "db"));
            json.put("table", text(original, "table"));
            json.put("label_prefix", text(original, "labelPrefix"));
            json.put("subtask", number(original, "subTaskIndex"));
            json.put("next_number", number(original, "nextId"));
            all.add(new OriginalLabels(json));
        }
        return all;
    }

    private static String text(Map<String, Object> json, String key) {
        if (json.get(key) instanceof String) {
            return (String) json.get(key);
        }
        throw new IllegalArgumentException("label snapshot without '" + key + "'");
    }

    private static Number number(Map<String, Object> json, String key) {
        if (json.get(key) instanceof Number) {
            return (Number) json.get(key);
        }
        throw new IllegalArgumentException("label snapshot without '" + key + "'");
    }

    /** As the native library reads it. */
    Map<String, Object> toJson() {
        return json;
    }

    @Override
    public String toString() {
        return json.toString();
    }
}
