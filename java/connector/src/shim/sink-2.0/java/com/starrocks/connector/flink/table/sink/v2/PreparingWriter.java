// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink.v2;

import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;

/** The interfaces of a writer with committables and state, of Flink 2.x. */
interface PreparingWriter<InputT>
        extends StatefulSinkWriter<InputT, StarRocksWriterState>,
                CommittingSinkWriter<InputT, StarRocksCommittable> {}
