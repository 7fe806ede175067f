// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

/** What the Flink line under test can do. */
final class Flink {
    private static final String LINE = System.getProperty("flink.line");

    private Flink() {}

    /** Values of {@code sink.use.new-sink-api} that make a difference. */
    static boolean[] sinkApis() {
        if (LINE.equals("1.13")) {
            return new boolean[] {false};
        }
        return newApiIsDefault() ? new boolean[] {true} : new boolean[] {false, true};
    }

    static boolean newApiIsDefault() {
        return LINE.startsWith("2.");
    }

    static boolean finishesFunctions() {
        return !LINE.equals("1.13");
    }
}
