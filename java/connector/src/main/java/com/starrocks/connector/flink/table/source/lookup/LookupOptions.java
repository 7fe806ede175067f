// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source.lookup;

import com.starrocks.connector.flink.table.source.StarRocksSourceOptions;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;

/** Options of lookup joins, under the keys that Flink's own connectors use; Flink has them as constants only from 1.16 on. */
public final class LookupOptions {
    /** Keys whose rows are kept, unless the user says how many. */
    public static final long DEFAULT_MAX_KEYS = 100_000;

    public static final ConfigOption<Boolean> ASYNC = ConfigOptions.key("lookup.async")
            .booleanType()
            .defaultValue(true)
            .withDescription("Whether a lookup join may look up many keys at the same time; from Flink 1.16 on the hint"
                    + " LOOKUP may still ask for one after the other");
    public static final ConfigOption<CacheKind> CACHE = ConfigOptions.key("lookup.cache")
            .enumType(CacheKind.class)
            .noDefaultValue()
            .withDescription(
                    "PARTIAL keeps the rows of keys that were looked up, NONE keeps nothing; by default PARTIAL,"
                            + " unless lookup.cache.max-rows or lookup.cache.ttl-ms is 0");
    public static final ConfigOption<Long> MAX_ROWS = ConfigOptions.key("lookup.partial-cache.max-rows")
            .longType()
            .noDefaultValue()
            .withDescription("Keys whose rows the cache holds in each subtask; by default lookup.cache.max-rows");
    public static final ConfigOption<Duration> EXPIRE_AFTER_WRITE = ConfigOptions.key(
                    "lookup.partial-cache.expire-after-write")
            .durationType()
            .noDefaultValue()
            .withDescription("How long rows stay in the cache; by default lookup.cache.ttl-ms");
    public static final ConfigOption<Duration> EXPIRE_AFTER_ACCESS = ConfigOptions.key(
                    "lookup.partial-cache.expire-after-access")
            .durationType()
            .noDefaultValue()
            .withDescription("How long rows stay in the cache after they were last used; by default they may stay");
    public static final ConfigOption<Boolean> CACHE_MISSING_KEY = ConfigOptions.key(
                    "lookup.partial-cache.cache-missing-key")
            .booleanType()
            .defaultValue(true)
            .withDescription("Whether the cache remembers that a key has no rows");

    private LookupOptions() {}

    /** What the cache keeps. */
    public enum CacheKind {
        NONE,
        PARTIAL
    }

    /** Refuses values that mean nothing. */
    public static void validate(ReadableConfig config) {
        config.getOptional(MAX_ROWS).filter(rows -> rows < 1).ifPresent(rows -> {
            throw new ValidationException(
                    "Unsupported value '" + rows + "' of option '" + MAX_ROWS.key() + "': at least 1 is expected.");
        });
        validatePositive(config, EXPIRE_AFTER_WRITE);
        validatePositive(config, EXPIRE_AFTER_ACCESS);
    }

    private static void validatePositive(ReadableConfig config, ConfigOption<Duration> option) {
        config.getOptional(option)
                .filter(time -> time.isZero() || time.isNegative())
                .ifPresent(time -> {
                    throw new ValidationException("Unsupported value '" + time + "' of option '" + option.key()
                            + "': a time above zero is expected.");
                });
    }

    /** How rows are kept: what Flink's keys say, then those of connector 1.x. */
    public static LookupCaching caching(ReadableConfig config) {
        long maxRows = config.get(StarRocksSourceOptions.LOOKUP_CACHE_MAX_ROWS);
        long ttl = config.get(StarRocksSourceOptions.LOOKUP_CACHE_TTL_MS);
        CacheKind kind =
                config.getOptional(CACHE).orElse(maxRows == 0 || ttl == 0 ? CacheKind.NONE : CacheKind.PARTIAL);
        long keys = config.getOptional(MAX_ROWS).orElse(maxRows > 0 ? maxRows : DEFAULT_MAX_KEYS);
        Duration afterWrite = config.getOptional(EXPIRE_AFTER_WRITE).orElse(ttl > 0 ? Duration.ofMillis(ttl) : null);
        return new LookupCaching(
                kind == CacheKind.NONE ? 0 : keys,
                afterWrite,
                config.getOptional(EXPIRE_AFTER_ACCESS).orElse(null),
                config.get(CACHE_MISSING_KEY));
    }
}
