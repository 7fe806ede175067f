// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.load;

/** What a program has to do with loads: it may give them their labels, and hear how they ended. */
public interface LoadHooks {
    /** Neither. */
    LoadHooks NONE = new LoadHooks() {};

    /** Whether labels come from {@link #nextLabel}. */
    default boolean givesLabels() {
        return false;
    }

    /** Whether {@link #onLoads} is called. */
    default boolean hearsOfLoads() {
        return false;
    }

    /** A label that was never used. */
    default String nextLabel(TableKey table) {
        throw new UnsupportedOperationException();
    }

    /** Loads have ended: the reports of {@link com.starrocks.connector.jni.NativeSink#takeReports()}. */
    default void onLoads(TableKey table, byte[] reports) {}
}
