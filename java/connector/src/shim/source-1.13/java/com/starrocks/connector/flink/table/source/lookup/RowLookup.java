// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source.lookup;

import java.util.Collection;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.TableFunction;

/** Looks up the rows of one key at a time. */
public class RowLookup extends TableFunction<RowData> {
    private static final long serialVersionUID = 1L;

    private final LookupPlan plan;
    private transient BlockingLookup lookup;
    private transient RowCache cache;

    RowLookup(LookupPlan plan) {
        this.plan = plan;
    }

    @Override
    public void open(FunctionContext context) throws Exception {
        super.open(context);
        cache = new RowCache(plan.caching(), context.getMetricGroup());
        lookup = BlockingLookup.open(plan, context);
    }

    /** Called by generated code with the values of the key. */
    public void eval(Object... values) {
        RowData key = GenericRowData.of(values);
        Collection<RowData> rows = cache.get(key);
        if (rows == null) {
            rows = lookup.lookup(key);
            cache.put(key, rows);
        }
        rows.forEach(this::collect);
    }

    @Override
    public void close() throws Exception {
        if (lookup != null) {
            lookup.close();
        }
        super.close();
    }
}
