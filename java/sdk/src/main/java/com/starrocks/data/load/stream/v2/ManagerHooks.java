// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.data.load.stream.v2;

import com.starrocks.connector.jni.Json;
import com.starrocks.connector.load.LoadHooks;
import com.starrocks.connector.load.TableKey;
import com.starrocks.data.load.stream.LabelGenerator;
import com.starrocks.data.load.stream.LabelGeneratorFactory;
import com.starrocks.data.load.stream.StreamLoadResponse;
import com.starrocks.data.load.stream.exception.StreamLoadFailException;
import java.util.HashMap;
import java.util.Map;

/** The generators of labels and the listener of a program. */
final class ManagerHooks implements LoadHooks {
    private final LabelGeneratorFactory factory;
    private final StreamLoadListener listener;
    private final Map<TableKey, LabelGenerator> generators = new HashMap<>();

    private ManagerHooks(LabelGeneratorFactory factory, StreamLoadListener listener) {
        this.factory = factory;
        this.listener = listener;
    }

    /** Either may be null. */
    static LoadHooks of(LabelGeneratorFactory factory, StreamLoadListener listener) {
        return factory == null && listener == null ? NONE : new ManagerHooks(factory, listener);
    }

    @Override
    public boolean givesLabels() {
        return factory != null;
    }

    @Override
    public boolean hearsOfLoads() {
        return listener != null;
    }

    @Override
    public String nextLabel(TableKey table) {
        return generators
                .computeIfAbsent(table, key -> factory.create(key.database(), key.table()))
                .next();
    }

    @Override
    public void onLoads(TableKey table, byte[] reports) {
        for (Object report : Json.list(Json.read(reports))) {
            listener.onResponse(response(Json.object(report)));
        }
    }

    private static StreamLoadResponse response(Map<String, Object> report) {
        StreamLoadResponse response = new StreamLoadResponse();
        response.setFlushRows(number(report, "rows"));
        response.setFlushBytes(number(report, "bytes"));
        response.setCostNanoTime(number(report, "nanos"));
        StreamLoadResponse.StreamLoadResponseBody body = new StreamLoadResponse.StreamLoadResponseBody();
        String error = (String) report.get("error");
        if (error != null) {
            response.setException(new StreamLoadFailException(error));
        }
        body.setLabel((String) report.get("label"));
        body.setStatus(error == null ? "Success" : "Fail");
        body.setMessage(error == null ? "OK" : error);
        body.setTxnId(number(report, "txn_id"));
        body.setNumberTotalRows(number(report, "total_rows"));
        body.setNumberLoadedRows(number(report, "loaded_rows"));
        body.setNumberFilteredRows(number(report, "filtered_rows"));
        body.setLoadBytes(number(report, "bytes"));
        body.setLoadTimeMs(number(report, "load_ms"));
        body.setStreamLoadPlanTimeMs(number(report, "plan_ms"));
        body.setReadDataTimeMs(number(report, "read_ms"));
        body.setWriteDataTimeMs(number(report, "write_ms"));
        body.setCommitAndPublishTimeMs(number(report, "publish_ms"));
        response.setBody(body);
        return response;
    }

    private static Long number(Map<String, Object> report, String key) {
        Object value = report.get(key);
        return value == null ? null : Long.valueOf(((Number) value).longValue());
    }
}
