// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How a job of numbers runs: how many there are, when its source waits for checkpoints, and what happens on the way.
 *
 * <p>Source and probe run in this JVM and find their script by its id, which travels with the job.
 */
class Script {
    private static final Map<String, Script> RUNNING = new ConcurrentHashMap<>();

    static final int SPLITS = 4;
    /** Numbers of each split between two checkpoints. */
    static final int STAGE = 500;
    /** Numbers of each split. */
    static final int SPLIT_SIZE = 4 * STAGE;

    static final long COUNT = (long) SPLITS * SPLIT_SIZE;

    final String id = UUID.randomUUID().toString();
    private final int holdAt;
    private final CountDownLatch held = new CountDownLatch(SPLITS);
    /** Positions of the splits in each checkpoint. */
    private final Map<Long, Map<Integer, Integer>> checkpoints = new ConcurrentHashMap<>();

    private volatile long coveredBy = Long.MAX_VALUE;

    /** Runs to the end. */
    Script() {
        this(Integer.MAX_VALUE);
    }

    /** Stops emitting when each split has come to a position, and waits there for ever. */
    Script(int holdAt) {
        this.holdAt = holdAt;
        RUNNING.put(id, this);
    }

    /** Runs to the end, and fails the job once on the way. */
    static Script failingOnce() {
        AtomicBoolean failed = new AtomicBoolean();
        return new Script() {
            @Override
            void onNumber(long number) {
                if (number == 2 * STAGE + STAGE / 2 && failed.compareAndSet(false, true)) {
                    throw new IllegalStateException("the test fails the job here, once");
                }
            }
        };
    }

    static Script of(String id) {
        return RUNNING.get(id);
    }

    /** A number passes on its way to the sink. */
    void onNumber(long number) throws Exception {}

    /** The probe's part of a checkpoint is taken. */
    void onSnapshot(long checkpoint) throws Exception {}

    /** A checkpoint has completed. */
    void onCompleted(long checkpoint) throws Exception {}

    /** How many checkpoints later than the others a split ends. */
    int lag(int split) {
        return 0;
    }

    /** Waits until every split is where the script holds. */
    void awaitHold() throws InterruptedException {
        held.await();
    }

    /** How far a split may go, given where it is in the last completed checkpoint. */
    int limit(int durable) {
        return Math.min(Math.min(SPLIT_SIZE, holdAt), (durable / STAGE + 1) * STAGE);
    }

    void reached(int position) {
        if (position == holdAt) {
            held.countDown();
        }
    }

    void snapshot(long checkpoint, int split, int position) {
        checkpoints.computeIfAbsent(checkpoint, id -> new ConcurrentHashMap<>()).put(split, position);
    }

    int positionIn(long checkpoint, int split) {
        return checkpoints.getOrDefault(checkpoint, Map.of()).getOrDefault(split, 0);
    }

    /**
     * Whether the sources may end: all numbers are in a completed checkpoint before this one. Flink 1.13 takes no checkpoint once
     * a source has ended, and a task may end before it hears of the last one.
     */
    synchronized boolean endsWith(long checkpoint) {
        Map<Integer, Integer> positions = checkpoints.getOrDefault(checkpoint, Map.of());
        if (positions.size() == SPLITS && positions.values().stream().allMatch(p -> p == SPLIT_SIZE)) {
            coveredBy = Math.min(coveredBy, checkpoint);
        }
        return coveredBy < checkpoint;
    }
}
