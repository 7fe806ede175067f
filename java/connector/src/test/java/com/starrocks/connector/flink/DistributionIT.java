// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a JAR of {@code make dist} holds beyond that of any other build: a library for each platform, each for old systems too. */
class DistributionIT {
    private static final File JAR = new File(System.getProperty("connector.jar"));

    /** Where an ELF file says for which machine it is. */
    private static final int ELF_MACHINE = 18;

    @ParameterizedTest
    @CsvSource({"linux-x86_64, 62", "linux-aarch64, 183"})
    void holdsALibraryForEachPlatform(String platform, int machine) throws IOException {
        byte[] library = library(platform);
        assertThat(new String(library, 0, 4, StandardCharsets.ISO_8859_1)).isEqualTo("\u007fELF");
        assertThat((library[ELF_MACHINE] & 0xff) | (library[ELF_MACHINE + 1] & 0xff) << 8)
                .isEqualTo(machine);
    }

    @ParameterizedTest
    @CsvSource({"linux-x86_64", "linux-aarch64"})
    void needsNothingButAGlibcFrom217On(String platform) throws IOException {
        String library = new String(library(platform), StandardCharsets.ISO_8859_1);
        List<String> versions = matches("GLIBC_2\\.(\\d+)", library);
        assertThat(versions)
                .isNotEmpty()
                .allSatisfy(minor -> assertThat(Integer.parseInt(minor)).isLessThanOrEqualTo(17));
        assertThat(matches("\\x00((?:lib|ld-)[\\w+-]+\\.so\\.\\d+)(?=\\x00)", library))
                .isNotEmpty()
                .allMatch(name -> name.matches("(libc|libm|libdl|libpthread|librt|ld-linux-.*)\\.so\\.\\d+"));
    }

    @Test
    void holdsTheLicencesOfWhatIsLinkedIn() throws IOException {
        assertThat(new String(entry("META-INF/native/THIRD-PARTY-LICENSES"), StandardCharsets.UTF_8))
                .contains("ring 0.", "tokio 1.", "zstd-sys 2.", "Permission is hereby granted");
    }

    @Test
    void loadsItsLibrary() throws Exception {
        assertThat(System.getProperty("starrocks.native.path"))
                .as("would be loaded instead")
                .isNull();
        String version = JAR.getName().replaceFirst("flink-connector-starrocks-(.*)_flink-.*", "$1");
        try (URLClassLoader loader = new URLClassLoader(new URL[] {JAR.toURI().toURL()}, null)) {
            Class<?> library = loader.loadClass("com.starrocks.connector.jni.NativeLibrary");
            assertThat((String) library.getMethod("coreVersion").invoke(null)).startsWith(version + " ");
        }
    }

    private static byte[] library(String platform) throws IOException {
        return entry("META-INF/native/" + platform + "/libstarrocks_jni.so");
    }

    private static byte[] entry(String name) throws IOException {
        try (JarFile jar = new JarFile(JAR);
                InputStream in = jar.getInputStream(jar.getEntry(name))) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] chunk = new byte[64 * 1024];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                out.write(chunk, 0, n);
            }
            return out.toByteArray();
        }
    }

    private static List<String> matches(String pattern, String text) {
        List<String> found = new ArrayList<>();
        for (Matcher matcher = Pattern.compile(pattern).matcher(text); matcher.find(); ) {
            found.add(matcher.group(1));
        }
        return found;
    }
}
