// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source.lookup;

import java.time.Duration;
import java.time.temporal.TemporalAccessor;

/** When a cache of the whole table reads the table again: after an interval, or at a time of the day. */
public final class FullCaching {
    /** What decides when the table is read again. */
    public enum Strategy {
        PERIODIC,
        TIMED
    }

    /** Where an interval begins: with the end of the reading before, or with its start. */
    public enum ScheduleMode {
        FIXED_DELAY,
        FIXED_RATE
    }

    final Strategy strategy;
    /** Of a periodic one, as the mode is. */
    final Duration interval;

    final ScheduleMode mode;
    /** Of a timed one, as the days are; a {@code LocalTime} or an {@code OffsetTime}. */
    final TemporalAccessor time;

    final int days;

    private FullCaching(Strategy strategy, Duration interval, ScheduleMode mode, TemporalAccessor time, int days) {
        this.strategy = strategy;
        this.interval = interval;
        this.mode = mode;
        this.time = time;
        this.days = days;
    }

    static FullCaching periodic(Duration interval, ScheduleMode mode) {
        return new FullCaching(Strategy.PERIODIC, interval, mode, null, 0);
    }

    static FullCaching timed(TemporalAccessor time, int days) {
        return new FullCaching(Strategy.TIMED, null, null, time, days);
    }
}
