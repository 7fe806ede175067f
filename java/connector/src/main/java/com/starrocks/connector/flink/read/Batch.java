// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import org.apache.flink.core.memory.MemorySegment;

/** Rows of a tablet, or the news that a tablet or a split is done. */
final class Batch {
    /** What a batch tells. */
    enum Kind {
        ROWS,
        TABLET_DONE,
        SPLIT_DONE
    }

    final Kind kind;
    /** Number of the split, in the order in which splits were added. */
    final int split;

    final long tablet;
    /** Number of the first row in its tablet. */
    final long firstRow;

    final int rows;
    /** Fingerprint of the tablet's rows up to the last of this batch. */
    final long fingerprint;
    /** Where the rows are, as records of {@code docs/design/row-batch.md} from 0 on. */
    final MemorySegment memory;
    /** The number under which the memory is given back; negative for memory of its own. */
    final int buffer;

    Batch(
            Kind kind,
            int split,
            long tablet,
            long firstRow,
            int rows,
            long fingerprint,
            MemorySegment memory,
            int buffer) {
        this.kind = kind;
        this.split = split;
        this.tablet = tablet;
        this.firstRow = firstRow;
        this.rows = rows;
        this.fingerprint = fingerprint;
        this.memory = memory;
        this.buffer = buffer;
    }
}
