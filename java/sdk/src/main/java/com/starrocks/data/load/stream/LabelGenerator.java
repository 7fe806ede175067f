// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.data.load.stream;

import java.util.UUID;

/**
 * Makes the labels of the loads into one table. A label is up to 128 letters, digits, - and _, and must never have been used in its
 * database. A few are taken ahead of the loads that they are for.
 */
public interface LabelGenerator {
    /** The next label. */
    String next();

    /** Random labels after a prefix. */
    class DefaultLabelGenerator implements LabelGenerator {
        private final String labelPrefix;

        public DefaultLabelGenerator(String labelPrefix) {
            this.labelPrefix = labelPrefix;
        }

        @Override
        public String next() {
            return labelPrefix + "-" + UUID.randomUUID();
        }
    }
}
