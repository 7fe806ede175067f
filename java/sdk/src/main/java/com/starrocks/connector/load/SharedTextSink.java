// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.load;

import com.starrocks.connector.jni.Json;
import com.starrocks.connector.jni.LoadTiming;
import com.starrocks.connector.jni.NativeSink;
import com.starrocks.connector.jni.Waiter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes rows of any number of tables of one database into transactions over all of them, so that what a flush commits becomes visible
 * in all tables at once. Rows of a source transaction are in one such transaction.
 *
 * <p>One native sink takes all rows, as segments of {@code docs/design/row-batch.md}. It is opened with the first row.
 */
public final class SharedTextSink implements TextTables {
    private static final int BUFFERS = 4;
    private static final int BUFFER_BYTES = 128 * 1024;
    private static final int HEADER_BYTES = 16;
    private static final int ROWS_AT = 8;
    private static final int LENGTH_AT = 12;
    private static final int ENDS = 1 << 31;
    private static final int NO_TABLE = -1;
    private static final int NO_PARTITION = -1;

    /** A table of the sink. */
    private static final class Table {
        private final int number;
        private final RowFrame frame;

        Table(int number, RowFrame frame) {
            this.number = number;
            this.frame = frame;
        }
    }

    private final Configuration configuration;
    private final Waiter waiter;
    private final Map<TableKey, Table> tables = new HashMap<>();
    /** Null before the first row. Reporters of metrics look in from other threads. */
    private volatile NativeSink sink;

    private volatile boolean closed;
    /** The last checkpoint that is known, or null. */
    private Long checkpointId;

    private TableKey lastKey;
    private Table lastTable;
    /** Where the last segment of the current buffer begins and ends, and whose rows it holds. */
    private int segment;

    private int segmentEnd;
    private int segmentTable;
    private int segmentPartition;
    /** Rows came in since the last flush. */
    private boolean dirty;
    /** Inside a call that may yield. */
    private boolean busy;

    /** As a {@link TextSinks}; the configurations have {@code shared_transactions}. */
    public SharedTextSink(Configuration configuration, Long checkpointId, Waiter waiter) {
        this.configuration = configuration;
        this.checkpointId = checkpointId;
        this.waiter = waiter;
    }

    @Override
    public void write(
            String uniqueKey, String database, String table, String row, int partition, boolean transactionEnd)
            throws IOException, InterruptedException {
        busy = true;
        Table to = table(uniqueKey, database, table);
        byte[] text = to.frame.bytes(row);
        dirty = true;
        int source = Math.max(partition, NO_PARTITION);
        int size = text.length + to.frame.end().length;
        byte[] between = to.frame.between();
        ByteBuffer buffer = sink.buffer();
        if (continues(to.number, source) && between.length + size <= buffer.capacity() - sink.position()) {
            put(buffer, sink.position(), between, text, to.frame.end());
            segmentEnd = sink.position() + between.length + size;
            buffer.putInt(segment + ROWS_AT, buffer.getInt(segment + ROWS_AT) + 1);
            buffer.putInt(segment + LENGTH_AT, segmentEnd - segment - HEADER_BYTES);
        } else if (HEADER_BYTES + (long) size > buffer.capacity()) {
            writeLarge(to, source, transactionEnd, text, size);
            busy = false;
            return;
        } else {
            buffer = roomFor(HEADER_BYTES + size);
            beginSegment(buffer, to.number, source, 1, size);
            put(buffer, segment + HEADER_BYTES, text, to.frame.end());
        }
        if (transactionEnd && source != NO_PARTITION) {
            endSegment(buffer);
        }
        sink.commitRow(segmentEnd);
        busy = false;
    }

    private Table table(String uniqueKey, String database, String table) {
        if (lastKey != null && lastKey.is(uniqueKey, database, table)) {
            return lastTable;
        }
        TableKey key = new TableKey(uniqueKey, database, table);
        Table known = tables.get(key);
        if (known == null) {
            known = open(key);
            tables.put(key, known);
        }
        lastKey = key;
        lastTable = known;
        return known;
    }

