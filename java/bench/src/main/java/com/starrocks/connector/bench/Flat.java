// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * Looks at the memory of this process ten times while a job reads a table, as often as a tenth of its rows has come. The heap is touched when the JVM
 * starts ({@code AlwaysPreTouch}), so what the process grows by is native memory.
 */
final class Flat extends Thread {
    private static final int POINTS = 10;
    /** Points after which nothing may grow any more: classes are loaded and compiled, buffers and connections are there. */
    private static final int WARM_UP = 2;

    private static final long MIB = 1 << 20;
    private static final long RSS_BOUND = 16 * MIB;
    private static final long HEAP_BOUND = 4 * MIB;

    /** Rows that the sink has seen; set by it now and then. */
    static volatile long rowsSeen;

    private final long rows;
    private final List<Sample> samples = new ArrayList<>();
    private IOException failure;

    private record Sample(long rows, long heap, long direct, long rss) {
        static Sample take() throws IOException {
            System.gc();
            long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                    .mapToLong(BufferPoolMXBean::getMemoryUsed)
                    .sum();
            return new Sample(rowsSeen, heap, direct, JobMeter.status("VmRSS") * 1024);
        }

        long outsideTheHeap() {
            return rss
                    - ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
        }
    }

    Flat(long rows) {
        super("memory");
        this.rows = rows;
        setDaemon(true);
    }

    @Override
    public void run() {
        try {
            while (samples.size() < POINTS) {
                if (rowsSeen >= rows / POINTS * (samples.size() + 1) * 95 / 100) {
                    samples.add(Sample.take());
                } else {
                    Thread.sleep(5);
                }
            }
        } catch (IOException e) {
            failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Prints what was seen; whether it was within the bounds. The job has ended. */
    boolean report(PrintStream out) throws IOException, InterruptedException {
        join(10_000);
        if (failure != null) {
            throw failure;
        }
        if (samples.size() < POINTS) {
            throw new IllegalStateException("only " + samples.size() + " of " + POINTS + " points were seen");
        }
        out.printf("%14s %14s %14s %14s %14s%n", "rows", "heap after GC", "direct", "outside heap", "resident");
        for (Sample sample : samples) {
            out.printf(
                    Locale.ROOT,
                    "%,14d %10.1f MiB %10.1f MiB %10.1f MiB %10.1f MiB%n",
                    sample.rows,
                    mib(sample.heap),
                    mib(sample.direct),
                    mib(sample.outsideTheHeap()),
                    mib(sample.rss));
        }
        long rss = growth(Sample::rss);
        long heap = growth(Sample::heap);
        out.printf(
                Locale.ROOT,
                "after %,d rows it grew by %.1f MiB (at most %.0f), the heap after GC by %.1f MiB (at most %.0f)%n",
                samples.get(WARM_UP - 1).rows,
                mib(rss),
                mib(RSS_BOUND),
                mib(heap),
                mib(HEAP_BOUND));
        return rss <= RSS_BOUND && heap <= HEAP_BOUND;
    }

    private long growth(ToLongFunction<Sample> figure) {
        long before = figure.applyAsLong(samples.get(WARM_UP - 1));
        return samples.stream().skip(WARM_UP).mapToLong(figure).max().orElseThrow() - before;
    }

    private static double mib(long bytes) {
        return (double) bytes / MIB;
    }
}
