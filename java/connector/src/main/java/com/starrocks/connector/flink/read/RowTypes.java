// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/** Flink's type of binary rows, whose class is in a module that every Flink has and no connector compiles against. */
final class RowTypes {
    private static final String TYPE = "org.apache.flink.table.runtime.typeutils.InternalTypeInfo";

    private RowTypes() {}

    @SuppressWarnings("unchecked")
    static TypeInformation<RowData> of(RowType rows) {
        try {
            ClassLoader loader = Thread.currentThread().getContextClassLoader();
            Class<?> type = Class.forName(TYPE, true, loader == null ? RowTypes.class.getClassLoader() : loader);
            return (TypeInformation<RowData>)
                    type.getMethod("of", RowType.class).invoke(null, rows);
        } catch (ReflectiveOperationException e) {
            throw new ValidationException(
                    "Reading StarRocks in the DataStream API needs flink-table-runtime, which is in the lib folder of Flink"
                            + " but not on this class path: add that dependency.",
                    e);
        }
    }
}
