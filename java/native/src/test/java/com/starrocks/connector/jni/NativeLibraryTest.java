// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loading: where from, into which class loader, and what is said when it fails. */
class NativeLibraryTest {
    private final String path = System.getProperty(NativeLibrary.PATH_PROPERTY);

    @AfterEach
    void restoreProperties() {
        System.setProperty(NativeLibrary.PATH_PROPERTY, path);
        System.clearProperty(NativeLibrary.TEMP_DIRECTORY_PROPERTY);
    }

    /** A class loader with its own copy of all classes, and natives from the given places only. */
    static URLClassLoader loader(URL... natives) throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            urls.add(new File(entry).toURI().toURL());
        }
        return new URLClassLoader(
                urls.toArray(new URL[0]), ClassLoader.getSystemClassLoader().getParent()) {
            private final URLClassLoader nativesOnly = new URLClassLoader(natives, null);

            @Override
            public URL findResource(String name) {
                // The build directory may hold a bundled library of an earlier build.
                return name.startsWith("META-INF/native/") ? nativesOnly.findResource(name) : super.findResource(name);
            }

            @Override
            public void close() throws IOException {
                nativesOnly.close();
                super.close();
            }
        };
    }

    @SuppressWarnings("unchecked")
    static <T, R> Function<T, R> scenario(ClassLoader loader) throws Exception {
        return (Function<T, R>) Class.forName("com.starrocks.connector.jni.Scenario", true, loader)
                .getConstructor()
                .newInstance();
    }

    @Test
    void theVersionNamesTheCommit() {
        assertThat(NativeLibrary.coreVersion()).matches("\\d+\\.\\d+\\.\\d+ \\(commit \\S+\\)");
    }

    @Test
    void anotherAbiIsRefusedWithBothNumbers() {
        assertThatThrownBy(() -> NativeLibrary.checkAbi(99))
                .hasMessageContaining("the library speaks ABI 99")
                .hasMessageContaining("these classes speak ABI " + Native.ABI_VERSION);
        NativeLibrary.checkAbi(Native.abiVersion());
    }

    @Test
    void resourcesAreNamedByPlatform() {
        assertThat(NativeLibrary.resourceName("Linux", "amd64"))
                .isEqualTo("META-INF/native/linux-x86_64/libstarrocks_jni.so");
        assertThat(NativeLibrary.resourceName("Linux", "aarch64"))
                .isEqualTo("META-INF/native/linux-aarch64/libstarrocks_jni.so");
        assertThat(NativeLibrary.resourceName("Mac OS X", "arm64"))
                .isEqualTo("META-INF/native/macosx-aarch64/libstarrocks_jni.so");
    }

    @Test
    void aMissingResourceIsNamedAndTheFirstCauseIsToldAgain() throws Exception {
        System.setProperty(NativeLibrary.PATH_PROPERTY, "");
        try (URLClassLoader loader = loader()) {
            Function<String, String> scenario = scenario(loader);
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> scenario.apply("load"))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("The native library of the StarRocks connector cannot be used")
                        .hasMessageContaining("META-INF/native/")
                        .hasMessageContaining(NativeLibrary.PATH_PROPERTY);
            }
        }
    }

    @Test
    void aPathWithoutAFileIsNamed() throws Exception {
        System.setProperty(NativeLibrary.PATH_PROPERTY, "/no/such/library.so");
        try (URLClassLoader loader = loader()) {
            Function<String, String> scenario = scenario(loader);
            assertThatThrownBy(() -> scenario.apply("load")).hasMessageContaining("/no/such/library.so");
        }
    }

    @Test
    void aLibraryForAnotherPlatformIsNamed(@TempDir Path directory) throws Exception {
        byte[] library = Files.readAllBytes(new File(path).toPath());
        // The field e_machine of the ELF header: SPARC.
        library[18] = 2;
        library[19] = 0;
        Path file = Files.write(directory.resolve("other.so"), library);
        System.setProperty(NativeLibrary.PATH_PROPERTY, file.toString());
        try (URLClassLoader loader = loader()) {
            Function<String, String> scenario = scenario(loader);
            assertThatThrownBy(() -> scenario.apply("load"))
                    .hasMessageContaining("other.so")
                    .hasMessageContaining(NativeLibrary.TEMP_DIRECTORY_PROPERTY);
        }
    }

    @Test
    void theResourceIsLoadedFromTheJarAndNoCopyStays(@TempDir Path directory) throws Exception {
        String resource = NativeLibrary.resourceName(System.getProperty("os.name"), System.getProperty("os.arch"));
        Path jar = directory.resolve("native.jar");
        try (java.util.zip.ZipOutputStream zip = new java.util.zip.ZipOutputStream(Files.newOutputStream(jar))) {
            zip.putNextEntry(new java.util.zip.ZipEntry(resource));
            Files.copy(new File(path).toPath(), zip);
            zip.closeEntry();
        }
        Path copies = Files.createDirectory(directory.resolve("copies"));
        System.setProperty(NativeLibrary.PATH_PROPERTY, "");
        System.setProperty(NativeLibrary.TEMP_DIRECTORY_PROPERTY, copies.toString());
        try (URLClassLoader loader = loader(jar.toUri().toURL())) {
            Function<String, String> scenario = scenario(loader);
            assertThat(scenario.apply("load")).startsWith("2.");
        }
        assertThat(copies).isEmptyDirectory();
    }

    @Test
    void aDirectoryThatCannotBeUsedIsPassedOver() throws Exception {
        System.setProperty(NativeLibrary.TEMP_DIRECTORY_PROPERTY, "/no/such/directory");
        try (URLClassLoader loader = loader()) {
            Function<String, String> scenario = scenario(loader);
            assertThat(scenario.apply("load")).startsWith("2.");
        }
    }
}
