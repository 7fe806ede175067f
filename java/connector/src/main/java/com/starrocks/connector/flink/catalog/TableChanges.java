// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.catalog;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.exceptions.CatalogException;
import org.apache.flink.table.types.DataType;

/** Changes of a table on their way to the native library. */
final class TableChanges {
    private final TableConversion conversion;
    private final List<Map<String, Object>> changes = new ArrayList<>();

    TableChanges(TableConversion conversion) {
        this.conversion = conversion;
    }

    List<Map<String, Object>> toJson() {
        return changes;
    }

    private Map<String, Object> change(String kind) {
        Map<String, Object> change = StarRocksCatalog.change(kind);
        changes.add(change);
        return change;
    }

    /** Only properties of the table are kept in StarRocks. */
    void setOption(String key, String value) {
        if (!key.startsWith(CatalogOptions.TABLE_PROPERTIES_PREFIX)) {
            throw new CatalogException("Option '" + key + "' cannot be kept in StarRocks: only "
                    + CatalogOptions.TABLE_PROPERTIES_PREFIX + "* can be set. Set others for the catalog, or in a query"
                    + " with /*+ OPTIONS(...) */.");
        }
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put(key.substring(CatalogOptions.TABLE_PROPERTIES_PREFIX.length()), value);
        change("set_properties").put("properties", properties);
    }

    void resetOption(String key) {
        throw new CatalogException(
                "Option '" + key + "' cannot be reset: StarRocks knows no defaults of a property. Set it"
                        + " to the value that it shall have.");
    }

    void setComment(String comment) {
        change("comment_table").put("comment", comment);
    }

    /** @param after the column before it, an empty text for the first place, or null for the last */
    void add(Column column, String after) {
        Map<String, Object> change = change("add_column");
        change.put("column", conversion.toStarRocks(column).toJson(false));
        change.put("position", position(after));
    }

    void drop(String column) {
        change("drop_column").put("name", column);
    }

    void rename(String column, String to) {
        Map<String, Object> change = change("rename_column");
        change.put("name", column);
        change.put("to", to);
    }

    void comment(String column, String comment) {
        Map<String, Object> change = change("comment_column");
        change.put("name", column);
        change.put("comment", comment);
    }

    void modify(Column before, DataType type) {
        Map<String, Object> change = change("modify_column");
        change.put("name", before.getName());
        boolean nullable = type.getLogicalType().isNullable();
        if (nullable != before.getDataType().getLogicalType().isNullable()) {
            change.put("nullable", nullable);
        }
        // A change of nullability alone must not touch the length that the column has.
        if (!type.getLogicalType()
                .copy(true)
                .equals(before.getDataType().getLogicalType().copy(true))) {
            Column after = Column.physical(before.getName(), type);
            change.put("type", conversion.toStarRocks(after).typeText());
        }
    }

    /** @param after as for {@link #add} */
    void move(String column, String after) {
        Map<String, Object> change = change("modify_column");
        change.put("name", column);
        change.put("position", position(after));
    }

    private static Object position(String after) {
        if (after == null) {
            return null;
        }
        if (after.isEmpty()) {
            return "first";
        }
        Map<String, Object> position = new LinkedHashMap<>();
        position.put("after", after);
        return position;
    }
}
