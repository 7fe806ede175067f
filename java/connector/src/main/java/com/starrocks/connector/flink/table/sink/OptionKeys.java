// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.table.api.ValidationException;

/** Tells which option keys are unknown and what was probably meant. */
final class OptionKeys {
    /** Keys of Flink itself. */
    private static final List<String> OF_FLINK = Arrays.asList("connector", "property-version");

    private OptionKeys() {}

    /** Throws when one of the keys is not an option of the sink. */
    static void check(Collection<String> keys) {
        List<String> known = new ArrayList<>(OF_FLINK);
        StarRocksSinkOptions.CONNECTION.stream().map(ConfigOption::key).forEach(known::add);
        for (ConfigOption<?> option : StarRocksSinkOptions.optional()) {
            known.add(option.key());
            option.fallbackKeys().forEach(former -> known.add(former.getKey()));
        }
        List<String> unknown = new ArrayList<>();
        for (String key : new TreeSet<>(keys)) {
            if (!known.contains(key) && !key.startsWith(StarRocksSinkOptions.SINK_PROPERTIES_PREFIX)) {
                unknown.add("'" + key + "'" + nearest(key, known));
            }
        }
        if (!unknown.isEmpty()) {
            throw new ValidationException(
                    "Unsupported options of the StarRocks sink: " + String.join(", ", unknown) + ".");
        }
    }

    private static String nearest(String key, List<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(option -> distance(key, option)))
                .filter(option -> distance(key, option) <= key.length() / 3)
                .map(option -> " (did you mean '" + option + "'?)")
                .orElse("");
    }

    /** Levenshtein's: insertions, deletions and substitutions from one text to the other. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
