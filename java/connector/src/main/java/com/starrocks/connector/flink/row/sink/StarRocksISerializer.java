// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.sink;

import com.starrocks.connector.flink.tools.JsonWrapper;
import java.io.Serializable;

/** Turns the values of a row into text. */
public interface StarRocksISerializer extends Serializable {
    /** Called once before the first row. */
    default void open(SerializerContext context) {}

    String serialize(Object[] values);

    /** What a serializer may use. */
    class SerializerContext {
        private final JsonWrapper fastJsonWrapper;

        public SerializerContext(JsonWrapper fastJsonWrapper) {
            this.fastJsonWrapper = fastJsonWrapper;
        }

        public JsonWrapper getFastJsonWrapper() {
            return fastJsonWrapper;
        }
    }
}
