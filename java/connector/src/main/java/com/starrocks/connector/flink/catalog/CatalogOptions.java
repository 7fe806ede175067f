// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.catalog;

import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import com.starrocks.connector.flink.table.source.StarRocksSourceOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Options of a catalog, and those that tell how a table is created. */
public final class CatalogOptions {
    public static final String IDENTIFIER = "starrocks";

    public static final ConfigOption<String> JDBC_URL = StarRocksSinkOptions.JDBC_URL;
    public static final ConfigOption<String> HTTP_URL = ConfigOptions.key("http-url")
            .stringType()
            .noDefaultValue()
            .withDescription("FE addresses host:http_port, separated by ; or ,");
    public static final ConfigOption<String> USERNAME = StarRocksSinkOptions.USERNAME;
    public static final ConfigOption<String> PASSWORD = StarRocksSinkOptions.PASSWORD;
    public static final ConfigOption<String> DEFAULT_DATABASE = ConfigOptions.key("default-database")
            .stringType()
            .noDefaultValue()
            .withDescription("The current database when the catalog is used");

    public static final String TABLE_PREFIX = "table.";
    public static final String TABLE_PROPERTIES_PREFIX = "table.properties.";
    public static final String TABLE_AGGREGATE_PREFIX = "table.aggregate.";

    public static final ConfigOption<Duration> TABLE_SCHEMA_CHANGE_TIMEOUT = ConfigOptions.key(
                    "table.schema-change.timeout")
            .durationType()
            .defaultValue(Duration.ofMinutes(30))
            .withDescription("How long ALTER TABLE waits for the job that changes the table");
    public static final ConfigOption<Integer> TABLE_NUM_BUCKETS = ConfigOptions.key("table.num-buckets")
            .intType()
            .noDefaultValue()
            .withDescription("BUCKETS of a new table; the server chooses without it");
    public static final ConfigOption<TableModel> TABLE_MODEL = ConfigOptions.key("table.model")
            .enumType(TableModel.class)
            .noDefaultValue()
            .withDescription("primary, duplicate, unique or aggregate; by default primary for a table with PRIMARY KEY,"
                    + " else duplicate");
    public static final ConfigOption<String> TABLE_KEY_COLUMNS =
            columns("table.key-columns", "Key columns of a new table without PRIMARY KEY");
    public static final ConfigOption<String> TABLE_DISTRIBUTION_COLUMNS = columns(
            "table.distribution-columns", "Columns of DISTRIBUTED BY HASH; by default the key, RANDOM without one");
    public static final ConfigOption<String> TABLE_SORT_COLUMNS =
            columns("table.sort-columns", "Columns of ORDER BY of a new table");
    public static final ConfigOption<String> TABLE_PARTITION_BY = ConfigOptions.key("table.partition-by")
            .stringType()
            .noDefaultValue()
            .withDescription("What follows PARTITION BY, in SQL of StarRocks");

    private static final List<ConfigOption<?>> OF_TABLES = Arrays.asList(
            TABLE_MODEL,
            TABLE_KEY_COLUMNS,
            TABLE_DISTRIBUTION_COLUMNS,
            TABLE_NUM_BUCKETS,
            TABLE_SORT_COLUMNS,
            TABLE_PARTITION_BY);

    /** How a table treats rows with equal keys, as options spell it. */
    public enum TableModel {
        PRIMARY,
        DUPLICATE,
        UNIQUE,
        AGGREGATE
    }

    private CatalogOptions() {}

    private static ConfigOption<String> columns(String key, String description) {
        return ConfigOptions.key(key)
                .stringType()
                .noDefaultValue()
                .withDescription(description + ", separated by commas; names may be back-quoted");
    }

    /** Whether a key says how a table is created. */
    public static boolean isOfTable(String key) {
        return key.startsWith(TABLE_PROPERTIES_PREFIX)
                || key.startsWith(TABLE_AGGREGATE_PREFIX)
                || OF_TABLES.stream().anyMatch(option -> option.key().equals(key));
    }

    static Set<ConfigOption<?>> required() {
        return new LinkedHashSet<>(Arrays.asList(JDBC_URL, HTTP_URL, USERNAME, PASSWORD, DEFAULT_DATABASE));
    }

    static Set<ConfigOption<?>> optional() {
        Set<ConfigOption<?>> optional = new LinkedHashSet<>();
        optional.addAll(StarRocksSinkOptions.optional());
        optional.addAll(StarRocksSourceOptions.optional());
        optional.add(TABLE_NUM_BUCKETS);
        optional.add(TABLE_SCHEMA_CHANGE_TIMEOUT);
        return optional;
    }

    /** Names in a list; a name in back-quotes may hold commas, and back-quotes twice. */
    static List<String> names(String list) {
        List<String> names = new ArrayList<>();
        StringBuilder name = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < list.length(); i++) {
            char c = list.charAt(i);
            if (c == '`' && quoted && i + 1 < list.length() && list.charAt(i + 1) == '`') {
                name.append(c);
                i++;
            } else if (c == '`') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                names.add(name.toString());
                name.setLength(0);
            } else if (quoted || !Character.isWhitespace(c)) {
                name.append(c);
            }
        }
        names.add(name.toString());
        if (quoted || names.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("'" + list + "' is no list of column names.");
        }
        return names;
    }

    /** A list from which {@link #names} reads the same names. */
    static String list(List<String> names) {
        List<String> written = new ArrayList<>();
        for (String name : names) {
            boolean plain = name.chars().allMatch(c -> c != '`' && c != ',' && !Character.isWhitespace(c));
            written.add(plain ? name : "`" + name.replace("`", "``") + "`");
        }
        return String.join(",", written);
    }
}
