// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

/** What {@link NativeLookup#metrics(long[])} tells, in this order; all count from the opening on. */
public enum LookupMetric {
    /** Keys that were asked for, equal ones counted each. */
    LOOKUPS,
    /** Statements sent, repeated ones included. */
    STATEMENTS,
    /** Different keys in those statements. */
    KEYS,
    /** Rows received. */
    ROWS,
    /** Failures that led to another attempt. */
    RETRIES
}
