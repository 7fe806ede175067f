// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source;

import com.starrocks.connector.flink.table.source.struct.ColumnRichInfo;
import com.starrocks.connector.flink.table.source.struct.QueryBeXTablets;
import com.starrocks.connector.flink.table.source.struct.QueryInfo;
import com.starrocks.connector.flink.table.source.struct.SelectColumn;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What programs for connector 1.x call to divide the tablets of a plan; the sources of this connector divide them by themselves. */
public abstract class TabletGroups {
    TabletGroups() {}

    /** Divides tablets among subtasks: each in one of them, none with more than one tablet more than another. */
    public static List<List<QueryBeXTablets>> splitQueryBeXTablets(int subTaskCount, QueryInfo queryInfo) {
        List<QueryBeXTablets> backends = queryInfo.getBeXTablets();
        List<List<QueryBeXTablets>> subtasks = new ArrayList<>();
        for (int i = 0; i < subTaskCount; i++) {
            subtasks.add(new ArrayList<>());
        }
        if (subTaskCount <= backends.size()) {
            for (int i = 0; i < backends.size(); i++) {
                subtasks.get(i % subTaskCount).add(backends.get(i));
            }
            return subtasks;
        }
        long tablets = backends.stream()
                .mapToLong(backend -> backend.getTabletIds().size())
                .sum();
        long number = 0;
        for (QueryBeXTablets backend : backends) {
            Map<Integer, List<Long>> shares = new LinkedHashMap<>();
            for (long tablet : backend.getTabletIds()) {
                int subtask = (int) (tablets <= subTaskCount ? number : number * subTaskCount / tablets);
                shares.computeIfAbsent(subtask, key -> new ArrayList<>()).add(tablet);
                number++;
            }
            shares.forEach((subtask, ids) -> subtasks.get(subtask).add(new QueryBeXTablets(backend.getBeNode(), ids)));
        }
        return subtasks;
    }

    /** The columns in the order of the schema. */
    public static List<ColumnRichInfo> genColumnRichInfo(Map<String, ColumnRichInfo> columnMap) {
        List<ColumnRichInfo> columns = new ArrayList<>(columnMap.values());
        columns.sort(Comparator.comparingInt(ColumnRichInfo::getColumnIndexInSchema));
        return Collections.unmodifiableList(columns);
    }

    /** The columns that {@code scan.columns} names, or all of them. */
    public static SelectColumn[] genSelectedColumns(
            Map<String, ColumnRichInfo> columnMap,
            StarRocksSourceOptions sourceOptions,
            List<ColumnRichInfo> columnRichInfos) {
        if (sourceOptions.getColumns().trim().isEmpty()) {
            return columnRichInfos.stream()
                    .map(column -> new SelectColumn(column.getColumnName(), column.getColumnIndexInSchema()))
                    .toArray(SelectColumn[]::new);
        }
        List<SelectColumn> selected = new ArrayList<>();
        for (String name : sourceOptions.getColumns().split(",")) {
            ColumnRichInfo column = columnMap.get(name.trim());
            if (column == null) {
                throw new IllegalArgumentException("Column '" + name.trim() + "' of option '"
                        + StarRocksSourceOptions.SCAN_COLUMNS.key() + "' is not found in the table schema.");
            }
            selected.add(new SelectColumn(column.getColumnName(), column.getColumnIndexInSchema()));
        }
        return selected.toArray(new SelectColumn[0]);
    }
}
