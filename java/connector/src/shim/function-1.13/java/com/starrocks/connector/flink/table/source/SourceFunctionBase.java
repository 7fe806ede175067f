// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.functions.source.RichParallelSourceFunction;

/** A source function as Flink 1.13 calls it. */
public abstract class SourceFunctionBase<T> extends RichParallelSourceFunction<T> {
    private static final long serialVersionUID = 1L;

    /** Called once before {@link #run}, after the state was initialized. */
    protected abstract void openSource() throws Exception;

    @Override
    public void open(Configuration configuration) throws Exception {
        openSource();
    }

    final int subtask() {
        return getRuntimeContext().getIndexOfThisSubtask();
    }

    final int parallelism() {
        return getRuntimeContext().getNumberOfParallelSubtasks();
    }
}
