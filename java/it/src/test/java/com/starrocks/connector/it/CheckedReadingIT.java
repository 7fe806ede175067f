// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that checks every JNI call has nothing to say about scans and lookups that find rows. */
class CheckedReadingIT {
    private static final String PATH = "starrocks.native.path";

    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    @Test
    void theJvmFindsNoFault(@TempDir Path directory) throws Exception {
        STARROCKS.execute("CREATE DATABASE checked");
        STARROCKS.execute("CREATE TABLE checked.texts (id INT NOT NULL, v STRING) DUPLICATE KEY(id)"
                + " DISTRIBUTED BY HASH(id) BUCKETS 3 PROPERTIES (\"replication_num\" = \"1\")");
        StringBuilder rows = new StringBuilder("(0, REPEAT('large', 2000))");
        for (int id = 1; id < 1_000; id++) {
            rows.append(", (").append(id).append(", 'text ").append(id).append("')");
        }
        STARROCKS.execute("INSERT INTO checked.texts VALUES " + rows);
        File output = directory.resolve("output").toFile();
        Process process = new ProcessBuilder(
                        Paths.get(System.getProperty("java.home"), "bin", "java")
                                .toString(),
                        "-Xcheck:jni",
                        "-D" + PATH + "=" + System.getProperty(PATH),
                        "-cp",
                        System.getProperty("java.class.path"),
                        CheckedReading.class.getName(),
                        STARROCKS.loadUrl(),
                        STARROCKS.jdbcUrl())
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(new String(Files.readAllBytes(output.toPath()), StandardCharsets.UTF_8))
                .isEqualTo("scanned 1000 1\nfound 10\nshut down true\n");
    }
}
