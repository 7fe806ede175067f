// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import com.starrocks.connector.flink.load.NativeLog;
import com.starrocks.connector.jni.NativeScan;
import com.starrocks.connector.jni.ScanEvent;
import com.starrocks.connector.jni.ScanMetric;
import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.core.memory.MemorySegmentFactory;

/** Reads through the native library. */
final class NativeTabletReader implements TabletReader {
    /** One is read by Flink, one waits, and the others are being filled. */
    private static final int BUFFERS = 4;

    private static final int BUFFER_BYTES = 256 * 1024;

    private final NativeScan scan;
    private final ScanEvent event = new ScanEvent();
    /** A view of each buffer, made when it first comes. */
    private final MemorySegment[] segments = new MemorySegment[BUFFERS];

    NativeTabletReader(byte[] config) {
        scan = NativeScan.open(config, BUFFERS, BUFFER_BYTES);
    }

    @Override
    public void add(byte[] split) {
        scan.add(split);
    }

    @Override
    public Batch next() {
        if (!scan.next(event)) {
            NativeLog.drain();
            return null;
        }
        MemorySegment memory = null;
        if (event.kind() == ScanEvent.Kind.ROWS) {
            memory = event.largeRow() == null ? segment() : MemorySegmentFactory.wrap(event.largeRow());
        }
        return new Batch(
                Batch.Kind.valueOf(event.kind().name()),
                event.split(),
                event.tablet(),
                event.firstRow(),
                event.rows(),
                event.fingerprint(),
                memory,
                event.bufferNumber());
    }

    private MemorySegment segment() {
        int number = event.bufferNumber();
        if (segments[number] == null) {
            segments[number] = MemorySegmentFactory.wrapOffHeapMemory(event.buffer());
        }
        return segments[number];
    }

    @Override
    public void release(Batch batch) {
        if (batch.buffer >= 0) {
            scan.release(batch.buffer);
        }
    }

    /** A large row is a batch of its own, of which nothing can be left over. */
    @Override
    public long fingerprint(Batch batch, int rows) {
        return rows == batch.rows ? batch.fingerprint : scan.fingerprint(batch.buffer, rows);
    }

    @Override
    public long metric(ScanMetric metric) {
        long[] metrics = new long[ScanMetric.values().length];
        scan.metrics(metrics);
        return metric.in(metrics);
    }

    @Override
    public void close() {
        scan.close();
        NativeLog.drain();
    }
}
