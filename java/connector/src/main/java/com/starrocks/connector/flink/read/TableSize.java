// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import com.starrocks.connector.flink.load.NativeLog;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the server how large a table is, while a query is planned: gently, as a query can be planned without the answer. */
public final class TableSize {
    private static final Logger LOG = LoggerFactory.getLogger(TableSize.class);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private TableSize() {}

    /** Rows of the table, or a negative number when nobody knows. */
    public static long estimate(ScanSpec spec) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        try {
            return spec.estimateRows(() -> {
                if (System.nanoTime() - deadline > 0) {
                    throw new IOException("no answer within " + TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS) + " s");
                }
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            LOG.info("The size of {} is unknown to the planner: {}", spec.table(), e.getMessage());
        } finally {
            NativeLog.drain();
        }
        return -1;
    }
}
