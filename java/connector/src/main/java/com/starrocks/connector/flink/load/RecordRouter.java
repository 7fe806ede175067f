// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.load;

import com.starrocks.connector.load.TextTables;
import java.io.IOException;

/** Turns records into rows of tables. */
@FunctionalInterface
public interface RecordRouter<T> {
    /**
     * Writes the rows of a record.
     *
     * @return how many there were
     */
    int route(T record, TextTables tables) throws IOException, InterruptedException;

    /** Called once after the last record. */
    default void close() {}
}
