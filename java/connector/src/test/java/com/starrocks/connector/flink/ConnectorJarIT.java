// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is in the JAR that users get, and above all what is not. */
class ConnectorJarIT {
    private JarFile jar;

    @BeforeEach
    void open() throws IOException {
        jar = new JarFile(System.getProperty("connector.jar"));
    }

    @AfterEach
    void close() throws IOException {
        jar.close();
    }

    @Test
    void holdsOurClassesServiceFilesNativesAndLicencesOnly() {
        List<String> foreign = jar.stream()
                .filter(entry -> !entry.isDirectory())
                .map(JarEntry::getName)
                .filter(name -> !name.matches("com/starrocks/connector/(flink|jni|load)/.*\\.class"))
                .filter(name -> !name.matches("com/starrocks/data/load/stream/.*\\.class"))
                .filter(name -> !name.matches("META-INF/native/linux-(x86_64|aarch64)/libstarrocks_jni\\.so"))
                .filter(name -> !name.equals("META-INF/native/THIRD-PARTY-LICENSES"))
                .collect(Collectors.toList());
        assertThat(foreign)
                .containsExactlyInAnyOrder(
                        "META-INF/MANIFEST.MF",
                        "META-INF/LICENSE",
                        "META-INF/NOTICE",
                        "META-INF/services/org.apache.flink.table.factories.Factory",
                        "stream-load-sdk-git.properties");
    }

    @Test
    void holdsEveryFactoryThatTheServiceFileNames() throws IOException {
        List<String> factories = lines("META-INF/services/org.apache.flink.table.factories.Factory");
        assertThat(factories).contains("com.starrocks.connector.flink.table.sink.StarRocksDynamicTableSinkFactory");
        for (String factory : factories) {
            assertThat(jar.getEntry(factory.replace('.', '/') + ".class"))
                    .as(factory)
                    .isNotNull();
        }
    }

    @Test
    void holdsTheClassesThatLoadTheLibrary() {
        assertThat(jar.getEntry("com/starrocks/connector/jni/NativeLibrary.class"))
                .isNotNull();
    }

    private List<String> lines(String entry) throws IOException {
        List<String> lines = new ArrayList<>();
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(jar.getInputStream(jar.getEntry(entry)), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (!line.trim().isEmpty()) {
                    lines.add(line.trim());
                }
            }
        }
        return lines;
    }
}
