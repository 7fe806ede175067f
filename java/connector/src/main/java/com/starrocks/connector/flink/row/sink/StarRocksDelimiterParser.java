// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.sink;

import com.starrocks.data.load.stream.DelimiterParser;

/** Reads separators as StarRocks reads the headers {@code column_separator} and {@code row_delimiter}. */
public class StarRocksDelimiterParser {
    /**
     * The separator that a text stands for: itself, or the ASCII characters whose codes follow {@code \x} or {@code 0x} as pairs of
     * hexadecimal digits.
     */
    public static String parse(String text, String defaultValue) {
        return DelimiterParser.parse(text, defaultValue);
    }
}
