// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source.lookup;

import java.time.LocalTime;
import java.time.OffsetTime;
import java.util.Optional;
import org.apache.flink.api.common.io.InputFormat;
import org.apache.flink.table.connector.source.InputFormatProvider;
import org.apache.flink.table.connector.source.LookupTableSource.LookupRuntimeProvider;
import org.apache.flink.table.connector.source.lookup.AsyncLookupFunctionProvider;
import org.apache.flink.table.connector.source.lookup.FullCachingLookupProvider;
import org.apache.flink.table.connector.source.lookup.LookupFunctionProvider;
import org.apache.flink.table.connector.source.lookup.PartialCachingAsyncLookupProvider;
import org.apache.flink.table.connector.source.lookup.PartialCachingLookupProvider;
import org.apache.flink.table.connector.source.lookup.cache.DefaultLookupCache;
import org.apache.flink.table.connector.source.lookup.cache.LookupCache;
import org.apache.flink.table.connector.source.lookup.cache.trigger.CacheReloadTrigger;
import org.apache.flink.table.connector.source.lookup.cache.trigger.PeriodicCacheReloadTrigger;
import org.apache.flink.table.connector.source.lookup.cache.trigger.TimedCacheReloadTrigger;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.AsyncLookupFunction;
import org.apache.flink.table.functions.LookupFunction;

/** What the planner gets for a lookup join: Flink caches rows. */
public final class LookupProviders {
    private LookupProviders() {}

    /** The planner chooses between both ways to look up, unless the user has. */
    public static LookupRuntimeProvider of(LookupPlan plan) {
        Optional<FullCaching> full = plan.fullCaching();
        if (full.isPresent()) {
            InputFormat<RowData, ?> table = new WholeTable(plan.spec(), plan.table());
            return FullCachingLookupProvider.of(InputFormatProvider.of(table), FirstLoad.before(trigger(full.get())));
        }
        LookupCaching caching = plan.caching();
        if (!caching.isEnabled()) {
            return plan.isAsync() ? new Both(plan) : LookupFunctionProvider.of(new RowLookup(plan));
        }
        LookupCache cache = cache(caching);
        return plan.isAsync()
                ? new CachingBoth(plan, cache)
                : PartialCachingLookupProvider.of(new RowLookup(plan), cache);
    }

    private static CacheReloadTrigger trigger(FullCaching caching) {
        if (caching.strategy == FullCaching.Strategy.PERIODIC) {
            return new PeriodicCacheReloadTrigger(
                    caching.interval, PeriodicCacheReloadTrigger.ScheduleMode.valueOf(caching.mode.name()));
        }
        return caching.time instanceof OffsetTime
                ? new TimedCacheReloadTrigger((OffsetTime) caching.time, caching.days)
                : new TimedCacheReloadTrigger((LocalTime) caching.time, caching.days);
    }

    private static LookupCache cache(LookupCaching caching) {
        DefaultLookupCache.Builder builder = DefaultLookupCache.newBuilder()
                .maximumSize(caching.maxKeys())
                .cacheMissingKey(caching.missingKeys());
        caching.afterWrite().ifPresent(builder::expireAfterWrite);
        caching.afterAccess().ifPresent(builder::expireAfterAccess);
        return builder.build();
    }

    private static class Both implements LookupFunctionProvider, AsyncLookupFunctionProvider {
        private final LookupPlan plan;

        Both(LookupPlan plan) {
            this.plan = plan;
        }

        @Override
        public LookupFunction createLookupFunction() {
            return new RowLookup(plan);
        }

        @Override
        public AsyncLookupFunction createAsyncLookupFunction() {
            return new AsyncRowLookup(plan);
        }
    }

    private static final class CachingBoth extends Both
            implements PartialCachingLookupProvider, PartialCachingAsyncLookupProvider {
        private final LookupCache cache;

        CachingBoth(LookupPlan plan, LookupCache cache) {
            super(plan);
            this.cache = cache;
        }

        @Override
        public LookupCache getCache() {
            return cache;
        }
    }
}
