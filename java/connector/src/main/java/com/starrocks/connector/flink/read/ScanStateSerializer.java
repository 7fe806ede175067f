// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import com.starrocks.connector.jni.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** The enumerator's state in checkpoints, as JSON. */
public final class ScanStateSerializer implements SimpleVersionedSerializer<ScanState> {
    private static final int VERSION = 1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(ScanState state) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("planned", state.isPlanned());
        json.put(
                "pending",
                state.pending().stream().map(ScanSplitSerializer::toJson).collect(Collectors.toList()));
        return Json.write(json);
    }

    @Override
    public ScanState deserialize(int version, byte[] bytes) throws IOException {
        ScanSplitSerializer.checkVersion(version, "plan");
        try {
            Map<String, Object> json = Json.readObject(bytes);
            List<ScanSplit> pending = new ArrayList<>();
            for (Object split : Json.list(json.get("pending"))) {
                pending.add(ScanSplitSerializer.fromJson(split));
            }
            return new ScanState((Boolean) json.get("planned"), pending);
        } catch (IllegalArgumentException | ClassCastException | NullPointerException e) {
            throw new IOException(
                    "The plan of the StarRocks source in the checkpoint cannot be read: " + e.getMessage(), e);
        }
    }
}
