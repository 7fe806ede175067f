// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source;

/** What is read of a table. */
public enum StarRocksSourceQueryType {
    QueryCount,
    QuerySomeColumns,
    QueryAllColumns
}
