// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

/** The delivery guarantee of a sink. */
public enum StarRocksSinkSemantic {
    /** Rows count once, also after a failure. */
    EXACTLY_ONCE("exactly-once"),
    /** Rows may be written again after a failure; none is lost. */
    AT_LEAST_ONCE("at-least-once");

    private final String name;

    StarRocksSinkSemantic(String name) {
        this.name = name;
    }

    /** The value of the option {@code sink.semantic}. */
    public String getName() {
        return name;
    }

    /** The semantic of a value of {@code sink.semantic}, or null when there is none. */
    public static StarRocksSinkSemantic fromName(String name) {
        for (StarRocksSinkSemantic semantic : values()) {
            if (semantic.name.equals(name)) {
                return semantic;
            }
        }
        return null;
    }
}
