// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import java.util.OptionalLong;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.streaming.api.functions.sink.legacy.RichSinkFunction;

/** A sink function as Flink 2.x calls it. */
public abstract class StarRocksDynamicSinkFunctionBase<T> extends RichSinkFunction<T> {
    private static final long serialVersionUID = 1L;

    /** Called once before the first record, after the state was initialized. */
    protected abstract void openSink() throws Exception;

    /** Called after the last record, if {@link #hasEndOfInput()}. */
    protected abstract void endInput() throws Exception;

    @Override
    public void open(OpenContext context) throws Exception {
        openSink();
    }

    @Override
    public void finish() throws Exception {
        endInput();
    }

    /** Whether Flink tells when the input ends. */
    final boolean hasEndOfInput() {
        return true;
    }

    /** The checkpoint that the job was restored from. */
    final OptionalLong restoredCheckpointId(FunctionInitializationContext context) {
        return context.getRestoredCheckpointId();
    }
}
