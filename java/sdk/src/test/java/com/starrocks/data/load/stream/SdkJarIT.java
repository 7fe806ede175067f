// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.data.load.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is in the JAR of the SDK, and that it works without anything else. */
class SdkJarIT {
    private static final File JAR = new File(System.getProperty("sdk.jar"));

    @Test
    void holdsOurClassesNativesAndLicencesOnly() throws Exception {
        try (JarFile jar = new JarFile(JAR)) {
            List<String> foreign = jar.stream()
                    .filter(entry -> !entry.isDirectory())
                    .map(JarEntry::getName)
                    .filter(name -> !name.matches("com/starrocks/(connector/(jni|load)|data/load/stream)/.*\\.class"))
                    .filter(name -> !name.startsWith("META-INF/native/"))
                    .collect(Collectors.toList());
            assertThat(foreign)
                    .containsExactlyInAnyOrder(
                            "META-INF/MANIFEST.MF",
                            "META-INF/LICENSE",
                            "META-INF/NOTICE",
                            "stream-load-sdk-git.properties");
        }
    }

    @Test
    void loadsItsLibraryAndKnowsItsCommit() throws Exception {
        try (URLClassLoader loader = new URLClassLoader(new URL[] {JAR.toURI().toURL()}, null)) {
            Object core = loader.loadClass("com.starrocks.connector.jni.NativeLibrary")
                    .getMethod("coreVersion")
                    .invoke(null);
            Object git = loader.loadClass("com.starrocks.data.load.stream.EnvUtils")
                    .getMethod("getGitInformation")
                    .invoke(null);
            String version = JAR.getName().replaceFirst("starrocks-stream-load-sdk-(.*)\\.jar", "$1");
            assertThat((String) core).startsWith(version + " ");
            assertThat(git.toString()).matches(version + ", commit ([0-9a-f]{40}|unknown)");
        }
    }
}
