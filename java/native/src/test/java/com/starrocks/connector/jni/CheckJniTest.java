// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that checks every JNI call has nothing to say about ours. */
class CheckJniTest {
    @Test
    void theJvmFindsNoFault(@TempDir Path directory) throws Exception {
        File output = directory.resolve("output").toFile();
        List<String> command = new ArrayList<>();
        command.add(Paths.get(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xcheck:jni");
        if (Double.parseDouble(System.getProperty("java.specification.version")) >= 22) {
            // Newer JVMs warn of every native library that nobody allowed.
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.add("-D" + NativeLibrary.PATH_PROPERTY + "=" + System.getProperty(NativeLibrary.PATH_PROPERTY));
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Scenario.class.getName());
        Process process = new ProcessBuilder(command)
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
