// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import com.starrocks.connector.flink.load.LoadMetrics;
import com.starrocks.connector.flink.load.LoadWriter;
import com.starrocks.connector.flink.load.SinkPlan;
import com.starrocks.connector.flink.load.Subtask;
import com.starrocks.connector.flink.load.SubtaskWriter;
import com.starrocks.connector.flink.load.SubtaskWriterFactory;
import com.starrocks.connector.flink.row.batch.RecordWriterFactory;
import com.starrocks.connector.flink.row.sink.StarRocksIRowTransformer;
import com.starrocks.connector.flink.table.sink.v2.StarRocksCommittable;
import com.starrocks.connector.jni.Waiter;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.operators.StreamingRuntimeContext;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sink as a function of Flink's first sink interface.
 *
 * <p>At-least-once: a checkpoint waits until everything is committed. Exactly-once: a checkpoint waits until everything is
 * prepared and keeps the transactions in its state; they are committed when it completes, or after a restore from it. Without
 * checkpoints there is nothing to wait for but the end of the input: then all transactions are committed there.
 */
public class StarRocksDynamicSinkFunctionV2<T> extends StarRocksDynamicSinkFunctionBase<T>
        implements CheckpointedFunction, CheckpointListener {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(StarRocksDynamicSinkFunctionV2.class);
    private static final String STATE_NAME = "starrocks-sink-transaction";
    /**
     * Every subtask restores it, so that each knows from where, also where rescaling left it without transactions. Broadcast state and
     * not a union list: with one of those Flink takes no checkpoint any more once a subtask has ended before the others.
     */
    private static final MapStateDescriptor<String, byte[]> ORIGIN_STATE = new MapStateDescriptor<>(
            "starrocks-sink-restored-from",
            BasicTypeInfo.STRING_TYPE_INFO,
            PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);

    private static final String ORIGIN = "origin";

    private final SinkPlan plan;
    private final SubtaskWriterFactory<T> writers;
    private final StarRocksIRowTransformer<T> transformer;

    private transient ListState<byte[]> state;
    private transient BroadcastState<String, byte[]> origin;
    private transient TransactionState transactions;
    private transient BufferedRows bufferedRows;
    /** Transactions with such rows, to be committed with the next checkpoint. */
    private transient List<StarRocksCommittable> bufferedCommittables;

    private transient boolean restored;
    /** Null when nothing was restored, or nobody knows from where. */
    private transient Long restoredCheckpointId;

    private transient SubtaskWriter<T> writer;
    private transient LoadMetrics metrics;
    private transient boolean unflushed;

    public StarRocksDynamicSinkFunctionV2(SinkPlan plan, RecordWriterFactory<T> records) {
        this(plan, SubtaskWriterFactory.oneTable(records));
    }

    public StarRocksDynamicSinkFunctionV2(SinkPlan plan, SubtaskWriterFactory<T> writers) {
        this(plan, writers, null);
    }

    /**
     * @param transformer a part of the writers that wants to know the runtime context, or null
     */
    StarRocksDynamicSinkFunctionV2(
            SinkPlan plan, SubtaskWriterFactory<T> writers, StarRocksIRowTransformer<T> transformer) {
        this.plan = plan;
        this.writers = writers;
        this.transformer = transformer;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        OperatorStateStore states = context.getOperatorStateStore();
        state = states.getListState(
                new ListStateDescriptor<>(STATE_NAME, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        origin = states.getBroadcastState(ORIGIN_STATE);
        transactions = new TransactionState();
        restored = context.isRestored();
        bufferedCommittables = new ArrayList<>();
        if (restored) {
            bufferedRows = BufferedRows.take(states);
            for (byte[] element : state.get()) {
                transactions.merge(TransactionState.deserialize(element));
            }
            byte[] from = origin.get(ORIGIN);
            if (from != null) {
                transactions.merge(TransactionState.deserialize(from));
            }
            long checkpoint = restoredCheckpointId(context).orElse(transactions.checkpointId());
            // A sink that is new in a restored job knows nothing on a Flink that does not tell.
            restoredCheckpointId = checkpoint > 0 ? checkpoint : null;
        }
    }

    @Override
    protected void openSink() throws Exception {
        getRuntimeContext()
                .registerUserCodeClassLoaderReleaseHookIfAbsent(
                        LoadWriter.class.getName(), LoadWriter::shutdownLibrary);
        if (plan.isExactlyOnce()) {
            if (!isCheckpointingEnabled() && !hasEndOfInput()) {
                throw new IllegalStateException("Exactly-once to " + plan.tableName()
                        + " needs checkpoints on this Flink version: set execution.checkpointing.interval.");
            }
            commitUpTo(Long.MAX_VALUE);
            if (plan.options().isAbortLingeringTxns()) {
                LoadWriter.abortOriginal(plan, transactions.originalLabels());
            }
            // After a restore from an unknown checkpoint, some of them may still be needed.
            if (plan.options().isAbortLingeringTxns() && (!restored || restoredCheckpointId != null)) {
                abortLingering(plan.labelPrefix());
                String before = transactions.labelPrefix();
                if (before != null && !before.equals(plan.labelPrefix())) {
                    abortLingering(before);
                }
            }
        }
        if (bufferedRows != null && !bufferedRows.isEmpty()) {
            bufferedCommittables.addAll(bufferedRows.load(plan, subtask(), restoredCheckpointId));
        }
        bufferedRows = null;
        if (transformer != null) {
            transformer.setRuntimeContext(getRuntimeContext());
        }
        writer = writers.open(plan, subtask(), restoredCheckpointId, Waiter.NONE);
        MetricGroup group = getRuntimeContext().getMetricGroup();
        metrics = new LoadMetrics(
                writer,
                group,
                plan.options().getSinkHistogramWindowSize(),
                group.counter("numRecordsSend"),
                group.counter("numBytesSend"),
                group.counter("numRecordsSendErrors"));
        group.gauge("currentSendTime", (Gauge<Long>) metrics::currentSendTime);
        scheduleTick();
    }

    private Subtask subtask() {
        return RuntimeFacts.subtask(getRuntimeContext());
    }

    private boolean isCheckpointingEnabled() {
        return RuntimeFacts.isCheckpointingEnabled((StreamingRuntimeContext) getRuntimeContext());
    }

    private void abortLingering(String labelPrefix) throws Exception {
        if (labelPrefix != null) {
            LoadWriter.abortLingering(plan, subtask(), labelPrefix, restoredCheckpointId, Waiter.NONE);
        }
    }

    @Override
    public void invoke(T record, Context context) throws Exception {
        unflushed = true;
        metrics.rowsWritten(writer.write(record));
    }

    private void scheduleTick() {
        // A function has no timers of its own; Flink's file sink took them from here as well.
        ProcessingTimeService timers = ((StreamingRuntimeContext) getRuntimeContext()).getProcessingTimeService();
        timers.registerTimer(timers.getCurrentProcessingTime() + plan.tickMillis(), time -> tick());
    }

    private void tick() {
        writer.tick();
        metrics.update();
        scheduleTick();
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        transactions.add(context.getCheckpointId(), bufferedCommittables);
        transactions.add(context.getCheckpointId(), flush(plan.isExactlyOnce(), context.getCheckpointId()));
        bufferedCommittables.clear();
        String labelPrefix = plan.labelPrefix();
        state.clear();
        state.add(transactions.serialize(labelPrefix));
        origin.put(ORIGIN, transactions.withoutTransactions().serialize(labelPrefix));
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        commitUpTo(checkpointId);
    }

    @Override
    protected void endInput() throws Exception {
        if (!plan.isExactlyOnce()) {
            flush(false, transactions.checkpointId());
        } else if (!isCheckpointingEnabled()) {
            transactions.add(Long.MAX_VALUE, bufferedCommittables);
            transactions.add(Long.MAX_VALUE, flush(true, transactions.checkpointId()));
            commitUpTo(Long.MAX_VALUE);
        }
        // Else the last checkpoint, which follows, prepares and commits.
    }

    private List<StarRocksCommittable> flush(boolean prepare, long checkpointId) throws Exception {
        List<StarRocksCommittable> committables = writer.flush(prepare, checkpointId);
        unflushed = false;
        metrics.update();
        return committables;
    }

    private void commitUpTo(long checkpointId) throws Exception {
        List<StarRocksCommittable> due = transactions.upTo(checkpointId);
        if (!due.isEmpty()) {
            LOG.info("Committing {} transactions to {}: {}", due.size(), plan.tableName(), due);
            LoadWriter.commit(plan, due, Waiter.NONE);
            transactions.removeUpTo(checkpointId);
        }
    }

    /** Here because the input ended or because something failed; nobody tells which. */
    private void closeWithoutEndOfInput() throws Exception {
        if (plan.isExactlyOnce()) {
            LOG.warn(
                    "Rows for {} that were written after the last checkpoint are not committed: this Flink version takes no "
                            + "checkpoint at the end of a bounded input.",
                    plan.tableName());
        } else {
            flush(false, transactions.checkpointId());
        }
    }

    @Override
    public void close() throws Exception {
        if (writer == null) {
            return;
        }
        try {
            if (!hasEndOfInput() && unflushed && !Thread.currentThread().isInterrupted()) {
                closeWithoutEndOfInput();
            }
        } finally {
            writer.close();
            writer = null;
        }
    }
}
