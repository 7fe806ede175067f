// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one job costs this process, from the first row of its first source subtask to the end of the job. Planning and deployment are
 * left out: they are the same for every sink. One job runs at a time.
 */
final class JobMeter {
    private static volatile JobMeter current;

    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong allocated = new AtomicLong();
    private boolean started;
    private long nanos;
    private long cpuNanos;
    private long gcCount;
    private long gcMillis;
    private double firstSeconds;
    private double firstCpuSeconds;

    /** Arms a meter for the job that is submitted next. */
    static JobMeter arm() {
        current = new JobMeter();
        return current;
    }

    static JobMeter current() {
        return current;
    }

    /** Called by each source subtask on its task thread, before its first row. */
    synchronized TaskMeter taskStarted() {
        if (!started) {
            started = true;
            nanos = -System.nanoTime();
            cpuNanos = -cpuNanos();
            gcCount = -gcCount();
            gcMillis = -gcMillis();
        }
        return new TaskMeter(this);
    }

    /** Called by a sink that counts rows, with the first of them. */
    synchronized void firstRow() {
        if (firstSeconds == 0) {
            firstSeconds = (nanos + System.nanoTime()) / 1e9;
            firstCpuSeconds = (cpuNanos + cpuNanos()) / 1e9;
        }
    }

    void taskEnded(long taskRows, long taskAllocated) {
        rows.addAndGet(taskRows);
        allocated.addAndGet(taskAllocated);
    }

    /** Called once the job has ended. */
    synchronized Result jobEnded() {
        return new Result(
                rows.get(),
                (nanos + System.nanoTime()) / 1e9,
                (cpuNanos + cpuNanos()) / 1e9,
                gcCount + gcCount(),
                gcMillis + gcMillis(),
                (double) allocated.get() / rows.get(),
                firstSeconds,
                firstCpuSeconds);
    }

    record Result(
            long rows,
            double seconds,
            double cpuSeconds,
            long gcCount,
            long gcMillis,
            double allocatedPerRow,
            double firstSeconds,
            double firstCpuSeconds) {
        double rowsPerSecond() {
            return rows / seconds;
        }

        double cpuMicrosPerRow() {
            return cpuSeconds * 1e6 / rows;
        }
    }

    /** The highest resident set size of this process so far, in MiB. */
    static long peakRssMiB() throws IOException {
        return status("VmHWM") / 1024;
    }

    /** A figure of the kernel's about this process, in KiB. */
    static long status(String name) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith(name + ":")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException("/proc/self/status has no " + name + " line");
    }

    /** User and system time of all threads: tasks, native workers, garbage collection and compilation. */
    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static long gcCount() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }

    private static long gcMillis() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }
}
