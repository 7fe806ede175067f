// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source.struct;

import java.io.Serializable;
import java.util.List;

/** A plan, and which backend reads which of its tablets. */
public class QueryInfo implements Serializable {
    private static final long serialVersionUID = 1L;

    private final QueryPlan queryPlan;
    private final List<QueryBeXTablets> beXTablets;

    public QueryInfo(QueryPlan queryPlan, List<QueryBeXTablets> beXTablets) {
        this.queryPlan = queryPlan;
        this.beXTablets = beXTablets;
    }

    public QueryPlan getQueryPlan() {
        return queryPlan;
    }

    public List<QueryBeXTablets> getBeXTablets() {
        return beXTablets;
    }
}
