// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source.lookup;

import com.starrocks.connector.flink.load.NativeLog;
import com.starrocks.connector.flink.row.batch.RowOutput;
import com.starrocks.connector.flink.row.batch.RowWriter;
import com.starrocks.connector.jni.LookupMetric;
import com.starrocks.connector.jni.NativeLookup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.core.memory.MemorySegmentFactory;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.functions.FunctionContext;

/**
 * Asks the native library for rows by key. One thread asks and one takes answers; they may be two.
 *
 * <p>Rows are on the heap, in one array for each answer, because Flink keeps them: in a cache, or until their turn in the output.
 */
final class LookupClient implements AutoCloseable {
    private static final int SLICE_MS = 100;
    private static final int KEY_BYTES = 4 * 1024;
    private static final int MAX_KEY_BYTES = 16 * 1024 * 1024;
    private static final int ANSWER_BYTES = 256 * 1024;
    private static final int RECORD_HEADER = 8;
    private static final long ROOM_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final LookupPlan plan;
    private final NativeLookup lookup;
    private final RowWriter writer;
    private final RowOutput out = new RowOutput();
    private ByteBuffer keys = direct(KEY_BYTES);
    private int requests;

    private ByteBuffer answers = direct(ANSWER_BYTES);
    /** Rows of requests of which more are to come. */
    private final Map<Integer, List<RowData>> parts = new HashMap<>();

    private LookupClient(LookupPlan plan, NativeLookup lookup) {
        this.plan = plan;
        this.lookup = lookup;
        this.writer = new RowWriter(plan.keyTypes());
    }

    /** Opens the lookup and registers its metrics. */
    static LookupClient open(LookupPlan plan, FunctionContext context) {
        try {
            LookupClient client = new LookupClient(plan, NativeLookup.open(plan.config()));
            for (LookupMetric metric : LookupMetric.values()) {
                String name = "lookup" + metric.name().charAt(0)
                        + metric.name().substring(1).toLowerCase(java.util.Locale.ROOT);
                context.getMetricGroup().gauge(metric == LookupMetric.LOOKUPS ? "lookups" : name, client.gauge(metric));
            }
            return client;
        } catch (IOException e) {
            throw new UncheckedIOException("The lookup of " + plan.table() + " cannot be opened", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the lookup of " + plan.table() + " was opened.", e);
        } finally {
            NativeLog.drain();
        }
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private Gauge<Long> gauge(LookupMetric metric) {
        long[] counters = new long[LookupMetric.values().length];
        return () -> {
            synchronized (counters) {
                try {
                    lookup.metrics(counters);
                } catch (RuntimeException e) {
                    // Closed: the last numbers stay.
                }
                return counters[metric.ordinal()];
            }
        };
    }

    /** Begins to look up a key; gives the number of the request, none of which is used while its answer is due. */
    int nextRequest() {
        return requests++;
    }

    /** Asks for the rows of a key. */
    void ask(RowData key, int request) {
        out.begin(keys, 0);
        writer.write(key, out);
        while (out.isFull()) {
            if (keys.capacity() >= MAX_KEY_BYTES) {
                throw new IllegalArgumentException(
                        "A key of the lookup of " + plan.table() + " is larger than " + MAX_KEY_BYTES + " bytes.");
            }
            keys = direct(keys.capacity() * 4);
            out.begin(keys, 0);
            writer.write(key, out);
        }
        while (!lookup.submit(keys, out.end(), 1, request)) {
            if (Thread.interrupted()) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted while looking up rows of " + plan.table() + ".");
            }
            LockSupport.parkNanos(ROOM_WAIT_NANOS);
        }
    }

    /** Takes answers, for which it waits at most a slice. */
    void take(Answered answered) {
        int bytes = lookup.next(answers, SLICE_MS);
        if (bytes < 0) {
            answers = direct(Math.max(-bytes, answers.capacity()));
            bytes = lookup.next(answers, SLICE_MS);
        }
        if (bytes == 0) {
            NativeLog.drain();
        }
        int at = 0;
        while (at < bytes) {
            int request = answers.getInt(at);
            int rows = answers.getInt(at + 4);
            int length = answers.getInt(at + 8);
            boolean more = answers.getInt(at + 12) != 0;
            List<RowData> read = rows(at + NativeLookup.ANSWER_HEADER, length, rows);
            at += NativeLookup.ANSWER_HEADER + length;
            List<RowData> before =
                    more ? parts.computeIfAbsent(request, n -> new ArrayList<>()) : parts.remove(request);
            if (before != null) {
                before.addAll(read);
                read = before;
            }
            if (!more) {
                answered.accept(request, read);
            }
        }
    }

    private List<RowData> rows(int start, int length, int count) {
        if (count == 0) {
            return Collections.emptyList();
        }
        byte[] bytes = new byte[length];
        answers.clear().position(start);
        answers.get(bytes);
        MemorySegment segment = MemorySegmentFactory.wrap(bytes);
        List<RowData> rows = new ArrayList<>(count);
        for (int at = 0; at < length; ) {
            int size = answers.getInt(start + at);
            BinaryRowData row = new BinaryRowData(plan.arity());
            row.pointTo(segment, at + RECORD_HEADER, size);
            rows.add(row);
            at += RECORD_HEADER + size;
        }
        return rows;
    }

    @Override
    public void close() {
        try {
            lookup.close();
        } finally {
            NativeLog.drain();
        }
    }

    /** Gets the rows of a request. */
    interface Answered {
        void accept(int request, Collection<RowData> rows);
    }
}
