// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink.v2;

import com.starrocks.connector.flink.load.LoadWriter;
import com.starrocks.connector.flink.load.SinkPlan;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import com.starrocks.connector.jni.StarRocksNativeException;
import com.starrocks.connector.jni.Waiter;
import com.starrocks.data.load.stream.properties.StreamLoadProperties;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.flink.api.connector.sink2.Committer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Commits prepared transactions. A failure that may pass is tried again later; any other fails the job. */
public final class StarRocksCommitter implements Committer<StarRocksCommittable> {
    private static final Logger LOG = LoggerFactory.getLogger(StarRocksCommitter.class);

    private final SinkPlan plan;

    /** A committer for a sink of rows that name their tables. */
    public StarRocksCommitter(StarRocksSinkOptions options, StreamLoadProperties properties) {
        this(SinkPlan.ofManyTables(options, properties));
    }

    StarRocksCommitter(SinkPlan plan) {
        this.plan = plan;
    }

    @Override
    public void commit(Collection<CommitRequest<StarRocksCommittable>> requests) throws IOException, InterruptedException {
        List<StarRocksCommittable> committables =
                requests.stream()
                        .flatMap(request -> request.getCommittable().transactions().stream())
                        .collect(Collectors.toList());
        try {
            LoadWriter.commit(plan, committables, Waiter.NONE);
        } catch (StarRocksNativeException e) {
            int tries = requests.stream()
                    .mapToInt(CommitRequest::getNumberOfRetries)
                    .max()
                    .orElse(0);
            if (!e.retryable() || tries >= plan.options().getSinkMaxRetries()) {
                throw new IOException("Transactions of " + plan.tableName() + " could not be committed: " + e.getMessage(), e);
            }
            LOG.warn("Transactions of {} could not be committed yet, trying again later", plan.tableName(), e);
            // All of them: committing a transaction a second time is harmless.
            requests.forEach(CommitRequest::retryLater);
        }
    }

    @Override
    public void close() {}
}
