// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * What is read of a table: columns, and fields within columns that are ROWs. Such a field is known by its positions, as whole rows are
 * read by position too.
 */
public final class SelectedColumns implements Serializable {
    private static final long serialVersionUID = 1L;

    private final RowType type;
    /** The name of each column, followed by the positions that lead to a field of it. */
    private final ArrayList<ArrayList<Serializable>> paths;

    private SelectedColumns(RowType type, ArrayList<ArrayList<Serializable>> paths) {
        this.type = type;
        this.paths = paths;
    }

    /** Whole columns. */
    public static SelectedColumns of(RowType columns) {
        ArrayList<ArrayList<Serializable>> paths = new ArrayList<>();
        for (String name : columns.getFieldNames()) {
            paths.add(new ArrayList<>(Arrays.asList(name)));
        }
        return new SelectedColumns(columns, paths);
    }

    /** The Flink types of what is read; a field has a name of its own making, which stands in no query. */
    public RowType type() {
        return type;
    }

    /** Position of a whole column of that name; negative if there is none. */
    public int indexOf(String name) {
        int index = type.getFieldIndex(name);
        return index >= 0 && isWhole(index) ? index : -1;
    }

    /** Whether a whole column is read, not a field of it. */
    public boolean isWhole(int index) {
        return paths.get(index).size() == 1;
    }

    /** Selects among these, by position and, within what is a ROW, by the positions of fields. */
    public SelectedColumns project(int[][] projected) {
        ArrayList<ArrayList<Serializable>> selected = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int[] path : projected) {
            ArrayList<Serializable> steps = new ArrayList<>(paths.get(path[0]));
            for (int i = 1; i < path.length; i++) {
                steps.add(path[i]);
            }
            selected.add(steps);
            if (steps.size() == 1) {
                names.add((String) steps.get(0));
            }
        }
        List<RowType.RowField> fields = new ArrayList<>();
        for (int i = 0; i < projected.length; i++) {
            fields.add(field(projected[i], selected.get(i).size() > 1, names));
        }
        return new SelectedColumns(new RowType(false, fields), selected);
    }

    private RowType.RowField field(int[] path, boolean nested, Set<String> names) {
        RowType.RowField field = type.getFields().get(path[0]);
        StringBuilder name = new StringBuilder(field.getName());
        LogicalType found = field.getType();
        boolean nullable = found.isNullable();
        for (int i = 1; i < path.length; i++) {
            RowType.RowField inner = ((RowType) found).getFields().get(path[i]);
            name.append('.').append(inner.getName());
            found = inner.getType();
            // A field of what is NULL is NULL.
            nullable |= found.isNullable();
        }
        while (nested && !names.add(name.toString())) {
            name.append('\'');
        }
        return new RowType.RowField(name.toString(), found.copy(nullable));
    }

    /** The columns as the native library reads them in a request. */
    List<Object> toJson() {
        List<Object> json = new ArrayList<>();
        for (ArrayList<Serializable> path : paths) {
            json.add(path.size() == 1 ? path.get(0) : path);
        }
        return json;
    }
}
