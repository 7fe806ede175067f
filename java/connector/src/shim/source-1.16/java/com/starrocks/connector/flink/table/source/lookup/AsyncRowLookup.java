// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source.lookup;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.AsyncLookupFunction;
import org.apache.flink.table.functions.FunctionContext;

/** Looks up the rows of many keys at the same time. */
public class AsyncRowLookup extends AsyncLookupFunction {
    private static final long serialVersionUID = 1L;

    private final LookupPlan plan;
    private transient ConcurrentLookup lookup;

    AsyncRowLookup(LookupPlan plan) {
        this.plan = plan;
    }

    @Override
    public void open(FunctionContext context) throws Exception {
        super.open(context);
        lookup = ConcurrentLookup.open(plan, context);
    }

    @Override
    public CompletableFuture<Collection<RowData>> asyncLookup(RowData key) {
        return lookup.lookup(key);
    }

    @Override
    public void close() throws Exception {
        if (lookup != null) {
            lookup.close();
        }
        super.close();
    }
}
