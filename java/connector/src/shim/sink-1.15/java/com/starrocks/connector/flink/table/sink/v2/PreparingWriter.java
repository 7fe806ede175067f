// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink.v2;

import org.apache.flink.api.connector.sink2.StatefulSink;
import org.apache.flink.api.connector.sink2.TwoPhaseCommittingSink;

/** The interfaces of a writer with committables and state, of Flink 1.15 to 1.20. */
interface PreparingWriter<InputT>
        extends StatefulSink.StatefulSinkWriter<InputT, StarRocksWriterState>,
                TwoPhaseCommittingSink.PrecommittingSinkWriter<InputT, StarRocksCommittable> {}
