// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.load;

import com.starrocks.connector.flink.table.sink.MergeCommitOptions;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the options of merge commit mean to the native sink. */
final class MergeCommit {
    private MergeCommit() {}

    static Map<String, Object> config(StarRocksSinkOptions options) {
        Map<String, Object> config = new LinkedHashMap<>();
        int requests = options.getMergeCommitOption(MergeCommitOptions.MAX_CONCURRENT_REQUESTS);
        config.put("max_concurrent_requests", requests < 0 ? null : (Object) Math.max(1, requests));
        config.put(
                "connections",
                Math.min(
                        options.getMergeCommitOption(MergeCommitOptions.HTTP_MAX_CONNECTIONS),
                        options.getMergeCommitOption(MergeCommitOptions.HTTP_TOTAL_MAX_CONNECTIONS)));
        config.put("label_requests", options.getMergeCommitOption(MergeCommitOptions.HTTP_THREAD_NUM));
        boolean direct = options.getMergeCommitOption(MergeCommitOptions.BACKEND_DIRECT_CONNECTION);
        config.put(
                "nodes_interval_ms",
                direct ? options.getMergeCommitOption(MergeCommitOptions.NODE_META_UPDATE_INTERVAL_MS) : null);
        config.put("first_check_ms", options.getMergeCommitOption(MergeCommitOptions.CHECK_STATE_INIT_DELAY_MS));
        config.put("check_interval_ms", options.getMergeCommitOption(MergeCommitOptions.CHECK_STATE_INTERVAL_MS));
        Integer timeout = options.getMergeCommitOption(MergeCommitOptions.CHECK_STATE_TIMEOUT_MS);
        config.put("check_timeout_ms", timeout == null || timeout <= 0 ? null : timeout);
        config.put("blackhole", options.isBlackhole());
        return config;
    }
}
