// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source.lookup;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.FunctionContext;

/** Looks up one key after the other. */
final class BlockingLookup implements AutoCloseable {
    private final LookupClient client;

    private BlockingLookup(LookupClient client) {
        this.client = client;
    }

    static BlockingLookup open(LookupPlan plan, FunctionContext context) {
        return new BlockingLookup(LookupClient.open(plan, context));
    }

    /** The rows that have a key; waits in slices, between which an interruption ends the wait. */
    Collection<RowData> lookup(RowData key) {
        int wanted = client.nextRequest();
        client.ask(key, wanted);
        List<Collection<RowData>> found = new ArrayList<>(1);
        while (found.isEmpty()) {
            if (Thread.interrupted()) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted while waiting for the answer to a lookup.");
            }
            client.take((request, rows) -> {
                // The answer to a lookup that was interrupted may still come.
                if (request == wanted) {
                    found.add(rows);
                }
            });
        }
        return found.get(0);
    }

    @Override
    public void close() {
        client.close();
    }
}
