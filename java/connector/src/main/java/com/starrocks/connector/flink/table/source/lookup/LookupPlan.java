// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source.lookup;

import com.starrocks.connector.flink.read.ScanSpec;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.types.logical.LogicalType;

/** What a lookup join looks up: columns and rows of a table, and which of the columns are the key. Shipped to the tasks. */
public final class LookupPlan implements Serializable {
    private static final long serialVersionUID = 1L;

    private final ScanSpec spec;
    private final int[] keys;

    /**
     * @param spec the columns that are read and the conditions on rows
     * @param keys paths to the key columns, as the planner names them
     */
    public LookupPlan(ScanSpec spec, int[][] keys) {
        this.spec = spec;
        this.keys = new int[keys.length];
        for (int i = 0; i < keys.length; i++) {
            if (keys[i].length != 1) {
                throw new ValidationException("A lookup join cannot use a field within column '"
                        + spec.columns().getFieldNames().get(keys[i][0]) + "' of StarRocks table " + table()
                        + " as its key.");
            }
            this.keys[i] = keys[i][0];
        }
    }

    /** Types of the key columns, in the order of the key. */
    List<LogicalType> keyTypes() {
        List<LogicalType> types = new ArrayList<>();
        for (int key : keys) {
            types.add(spec.columns().getTypeAt(key));
        }
        return types;
    }

    int arity() {
        return spec.columns().getFieldCount();
    }

    /** {@code database.table}, for messages. */
    String table() {
        return spec.options().tableText();
    }

    /** Whether the planner may choose the asynchronous join. */
    boolean isAsync() {
        return spec.options().isLookupAsync();
    }

    /** What the table is read with, where all of it is kept. */
    ScanSpec spec() {
        return spec;
    }

    /** When all of the table is read again; empty where only rows that were found are kept. */
    Optional<FullCaching> fullCaching() {
        return spec.options().getLookupFullCaching();
    }

    /** How found rows are kept. */
    LookupCaching caching() {
        return spec.options().getLookupCaching();
    }

    /** The configuration of a native lookup; may ask the server for the types of columns. */
    byte[] config() throws IOException, InterruptedException {
        return spec.lookupConfig(keys);
    }
}
