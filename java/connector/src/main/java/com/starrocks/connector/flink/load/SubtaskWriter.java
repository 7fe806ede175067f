// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.load;

import com.starrocks.connector.flink.table.sink.v2.StarRocksCommittable;
import com.starrocks.connector.jni.LoadTiming;
import java.io.IOException;
import java.util.List;

/**
 * Writes the records of a sink's subtask, for the sink function and for Sink V2 alike.
 *
 * <p>Used by the task thread alone, but for {@link #metrics} and {@link #samples}. Where it waits, it may yield to a mailbox, whose mails reach nothing
 * of it but {@link #tick()}.
 */
public interface SubtaskWriter<T> extends AutoCloseable {
    /**
     * Writes one record; waits while the memory budget is spent. Throws what went wrong with earlier ones.
     *
     * @return how many rows that were
     */
    int write(T record) throws IOException, InterruptedException;

    /**
     * Sends what has been written. With {@code prepare} the transactions wait to be committed, else they are committed and the
     * result is empty.
     */
    List<StarRocksCommittable> flush(boolean prepare, long checkpointId) throws IOException, InterruptedException;

    /** Hands over rows that wait in a half-filled buffer, so that the flush interval sees them. Called every now and then. */
    void tick();

    /** Fills the counters of the native library. */
    void metrics(long[] counters);

    /** How many durations of a kind there have been, and after that number the latest ones. */
    long[] samples(LoadTiming timing, int most);

    /** Stops; what was written but not flushed is gone, and open transactions are rolled back. */
    @Override
    void close();
}
