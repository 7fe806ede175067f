// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.catalog;

import com.starrocks.connector.flink.load.NativeLog;
import com.starrocks.connector.jni.Json;
import com.starrocks.connector.jni.NativeTask;
import com.starrocks.connector.jni.StarRocksNativeException;
import com.starrocks.connector.jni.Waiter;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Asks the native library about databases and tables. */
final class NativeCatalog {
    private final Map<String, Object> connection;

    NativeCatalog(Map<String, Object> connection) {
        this.connection = connection;
    }

    /** A request, to be completed with {@link Request#with} and sent with {@link Request#send}. */
    Request request(String op) {
        return new Request(op);
    }

    /** One request. */
    final class Request {
        private final Map<String, Object> fields = new LinkedHashMap<>();

        private Request(String op) {
            fields.put("op", op);
        }

        Request with(String field, Object value) {
            fields.put(field, value);
            return this;
        }

        /** Waits for the answer; a {@link StarRocksNativeException} says why there is none. */
        Map<String, Object> send() {
            Map<String, Object> task = new LinkedHashMap<>();
            task.put("task", "catalog");
            task.put("connection", connection);
            task.put("request", fields);
            try {
                return Json.readObject(NativeTask.run(Json.write(task), Waiter.NONE));
            } catch (IOException e) {
                throw new StarRocksCatalogException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StarRocksCatalogException("Interrupted while StarRocks was asked: " + fields.get("op"), e);
            } finally {
                NativeLog.drain();
            }
        }
    }
}
