// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.source.legacy.RichParallelSourceFunction;

/** A source function as Flink 2.x calls it. */
public abstract class SourceFunctionBase<T> extends RichParallelSourceFunction<T> {
    private static final long serialVersionUID = 1L;

    /** Called once before {@link #run}, after the state was initialized. */
    protected abstract void openSource() throws Exception;

    @Override
    public void open(OpenContext context) throws Exception {
        openSource();
    }

    final int subtask() {
        return getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
    }

    final int parallelism() {
        return getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
    }
}
