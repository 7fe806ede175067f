// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.crash;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.StringJoiner;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;

/** Rows as a load takes them. */
final class Texts {
    static final String[] COLUMNS = {"id", "n", "name", "price", "at"};

    private static final DateTimeFormatter DATETIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private Texts() {}

    /** A line of CSV with the default separator. */
    static String csv(Row row) {
        StringJoiner line = new StringJoiner("\t");
        for (int i = 0; i < row.getArity(); i++) {
            Object value = row.getField(i);
            line.add(value == null ? "\\N" : text(value));
        }
        return line.toString();
    }

    /** An object of JSON, for a primary key table with what is to be done with the key. */
    static String json(Row row, boolean primaryKey) {
        StringJoiner object = new StringJoiner(", ", "{", "}");
        for (int i = 0; i < row.getArity(); i++) {
            object.add(quoted(COLUMNS[i]) + ": " + json(row.getField(i)));
        }
        if (primaryKey) {
            object.add(quoted("__op") + ": " + (row.getKind() == RowKind.DELETE ? 1 : 0));
        }
        return object.toString();
    }

    private static String json(Object value) {
        return value == null || value instanceof Number ? String.valueOf(value) : quoted(text(value));
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String text(Object value) {
        return value instanceof LocalDateTime ? DATETIME.format((LocalDateTime) value) : value.toString();
    }
}
