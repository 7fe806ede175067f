// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import com.starrocks.connector.flink.load.Subtask;
import com.starrocks.connector.jni.NativeLibrary;
import java.util.OptionalLong;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.sink.RichSinkFunction;
import org.apache.flink.streaming.api.operators.StreamingRuntimeContext;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;

/** What a sink function sees of the Flink line that this is compiled for: 1.14 to 1.20. */
public abstract class StarRocksDynamicSinkFunctionBase<T> extends RichSinkFunction<T>
        implements CheckpointedFunction, CheckpointListener {
    private static final long serialVersionUID = 1L;
    private static final long SHUTDOWN_MS = 10_000;

    /** Called once before the first record, after the state was initialized. */
    protected abstract void openSink() throws Exception;

    /** Called after the last record, if {@link #hasEndOfInput()}. */
    protected abstract void endInput() throws Exception;

    /** Called by the task's timer, see {@link #scheduleTick}. */
    protected abstract void tick() throws Exception;

    @Override
    public void open(Configuration configuration) throws Exception {
        getRuntimeContext()
                .registerUserCodeClassLoaderReleaseHookIfAbsent(
                        NativeLibrary.class.getName(), () -> NativeLibrary.shutdown(SHUTDOWN_MS));
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

    final Subtask subtask() {
        return new Subtask(
                getRuntimeContext().getIndexOfThisSubtask(),
                getRuntimeContext().getNumberOfParallelSubtasks(),
                getRuntimeContext().getAttemptNumber(),
                getRuntimeContext().getJobId().toHexString());
    }

    final boolean isCheckpointingEnabled() {
        return ((StreamingRuntimeContext) getRuntimeContext()).isCheckpointingEnabled();
    }

    /** Calls {@link #tick()} on the task thread after some time. */
    final void scheduleTick(long millis) {
        // A function has no timers of its own; Flink's file sink took them from here as well.
        ProcessingTimeService timers = ((StreamingRuntimeContext) getRuntimeContext()).getProcessingTimeService();
        timers.registerTimer(timers.getCurrentProcessingTime() + millis, time -> tick());
    }
}
