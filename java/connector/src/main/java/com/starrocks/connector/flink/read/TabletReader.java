// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import com.starrocks.connector.jni.ScanMetric;
import java.io.IOException;

/**
 * Reads splits and gives their rows in batches: the native library, or what a test puts in its place.
 *
 * <p>One thread waits in {@link #next}; the task's thread may call everything else meanwhile.
 */
interface TabletReader extends AutoCloseable {
    /** Starts to read one more split; they are numbered from 0 in the order of these calls. */
    void add(byte[] split);

    /** What comes next, or null when nothing has come after a slice of waiting. */
    Batch next() throws IOException, InterruptedException;

    /** Gives the memory of a batch back. */
    void release(Batch batch);

    /** Fingerprint of the tablet's rows up to and with the first {@code rows} rows of a batch. */
    long fingerprint(Batch batch, int rows);

    /** Reader counters: rows, bytes, scans opened again, plans made again, retries. */
    long metric(ScanMetric metric);

    @Override
    void close();
}
