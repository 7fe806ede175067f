// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import static com.starrocks.connector.flink.table.sink.SinkOptionDefinitions.SINK_PROPERTIES_PREFIX;

import java.util.Map;
import java.util.function.Predicate;
import org.apache.flink.table.api.ValidationException;

/**
 * Checks what stands under {@code sink.properties.}, as far as a backend checks it as well, or would pass over what it does not
 * know. Everything else is the server's to judge.
 */
final class LoadProperties {
    private LoadProperties() {}

    /** Throws a {@link ValidationException} that names the option, its value and what is expected. */
    static void validate(Map<String, String> properties) {
        properties.forEach((name, value) -> {
            require(name, value, name.matches("[-_A-Za-z0-9]+"), "letters, digits, - and _ are expected in its name");
            switch (name) {
                case "max_filter_ratio":
                    require(name, value, isNumber(value, ratio -> ratio >= 0 && ratio <= 1), "0 to 1 is expected");
                    break;
                case "timeout":
                    boolean seconds = value.trim().matches("[0-9]+") && isNumber(value, s -> s >= 1 && s <= 259_200);
                    require(name, value, seconds, "1 to 259200 seconds are expected");
                    break;
                case "strict_mode":
                case "partial_update":
                case "trim_space":
                case "enable_merge_commit":
                    require(name, value, isOneOf(value, "true", "false"), "true or false is expected");
                    break;
                case "partial_update_mode":
                    require(name, value, isOneOf(value, "row", "column", "auto"), "row, column or auto is expected");
                    break;
                case "column_separator":
                case "row_delimiter":
                    require(name, value, !value.isEmpty(), "one character or more is expected");
                    break;
                default:
            }
        });
    }

    private static boolean isNumber(String text, Predicate<Double> bounds) {
        try {
            return bounds.test(Double.parseDouble(text.trim()));
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static boolean isOneOf(String text, String... words) {
        for (String word : words) {
            if (word.equalsIgnoreCase(text.trim())) {
                return true;
            }
        }
        return false;
    }

    private static void require(String name, String value, boolean holds, String expected) {
        if (!holds) {
            throw new ValidationException("Unsupported value '" + value + "' of option '" + SINK_PROPERTIES_PREFIX
                    + name + "': " + expected + ".");
        }
    }
}
