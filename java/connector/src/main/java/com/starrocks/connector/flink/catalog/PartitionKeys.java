// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.catalog;

import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The partition keys that Flink is told of: the columns that the partitions of a table go by themselves, {@code (a, b)},
 * {@code LIST(a) (...)} or {@code RANGE(a) (...)}. Flink takes them to filter dynamically and to write constants, {@code INSERT INTO
 * t PARTITION (a = 1)}. What a call makes of a column, as {@code date_trunc} does, is no column of Flink's table.
 */
final class PartitionKeys {
    private static final String NAME = "(?:`(?:[^`]|``)+`|\\w+)";
    private static final String NAMES = NAME + "(?:\\s*,\\s*" + NAME + ")*";
    private static final Pattern COLUMNS = Pattern.compile(
            "\\s*(?:\\(\\s*(?<alone>" + NAMES + ")\\s*\\)\\s*|(?<bare>" + NAMES + ")\\s*|LIST\\s*\\(\\s*(?<list>"
                    + NAMES + ")\\s*\\).*|RANGE\\s*\\(\\s*(?<range>" + NAME + ")\\s*\\).*)",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private PartitionKeys() {}

    /** The keys of a table of which Flink sees these columns. */
    static List<String> of(StarRocksTable table, List<String> columns) {
        List<String> keys = table.getPartitionBy().map(PartitionKeys::of).orElse(Collections.emptyList());
        return columns.containsAll(keys) ? keys : Collections.emptyList();
    }

    /** The columns of what follows PARTITION BY; none where it is more than columns. */
    static List<String> of(String partitionBy) {
        Matcher matcher = COLUMNS.matcher(partitionBy);
        if (matcher.matches()) {
            for (String form : new String[] {"alone", "bare", "list", "range"}) {
                if (matcher.group(form) != null) {
                    return CatalogOptions.names(matcher.group(form));
                }
            }
        }
        return Collections.emptyList();
    }
}
