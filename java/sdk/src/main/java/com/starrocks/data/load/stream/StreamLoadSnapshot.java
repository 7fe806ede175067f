// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.data.load.stream;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** Transactions that are prepared and wait for a commit: what a checkpoint keeps. */
public class StreamLoadSnapshot implements Serializable {
    private static final long serialVersionUID = 1L;

    private String id = UUID.randomUUID().toString();
    private List<Transaction> transactions = new ArrayList<>();
    private long timestamp = System.currentTimeMillis();

    /** Tells snapshots apart. */
    public String getId() {
        return id;
    }

    public void setId(String id) {
        this.id = id;
    }

    public List<Transaction> getTransactions() {
        return transactions;
    }

    public void setTransactions(List<Transaction> transactions) {
        this.transactions = transactions;
    }

    /** When the snapshot was taken, in milliseconds since 1970. */
    public long getTimestamp() {
        return timestamp;
    }

    public void setTimestamp(long timestamp) {
        this.timestamp = timestamp;
    }

    /** One prepared transaction of one table. */
    public static class Transaction implements Serializable {
        private static final long serialVersionUID = 1L;

        private String database;
        private String table;
        private String label;
        private boolean finish;

        public Transaction(String database, String table, String label) {
            this.database = Objects.requireNonNull(database, "database");
            this.table = Objects.requireNonNull(table, "table");
            this.label = Objects.requireNonNull(label, "label");
        }

        public String getDatabase() {
            return database;
        }

        public void setDatabase(String database) {
            this.database = database;
        }

        public String getTable() {
            return table;
        }

        public void setTable(String table) {
            this.table = table;
        }

        public String getLabel() {
            return label;
        }

        public void setLabel(String label) {
            this.label = label;
        }

        /** Whether it is known to be committed or aborted, so that nothing is left to do. */
        public boolean isFinish() {
            return finish;
        }

        public void setFinish(boolean finish) {
            this.finish = finish;
        }

        @Override
        public String toString() {
            return "label " + label + " of " + database + "." + table + (finish ? ", finished" : "");
        }
    }
}