    private Table open(TableKey key) {
        if (closed) {
            throw new IllegalStateException("The sink is closed.");
        }
        Map<String, Object> config = configuration.of(key, checkpointId);
        byte[] json = Json.write(config);
        if (sink == null) {
            sink = NativeSink.open(json, BUFFERS, BUFFER_BYTES, waiter);
        } else {
            sink.addTable(json);
        }
        return new Table(tables.size(), new RowFrame(key, config));
    }

    /** Whether a row goes into the last segment: a transaction of the source that has ended takes no more. */
    private boolean continues(int table, int partition) {
        return segmentEnd > 0
                && segmentEnd == sink.position()
                && segmentTable == table
                && segmentPartition == partition;
    }

    private ByteBuffer roomFor(int bytes) throws IOException, InterruptedException {
        ByteBuffer buffer = sink.buffer();
        if (bytes > buffer.capacity() - sink.position()) {
            sink.handOver();
            buffer = sink.buffer();
        }
        return buffer;
    }

    private void beginSegment(ByteBuffer buffer, int table, int partition, int rows, int length) {
        segment = sink.position();
        segmentEnd = segment + HEADER_BYTES + length;
        segmentTable = table;
        segmentPartition = partition;
        putHeader(buffer, segment, table, partition, rows, length);
    }

    private void endSegment(ByteBuffer buffer) {
        buffer.putInt(segment + ROWS_AT, buffer.getInt(segment + ROWS_AT) | ENDS);
        // No row has this table.
        segmentTable = NO_TABLE;
    }

    private static void putHeader(ByteBuffer buffer, int at, int table, int partition, int rows, int length) {
        buffer.putInt(at, table);
        buffer.putInt(at + 4, partition);
        buffer.putInt(at + ROWS_AT, rows);
        buffer.putInt(at + LENGTH_AT, length);
    }

    private static void put(ByteBuffer buffer, int at, byte[]... parts) {
        buffer.clear();
        buffer.position(at);
        for (byte[] part : parts) {
            buffer.put(part);
        }
    }

    private void writeLarge(Table to, int partition, boolean transactionEnd, byte[] text, int size)
            throws IOException, InterruptedException {
        ByteBuffer large =
                ByteBuffer.allocateDirect(Math.addExact(HEADER_BYTES, size)).order(ByteOrder.LITTLE_ENDIAN);
        boolean ends = transactionEnd && partition != NO_PARTITION;
        putHeader(large, 0, to.number, partition, ends ? 1 | ENDS : 1, size);
        put(large, HEADER_BYTES, text, to.frame.end());
        sink.writeLarge(large, large.capacity());
    }

    @Override
    public void endTransaction(int partition) throws IOException, InterruptedException {
        if (sink == null || partition < 0) {
            return;
        }
        busy = true;
        ByteBuffer buffer = roomFor(HEADER_BYTES);
        beginSegment(buffer, NO_TABLE, partition, 0, 0);
        endSegment(buffer);
        sink.commitRow(segmentEnd);
        busy = false;
    }

    @Override
    public List<byte[]> flush(boolean prepare, long checkpointId) throws IOException, InterruptedException {
        busy = true;
        byte[] result = dirty ? sink.flush(prepare, checkpointId) : null;
        dirty = false;
        if (checkpointId >= 0 && (this.checkpointId == null || this.checkpointId < checkpointId)) {
            this.checkpointId = checkpointId;
        }
        busy = false;
        return result == null ? Collections.emptyList() : Collections.singletonList(result);
    }

    @Override
    public void tick() {
        if (!busy && sink != null) {
            sink.handOver();
        }
    }

    @Override
    public void metrics(long[] counters) {
        NativeSink open = sink;
        if (open == null) {
            Arrays.fill(counters, 0);
        } else {
            open.metrics(counters);
        }
    }

    @Override
    public long[] samples(LoadTiming timing, int most) {
        NativeSink open = sink;
        return open == null ? new long[1] : open.samples(timing, most);
    }

    @Override
    public void close() {
        closed = true;
        if (sink != null) {
            sink.close();
        }
    }
}
