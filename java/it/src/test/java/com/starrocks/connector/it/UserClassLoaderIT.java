// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import com.starrocks.connector.flink.StarRocksSink;
import java.util.Collections;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Jobs that bring the connector's JAR along, one after the other on one cluster, as in a session cluster. */
class UserClassLoaderIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    private static final int JOBS = 20;

    private static final class Number extends JarCluster.Witness<Long, String> {
        private static final long serialVersionUID = 1L;

        @Override
        public String map(Long number) throws Exception {
            note();
            return number + "\tnumber " + number;
        }
    }

    @Test
    void areCollectedWhenTheirJobsHaveEnded() throws Exception {
        Delivery delivery = new Delivery(STARROCKS, "at-least-once", false);
        try (JarCluster flink = new JarCluster(1)) {
            for (int i = 0; i < JOBS; i++) {
                StreamExecutionEnvironment environment =
                        StreamExecutionEnvironment.getExecutionEnvironment(Flink.restarts(0));
                environment.setParallelism(1);
                environment
                        .fromElements(1L)
                        .map(new Number())
                        .addSink(StarRocksSink.sink(delivery.options().build()));
                flink.run(environment);
            }
            assertThat(STARROCKS.query("SELECT COUNT(*) FROM delivery." + delivery.table))
                    .containsExactly(Collections.singletonList(String.valueOf(JOBS)));
            assertThat(JarCluster.noted()).isEqualTo(JOBS);
            // Flink keeps the class loader of a job until its TaskManager has forgotten it, a moment after the job's
            // end.
            assertThat(JarCluster.collectedAllBut(2))
                    .as("class loaders of earlier jobs are gone")
                    .isTrue();
        }
    }
}
