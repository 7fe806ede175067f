// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source.lookup;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.table.connector.source.lookup.cache.trigger.CacheReloadTrigger;

/**
 * Waits for the first load of a cache, or its failure, before rows are looked up. Flink itself waits until that load has ended, and
 * hears of a failure a moment later: rows looked up between the two would find nothing.
 */
final class FirstLoad implements CacheReloadTrigger {
    private static final long serialVersionUID = 1L;

    private final CacheReloadTrigger next;

    private FirstLoad(CacheReloadTrigger next) {
        this.next = next;
    }

    static CacheReloadTrigger before(CacheReloadTrigger next) {
        return new FirstLoad(next);
    }

    @Override
    public void open(Context context) throws Exception {
        context.triggerReload().get();
        next.open(new AfterFirst(context));
    }

    @Override
    public void close() throws Exception {
        next.close();
    }

    /** Takes the first wish to load for fulfilled. */
    private static final class AfterFirst implements Context {
        private final Context context;
        private final AtomicBoolean loaded = new AtomicBoolean(true);

        AfterFirst(Context context) {
            this.context = context;
        }

        @Override
        public CompletableFuture<Void> triggerReload() {
            return loaded.getAndSet(false) ? CompletableFuture.completedFuture(null) : context.triggerReload();
        }

        @Override
        public long currentProcessingTime() {
            return context.currentProcessingTime();
        }

        @Override
        public long currentWatermark() {
            return context.currentWatermark();
        }
    }
}
