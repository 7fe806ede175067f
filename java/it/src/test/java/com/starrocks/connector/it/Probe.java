// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;

/** Passes numbers on and tells a {@link Script} what it sees. */
final class Probe extends RichMapFunction<Long, Long> implements CheckpointedFunction, CheckpointListener {
    private static final long serialVersionUID = 1L;

    private final String script;

    Probe(String script) {
        this.script = script;
    }

    @Override
    public Long map(Long number) throws Exception {
        Script.of(script).onNumber(number);
        return number;
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        Script.of(script).onSnapshot(context.getCheckpointId());
    }

    @Override
    public void initializeState(FunctionInitializationContext context) {}

    @Override
    public void notifyCheckpointComplete(long checkpoint) throws Exception {
        Script.of(script).onCompleted(checkpoint);
    }
}
