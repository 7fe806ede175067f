// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each class loader has its own copy, which goes away with it, as Flink jobs come and go in one TaskManager. */
@Timeout(120)
class ClassLoaderTest {
    /** Threads of all copies of the library in this process. */
    private static int libraryThreads() throws Exception {
        int count = 0;
        File[] tasks = new File("/proc/self/task").listFiles();
        assertThat(tasks).isNotNull();
        for (File task : tasks) {
            try {
                if (Files.readAllLines(task.toPath().resolve("comm")).contains("starrocks-io")) {
                    count++;
                }
            } catch (java.io.IOException gone) {
                // The thread ended between listing and reading.
            }
        }
        return count;
    }

    @Test
    void twoLoadersHaveCopiesOfTheirOwn() throws Exception {
        try (URLClassLoader one = NativeLibraryTest.loader();
                URLClassLoader other = NativeLibraryTest.loader()) {
            Function<String, String> first = NativeLibraryTest.scenario(one);
            Function<String, String> second = NativeLibraryTest.scenario(other);
            first.apply("open");
            // When work is done, a thread has told that it started.
            first.apply("use");
            assertThat(first.apply("threads")).isNotEqualTo("0");
            assertThat(second.apply("threads"))
                    .as("the other copy has its own runtime")
                    .isEqualTo("0");
            second.apply("open");
            first.apply("close");
            assertThat(first.apply("shutdown")).isEqualTo("true");
            assertThat(second.apply("use")).as("the other copy goes on").contains("\"rows\":1");
            assertThat(second.apply("shutdown")).as("what is open is closed").isEqualTo("true");
            assertThat(second.apply("threads")).isEqualTo("0");
        }
    }

    @Test
    void theRuntimeStopsWithTheLastHandleAndStartsAgain() throws Exception {
        try (URLClassLoader loader = NativeLibraryTest.loader()) {
            Function<String, String> scenario = NativeLibraryTest.scenario(loader);
            for (int i = 0; i < 20; i++) {
                scenario.apply("open");
                assertThat(scenario.apply("use")).contains("\"rows\":1");
                scenario.apply("close");
                assertThat(scenario.apply("threads")).isEqualTo("0");
            }
        }
    }

    @Test
    void aLoaderIsCollectedAndNoThreadStays() throws Exception {
        int before = libraryThreads();
        ReferenceQueue<ClassLoader> queue = new ReferenceQueue<>();
        WeakReference<ClassLoader> reference = useAndForget(queue);
        boolean collected = false;
        for (int i = 0; i < 50 && !collected; i++) {
            System.gc();
            collected = queue.remove(100) == reference;
        }
        assertThat(collected)
                .as("nothing of the library holds the class loader")
                .isTrue();
        assertThat(libraryThreads()).isEqualTo(before);
        // The code of the collected copy is still mapped, and this copy works.
        try (NativeSink sink = NativeTesting.sink("count")) {
            sink.flush(false, 1);
        }
    }

    private static WeakReference<ClassLoader> useAndForget(ReferenceQueue<ClassLoader> queue) throws Exception {
        try (URLClassLoader loader = NativeLibraryTest.loader()) {
            Function<String, String> scenario = NativeLibraryTest.scenario(loader);
            for (String step : new String[] {"open", "use", "misuse", "unreachable", "close"}) {
                scenario.apply(step);
            }
            assertThat(scenario.apply("shutdown")).isEqualTo("true");
            return new WeakReference<>(loader, queue);
        }
    }
}
