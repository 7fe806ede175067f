// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.catalog;

import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.catalog.ObjectPath;
import org.apache.flink.table.catalog.exceptions.CatalogException;

/** The options that a catalog gives its tables, in Flink and in StarRocks. */
final class TableOptions {
    private static final Pattern LABEL = Pattern.compile("[\\w-]{1,60}");

    private final Map<String, String> everywhere;
    private final Map<String, String> creation;
    private final String labelPrefix;

    /**
     * @param everywhere options of sources and sinks; the label prefix among them becomes one for each table
     * @param tableBaseConfig options for tables that are created, with their whole keys
     */
    TableOptions(Map<String, String> everywhere, Configuration tableBaseConfig) {
        this.everywhere = new LinkedHashMap<>(everywhere);
        this.labelPrefix = this.everywhere.remove(StarRocksSinkOptions.SINK_LABEL_PREFIX.key());
        this.creation = new LinkedHashMap<>(tableBaseConfig.toMap());
        creation.remove(CatalogOptions.TABLE_SCHEMA_CHANGE_TIMEOUT.key());
    }

    /** What a source or sink of the table is configured with. */
    Map<String, String> of(ObjectPath path) {
        Map<String, String> options = new HashMap<>(everywhere);
        options.put(StarRocksSinkOptions.DATABASE_NAME.key(), path.getDatabaseName());
        options.put(StarRocksSinkOptions.TABLE_NAME.key(), path.getObjectName());
        if (labelPrefix != null) {
            options.put(StarRocksSinkOptions.SINK_LABEL_PREFIX.key(), labelPrefix(path));
        }
        return options;
    }

    /** The prefix of the catalog, with database and table. A label cannot hold every name; a digest then keeps tables apart. */
    private String labelPrefix(ObjectPath path) {
        String prefix = labelPrefix + "_" + path.getDatabaseName() + "_" + path.getObjectName();
        if (LABEL.matcher(prefix).matches()) {
            return prefix;
        }
        String plain = prefix.replaceAll("[^\\w-]", "_");
        String digest = UUID.nameUUIDFromBytes(prefix.getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", "");
        return plain.substring(0, Math.min(plain.length(), 27)) + "_" + digest;
    }

    /** What a table is created with in StarRocks; an option that StarRocks cannot keep is a {@link CatalogException}. */
    Map<String, String> forCreation(ObjectPath path, Map<String, String> declared) {
        Map<String, String> options = new LinkedHashMap<>(creation);
        declared.forEach((key, value) -> {
            if (CatalogOptions.isOfTable(key)) {
                options.put(key, value);
            } else if (!isOwn(key, value)) {
                throw new CatalogException(
                        "Option '" + key + "' of " + path
                                + " cannot be kept in StarRocks. Set it for the catalog, or in a query with /*+ OPTIONS(...) */.");
            }
        });
        return options;
    }

    /** Whether an option is one that a table of this catalog has anyway; CREATE TABLE ... LIKE repeats them. */
    private boolean isOwn(String key, String value) {
        return key.equals(StarRocksSinkOptions.DATABASE_NAME.key())
                || key.equals(StarRocksSinkOptions.TABLE_NAME.key())
                || (key.equals(StarRocksSinkOptions.SINK_LABEL_PREFIX.key()) && labelPrefix != null)
                || Objects.equals(everywhere.get(key), value);
    }
}
