// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.load;

import com.starrocks.connector.jni.Json;
import com.starrocks.connector.jni.LoadTiming;
import com.starrocks.connector.jni.NativeSink;
import com.starrocks.connector.jni.Waiter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Takes rows of one table that are JSON objects or CSV lines already. */
final class TextSink implements AutoCloseable {
    /** Small, since there is one such sink for each of any number of tables; a row that is larger travels alone. */
    private static final int BUFFER_BYTES = 32 * 1024;

    private static final int BUFFERS = 2;
    private static final byte[] NO_LABELS = {'[', ']'};

    private final TableKey table;
    private final LoadHooks hooks;
    private final NativeSink sink;
    private final RowFrame frame;
    /** Rows came in since the last flush. */
    private boolean dirty;
    /** Flushes since a row came in. */
    private int idleFlushes;

    /** Opens a sink from its configuration; connects to nothing yet. */
    TextSink(TableKey table, Map<String, Object> config, LoadHooks hooks, Waiter waiter) {
        this.table = table;
        this.hooks = hooks;
        config.put("labels_given", hooks.givesLabels());
        config.put("report_loads", hooks.hearsOfLoads());
        frame = new RowFrame(table, config);
        sink = NativeSink.open(Json.write(config), BUFFERS, BUFFER_BYTES, waiter);
        try {
            callHooks();
        } catch (RuntimeException e) {
            sink.close();
            throw e;
        }
    }

    /** Gives labels that are wanted and passes on reports. Called every now and then, and while the library is waited for. */
    void callHooks() {
        if (hooks.givesLabels()) {
            List<Object> labels = new ArrayList<>();
            for (int wanted = sink.giveLabels(NO_LABELS); wanted > 0; wanted--) {
                labels.add(hooks.nextLabel(table));
            }
            if (!labels.isEmpty()) {
                sink.giveLabels(Json.write(labels));
            }
        }
        passOnReports();
    }

    /** Tells of the loads that have ended. */
    void passOnReports() {
        if (hooks.hearsOfLoads()) {
            hooks.onLoads(table, sink.takeReports());
        }
    }

    void write(String text) throws IOException, InterruptedException {
        byte[] row = frame.bytes(text);
        byte[] between = frame.between();
        byte[] end = frame.end();
        dirty = true;
        ByteBuffer buffer = sink.buffer();
        long size = (long) row.length + end.length;
        if (sink.position() > 0 && between.length + size > buffer.capacity() - sink.position()) {
            sink.handOver();
            buffer = sink.buffer();
        }
        if (size > buffer.capacity()) {
            ByteBuffer large = ByteBuffer.allocateDirect(Math.toIntExact(size));
            large.put(row).put(end);
            sink.writeLarge(large, large.capacity());
            return;
        }
        buffer.clear();
        buffer.position(sink.position());
        if (sink.position() > 0) {
            buffer.put(between);
        }
        buffer.put(row).put(end);
        sink.commitRow(buffer.position());
    }

    /** Hands over rows that wait in a half-filled buffer. */
    void handOver() {
        sink.handOver();
    }

    /** Begins to flush what came in since the last flush; false when there is nothing. */
    boolean startFlush(boolean prepare, long checkpointId) {
        if (!dirty) {
            idleFlushes++;
            return false;
        }
        idleFlushes = 0;
        sink.startFlush(prepare, checkpointId);
        return true;
    }

    /** Waits for the flush; returns its committables as JSON. */
    byte[] awaitFlush() throws IOException, InterruptedException {
        byte[] result = sink.awaitFlush();
        dirty = false;
        return result;
    }

    int idleFlushes() {
        return idleFlushes;
    }

    void metrics(long[] counters) {
        sink.metrics(counters);
    }

    long[] samples(LoadTiming timing, int most) {
        return sink.samples(timing, most);
    }

    void startClose() {
        sink.startClose();
    }

    @Override
    public void close() {
        sink.close();
    }
}
