// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.util.FlinkRuntimeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for the plan when the job starts, and gives the splits out to readers that ask. Where a {@link DynamicFilter} may come, it asks when
 * the filter is there, or else when the first reader is. Everything runs on the coordinator's thread.
 */
final class ScanEnumerator implements SplitEnumerator<ScanSplit, ScanState>, EnumeratorAbilities {
    private static final Logger LOG = LoggerFactory.getLogger(ScanEnumerator.class);

    /** More splits than readers, so that a slow reader gets fewer. */
    private static final int SPLITS_PER_READER = 4;

    private final SplitEnumeratorContext<ScanSplit> context;
    private final ScanSpec spec;
    /** Columns for which a filter may come. */
    private final List<String> filtered;

    private final Deque<ScanSplit> pending = new ArrayDeque<>();
    /** How many splits each reader has asked for before there was a plan. */
    private final Map<Integer, Integer> waiting = new LinkedHashMap<>();

    /** Readers that were told that there is no more, and may have ended: nothing is sent to them. */
    private final Set<Integer> told = new HashSet<>();

    private boolean planning;
    private boolean planned;

    ScanEnumerator(SplitEnumeratorContext<ScanSplit> context, ScanSpec spec, List<String> filtered, ScanState state) {
        this.context = context;
        this.spec = spec;
        this.filtered = filtered;
        this.planned = state.isPlanned();
        pending.addAll(state.pending());
        // Flink 1.13 has no metrics here.
        if (context.metricGroup() != null) {
            context.metricGroup().gauge("pendingSplits", (Gauge<Integer>) pending::size);
        }
    }

    @Override
    public void start() {
        if (filtered.isEmpty()) {
            plan(spec);
        }
    }

    private void plan(ScanSpec what) {
        if (!planned && !planning) {
            planning = true;
            int splits = Math.max(1, context.currentParallelism()) * SPLITS_PER_READER;
            context.callAsync(() -> what.plan(splits), this::onPlan);
        }
    }

    /** What comes after the plan is for the join alone. */
    @Override
    public void handleSourceEvent(int subtask, SourceEvent event) {
        SourceFacts.dynamicFilter(event).ifPresent(filter -> {
            Optional<Condition> condition = filter.on(spec.selected(), filtered);
            LOG.info(
                    "Reading {} {} {}",
                    spec.table(),
                    planned || planning ? "goes on without a filter that came late:" : "is filtered by",
                    filter);
            plan(condition.map(spec::and).orElse(spec));
        });
    }

    private void onPlan(List<ScanSplit> splits, Throwable failure) {
        if (failure != null) {
            throw new FlinkRuntimeException(
                    "Reading " + spec.table() + " cannot be planned: " + failure.getMessage(), failure);
        }
        pending.addAll(splits);
        planned = true;
        Map<Integer, Integer> requests = new LinkedHashMap<>(waiting);
        waiting.clear();
        requests.forEach((reader, count) -> {
            for (int i = 0; i < count; i++) {
                answer(reader);
            }
        });
    }

    @Override
    public void handleSplitRequest(int reader, String host) {
        if (planned) {
            answer(reader);
        } else {
            waiting.merge(reader, 1, Integer::sum);
            plan(spec);
        }
    }

    private void answer(int reader) {
        // It may have failed meanwhile; started again, it asks again.
        if (!context.registeredReaders().containsKey(reader) || told.contains(reader)) {
            return;
        }
        ScanSplit split = pending.poll();
        if (split == null) {
            told.add(reader);
            context.signalNoMoreSplits(reader);
        } else {
            context.assignSplit(split, reader);
        }
    }

    /** They were given out after the reader's last checkpoint, so they are as they were. */
    @Override
    public void addSplitsBack(List<ScanSplit> splits, int reader) {
        waiting.remove(reader);
        pending.addAll(splits);
    }

    @Override
    public void addReader(int reader) {
        // Readers ask by themselves; this one has begun, maybe once more.
        told.remove(reader);
    }

    @Override
    public ScanState snapshotState(long checkpoint) {
        return new ScanState(planned, pending);
    }

    @Override
    public void close() {
        // The thread that plans is interrupted by the coordinator.
    }
}
