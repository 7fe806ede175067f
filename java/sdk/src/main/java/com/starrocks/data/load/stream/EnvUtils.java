// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.data.load.stream;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.util.Properties;

/** What this JAR was built from. */
public final class EnvUtils {
    private static final String RESOURCE = "stream-load-sdk-git.properties";

    private EnvUtils() {}

    /** Version and commit of this JAR, read from its {@value #RESOURCE}. */
    public static GitInformation getGitInformation() {
        Properties properties = new Properties();
        URL resource = EnvUtils.class.getClassLoader().getResource(RESOURCE);
        if (resource == null) {
            throw new IllegalStateException("The JAR is damaged: " + RESOURCE + " is missing.");
        }
        try {
            URLConnection connection = resource.openConnection();
            // A cached JAR is closed under its other readers when its class loader ends.
            connection.setUseCaches(false);
            try (InputStream in = connection.getInputStream()) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new IllegalStateException("The JAR is damaged: " + RESOURCE + " cannot be read.", e);
        }
        return new GitInformation(properties);
    }

    /** Version and commit. */
    public static final class GitInformation {
        private final Properties properties;

        private GitInformation(Properties properties) {
            this.properties = properties;
        }

        public String getGitBuildVersion() {
            return properties.getProperty("git.build.version");
        }

        /** The commit, or {@code unknown} for a build outside a repository. */
        public String getGitCommitId() {
            return properties.getProperty("git.commit.id");
        }

        @Override
        public String toString() {
            return getGitBuildVersion() + ", commit " + getGitCommitId();
        }
    }
}
