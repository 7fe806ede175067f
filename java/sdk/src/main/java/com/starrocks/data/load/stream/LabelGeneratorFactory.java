// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.data.load.stream;

/** Makes a generator of labels for each table. */
public interface LabelGeneratorFactory {
    /** A generator for the loads into a table; asked for with the table's first row. */
    LabelGenerator create(String database, String table);

    /** Random labels after a prefix. */
    class DefaultLabelGeneratorFactory implements LabelGeneratorFactory {
        private final String labelPrefix;

        public DefaultLabelGeneratorFactory(String labelPrefix) {
            this.labelPrefix = labelPrefix;
        }

        @Override
        public LabelGenerator create(String database, String table) {
            return new LabelGenerator.DefaultLabelGenerator(labelPrefix);
        }
    }
}
