// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.metrics.Counter;

/** What the context of a source reader offers from Flink 1.16 on. */
final class SourceFacts {
    private SourceFacts() {}

    /** Flink's counter of records that came in. */
    static Counter recordsIn(SourceReaderContext context) {
        return context.metricGroup().getIOMetricGroup().getNumRecordsInCounter();
    }
}
