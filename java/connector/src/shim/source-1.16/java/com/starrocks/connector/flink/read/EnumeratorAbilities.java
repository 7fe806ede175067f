// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SupportsHandleExecutionAttemptSourceEvent;

/** What an enumerator can do from Flink 1.16 on beside what it can do on every line: speculative execution, with events. */
interface EnumeratorAbilities extends SupportsHandleExecutionAttemptSourceEvent {
    /** An event, whatever attempt of a subtask it comes from. */
    void handleSourceEvent(int subtask, SourceEvent event);

    @Override
    default void handleSourceEvent(int subtask, int attempt, SourceEvent event) {
        handleSourceEvent(subtask, event);
    }
}
