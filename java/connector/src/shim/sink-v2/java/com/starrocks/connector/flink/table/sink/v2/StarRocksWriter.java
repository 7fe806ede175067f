// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink.v2;

import com.starrocks.connector.flink.load.LoadMetrics;
import com.starrocks.connector.flink.load.LoadWriter;
import com.starrocks.connector.flink.load.SinkPlan;
import com.starrocks.connector.flink.load.Subtask;
import com.starrocks.connector.flink.load.SubtaskWriter;
import com.starrocks.connector.flink.load.SubtaskWriterFactory;
import com.starrocks.connector.jni.Waiter;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;

/**
 * Writes records and, with exactly-once, prepares transactions when a checkpoint barrier arrives.
 *
 * <p>While it waits for the native library it yields to the mailbox, so that timers and cancellation get their turn.
 */
public final class StarRocksWriter<InputT> implements PreparingWriter<InputT> {
    private final SinkPlan plan;
    private final Subtask subtask;
    private final ProcessingTimeService timers;
    private final SubtaskWriter<InputT> writer;
    private final LoadMetrics metrics;
    /** The last checkpoint that is known. */
    private long checkpointId;

    private boolean closed;

    StarRocksWriter(
            SinkPlan plan,
            SubtaskWriterFactory<InputT> writers,
            Subtask subtask,
            Long restoredCheckpointId,
            Collection<StarRocksWriterState> states,
            MailboxExecutor mailbox,
            ProcessingTimeService timers,
            SinkWriterMetricGroup metricGroup)
            throws IOException {
        this.plan = plan;
        this.subtask = subtask;
        this.timers = timers;
        this.checkpointId = restoredCheckpointId == null ? 0 : restoredCheckpointId;
        Waiter waiter = mailbox::tryYield;
        if (plan.isExactlyOnce() && plan.options().isAbortLingeringTxns()) {
            abortLingering(restoredCheckpointId, states);
        }
        writer = writers.open(plan, subtask, restoredCheckpointId, waiter);
        metrics = new LoadMetrics(
                writer,
                metricGroup,
                plan.options().getSinkHistogramWindowSize(),
                metricGroup.getNumRecordsSendCounter(),
                metricGroup.getNumBytesSendCounter(),
                metricGroup.getNumRecordsSendErrorsCounter());
        metricGroup.setCurrentSendTimeGauge(metrics::currentSendTime);
        scheduleTick();
    }

    /**
     * Every writer knows the present prefix and takes its part of what was left under it. A former prefix is known only to those
     * that got a state of it, and each state goes to one of them: it stands in for the writer that the state is of.
     */
    private void abortLingering(Long restoredCheckpointId, Collection<StarRocksWriterState> states)
            throws IOException {
        String prefix = plan.labelPrefix();
        try {
            for (StarRocksWriterState state : states) {
                LoadWriter.abortOriginal(plan, state.originalLabels());
            }
            if (prefix != null) {
                LoadWriter.abortLingering(plan, subtask, prefix, restoredCheckpointId, Waiter.NONE);
            }
            for (StarRocksWriterState state : states) {
                if (state.labelPrefix() != null && !state.labelPrefix().equals(prefix)) {
                    Subtask former = new Subtask(
                            state.subtask(), state.parallelism(), subtask.attempt(), subtask.jobId());
                    LoadWriter.abortLingering(plan, former, state.labelPrefix(), restoredCheckpointId, Waiter.NONE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while old transactions of " + plan.tableName() + " were aborted", e);
        }
    }

    private void scheduleTick() {
        timers.registerTimer(timers.getCurrentProcessingTime() + plan.tickMillis(), time -> {
            if (!closed) {
                writer.tick();
                metrics.update();
                scheduleTick();
            }
        });
    }

    @Override
    public void write(InputT record, Context context) throws IOException, InterruptedException {
        metrics.rowsWritten(writer.write(record));
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
        // With exactly-once it is prepareCommit, always called next, that has something to return.
        if (!plan.isExactlyOnce()) {
            writer.flush(false, checkpointId + 1);
            metrics.update();
        }
    }

    @Override
    public Collection<StarRocksCommittable> prepareCommit() throws IOException, InterruptedException {
        if (!plan.isExactlyOnce()) {
            return Collections.emptyList();
        }
        Collection<StarRocksCommittable> committables = writer.flush(true, checkpointId + 1);
        metrics.update();
        return committables;
    }

    @Override
    public List<StarRocksWriterState> snapshotState(long checkpointId) {
        this.checkpointId = checkpointId;
        return Collections.singletonList(new StarRocksWriterState(
                plan.labelPrefix(), checkpointId, subtask.index(), subtask.parallelism()));
    }

    @Override
    public void close() {
        closed = true;
        writer.close();
    }
}
