// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.load;

import java.io.Serializable;
import java.util.Objects;

/** Which rows share a load: those of one table, or those of one unique key for it. */
public final class TableKey implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String uniqueKey;
    private final String database;
    private final String table;

    /**
     * @param uniqueKey null where the table alone matters
     */
    public TableKey(String uniqueKey, String database, String table) {
        this.uniqueKey = uniqueKey;
        this.database = Objects.requireNonNull(database, "A row has no database.");
        this.table = Objects.requireNonNull(table, "A row has no table.");
    }

    public String uniqueKey() {
        return uniqueKey;
    }

    public String database() {
        return database;
    }

    public String table() {
        return table;
    }

    /** Whether this is the key, without making one. */
    boolean is(String uniqueKey, String database, String table) {
        return this.table.equals(table) && this.database.equals(database) && Objects.equals(this.uniqueKey, uniqueKey);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TableKey
                && is(((TableKey) other).uniqueKey, ((TableKey) other).database, ((TableKey) other).table);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * table.hashCode() + database.hashCode()) + Objects.hashCode(uniqueKey);
    }

    @Override
    public String toString() {
        return database + "." + table + (uniqueKey == null ? "" : " (" + uniqueKey + ")");
    }
}
