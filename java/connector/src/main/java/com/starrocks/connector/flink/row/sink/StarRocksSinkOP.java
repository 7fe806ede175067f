// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.sink;

/** What happens to the row of a primary key table; the ordinal is the value of the column {@code __op}. */
public enum StarRocksSinkOP {
    UPSERT,
    DELETE;

    /** The name of the column. */
    public static final String COLUMN_KEY = "__op";
}
