// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import java.util.OptionalLong;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.streaming.api.functions.sink.RichSinkFunction;

/** A sink function as Flink 1.13 calls it. */
public abstract class StarRocksDynamicSinkFunctionBase<T> extends RichSinkFunction<T> {
    private static final long serialVersionUID = 1L;

    /** Called once before the first record, after the state was initialized. */
    protected abstract void openSink() throws Exception;

    /** Called after the last record, if {@link #hasEndOfInput()}. */
    protected abstract void endInput() throws Exception;

    @Override
    public void open(Configuration configuration) throws Exception {
        openSink();
    }

    /** Whether Flink tells when the input ends; this line closes a function the same way after its end and after a failure. */
    final boolean hasEndOfInput() {
        return false;
    }

    /** The checkpoint that the job was restored from; this line does not tell. */
    final OptionalLong restoredCheckpointId(FunctionInitializationContext context) {
        return OptionalLong.empty();
    }
}
