// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What this process holds that no garbage collection gives back. */
final class Resources {
    private static final Path SELF = Paths.get("/proc/self");

    final long fileDescriptors;
    /** Buffers outside the heap, in bytes. */
    final long directBuffers;
    /** Resident bytes that are not the Java heap. */
    final long nativeBytes;

    private Resources() throws IOException {
        try (Stream<Path> open = Files.list(SELF.resolve("fd"))) {
            fileDescriptors = open.count();
        }
        directBuffers = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        long resident = 0;
        for (String line : Files.readAllLines(SELF.resolve("status"))) {
            if (line.startsWith("VmRSS:")) {
                resident = Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
            }
        }
        nativeBytes = resident
                - ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
    }

    /** Counts after collections, since buffers are freed by one, and a little later at that: until nothing is freed any more. */
    static Resources held() throws IOException {
        return settled(0);
    }

    /** As {@link #held()}, but waits for what others have released to be freed, as long as more is held than before. */
    static Resources heldAfter(Resources before) throws IOException {
        return settled(before.directBuffers);
    }

    private static Resources settled(long enough) throws IOException {
        Resources before;
        Resources now = new Resources();
        int same = 0;
        for (int i = 0; i < 200 && now.directBuffers > enough && (same < 5 || enough > 0); i++) {
            System.gc();
            before = now;
            now = new Resources();
            same = now.directBuffers == before.directBuffers ? same + 1 : 0;
        }
        return now;
    }

    /** Names of the threads of the native library; Java does not know of them. */
    static List<String> nativeThreads() throws IOException {
        try (Stream<Path> tasks = Files.list(SELF.resolve("task"))) {
            return tasks.map(Resources::name)
                    .filter(name -> name.startsWith("starrocks"))
                    .collect(Collectors.toList());
        }
    }

    private static String name(Path task) {
        try {
            return new String(Files.readAllBytes(task.resolve("comm"))).trim();
        } catch (IOException e) {
            return "a thread that has ended";
        }
    }

    @Override
    public String toString() {
        return fileDescriptors + " file descriptors, " + directBuffers + " bytes of direct buffers, " + nativeBytes
                + " bytes outside the heap";
    }
}
