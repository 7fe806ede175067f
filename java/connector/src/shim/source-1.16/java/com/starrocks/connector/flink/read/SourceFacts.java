// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import java.util.Optional;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.table.connector.source.DynamicFilteringData;
import org.apache.flink.table.connector.source.DynamicFilteringEvent;

/** What sources are told from Flink 1.16 on. */
final class SourceFacts {
    private SourceFacts() {}

    /** Flink's counter of records that came in. */
    static Counter recordsIn(SourceReaderContext context) {
        return context.metricGroup().getIOMetricGroup().getNumRecordsInCounter();
    }

    /** What the other side of a join looks for, if the event tells. */
    static Optional<DynamicFilter> dynamicFilter(SourceEvent event) {
        return Optional.of(event)
                .filter(DynamicFilteringEvent.class::isInstance)
                .map(filtering -> ((DynamicFilteringEvent) filtering).getData())
                // Flink may give up collecting values.
                .filter(DynamicFilteringData::isFiltering)
                .map(data -> new DynamicFilter(data.getRowType(), data.getData()));
    }
}
