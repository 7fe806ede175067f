// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/**
 * Options of merge commit, with which the server puts the loads of many writers into one transaction: {@code
 * sink.properties.enable_merge_commit = true} with {@code sink.properties.merge_commit_interval_ms}.
 */
public final class MergeCommitOptions {
    private static final String PREFIX = "sink.merge-commit.";

    public static final ConfigOption<Long> CHUNK_SIZE = ConfigOptions.key(PREFIX + "chunk.size")
            .longType()
            .noDefaultValue()
            .withDescription(
                    "Size of one request in bytes, before compression; 20 MiB, or 500 MiB if requests go one after the"
                            + " other, but never more than the memory of the sink allows");
    public static final ConfigOption<Integer> MAX_CONCURRENT_REQUESTS = ConfigOptions.key(
                    PREFIX + "max-concurrent-requests")
            .intType()
            .defaultValue(Integer.MAX_VALUE)
            .withDeprecatedKeys(PREFIX + "max-inflight-requests")
            .withDescription(
                    "Requests under way at the same time, from sending until their rows count. 0 or 1: one after the"
                            + " other, so that rows arrive in order; negative: as many as the memory takes");
    public static final ConfigOption<Integer> HTTP_THREAD_NUM = ConfigOptions.key(PREFIX + "http.thread.num")
            .intType()
            .defaultValue(3)
            .withDescription("Labels whose state is asked for at the same time");
    public static final ConfigOption<Integer> HTTP_MAX_CONNECTIONS = ConfigOptions.key(PREFIX + "http.max-connections")
            .intType()
            .defaultValue(20)
            .withDescription("Requests that one subtask sends at the same time");
    public static final ConfigOption<Integer> HTTP_TOTAL_MAX_CONNECTIONS = ConfigOptions.key(
                    PREFIX + "http.total-max-connections")
            .intType()
            .defaultValue(1000)
            .withDescription("Upper bound of http.max-connections");
    public static final ConfigOption<Integer> HTTP_IDLE_CONNECTION_TIMEOUT_MS = ConfigOptions.key(
                    PREFIX + "http.idle-connection-timeout-ms")
            .intType()
            .defaultValue(60_000)
            .withDescription("Without effect: a connection is used again within 10 s or not at all");
    public static final ConfigOption<Integer> NODE_META_UPDATE_INTERVAL_MS = ConfigOptions.key(
                    PREFIX + "node-meta.update-interval-ms")
            .intType()
            .defaultValue(5_000)
            .withDescription("How often the FE is asked for its backends, with backend-direct-connection");
    public static final ConfigOption<Integer> CHECK_STATE_INIT_DELAY_MS = ConfigOptions.key(
                    PREFIX + "check-label-state.init-delay-ms")
            .intType()
            .defaultValue(500)
            .withDeprecatedKeys(PREFIX + "check-state.init-delay-ms")
            .withDescription("From the end of the server's window to the first question whether the rows count");
    public static final ConfigOption<Integer> CHECK_STATE_INTERVAL_MS = ConfigOptions.key(
                    PREFIX + "check-label-state.interval-ms")
            .intType()
            .defaultValue(500)
            .withDeprecatedKeys(PREFIX + "check-state.interval-ms")
            .withDescription("Between two such questions");
    public static final ConfigOption<Integer> CHECK_STATE_TIMEOUT_MS = ConfigOptions.key(
                    PREFIX + "check-label-state.timeout-ms")
            .intType()
            .noDefaultValue()
            .withDeprecatedKeys(PREFIX + "check-state.timeout-ms")
            .withDescription(
                    "How long rows may take to count; absent or not positive: as long as sink.properties.timeout, 600 s");
    public static final ConfigOption<Boolean> BACKEND_DIRECT_CONNECTION = ConfigOptions.key(
                    PREFIX + "backend-direct-connection")
            .booleanType()
            .defaultValue(false)
            .withDescription("Whether requests go to the backends without asking the FE for each");

    static final List<ConfigOption<?>> EFFECTIVE = Collections.unmodifiableList(Arrays.asList(
            CHUNK_SIZE,
            MAX_CONCURRENT_REQUESTS,
            HTTP_THREAD_NUM,
            HTTP_MAX_CONNECTIONS,
            HTTP_TOTAL_MAX_CONNECTIONS,
            NODE_META_UPDATE_INTERVAL_MS,
            CHECK_STATE_INIT_DELAY_MS,
            CHECK_STATE_INTERVAL_MS,
            CHECK_STATE_TIMEOUT_MS,
            BACKEND_DIRECT_CONNECTION));

    private MergeCommitOptions() {}
}
