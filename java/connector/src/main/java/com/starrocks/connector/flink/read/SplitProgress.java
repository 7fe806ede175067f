// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import com.starrocks.connector.jni.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How much of a split the job has taken, tablet by tablet. */
final class SplitProgress {
    /** The tablet that stands for a query. */
    private static final long QUERY = 0;

    private final ScanSplit split;
    private final Map<Long, Position> positions = new HashMap<>();

    SplitProgress(ScanSplit split) {
        this.split = split;
    }

    /** Rows of a tablet were taken: how many from its first on, and the fingerprint of these. */
    void taken(long tablet, long rows, long fingerprint) {
        positions.put(tablet, new Position(rows, fingerprint, false));
    }

    /** All rows of a tablet were taken. */
    void done(long tablet) {
        positions.put(tablet, new Position(0, 0, true));
    }

    /** What is left of the split, from where it has been read; null when nothing is. */
    ScanSplit remaining() {
        Map<String, Object> document = Json.readObject(split.document());
        if (document.get("query") != null) {
            Position position = positions.get(QUERY);
            if (position != null && position.done) {
                return null;
            }
            if (position != null) {
                position.writeTo(document);
            }
            return new ScanSplit(document, split.filter());
        }
        List<Object> left = new ArrayList<>();
        for (Object entry : Json.list(document.get("tablets"))) {
            Map<String, Object> tablet = Json.object(entry);
            Position position = positions.get(((Number) tablet.get("id")).longValue());
            if (position != null && position.done) {
                continue;
            }
            if (position != null) {
                position.writeTo(tablet);
            }
            left.add(tablet);
        }
        if (left.isEmpty()) {
            return null;
        }
        document.put("tablets", left);
        return new ScanSplit(document, split.filter());
    }

    private static final class Position {
        private final long rows;
        private final long fingerprint;
        private final boolean done;

        Position(long rows, long fingerprint, boolean done) {
            this.rows = rows;
            this.fingerprint = fingerprint;
            this.done = done;
        }

        void writeTo(Map<String, Object> document) {
            document.put("rows", rows);
            document.put("fingerprint", Long.toUnsignedString(fingerprint));
        }
    }
}
