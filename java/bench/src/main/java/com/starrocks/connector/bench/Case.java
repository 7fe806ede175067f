// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.bench;

/**
 * One case, written {@code engine:shape:format:compression:parallelism:rows:mode}, for example {@code ours:lineitem:csv:none:1:binary:copy}. The engine
 * {@code discard} is Flink's own sink that drops rows: what source and row copies cost alone. The modes {@code alo} and {@code eo} take a checkpoint each
 * second, at-least-once and exactly-once. The format {@code read} is for the other direction: the case reads a table and drops its rows. The format {@code
 * lookup} joins each row with a row of a table, in the mode {@code full} with Flink's full cache, and in the mode {@code once} in a bounded job in which every
 * key comes once; the other jobs are long.
 */
record Case(String engine, String shape, String format, String compression, int parallelism, String rows, String mode) {
    static Case parse(String text) {
        String[] parts = text.split(":");
        if (parts.length != 7) {
            throw new IllegalArgumentException("a case has seven parts, this is " + text);
        }
        return new Case(parts[0], parts[1], parts[2], parts[3], Integer.parseInt(parts[4]), parts[5], parts[6]);
    }

    String name() {
        return String.join(":", engine, shape, format, compression, Integer.toString(parallelism), rows, mode);
    }

    boolean reads() {
        return format.equals("read");
    }

    boolean looksUp() {
        return format.equals("lookup");
    }

    boolean keepsAll() {
        return mode.equals("full");
    }

    boolean oneRound() {
        return mode.equals("once");
    }

    boolean discards() {
        return engine.equals("discard");
    }

    boolean compressed() {
        return compression.equals("lz4");
    }

    boolean binaryRows() {
        return rows.equals("binary");
    }

    /** {@code reuse} lets operators hand on rows without a copy, so that what the sink itself allocates shows. */
    boolean objectReuse() {
        return mode.equals("reuse");
    }

    boolean checkpoints() {
        return mode.equals("alo") || exactlyOnce();
    }

    boolean exactlyOnce() {
        return mode.equals("eo");
    }

    /** The same case at-least-once. */
    Case atLeastOnce() {
        return new Case(engine, shape, format, compression, parallelism, rows, "alo");
    }

    /** The same case with another engine. */
    Case with(String other) {
        return new Case(other, shape, format, compression, parallelism, rows, mode);
    }

    /** The case of the original connector to compare with; it has no full cache. */
    Case original() {
        return new Case("original", shape, format, compression, parallelism, rows, plainMode());
    }

    private String plainMode() {
        return keepsAll() ? "copy" : mode;
    }

    /** The same case without compression. */
    Case uncompressed() {
        return new Case(engine, shape, format, "none", parallelism, rows, mode);
    }

    /** The discarding case to subtract: how rows are written does not matter to it. */
    Case baseline() {
        return new Case(
                "discard",
                shape,
                reads() || looksUp() ? format : "-",
                "-",
                parallelism,
                rows,
                oneRound() ? "copy" : plainMode());
    }
}
