// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;

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

/** A cluster with one TaskManager whose jobs bring the connector's JAR along, as in a session cluster. */
final class JarCluster implements AutoCloseable {
    private static final List<WeakReference<ClassLoader>> LOADERS = Collections.synchronizedList(new ArrayList<>());

    private final MiniCluster flink;

    JarCluster(int slots) throws Exception {
        LOADERS.clear();
        Configuration configuration = new Configuration();
        configuration.setString("rest.port", "0");
        configuration.setString("rest.bind-address", "127.0.0.1");
        flink = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(slots)
                .build());
        flink.start();
    }

    /** Runs a job to its end. */
    void run(StreamExecutionEnvironment environment) throws Exception {
        JobGraph job = environment.getStreamGraph().getJobGraph();
        job.addJar(new Path("file://" + System.getProperty("connector.jar")));
        flink.executeJobBlocking(job);
    }

    @Override
    public void close() throws Exception {
        flink.close();
    }

    /** Notes which class loader its job has. */
    abstract static class Witness<I, O> extends RichMapFunction<I, O> {
        private static final long serialVersionUID = 1L;

        final void note() throws ClassNotFoundException {
            ClassLoader loader = getRuntimeContext().getUserCodeClassLoader();
            // The sink comes from the JAR of the job and not from the class path of the test.
            assertThat(Class.forName(StarRocksSink.class.getName(), false, loader))
                    .isNotSameAs(StarRocksSink.class);
            LOADERS.add(new WeakReference<>(loader));
        }
    }

    /** How many class loaders were noted. */
    static int noted() {
        return LOADERS.size();
    }

    /** Collects until few of the class loaders noted are left, a bounded number of times. */
    static boolean collectedAllBut(int few) {
        for (int i = 0; i < 20; i++) {
            System.gc();
            if (LOADERS.stream()
                            .map(WeakReference::get)
                            .filter(loader -> loader != null)
                            .distinct()
                            .count()
                    <= few) {
                return true;
            }
        }
        return false;
    }
}
