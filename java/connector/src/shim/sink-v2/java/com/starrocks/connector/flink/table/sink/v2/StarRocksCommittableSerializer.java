// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink.v2;

import com.starrocks.connector.jni.Json;
import java.io.IOException;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Committables in checkpoints, as JSON. */
public final class StarRocksCommittableSerializer implements SimpleVersionedSerializer<StarRocksCommittable> {
    /** The version of connector 1.x is 1. */
    private static final int VERSION = 2;

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
        if (version != VERSION) {
            throw new IOException("A committable of the StarRocks sink has version " + version
                    + ", this connector reads version " + VERSION + ".");
        }
        try {
            return StarRocksCommittable.fromJson(Json.readObject(bytes));
        } catch (RuntimeException e) {
            throw new IOException("A committable of the StarRocks sink cannot be read: " + e.getMessage(), e);
        }
    }
}
