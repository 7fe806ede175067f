// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source.lookup;

import com.starrocks.connector.flink.table.source.StarRocksSourceOptions;
import java.time.Duration;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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
                    "PARTIAL keeps the rows of keys that were looked up, FULL the whole table, from Flink 1.16 on, and NONE"
                            + " nothing; by default PARTIAL, unless lookup.cache.max-rows or lookup.cache.ttl-ms is 0");
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
    public static final ConfigOption<FullCaching.Strategy> RELOAD_STRATEGY = ConfigOptions.key(
                    "lookup.full-cache.reload-strategy")
            .enumType(FullCaching.Strategy.class)
            .defaultValue(FullCaching.Strategy.PERIODIC)
            .withDescription(
                    "When a FULL cache reads the table again: PERIODIC, after an interval, or TIMED, at a time of"
                            + " the day");
    public static final ConfigOption<Duration> RELOAD_INTERVAL = ConfigOptions.key(
                    "lookup.full-cache.periodic-reload.interval")
            .durationType()
            .noDefaultValue()
            .withDescription("How often a PERIODIC cache reads the table again; it has to be set");
    public static final ConfigOption<FullCaching.ScheduleMode> RELOAD_MODE = ConfigOptions.key(
                    "lookup.full-cache.periodic-reload.schedule-mode")
            .enumType(FullCaching.ScheduleMode.class)
            .defaultValue(FullCaching.ScheduleMode.FIXED_DELAY)
            .withDescription("Whether the interval begins with the end of a reading, FIXED_DELAY, or with its start,"
                    + " FIXED_RATE");
    public static final ConfigOption<String> RELOAD_TIME = ConfigOptions.key("lookup.full-cache.timed-reload.iso-time")
            .stringType()
            .noDefaultValue()
            .withDescription("When a TIMED cache reads the table again, such as 10:15 in the zone of the TaskManager or"
                    + " 10:15+08:00; it has to be set");
    public static final ConfigOption<Integer> RELOAD_DAYS = ConfigOptions.key(
                    "lookup.full-cache.timed-reload.interval-in-days")
            .intType()
            .defaultValue(1)
            .withDescription("Days from one reading of a TIMED cache to the next");

    private LookupOptions() {}

    /** What the cache keeps. */
    public enum CacheKind {
        NONE,
        PARTIAL,
        FULL
    }

    /** What a DDL may set. */
    public static List<ConfigOption<?>> all() {
        return Arrays.asList(
                ASYNC,
                CACHE,
                MAX_ROWS,
                EXPIRE_AFTER_WRITE,
                EXPIRE_AFTER_ACCESS,
                CACHE_MISSING_KEY,
                RELOAD_STRATEGY,
                RELOAD_INTERVAL,
                RELOAD_MODE,
                RELOAD_TIME,
                RELOAD_DAYS);
    }

    /** Refuses values that mean nothing. */
    public static void validate(ReadableConfig config) {
        config.getOptional(MAX_ROWS).filter(rows -> rows < 1).ifPresent(rows -> {
            throw unsupported(MAX_ROWS, rows, "at least 1");
        });
        validatePositive(config, EXPIRE_AFTER_WRITE);
        validatePositive(config, EXPIRE_AFTER_ACCESS);
        validatePositive(config, RELOAD_INTERVAL);
        fullCaching(config);
    }

    /** When a cache of the whole table reads it again; empty without such a cache. */
    public static Optional<FullCaching> fullCaching(ReadableConfig config) {
        if (config.getOptional(CACHE).orElse(null) != CacheKind.FULL) {
            return Optional.empty();
        }
        if (config.get(RELOAD_STRATEGY) == FullCaching.Strategy.PERIODIC) {
            return Optional.of(FullCaching.periodic(required(config, RELOAD_INTERVAL), config.get(RELOAD_MODE)));
        }
        int days = config.get(RELOAD_DAYS);
        if (days < 1) {
            throw unsupported(RELOAD_DAYS, days, "at least 1");
        }
        String time = required(config, RELOAD_TIME);
        try {
            return Optional.of(FullCaching.timed(
                    DateTimeFormatter.ISO_TIME.parseBest(time, OffsetTime::from, LocalTime::from), days));
        } catch (DateTimeParseException e) {
            throw unsupported(RELOAD_TIME, time, "a time such as 10:15 or 10:15+08:00");
        }
    }

    private static <T> T required(ReadableConfig config, ConfigOption<T> option) {
        return config.getOptional(option)
                .orElseThrow(() -> new ValidationException("Option '" + option.key() + "' is missing: '" + CACHE.key()
                        + "' = 'FULL' with '" + RELOAD_STRATEGY.key() + "' = '" + config.get(RELOAD_STRATEGY)
                        + "' needs it."));
    }

    private static ValidationException unsupported(ConfigOption<?> option, Object value, String expected) {
        return new ValidationException(
                "Unsupported value '" + value + "' of option '" + option.key() + "': " + expected + " is expected.");
    }

    private static void validatePositive(ReadableConfig config, ConfigOption<Duration> option) {
        config.getOptional(option)
                .filter(time -> time.isZero() || time.isNegative())
                .ifPresent(time -> {
                    throw unsupported(option, time, "a time above zero");
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
