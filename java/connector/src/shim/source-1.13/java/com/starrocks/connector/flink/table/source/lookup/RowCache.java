// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source.lookup;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.table.data.RowData;

/** Rows by key, the least recently used of which go first. */
final class RowCache {
    private final LookupCaching caching;
    private final long writeNanos;
    private final long accessNanos;
    private final Counter hits;
    private final Counter misses;
    private final Map<RowData, Cached> entries = new LinkedHashMap<RowData, Cached>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<RowData, Cached> eldest) {
            return size() > caching.maxKeys();
        }
    };

    RowCache(LookupCaching caching, MetricGroup metrics) {
        this.caching = caching;
        this.writeNanos = caching.afterWrite().map(Duration::toNanos).orElse(Long.MAX_VALUE);
        this.accessNanos = caching.afterAccess().map(Duration::toNanos).orElse(Long.MAX_VALUE);
        // The names that Flink has for its own cache.
        MetricGroup group = metrics.addGroup("cache");
        this.hits = group.counter("hitCount");
        this.misses = group.counter("missCount");
    }

    /** The rows of a key, or null when they are to be read. */
    synchronized Collection<RowData> get(RowData key) {
        Cached entry = entries.get(key);
        long now = System.nanoTime();
        if (entry != null && (now - entry.written >= writeNanos || now - entry.used >= accessNanos)) {
            entries.remove(key);
            entry = null;
        }
        if (entry == null) {
            misses.inc();
            return null;
        }
        hits.inc();
        entry.used = now;
        return entry.rows;
    }

    synchronized void put(RowData key, Collection<RowData> rows) {
        if (caching.isEnabled() && (caching.missingKeys() || !rows.isEmpty())) {
            entries.put(key, new Cached(rows, System.nanoTime()));
        }
    }

    private static final class Cached {
        private final Collection<RowData> rows;
        private final long written;
        private long used;

        Cached(Collection<RowData> rows, long written) {
            this.rows = rows;
            this.written = written;
            this.used = written;
        }
    }
}
