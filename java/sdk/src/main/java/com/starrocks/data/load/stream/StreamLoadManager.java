// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.data.load.stream;

/** Loads rows into any number of tables. */
public interface StreamLoadManager {
    /** Starts; to be called once before everything else. */
    void init();

    /**
     * Takes rows, each as it goes into the load: a JSON object, or CSV without the row delimiter.
     *
     * @param uniqueKey tells apart streams of rows into one table that have properties of their own; null for the table's
     */
    void write(String uniqueKey, String database, String table, String... rows);

    /** Sends everything and waits until it is committed, or prepared when the caller commits. */
    void flush();

    /** The transactions that {@link #flush()} left to the caller since the last snapshot. */
    StreamLoadSnapshot snapshot();

    /** Whether every transaction of the snapshot is prepared, so that a commit will succeed. */
    boolean prepare(StreamLoadSnapshot snapshot);

    /** Commits the transactions of a snapshot; those that are committed already are passed over. */
    boolean commit(StreamLoadSnapshot snapshot);

    /** Rolls the transactions of a snapshot back. */
    boolean abort(StreamLoadSnapshot snapshot);

    /** Stops; what was not flushed is gone, and open transactions are rolled back. */
    void close();
}
