// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.data.load.stream;

import com.starrocks.connector.jni.Json;
import com.starrocks.connector.jni.NativeTask;
import com.starrocks.connector.jni.StarRocksNativeException;
import com.starrocks.connector.jni.Waiter;
import com.starrocks.data.load.stream.exception.StreamLoadFailException;
import com.starrocks.data.load.stream.properties.StreamLoadProperties;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Questions to a server. */
public final class StreamLoadUtils {
    private StreamLoadUtils() {}

    /** Whether the server has transactions for loads; StarRocks has them from 2.4 on. */
    public static boolean probeTransactionStreamLoad(StreamLoadProperties properties) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("task", "probe_transactions");
        request.put("connection", properties.connection());
        try {
            Map<String, Object> result = Json.readObject(NativeTask.run(Json.write(request), Waiter.NONE));
            return Boolean.TRUE.equals(result.get("supported"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StreamLoadFailException("Interrupted while the server was asked whether it has transactions.", e);
        } catch (StarRocksNativeException | IOException e) {
            throw new StreamLoadFailException(
                    "The server could not be asked whether it has transactions: " + e.getMessage(), e);
        }
    }

    /**
     * As {@link #probeTransactionStreamLoad}.
     *
     * @param hosts HTTP addresses of the frontends
     * @param connectTimeout in milliseconds, at least 100
     */
    public static boolean isStarRocksSupportTransactionLoad(
            List<String> hosts, int connectTimeout, String userName, String password) {
        return probeTransactionStreamLoad(StreamLoadProperties.builder()
                .loadUrls(hosts.toArray(new String[0]))
                .connectTimeout(connectTimeout)
                .username(userName)
                .password(password)
                .build());
    }
}
