// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import java.io.Serializable;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;

/** What becomes of a row in the reader's memory before Flink gets it. */
@FunctionalInterface
public interface RowForm extends Serializable {
    /** The row as it is: good until the next one is asked for, which is how Flink's SQL operators take rows. */
    RowForm IN_PLACE = row -> row;

    /** A row that may be kept. */
    RowForm COPIED = BinaryRowData::copy;

    /** Rows without columns, of which only the number counts. */
    RowForm EMPTY = row -> Empty.ROW;

    RowData of(BinaryRowData row);

    /** The row without columns. */
    final class Empty {
        private static final RowData ROW = empty();

        private Empty() {}

        private static RowData empty() {
            BinaryRowData row = new BinaryRowData(0);
            row.pointTo(
                    org.apache.flink.core.memory.MemorySegmentFactory.wrap(
                            new byte[BinaryRowData.calculateBitSetWidthInBytes(0)]),
                    0,
                    BinaryRowData.calculateBitSetWidthInBytes(0));
            return row;
        }
    }
}
