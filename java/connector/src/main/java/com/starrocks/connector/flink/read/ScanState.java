// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/** What the enumerator keeps in a checkpoint: whether there is a plan yet, and the splits of it that no reader has. */
public final class ScanState {
    private final boolean planned;
    private final List<ScanSplit> pending;

    ScanState(boolean planned, Collection<ScanSplit> pending) {
        this.planned = planned;
        this.pending = Collections.unmodifiableList(new ArrayList<>(pending));
    }

    boolean isPlanned() {
        return planned;
    }

    List<ScanSplit> pending() {
        return pending;
    }
}
