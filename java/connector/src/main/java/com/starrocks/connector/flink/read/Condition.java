// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import com.starrocks.connector.flink.table.StarRocksDataType;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/**
 * A condition in StarRocks SQL. How a column is written in it is decided when the job starts and the types of the StarRocks table
 * are known: a LARGEINT that Flink reads as STRING, for example, is compared as text there and as a number here.
 */
public final class Condition implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Texts and {@link Column}s. */
    private final ArrayList<Serializable> parts = new ArrayList<>();

    private Condition() {}

    /** A condition as it is. */
    public static Condition text(String text) {
        Condition condition = new Condition();
        condition.parts.add(text);
        return condition;
    }

    /** A column of the Flink table. */
    static Condition column(String name, LogicalTypeRoot root) {
        Condition condition = new Condition();
        condition.parts.add(new Column(name, root.name()));
        return condition;
    }

    /** Conditions, columns and texts, one after the other. */
    static Condition concat(Object... parts) {
        Condition condition = new Condition();
        for (Object part : parts) {
            if (part instanceof Condition) {
                condition.parts.addAll(((Condition) part).parts);
            } else {
                condition.parts.add((String) part);
            }
        }
        return condition;
    }

    /** That a column has one of the values, which are literals. */
    static Condition oneOf(Condition column, List<String> values) {
        return concat("(", column, " in (" + String.join(", ", values) + "))");
    }

    /** All of the conditions; null when there is none. */
    public static Condition all(Collection<Condition> conditions) {
        return conditions.isEmpty() ? null : join(" and ", new ArrayList<>(conditions));
    }

    static Condition join(String separator, List<Condition> conditions) {
        if (conditions.size() == 1) {
            return conditions.get(0);
        }
        Condition joined = new Condition();
        for (int i = 0; i < conditions.size(); i++) {
            joined.parts.add(i == 0 ? "(" : separator);
            joined.parts.addAll(conditions.get(i).parts);
        }
        joined.parts.add(")");
        return joined;
    }

    /** Names of the columns, in order. */
    public Set<String> columns() {
        Set<String> names = new LinkedHashSet<>();
        for (Serializable part : parts) {
            if (part instanceof Column) {
                names.add(((Column) part).name);
            }
        }
        return names;
    }

    /**
     * The text for a table.
     *
     * @param types types of the table's columns by name in lower case
     */
    public String render(Map<String, StarRocksDataType> types) {
        StringBuilder sql = new StringBuilder();
        for (Serializable part : parts) {
            sql.append(part instanceof Column ? ((Column) part).render(types) : part.toString());
        }
        return sql.toString();
    }

    /** Columns as they are called, for people. */
    @Override
    public String toString() {
        return render(Collections.emptyMap());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Condition && parts.equals(((Condition) other).parts);
    }

    @Override
    public int hashCode() {
        return parts.hashCode();
    }

    /** {@code name} as StarRocks reads it, whatever is in it. */
    public static String quote(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    private static final class Column implements Serializable {
        private static final long serialVersionUID = 1L;

        private final String name;
        private final String root;

        Column(String name, String root) {
            this.name = name;
            this.root = root;
        }

        /** An expression whose value in StarRocks is that which Flink reads. */
        String render(Map<String, StarRocksDataType> types) {
            String column = quote(name);
            StarRocksDataType stored = types.get(name.toLowerCase(Locale.ROOT));
            if (stored == null) {
                return column;
            }
            switch (root) {
                case "CHAR":
                case "VARCHAR":
                    return text(column, stored);
                case "DATE":
                    return stored == StarRocksDataType.DATE ? column : "cast(" + column + " as date)";
                case "TIMESTAMP_WITHOUT_TIME_ZONE":
                case "TIMESTAMP_WITH_LOCAL_TIME_ZONE":
                    return stored == StarRocksDataType.DATETIME ? column : "cast(" + column + " as datetime)";
                default:
                    return column;
            }
        }

        private String text(String column, StarRocksDataType stored) {
            switch (stored) {
                case CHAR:
                case VARCHAR:
                case STRING:
                    return column;
                case LARGEINT:
                case DATE:
                case DATETIME:
                    return "cast(" + column + " as string)";
                case JSON:
                    return "json_string(" + column + ")";
                default:
                    throw new ValidationException(
                            "Column '" + name + "' is " + stored
                                    + " in StarRocks, which cannot be compared with a text of Flink. Set the session option"
                                    + " 'table.optimizer.source.predicate-pushdown-enabled' to 'false', so that Flink compares.");
            }
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Column && name.equals(((Column) other).name) && root.equals(((Column) other).root);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }
    }
}
