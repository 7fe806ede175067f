// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink.v2;

import com.starrocks.connector.jni.Json;
import java.io.IOException;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Committables in checkpoints, as JSON. */
public final class StarRocksCommittableSerializer implements SimpleVersionedSerializer<StarRocksCommittable> {
    private static final int VERSION = 2;
    private static final int VERSION_OF_CONNECTOR_1 = 1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(StarRocksCommittable committable) {
        return Json.write(committable.toJson());
    }

    @Override
    public StarRocksCommittable deserialize(int version, byte[] bytes) throws IOException {
        if (version != VERSION && version != VERSION_OF_CONNECTOR_1) {
            throw new IOException("A committable of the StarRocks sink has version " + version
                    + ", this connector reads versions up to " + VERSION + ".");
        }
        try {
            if (version == VERSION_OF_CONNECTOR_1) {
                return StarRocksCommittable.of(
                        StarRocksCommittable.fromOriginal(Json.readObject(bytes).get("labelSnapshot")));
            }
            return StarRocksCommittable.fromJson(Json.readObject(bytes));
        } catch (RuntimeException e) {
            throw new IOException("A committable of the StarRocks sink cannot be read: " + e.getMessage(), e);
        }
    }
}
