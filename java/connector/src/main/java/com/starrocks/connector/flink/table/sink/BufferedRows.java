// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import com.starrocks.connector.flink.load.LoadWriter;
import com.starrocks.connector.flink.load.NativeLog;
import com.starrocks.connector.flink.load.SinkPlan;
import com.starrocks.connector.flink.load.Subtask;
import com.starrocks.connector.flink.manager.StarRocksSinkBufferEntity;
import com.starrocks.connector.flink.table.sink.v2.StarRocksCommittable;
import com.starrocks.connector.jni.Waiter;
import com.starrocks.connector.load.TextSinks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows in the state of connector 1.x: with exactly-once and {@code sink.version=V1} it kept them there and loaded them after the
 * checkpoint, under a label from the same state. So the label tells whether they arrived.
 */
final class BufferedRows {
    private static final Logger LOG = LoggerFactory.getLogger(BufferedRows.class);
    private static final String STATE_NAME = "buffered-rows";

    private final List<StarRocksSinkBufferEntity> batches;

    private BufferedRows(List<StarRocksSinkBufferEntity> batches) {
        this.batches = batches;
    }

    /** Takes the rows out of a restored state; they are this subtask's from now on. */
    static BufferedRows take(OperatorStateStore states) throws Exception {
        @SuppressWarnings({"rawtypes", "unchecked"})
        ListState<Map<String, StarRocksSinkBufferEntity>> state =
                states.getListState(new ListStateDescriptor(STATE_NAME, new GenericTypeInfo<>(Map.class)));
        List<StarRocksSinkBufferEntity> batches = new ArrayList<>();
        for (Map<String, StarRocksSinkBufferEntity> element : state.get()) {
            element.values().stream()
                    .filter(batch ->
                            batch.getBuffer() != null && !batch.getBuffer().isEmpty())
                    .forEach(batches::add);
        }
        return new BufferedRows(batches);
    }

    boolean isEmpty() {
        return batches.isEmpty();
    }

    /**
     * Loads the rows that have not arrived. With exactly-once the transactions are prepared; until a checkpoint holds them, the
     * restored one holds the rows.
     */
    List<StarRocksCommittable> load(SinkPlan plan, Subtask subtask, Long checkpointId)
            throws IOException, InterruptedException {
        List<StarRocksCommittable> committables = new ArrayList<>();
        try (TextSinks sinks = new TextSinks(
                (table, checkpoint) -> plan.textSinkConfig(subtask, checkpoint, table.database(), table.table()),
                checkpointId,
                NativeLog.draining(Waiter.NONE))) {
            for (StarRocksSinkBufferEntity batch : batches) {
                if (hasArrived(plan, batch)) {
                    continue;
                }
                LOG.info(
                        "Loading {} rows for {}.{} that connector 1.x kept in its state",
                        batch.getBuffer().size(),
                        batch.getDatabase(),
                        batch.getTable());
                for (byte[] row : batch.getBuffer()) {
                    sinks.write(null, batch.getDatabase(), batch.getTable(), new String(row, StandardCharsets.UTF_8));
                }
            }
            for (byte[] result : sinks.flush(plan.isExactlyOnce(), checkpointId == null ? -1 : checkpointId)) {
                committables.addAll(StarRocksCommittable.fromResult(result));
            }
        }
        NativeLog.drain();
        return committables;
    }

    private static boolean hasArrived(SinkPlan plan, StarRocksSinkBufferEntity batch)
            throws IOException, InterruptedException {
        if (batch.getLabel() == null) {
            return false;
        }
        String state = LoadWriter.labelState(plan, batch.getDatabase(), batch.getLabel());
        switch (state) {
            case "COMMITTED":
            case "VISIBLE":
                return true;
            case "UNKNOWN":
            case "ABORTED":
                return false;
            default:
                throw new IOException("Whether rows for " + batch.getDatabase() + "." + batch.getTable()
                        + " in the state of connector 1.x have arrived is open: their label " + batch.getLabel()
                        + " is "
                        + state + ". Restart the job when that load has ended.");
        }
    }
}
