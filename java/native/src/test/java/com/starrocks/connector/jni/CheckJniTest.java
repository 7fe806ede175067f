// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that checks every JNI call has nothing to say about ours. */
class CheckJniTest {
    @Test
    void theJvmFindsNoFault(@TempDir Path directory) throws Exception {
        File output = directory.resolve("output").toFile();
        Process process = new ProcessBuilder(
                        Paths.get(System.getProperty("java.home"), "bin", "java")
                                .toString(),
                        "-Xcheck:jni",
                        "-D" + NativeLibrary.PATH_PROPERTY + "=" + System.getProperty(NativeLibrary.PATH_PROPERTY),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Scenario.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        String text = new String(Files.readAllBytes(output.toPath()), StandardCharsets.UTF_8);
        // Panics print nothing, and -Xcheck:jni reports on standard output: this line is all there is.
        assertThat(text).isEqualTo("shut down: true\n");
        assertThat(process.exitValue()).isZero();
    }
}
