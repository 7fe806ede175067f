// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import com.starrocks.connector.jni.Json;
import java.util.Map;
import org.apache.flink.api.connector.source.SourceSplit;

/**
 * A group of tablets to read, or one query, and how far it has been read. The native library makes the document and knows what is
 * in it; {@code docs/design/reading.md} describes it.
 */
public final class ScanSplit implements SourceSplit {
    private final String id;
    private final byte[] document;
    /** The condition on the rows, with which the library plans again if it has to; null for none. */
    private final String filter;

    /** A split as the native library planned it. */
    ScanSplit(Map<String, Object> document, String filter) {
        this.id = String.valueOf(document.get("id"));
        this.document = Json.write(document);
        this.filter = filter;
    }

    @Override
    public String splitId() {
        return id;
    }

    /** The split as the native library reads it, JSON in UTF-8. */
    byte[] document() {
        return document.clone();
    }

    String filter() {
        return filter;
    }

    @Override
    public String toString() {
        return "split " + id;
    }
}
