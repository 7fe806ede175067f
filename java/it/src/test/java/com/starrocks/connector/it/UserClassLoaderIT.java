// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import com.starrocks.connector.flink.StarRocksSink;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Jobs that bring the connector's JAR along, one after the other on one cluster, as in a session cluster. */
class UserClassLoaderIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    private static final int JOBS = 20;
    private static final List<WeakReference<ClassLoader>> LOADERS = Collections.synchronizedList(new ArrayList<>());

    /** Notes which class loader the job has. */
    private static final class Witness extends RichMapFunction<Long, String> {
        private static final long serialVersionUID = 1L;

        @Override
        public String map(Long number) throws Exception {
            ClassLoader loader = getRuntimeContext().getUserCodeClassLoader();
            // The sink comes from the JAR of the job and not from the class path of the test.
            assertThat(Class.forName(StarRocksSink.class.getName(), false, loader))
                    .isNotSameAs(StarRocksSink.class);
            LOADERS.add(new WeakReference<>(loader));
            return number + "\tnumber " + number;
        }
    }

    private static JobGraph job(Delivery delivery) {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(Flink.restarts(0));
        environment.setParallelism(1);
        environment
                .fromElements(1L)
                .map(new Witness())
                .addSink(StarRocksSink.sink(delivery.options().build()));
        JobGraph job = environment.getStreamGraph().getJobGraph();
        job.addJar(new Path("file://" + System.getProperty("connector.jar")));
        return job;
    }

    @Test
    void areCollectedWhenTheirJobsHaveEnded() throws Exception {
        Delivery delivery = new Delivery(STARROCKS, "at-least-once", false);
        Configuration configuration = new Configuration();
        configuration.setString("rest.port", "0");
        configuration.setString("rest.bind-address", "127.0.0.1");
        MiniClusterConfiguration cluster = new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(1)
                .build();
        try (MiniCluster flink = new MiniCluster(cluster)) {
            flink.start();
            for (int i = 0; i < JOBS; i++) {
                flink.executeJobBlocking(job(delivery));
            }
            assertThat(STARROCKS.query("SELECT COUNT(*) FROM delivery." + delivery.table))
                    .containsExactly(Collections.singletonList(String.valueOf(JOBS)));
            assertThat(LOADERS).hasSize(JOBS);
            // Flink keeps the class loader of a job until its TaskManager has forgotten it, a moment after the job's
            // end.
            assertThat(collectedAllBut(2))
                    .as("class loaders of earlier jobs are gone")
                    .isTrue();
        }
    }

    /** Collects until few class loaders are left, a bounded number of times. */
    private static boolean collectedAllBut(int few) {
        for (int i = 0; i < 20; i++) {
            System.gc();
            if (LOADERS.stream().filter(loader -> loader.get() != null).count() <= few) {
                return true;
            }
        }
        return false;
    }
}
