// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Loads the native library, once per class loader.
 *
 * <p>The file named by the system property {@code starrocks.native.path} comes first; else the resource {@code
 * META-INF/native/<os>-<arch>/libstarrocks_jni.so} is copied to a file of its own, loaded, and deleted. Each class loader gets
 * its own copy, since the JVM refuses to load one file into two. {@code java.library.path} is never searched: it could hold
 * another version.
 */
public final class NativeLibrary {
    /** System property with the path of a library to load instead of the bundled one. */
    public static final String PATH_PROPERTY = "starrocks.native.path";

    /** System property with a directory for the copy; tried before {@code java.io.tmpdir}. */
    public static final String TEMP_DIRECTORY_PROPERTY = "starrocks.native.tmpdir";

    private static final String FILE_NAME = "libstarrocks_jni.so";

    private static volatile boolean loaded;
    /** Guarded by the class. */
    private static Throwable failure;

    private NativeLibrary() {}

    /** Loads the library unless it is loaded; a failure is remembered and thrown again, always with the first cause. */
    public static void ensureLoaded() {
        if (!loaded) {
            load();
        }
    }

    /** Version and commit of the library. */
    public static String coreVersion() {
        ensureLoaded();
        return Native.coreVersion();
    }

    static boolean isLoaded() {
        return loaded;
    }

    /**
     * Closes every sink and task of this class loader that is still open and stops the library's threads; for a release hook
     * of the class loader. Returns whether everything stopped in time. The library can be used again afterwards.
     */
    public static boolean shutdown(long timeoutMillis) {
        return !loaded || Native.shutdown((int) Math.min(timeoutMillis, Integer.MAX_VALUE)) == 1;
    }

    private static synchronized void load() {
        if (loaded) {
            return;
        }
        if (failure == null) {
            try {
                loadFirst(System.getProperty(PATH_PROPERTY, ""));
                checkAbi(Native.abiVersion());
                loaded = true;
                return;
            } catch (IOException | LinkageError | RuntimeException e) {
                failure = e;
            }
        }
        throw new IllegalStateException(
                "The native library of the StarRocks connector cannot be used: " + failure.getMessage(), failure);
    }

    private static void loadFirst(String path) throws IOException {
        if (path.isEmpty()) {
            loadResource(resourceName(System.getProperty("os.name"), System.getProperty("os.arch")));
            return;
        }
        Path file = Paths.get(path).toAbsolutePath();
        if (!Files.isRegularFile(file)) {
            throw new IOException("System property " + PATH_PROPERTY + " names no file: " + file);
        }
        // A copy here too, so that two class loaders can use one file.
        loadCopy(() -> Files.newInputStream(file), file.toString());
    }

    private static void loadResource(String name) throws IOException {
        URL url = NativeLibrary.class.getClassLoader().getResource(name);
        if (url == null) {
            throw new IOException("The JAR holds no " + name
                    + ": this platform is not supported, or the JAR was built without" + " it. Set the system property "
                    + PATH_PROPERTY + " to the path of a library for this platform");
        }
        loadCopy(
                () -> {
                    URLConnection connection = url.openConnection();
                    // A cached JAR handle would be closed with another class loader under our hands.
                    connection.setUseCaches(false);
                    return connection.getInputStream();
                },
                url.toString());
    }

    /** The directory names follow Netty's, with room for a musl variant. */
    static String resourceName(String osName, String osArch) {
        String os = osName.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
        String arch = osArch.toLowerCase(Locale.ROOT);
        if (arch.equals("amd64") || arch.equals("x86-64")) {
            arch = "x86_64";
        } else if (arch.equals("arm64")) {
            arch = "aarch64";
        }
        return "META-INF/native/" + os + "-" + arch + "/" + FILE_NAME;
    }

    /** Gives the content of the library from its beginning. */
    private interface Content {
        InputStream open() throws IOException;
    }

    private static void loadCopy(Content library, String source) throws IOException {
        List<String> refusals = new ArrayList<>();
        Throwable last = null;
        for (String directory : directories()) {
            try {
                loadIn(Paths.get(directory), library);
                return;
            } catch (IOException | UnsatisfiedLinkError e) {
                // Mounted noexec, full, or not writable: the next directory may do.
                refusals.add(directory + " (" + e.getMessage() + ")");
                last = e;
            }
        }
        throw new IOException(
                "Cannot load " + source + " from a copy in any of these directories: "
                        + String.join(", ", refusals) + ". Set the system property " + TEMP_DIRECTORY_PROPERTY
                        + " to a writable directory on a file system that is not mounted noexec",
                last);
    }

    /** The library never lies on the heap as a whole: heaps of clients and JobManagers are small. */
    private static void loadIn(Path directory, Content library) throws IOException {
        // Created for the owner alone, under a name that nobody else has.
        Path file = Files.createTempFile(directory, "libstarrocks_jni-", ".so");
        try {
            // Into the file as it was created; Files.copy would replace it by one that others may read and write.
            try (InputStream in = library.open();
                    OutputStream out = Files.newOutputStream(file)) {
                byte[] chunk = new byte[64 * 1024];
                for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                    out.write(chunk, 0, n);
                }
            }
            System.load(file.toAbsolutePath().toString());
        } finally {
            // Once loaded, the mapping keeps the content.
            Files.deleteIfExists(file);
        }
    }

    private static Set<String> directories() {
        List<String> candidates = Arrays.asList(
                System.getProperty(TEMP_DIRECTORY_PROPERTY),
                System.getProperty("java.io.tmpdir"),
                System.getProperty("user.dir"),
                System.getProperty("user.home"));
        Set<String> directories = new LinkedHashSet<>();
        for (String candidate : candidates) {
            if (candidate != null && !candidate.isEmpty()) {
                directories.add(new File(candidate).getAbsolutePath());
            }
        }
        return directories;
    }

    static void checkAbi(int library) {
        if (library != Native.ABI_VERSION) {
            throw new IllegalStateException("the library speaks ABI " + library + ", these classes speak ABI "
                    + Native.ABI_VERSION + "; JAR and library must come from the same build (check " + PATH_PROPERTY
                    + ")");
        }
    }
}
