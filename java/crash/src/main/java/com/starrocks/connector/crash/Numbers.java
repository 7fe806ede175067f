// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.crash;

import java.math.BigDecimal;
import java.time.LocalDateTime;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;

/**
 * The row of each number, for a kind of table. {@code tests/crash/oracle.py} says the same in its own words.
 *
 * <p>In a primary key or unique key table 1200 numbers in a row write 300 keys, four times each, 300 rows apart, so that the changes of a key
 * lie in different checkpoints.
 */
final class Numbers implements GeneratorFunction<Long, Row> {
    private static final long serialVersionUID = 1L;
    static final int KEYS = 300;
    private static final int CHANGES = 4;
    private static final int GROUPS = 1000;
    private static final LocalDateTime START = LocalDateTime.of(2024, 1, 1, 0, 0);

    private final String model;

    Numbers(String model) {
        this.model = model;
    }

    @Override
    public Row map(Long number) {
        switch (model) {
            case "duplicate":
                return row(RowKind.INSERT, number, number);
            case "aggregate":
                return row(RowKind.INSERT, number % GROUPS, number);
            case "unique":
                return row(RowKind.INSERT, key(number), number);
            case "primary":
                return row(change(number), key(number), number);
            default:
                throw new IllegalArgumentException("no such table model: " + model);
        }
    }

    private static long key(long number) {
        return number / (KEYS * CHANGES) * KEYS + number % KEYS;
    }

    private static RowKind change(long number) {
        long key = number % KEYS;
        switch ((int) (number / KEYS % CHANGES)) {
            case 0:
                return RowKind.INSERT;
            case 2:
                return key % 3 == 0 ? RowKind.DELETE : RowKind.UPDATE_AFTER;
            case 3:
                return key % 3 == 0 && key % 2 == 1 ? RowKind.DELETE : RowKind.UPDATE_AFTER;
            default:
                return RowKind.UPDATE_AFTER;
        }
    }

    private static Row row(RowKind kind, long id, long number) {
        return Row.ofKind(
                kind,
                id,
                number,
                number % 7 == 0 ? null : "nümber \"" + number + "\", \\ '雪'",
                BigDecimal.valueOf(number, 2),
                START.plusSeconds(number));
    }
}
