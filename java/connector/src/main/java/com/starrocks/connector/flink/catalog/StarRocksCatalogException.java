// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.catalog;

/** A statement about databases or tables failed, or what it needs is missing. */
public class StarRocksCatalogException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StarRocksCatalogException(String message) {
        super(message);
    }

    public StarRocksCatalogException(Throwable cause) {
        super(cause);
    }

    public StarRocksCatalogException(String message, Throwable cause) {
        super(message, cause);
    }
}
