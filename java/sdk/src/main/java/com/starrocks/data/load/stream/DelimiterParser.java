// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.data.load.stream;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Reads separators as StarRocks reads the headers {@code column_separator} and {@code row_delimiter}. */
public final class DelimiterParser {
    private DelimiterParser() {}

    /**
     * The separator that a text stands for: itself, or the ASCII characters whose codes follow {@code \x} or {@code 0x} as pairs of
     * hexadecimal digits.
     */
    public static String parse(String text, String defaultValue) {
        if (text == null || text.isEmpty()) {
            return defaultValue;
        }
        String prefix = text.length() < 2 ? "" : text.substring(0, 2).toLowerCase(Locale.ROOT);
        if (!prefix.equals("\\x") && !prefix.equals("0x")) {
            return text;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 2; i < text.length(); i += 2) {
            int high = Character.digit(text.charAt(i), 16);
            int low = i + 1 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            // StarRocks turns a byte beyond ASCII into another, two-byte character.
            if (high < 0 || low < 0 || high >= 8) {
                throw invalid(text);
            }
            bytes.write(high << 4 | low);
        }
        if (bytes.size() == 0) {
            throw invalid(text);
        }
        return new String(bytes.toByteArray(), StandardCharsets.US_ASCII);
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException("Failed to parse delimiter '" + text
                + "': pairs of hexadecimal digits up to 7f are expected after the prefix.");
    }
}
