// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import com.starrocks.connector.flink.catalog.CatalogOptions;
import com.starrocks.connector.flink.table.source.StarRocksSourceOptions;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.table.api.ValidationException;

/**
 * Tells which option keys are unknown and what was probably meant. One table may be read and written, so each side knows the
 * options of the other.
 */
public final class OptionKeys {
    private OptionKeys() {}

    /** Throws when one of the keys is an option of neither sink nor source. */
    static void check(Collection<String> keys) {
        check("sink", keys, known());
    }

    /**
     * Throws when one of the keys is an option of neither source nor sink.
     *
     * @param datastream whether options that only the DataStream API has are options too
     */
    public static void checkSource(Collection<String> keys, boolean datastream) {
        Set<String> known = known();
        if (datastream) {
            StarRocksSourceOptions.datastream().forEach(option -> known.add(option.key()));
        }
        check("source", keys, known);
    }

    private static Set<String> known() {
        // Keys of Flink itself first.
        Set<String> known = new LinkedHashSet<>(Arrays.asList("connector", "property-version"));
        StarRocksSinkOptions.CONNECTION.forEach(option -> known.add(option.key()));
        StarRocksSourceOptions.connection().forEach(option -> known.add(option.key()));
        Set<ConfigOption<?>> optional = new LinkedHashSet<>(StarRocksSinkOptions.optional());
        optional.addAll(StarRocksSourceOptions.optional());
        for (ConfigOption<?> option : optional) {
            known.add(option.key());
            option.fallbackKeys().forEach(former -> known.add(former.getKey()));
        }
        return known;
    }

    private static void check(String side, Collection<String> keys, Set<String> known) {
        String unknown = new TreeSet<>(keys)
                .stream()
                        .filter(key -> !known.contains(key)
                                // CREATE TABLE ... LIKE a table of the catalog repeats how that was created.
                                && !CatalogOptions.isOfTable(key)
                                && !key.startsWith(StarRocksSinkOptions.SINK_PROPERTIES_PREFIX)
                                && !key.startsWith(StarRocksSourceOptions.SOURCE_PROPERTIES_PREFIX))
                        .map(key -> "'" + key + "'" + nearest(key, known))
                        .collect(Collectors.joining(", "));
        if (!unknown.isEmpty()) {
            throw new ValidationException("Unsupported options of the StarRocks " + side + ": " + unknown + ".");
        }
    }

    private static String nearest(String key, Set<String> known) {
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
