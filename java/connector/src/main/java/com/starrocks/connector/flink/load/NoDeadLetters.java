// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.load;

import java.io.IOException;
import java.util.List;

/** The dead letters of a sink that has no place for them. */
final class NoDeadLetters implements DeadLetters {
    @Override
    public void write(List<RejectedRow> rows, long checkpointId) throws IOException {
        throw new IOException(rows.size() + " rows were rejected, but there is no place for them: " + rows.get(0));
    }

    @Override
    public void close() {}
}
