// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import java.util.Optional;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;

/** What sources are told on Flink 1.13. */
final class SourceFacts {
    private SourceFacts() {}

    /** Flink's counter of records that came in; this line does not show it to sources. */
    static Counter recordsIn(SourceReaderContext context) {
        return new SimpleCounter();
    }

    /** What the other side of a join looks for; this line never tells. */
    static Optional<DynamicFilter> dynamicFilter(SourceEvent event) {
        return Optional.empty();
    }
}
