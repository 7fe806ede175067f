// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Counts the bytes that one task thread, which runs source and sink writer alike, allocates on the heap. */
final class TaskMeter {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final JobMeter job;
    private final long before = THREADS.getCurrentThreadAllocatedBytes();

    TaskMeter(JobMeter job) {
        this.job = job;
    }

    void taskEnded(long rows) {
        job.taskEnded(rows, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
}
