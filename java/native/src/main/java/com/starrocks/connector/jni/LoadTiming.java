// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

/** What takes time in a load, in the order of the native library. The order is part of the ABI. */
public enum LoadTiming {
    /** From sending a load to its answer, in nanoseconds. */
    FLUSH,
    /** From the first row of a load to its sending, in milliseconds. */
    WAIT_BUFFER,
    /** Merge commit: from sending a load until its rows count, in milliseconds. */
    SERVER,
    /** A load, as the server tells; this and what follows in milliseconds. */
    LOAD,
    /** Planning it. */
    PLAN,
    /** Reading its body. */
    READ,
    /** Writing its rows. */
    WRITE,
    /** Its commit and publication. */
    PUBLISH,
    /** From sending a load, or from the first request that has failed since the load before it, to its answer, in nanoseconds. */
    FLUSH_WITH_RETRY,
    /** No time: how many attempts have failed since the load before. */
    FLUSH_RETRY,
    /** How long the writer waited until a batch of its rows was taken, in nanoseconds. */
    OFFER
}
