// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that read a table and are restarted on the way: each row arrives once. */
class SourceFailoverIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    @TempDir
    Path savepoints;

    @BeforeAll
    static void fill() throws Exception {
        Delivery.createNumbers(STARROCKS, 1);
    }

    /** Reads slowly until a checkpoint has completed, fails once after it, and goes on at full speed. */
    private static final class FailsOnce extends Script {
        final AtomicLong completed = new AtomicLong();
        final AtomicBoolean failed = new AtomicBoolean();

        @Override
        void onNumber(long number) {
            if (failed.get()) {
                return;
            }
            LockSupport.parkNanos(500_000);
            if (completed.get() >= 2 && failed.compareAndSet(false, true)) {
                throw new IllegalStateException("the test fails the job here, once");
            }
        }

        @Override
        void onCompleted(long checkpoint) {
            completed.set(checkpoint);
        }
    }

    @Test
    void readsEachRowOnceAcrossARestart() throws Exception {
        FailsOnce script = new FailsOnce();
        Delivery delivery = new Delivery(STARROCKS, "exactly-once", Flink.newApiIsDefault());
        delivery.copy(script, STARROCKS, 2, Flink.restarts(3)).insert(Delivery.INSERT);
        assertThat(script.failed).isTrue();
        delivery.assertComplete();
    }

    /** Reads ever more slowly once it is half through. */
    private static final class Slows extends Script {
        final AtomicLong seen = new AtomicLong();
        final CountDownLatch half = new CountDownLatch(1);

        @Override
        void onNumber(long number) {
            if (seen.incrementAndGet() > COUNT / 2) {
                half.countDown();
                LockSupport.parkNanos(5_000_000);
            }
        }
    }

    @Test
    void goesOnFromASavepointAtAnotherParallelism() throws Exception {
        Slows script = new Slows();
        Delivery delivery = new Delivery(STARROCKS, "exactly-once", Flink.newApiIsDefault());
        JobClient job = delivery.copy(script, STARROCKS, 2, Flink.restarts(0)).start(Delivery.INSERT);
        script.half.await();
        String savepoint = Flink.stopWithSavepoint(job, savepoints);
        assertThat(script.seen.get()).isLessThan(Script.COUNT);
        delivery.copy(new Script(), STARROCKS, 3, Flink.restore(savepoint)).insert(Delivery.INSERT);
        delivery.assertComplete();
    }

    @Test
    void endsWhenItIsCancelled() throws Exception {
        Slows script = new Slows();
        Delivery delivery = new Delivery(STARROCKS, "exactly-once", Flink.newApiIsDefault());
        JobClient job = delivery.copy(script, STARROCKS, 2, Flink.restarts(0)).start(Delivery.INSERT);
        script.half.await();
        job.cancel().get();
        assertThat(job.getJobExecutionResult()
                        .handle((result, failure) -> failure)
                        .get())
                .hasRootCauseInstanceOf(org.apache.flink.runtime.client.JobCancellationException.class);
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("starrocks-scan"));
    }
}
