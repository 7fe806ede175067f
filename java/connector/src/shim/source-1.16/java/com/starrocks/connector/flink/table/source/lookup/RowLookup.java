// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source.lookup;

import java.util.Collection;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.LookupFunction;

/** Looks up the rows of one key at a time. */
public class RowLookup extends LookupFunction {
    private static final long serialVersionUID = 1L;

    private final LookupPlan plan;
    private transient BlockingLookup lookup;

    RowLookup(LookupPlan plan) {
        this.plan = plan;
    }

    @Override
    public void open(FunctionContext context) throws Exception {
        super.open(context);
        lookup = BlockingLookup.open(plan, context);
    }

    @Override
    public Collection<RowData> lookup(RowData key) {
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
