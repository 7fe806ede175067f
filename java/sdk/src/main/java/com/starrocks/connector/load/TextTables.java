// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.load;

import com.starrocks.connector.jni.LoadTiming;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Takes rows of any number of tables, as text. Used by one thread, but for {@link #metrics} and {@link #close()}. */
public interface TextTables extends AutoCloseable {
    /** The configuration of the native sink of a table. */
    @FunctionalInterface
    interface Configuration {
        /**
         * @param checkpointId the last checkpoint that is known, or null: a label tells after which checkpoint it was made
         */
        Map<String, Object> of(TableKey table, Long checkpointId);
    }

    /**
     * Writes a row; waits while the memory budget is spent. Throws what went wrong with earlier ones.
     *
     * @param partition the partition of the source whose transaction the row is part of; negative if it is for itself
     * @param transactionEnd whether it is the last row of that transaction
     */
    void write(String uniqueKey, String database, String table, String row, int partition, boolean transactionEnd)
            throws IOException, InterruptedException;

    /** Writes a row that is part of no transaction of the source. */
    default void write(String uniqueKey, String database, String table, String row)
            throws IOException, InterruptedException {
        write(uniqueKey, database, table, row, -1, false);
    }

    /** Tells that the transaction of a source partition has ended with the row before. */
    void endTransaction(int partition) throws IOException, InterruptedException;

    /**
     * Sends what has been written to all tables, and waits. With {@code prepare} the transactions wait to be committed, else they
     * are committed.
     *
     * @param checkpointId the checkpoint that the flush belongs to; negative for none
     * @return the results of native sinks, JSON with their committables
     */
    List<byte[]> flush(boolean prepare, long checkpointId) throws IOException, InterruptedException;

    /** Hands over rows that wait in half-filled buffers, so that the flush interval sees them. Called every now and then. */
    void tick();

    /** Tells those who want to hear of loads which ones have ended. */
    default void passOnReports() {}

    /** Fills the counters, over all tables. */
    void metrics(long[] counters);

    /**
     * How many durations of a kind there have been, and after that number the latest ones of each native sink.
     *
     * @param most how many to return of each
     */
    long[] samples(LoadTiming timing, int most);

    /** Stops without committing anything: rows not flushed are gone, open transactions are rolled back. */
    @Override
    void close();
}
