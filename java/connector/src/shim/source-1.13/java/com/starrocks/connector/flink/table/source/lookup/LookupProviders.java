// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source.lookup;

import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.source.AsyncTableFunctionProvider;
import org.apache.flink.table.connector.source.LookupTableSource.LookupRuntimeProvider;
import org.apache.flink.table.connector.source.TableFunctionProvider;

/** What the planner gets for a lookup join: the functions cache rows, as Flink does not before 1.16. */
public final class LookupProviders {
    private LookupProviders() {}

    /** The way of looking up that the user has chosen; this planner cannot choose. */
    public static LookupRuntimeProvider of(LookupPlan plan) {
        if (plan.fullCaching().isPresent()) {
            throw new ValidationException("'" + LookupOptions.CACHE.key() + "' = 'FULL' of StarRocks table "
                    + plan.table() + " needs Flink 1.16 or later; PARTIAL works here.");
        }
        return plan.isAsync()
                ? AsyncTableFunctionProvider.of(new AsyncRowLookup(plan))
                : TableFunctionProvider.of(new RowLookup(plan));
    }
}
