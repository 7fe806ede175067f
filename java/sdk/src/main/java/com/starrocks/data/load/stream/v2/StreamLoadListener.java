// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.data.load.stream.v2;

import com.starrocks.data.load.stream.StreamLoadResponse;

/** Hears of each load that has ended, well or not. */
@FunctionalInterface
public interface StreamLoadListener {
    /** A load has ended; called by one thread at a time, by the writer's or one of the manager's own. */
    void onResponse(StreamLoadResponse response);
}
