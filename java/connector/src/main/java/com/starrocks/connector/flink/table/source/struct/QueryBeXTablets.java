// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source.struct;

import java.io.Serializable;
import java.util.List;

/** A backend and the tablets to read from it. */
public class QueryBeXTablets implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String beNode;
    private final List<Long> tabletIds;

    public QueryBeXTablets(String beNode, List<Long> tabletIds) {
        this.beNode = beNode;
        this.tabletIds = tabletIds;
    }

    public String getBeNode() {
        return beNode;
    }

    public List<Long> getTabletIds() {
        return tabletIds;
    }
}
