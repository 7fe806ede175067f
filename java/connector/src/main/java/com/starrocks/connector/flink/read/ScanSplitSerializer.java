// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import com.starrocks.connector.jni.Json;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Splits in checkpoints: JSON, so that a later version can tell what an earlier one wrote. */
public final class ScanSplitSerializer implements SimpleVersionedSerializer<ScanSplit> {
    private static final int VERSION = 1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(ScanSplit split) {
        return Json.write(toJson(split));
    }

    @Override
    public ScanSplit deserialize(int version, byte[] bytes) throws IOException {
        checkVersion(version, "split");
        try {
            return fromJson(Json.read(bytes));
        } catch (IllegalArgumentException | ClassCastException e) {
            throw new IOException(
                    "A split of the StarRocks source in the checkpoint cannot be read: " + e.getMessage(), e);
        }
    }

    static void checkVersion(int version, String what) throws IOException {
        if (version != VERSION) {
            throw new IOException("The checkpoint holds a " + what + " of the StarRocks source in version " + version
                    + ", and this connector reads version " + VERSION + ": restore with the connector that wrote it.");
        }
    }

    static Map<String, Object> toJson(ScanSplit split) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("split", Json.read(split.document()));
        json.put("filter", split.filter());
        return json;
    }

    static ScanSplit fromJson(Object json) {
        Map<String, Object> fields = Json.object(json);
        return new ScanSplit(Json.object(fields.get("split")), (String) fields.get("filter"));
    }
}
