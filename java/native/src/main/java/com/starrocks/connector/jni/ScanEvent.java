// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import java.nio.ByteBuffer;

/** What {@link NativeScan#next} tells; filled anew by each call. */
public final class ScanEvent {
    /** What has happened. */
    public enum Kind {
        /** Rows of a tablet are in {@link #buffer}, until it is released, or in {@link #largeRow}. */
        ROWS,
        /** All rows of a tablet were given out. */
        TABLET_DONE,
        /** All tablets of a split are done. */
        SPLIT_DONE
    }

    /** Places in what the native library writes. */
    static final int SPLIT = 0;

    static final int TABLET = 1;
    static final int FIRST_ROW = 2;
    static final int ROWS = 3;
    static final int BUFFER = 4;
    static final int LENGTH = 5;
    static final int FINGERPRINT = 6;
    static final int COUNT = 7;

    final long[] raw = new long[COUNT];
    Kind kind;
    ByteBuffer buffer;
    byte[] largeRow;

    /** What has happened. */
    public Kind kind() {
        return kind;
    }

    /** Which split it was, counted from 0 in the order of {@link NativeScan#add}. */
    public int split() {
        return (int) raw[SPLIT];
    }

    /** Id of the tablet; 0 for a statement. */
    public long tablet() {
        return raw[TABLET];
    }

    /** Number of the first row in its tablet. */
    public long firstRow() {
        return raw[FIRST_ROW];
    }

    /** How many rows there are. */
    public int rows() {
        return (int) raw[ROWS];
    }

    /** Number of the buffer that holds the rows, to be released; negative for a row in {@link #largeRow()}. */
    public int bufferNumber() {
        return (int) raw[BUFFER];
    }

    /** The buffer that holds the rows, as records from 0 to {@link #length()}; null for a large row. */
    public ByteBuffer buffer() {
        return buffer;
    }

    /** A row that fits no buffer, as a record; null for all others. */
    public byte[] largeRow() {
        return largeRow;
    }

    /** Bytes of the records. */
    public int length() {
        return (int) raw[LENGTH];
    }

    /** Fingerprint of the tablet's rows from its first to the last of these. */
    public long fingerprint() {
        return raw[FINGERPRINT];
    }
}
