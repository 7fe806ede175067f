// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink.v2;

import com.starrocks.connector.flink.load.OriginalLabels;
import com.starrocks.connector.jni.Json;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Writer states in checkpoints, as JSON. */
public final class StarRocksWriterStateSerializer implements SimpleVersionedSerializer<StarRocksWriterState> {
    private static final int VERSION = 2;
    private static final int VERSION_OF_CONNECTOR_1 = 1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(StarRocksWriterState state) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("label_prefix", state.labelPrefix());
        json.put("checkpoint_id", state.checkpointId());
        json.put("subtask", state.subtask());
        json.put("parallelism", state.parallelism());
        return Json.write(json);
    }

    @Override
    public StarRocksWriterState deserialize(int version, byte[] bytes) throws IOException {
        if (version != VERSION && version != VERSION_OF_CONNECTOR_1) {
            throw new IOException("A writer state of the StarRocks sink has version " + version
                    + ", this connector reads versions up to " + VERSION + ".");
        }
        try {
            Map<String, Object> json = Json.readObject(bytes);
            if (version == VERSION_OF_CONNECTOR_1) {
                return StarRocksWriterState.ofOriginal(OriginalLabels.read(json.get("labelSnapshots")));
            }
            return new StarRocksWriterState(
                    (String) json.get("label_prefix"),
                    ((Number) json.get("checkpoint_id")).longValue(),
                    ((Number) json.get("subtask")).intValue(),
                    ((Number) json.get("parallelism")).intValue());
        } catch (RuntimeException e) {
            throw new IOException("A writer state of the StarRocks sink cannot be read: " + e.getMessage(), e);
        }
    }
}
