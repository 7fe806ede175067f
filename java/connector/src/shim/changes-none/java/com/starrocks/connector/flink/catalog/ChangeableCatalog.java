// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.catalog;

import org.apache.flink.table.catalog.ObjectPath;
import org.apache.flink.table.catalog.exceptions.TableNotExistException;

/** A catalog whose tables can be altered, where Flink tells only what they shall become. */
abstract class ChangeableCatalog extends CatalogWithoutFunctions {
    ChangeableCatalog(String name, String defaultDatabase) {
        super(name, defaultDatabase);
    }

    abstract TableConversion conversion();

    abstract void alter(ObjectPath path, TableChanges changes, boolean ignoreIfNotExists)
            throws TableNotExistException;
}
