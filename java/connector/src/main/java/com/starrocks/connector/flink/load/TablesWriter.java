// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.load;

import com.starrocks.connector.flink.table.sink.v2.StarRocksCommittable;
import com.starrocks.connector.jni.Json;
import com.starrocks.connector.jni.LoadTiming;
import com.starrocks.connector.jni.Waiter;
import com.starrocks.connector.load.SharedTextSink;
import com.starrocks.connector.load.TextSinks;
import com.starrocks.connector.load.TextTables;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes records into any number of tables; each record says where it goes. */
public final class TablesWriter<T> implements SubtaskWriter<T> {
    private final TextTables tables;
    private final RecordRouter<T> router;
    private final DeadLetters deadLetters;

    private TablesWriter(TextTables tables, RecordRouter<T> router, DeadLetters deadLetters) {
        this.tables = tables;
        this.router = router;
        this.deadLetters = deadLetters;
    }

    /** A writer that knows no table yet. */
    public static <T> TablesWriter<T> open(
            SinkPlan plan, Subtask subtask, Long restoredCheckpointId, RecordRouter<T> router, Waiter waiter) {
        TextTables.Configuration configuration = (table, checkpointId) -> {
            Map<String, Object> config = plan.sinkConfigDocument(subtask, checkpointId);
            Object connection = config.get("connection");
            // What the properties of a table do not know, such as the guarantee, is the plan's.
            config.putAll(plan.properties().sinkConfig(table));
            config.put("connection", connection);
            // Planning may have found out that the server has none.
            config.put(
                    "use_transaction",
                    plan.options().usesTransactions() && plan.properties().isEnableTransaction());
            return config;
        };
        Waiter logging = NativeLog.draining(waiter);
        TextTables tables = plan.properties().isEnableMultiTableTransaction()
                ? new SharedTextSink(configuration, restoredCheckpointId, logging)
                : new TextSinks(configuration, restoredCheckpointId, logging);
        return new TablesWriter<>(tables, router, DeadLetters.of(plan, subtask, waiter));
    }

    @Override
    public int write(T record) throws IOException, InterruptedException {
        return router.route(record, tables);
    }

    @Override
    public List<StarRocksCommittable> flush(boolean prepare, long checkpointId)
            throws IOException, InterruptedException {
        List<StarRocksCommittable> committables = new ArrayList<>();
        for (byte[] result : tables.flush(prepare, checkpointId)) {
            DeadLetters.write(deadLetters, Json.readObject(result), checkpointId);
            committables.addAll(StarRocksCommittable.fromResult(result));
        }
        NativeLog.drain();
        return committables;
    }

    @Override
    public void tick() {
        tables.tick();
        NativeLog.drain();
    }

    @Override
    public void metrics(long[] counters) {
        tables.metrics(counters);
    }

    @Override
    public long[] samples(LoadTiming timing, int most) {
        return tables.samples(timing, most);
    }

    @Override
    public void close() {
        try {
            router.close();
        } finally {
            tables.close();
            deadLetters.close();
            NativeLog.drain();
        }
    }
}
