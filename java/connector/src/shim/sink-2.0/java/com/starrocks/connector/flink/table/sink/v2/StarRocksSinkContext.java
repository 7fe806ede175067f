// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink.v2;

import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** What a {@link RecordSerializationSchema} may know of its sink. */
public interface StarRocksSinkContext {
    WriterInitContext getInitContext();

    StarRocksSinkOptions getSinkOptions();
}
