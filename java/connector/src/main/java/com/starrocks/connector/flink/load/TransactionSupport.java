// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.load;

import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import com.starrocks.connector.flink.table.sink.StarRocksSinkSemantic;
import com.starrocks.connector.jni.Json;
import com.starrocks.connector.jni.NativeTask;
import com.starrocks.connector.jni.StarRocksNativeException;
import com.starrocks.connector.jni.Waiter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.table.api.ValidationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a sink loads through transactions: as the options say, and asked of the server where they leave it open. */
public final class TransactionSupport {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionSupport.class);

    private TransactionSupport() {}

    /** Tells the options whether the server has transactions, where they want them. */
    static void settle(StarRocksSinkOptions options) {
        boolean exactlyOnce = options.getSemantic() == StarRocksSinkSemantic.EXACTLY_ONCE;
        if (!exactlyOnce && !options.usesTransactions()) {
            return;
        }
        boolean named = StandardCharsets.US_ASCII.newEncoder().canEncode(options.getDatabaseName());
        if (!named && exactlyOnce) {
            throw new ValidationException("The sink for " + options.getDatabaseName() + "." + options.getTableName()
                    + " cannot be exactly-once: StarRocks has no transactions in databases whose name is not ASCII."
                    + " Rename the database, or use at-least-once.");
        }
        boolean supported = named && options.isSupportTransactionStreamLoad() && isSupported(options);
        if (!supported && exactlyOnce) {
            throw new ValidationException("The sink for " + options.getDatabaseName() + "." + options.getTableName()
                    + " cannot be exactly-once: the server at " + options.getLoadUrlList()
                    + " has no transactions, which came with StarRocks 2.4. Upgrade it, or use at-least-once.");
        }
        if (!supported) {
            LOG.info(
                    "The server at {} has no transactions for {}.{}, so rows are sent as stream loads.",
                    options.getLoadUrlList(),
                    options.getDatabaseName(),
                    options.getTableName());
        }
        options.setSupportTransactionStreamLoad(supported);
    }

    /**
     * Refuses a server that is known to be too old for the properties of the loads, or for transactions over several tables.
     *
     * @param shared whether such transactions are wanted
     */
    static void checkServer(StarRocksSinkOptions options, boolean shared) {
        String refused =
                "The sink for " + options.getDatabaseName() + "." + options.getTableName() + " cannot be planned: ";
        if (shared && (options.getSemantic() == StarRocksSinkSemantic.EXACTLY_ONCE || !options.usesTransactions())) {
            throw new ValidationException(refused + "transactions over several tables need a server with transactions,"
                    + " and at-least-once, since StarRocks cannot prepare them.");
        }
        Map<String, Object> request = request("check_server", options);
        request.put("properties", options.getSinkStreamLoadProperties());
        request.put("in_transaction", options.usesTransactions());
        request.put("shared_transactions", shared);
        try {
            ask(request);
        } catch (StarRocksNativeException | IOException e) {
            if (e instanceof StarRocksNativeException && "UNSUPPORTED".equals(((StarRocksNativeException) e).code())) {
                throw new ValidationException(refused + e.getMessage(), e);
            }
            LOG.warn("The server could not be asked for its version; that it is new enough is assumed.", e);
        }
    }

    /** A server that cannot be asked from here has them: where it has not, the first transaction fails and says so. */
    public static boolean isSupported(StarRocksSinkOptions options) {
        try {
            return Boolean.TRUE.equals(
                    ask(request("probe_transactions", options)).get("supported"));
        } catch (StarRocksNativeException | IOException e) {
            LOG.warn(
                    "The server at {} could not be asked whether it has transactions; that it has is assumed.",
                    options.getLoadUrlList(),
                    e);
            return true;
        }
    }

    private static Map<String, Object> request(String task, StarRocksSinkOptions options) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("task", task);
        request.put("connection", SinkPlan.connection(options));
        return request;
    }

    private static Map<String, Object> ask(Map<String, Object> request) throws IOException {
        try {
            return Json.readObject(NativeTask.run(Json.write(request), Waiter.NONE));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ValidationException("Interrupted while the server was asked what it supports.", e);
        } finally {
            NativeLog.drain();
        }
    }
}
