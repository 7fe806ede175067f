// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source.lookup;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.AsyncTableFunction;
import org.apache.flink.table.functions.FunctionContext;

/** Looks up the rows of many keys at the same time. */
public class AsyncRowLookup extends AsyncTableFunction<RowData> {
    private static final long serialVersionUID = 1L;

    private final LookupPlan plan;
    private transient ConcurrentLookup lookup;
    private transient RowCache cache;

    AsyncRowLookup(LookupPlan plan) {
        this.plan = plan;
    }

    @Override
    public void open(FunctionContext context) throws Exception {
        super.open(context);
        cache = new RowCache(plan.caching(), context.getMetricGroup());
        lookup = ConcurrentLookup.open(plan, context);
    }

    /** Called by generated code with the values of the key. */
    public void eval(CompletableFuture<Collection<RowData>> result, Object... values) {
        RowData key = GenericRowData.of(values);
        Collection<RowData> cached = cache.get(key);
        if (cached != null) {
            result.complete(cached);
            return;
        }
        lookup.lookup(key).whenComplete((rows, failure) -> {
            if (failure == null) {
                cache.put(key, rows);
                result.complete(rows);
            } else {
                result.completeExceptionally(failure);
            }
        });
    }

    @Override
    public void close() throws Exception {
        if (lookup != null) {
            lookup.close();
        }
        super.close();
    }
}
