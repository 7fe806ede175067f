// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.catalog;

import java.util.List;
import org.apache.flink.table.catalog.CatalogBaseTable;
import org.apache.flink.table.catalog.ObjectPath;
import org.apache.flink.table.catalog.TableChange;
import org.apache.flink.table.catalog.exceptions.TableNotExistException;

/** A catalog whose tables can be altered, where Flink tells the changes. */
abstract class ChangeableCatalog extends CatalogWithoutFunctions {
    ChangeableCatalog(String name, String defaultDatabase) {
        super(name, defaultDatabase);
    }

    abstract TableConversion conversion();

    abstract void alter(ObjectPath path, TableChanges changes, boolean ignoreIfNotExists)
            throws TableNotExistException;

    @Override
    public void alterTable(
            ObjectPath path, CatalogBaseTable table, List<TableChange> tableChanges, boolean ignoreIfNotExists)
            throws TableNotExistException {
        TableChanges changes = new TableChanges(conversion());
        for (TableChange change : tableChanges) {
            collect(path, change, changes);
        }
        alter(path, changes, ignoreIfNotExists);
    }

    private void collect(ObjectPath path, TableChange change, TableChanges changes) {
        if (change instanceof TableChange.AddColumn) {
            TableChange.AddColumn add = (TableChange.AddColumn) change;
            changes.add(add.getColumn(), after(add.getPosition()));
        } else if (change instanceof TableChange.DropColumn) {
            changes.drop(((TableChange.DropColumn) change).getColumnName());
        } else if (change instanceof TableChange.ModifyColumnName) {
            TableChange.ModifyColumnName rename = (TableChange.ModifyColumnName) change;
            changes.rename(rename.getOldColumnName(), rename.getNewColumnName());
        } else if (change instanceof TableChange.ModifyPhysicalColumnType) {
            TableChange.ModifyPhysicalColumnType modify = (TableChange.ModifyPhysicalColumnType) change;
            changes.modify(modify.getOldColumn(), modify.getNewType());
        } else if (change instanceof TableChange.ModifyColumnComment) {
            TableChange.ModifyColumnComment comment = (TableChange.ModifyColumnComment) change;
            changes.comment(comment.getNewColumn().getName(), comment.getNewComment());
        } else if (change instanceof TableChange.ModifyColumnPosition) {
            TableChange.ModifyColumnPosition move = (TableChange.ModifyColumnPosition) change;
            changes.move(move.getNewColumn().getName(), after(move.getNewPosition()));
        } else if (change instanceof TableChange.SetOption) {
            TableChange.SetOption option = (TableChange.SetOption) change;
            changes.setOption(option.getKey(), option.getValue());
        } else if (change instanceof TableChange.ResetOption) {
            changes.resetOption(((TableChange.ResetOption) change).getKey());
        } else {
            throw unsupported("way to change " + path + " like this: " + change);
        }
    }

    private static String after(TableChange.ColumnPosition position) {
        if (position == null) {
            return null;
        }
        return position instanceof TableChange.After ? ((TableChange.After) position).column() : "";
    }
}
