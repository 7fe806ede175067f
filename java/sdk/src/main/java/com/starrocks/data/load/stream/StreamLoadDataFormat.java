// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.data.load.stream;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** What the rows of a load are written as, and what stands around and between them. */
public interface StreamLoadDataFormat {
    /** JSON objects in one array. */
    StreamLoadDataFormat JSON = new JSONFormat();

    /** Separated text, one row a line. */
    StreamLoadDataFormat CSV = new CSVFormat();

    /** {@code json} or {@code csv}: the header {@code format}. */
    String name();

    /** What stands before the first row. */
    byte[] first();

    /** What stands between two rows, and with CSV after the last one. */
    byte[] delimiter();

    /** What stands after the last row. */
    byte[] end();

    /** Separated text. */
    class CSVFormat implements StreamLoadDataFormat, Serializable {
        private static final long serialVersionUID = 1L;
        private static final String DEFAULT_DELIMITER = "\n";

        private final String rowDelimiter;

        /** Rows that end with a line feed. */
        public CSVFormat() {
            this(DEFAULT_DELIMITER);
        }

        /**
         * @param rowDelimiter what ends a row, as it is: no notation such as {@code \x02}
         */
        public CSVFormat(String rowDelimiter) {
            if (rowDelimiter == null || rowDelimiter.isEmpty()) {
                throw new IllegalArgumentException("The row delimiter of CSV must not be empty.");
            }
            this.rowDelimiter = rowDelimiter;
        }

        @Override
        public String name() {
            return "csv";
        }

        @Override
        public byte[] first() {
            return new byte[0];
        }

        @Override
        public byte[] delimiter() {
            return rowDelimiter.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] end() {
            return new byte[0];
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof CSVFormat && ((CSVFormat) other).rowDelimiter.equals(rowDelimiter);
        }

        @Override
        public int hashCode() {
            return Objects.hash(rowDelimiter);
        }

        @Override
        public String toString() {
            return name();
        }
    }

    /** JSON objects in one array. */
    class JSONFormat implements StreamLoadDataFormat, Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        public String name() {
            return "json";
        }

        @Override
        public byte[] first() {
            return new byte[] {'['};
        }

        @Override
        public byte[] delimiter() {
            return new byte[] {','};
        }

        @Override
        public byte[] end() {
            return new byte[] {']'};
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof JSONFormat;
        }

        @Override
        public int hashCode() {
            return name().hashCode();
        }

        @Override
        public String toString() {
            return name();
        }
    }
}
