// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import com.starrocks.connector.flink.StarRocksSink;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A job that fails again and again in one TaskManager, each time with rows in its buffers and a transaction open. */
class RestartsIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    /** Until the memory that is kept for later use, by the allocator and the compiler above all, no longer grows. */
    private static final int WARM_UP = 150;

    private static final int RESTARTS = 200;
    private static final int ROWS = 1000;
    private static final long MEBIBYTE = 1024 * 1024;
    private static final String FILLING = String.join("", Collections.nCopies(100, "0123456789"));

    private static final AtomicInteger FAILURES = new AtomicInteger();

    /** Fails at the last row as long as {@link #FAILURES} says. */
    private static final class FailsAtTheEnd extends JarCluster.Witness<Long, String> {
        private static final long serialVersionUID = 1L;

        @Override
        public String map(Long number) throws Exception {
            if (number == ROWS) {
                note();
                if (FAILURES.getAndDecrement() > 0) {
                    throw new IllegalStateException("the test fails the job here, again and again");
                }
            }
            return number + "\t" + FILLING;
        }
    }

    /** Without checkpoints each attempt begins anew, and only the last one gets as far as to commit. */
    private static void failingJob(JarCluster flink, Delivery delivery, int failures) throws Exception {
        FAILURES.set(failures);
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(Flink.restarts(failures));
        environment.setParallelism(1);
        environment
                .fromSequence(1, ROWS)
                .map(new FailsAtTheEnd())
                .addSink(StarRocksSink.sink(delivery.options().build()));
        flink.run(environment);
    }

    /** One mebibyte of rows an attempt: what is lost with each restart shows after two hundred. */
    @Test
    @Timeout(value = 300, unit = TimeUnit.SECONDS)
    void leaveNothingBehind() throws Exception {
        Delivery delivery = new Delivery(STARROCKS, "at-least-once", false);
        try (JarCluster flink = new JarCluster(1)) {
            failingJob(flink, delivery, WARM_UP);
            Resources base = Resources.held();
            failingJob(flink, delivery, RESTARTS);
            Resources end = Resources.heldAfter(base);

            assertThat(JarCluster.noted()).isEqualTo(WARM_UP + 1 + RESTARTS + 1);
            assertThat(STARROCKS.query("SELECT COUNT(*) FROM delivery." + delivery.table))
                    .containsExactly(Collections.singletonList(String.valueOf(2 * ROWS)));
            delivery.assertNothingOpen();
            assertThat(JarCluster.collectedAllBut(1))
                    .as("class loaders are gone")
                    .isTrue();
            assertThat(Resources.nativeThreads()).isEmpty();
            assertThat(end.fileDescriptors).as("%s, then %s", base, end).isLessThan(base.fileDescriptors + 20);
            assertThat(end.directBuffers).as("%s, then %s", base, end).isLessThan(base.directBuffers + 4 * MEBIBYTE);
            assertThat(end.nativeBytes).as("%s, then %s", base, end).isLessThan(base.nativeBytes + 100 * MEBIBYTE);
        }
    }
}
