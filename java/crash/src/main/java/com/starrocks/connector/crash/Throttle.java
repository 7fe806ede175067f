// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.crash;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiter;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;

/** So many rows a second, until a file appears; from then on as many as the sink takes. */
final class Throttle implements RateLimiterStrategy {
    private static final long serialVersionUID = 1L;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final double rowsPerSecond;
    private final String releaseFile;

    Throttle(double rowsPerSecond, String releaseFile) {
        this.rowsPerSecond = rowsPerSecond;
        this.releaseFile = releaseFile;
    }

    @Override
    public RateLimiter createRateLimiter(int parallelism) {
        return new Limiter((long) (1e9 * parallelism / rowsPerSecond), Paths.get(releaseFile));
    }

    private static final class Limiter implements RateLimiter {
        private final long rowNanos;
        private final Path releaseFile;
        private boolean released;
        private long nextLook = System.nanoTime();
        private long nextRow = nextLook;

        Limiter(long rowNanos, Path releaseFile) {
            this.rowNanos = rowNanos;
            this.releaseFile = releaseFile;
        }

        @Override
        public CompletionStage<Void> acquire() {
            long now = System.nanoTime();
            if (!released && now - nextLook >= 0) {
                released = Files.exists(releaseFile);
                nextLook = now + LOOK_NANOS;
            }
            nextRow += rowNanos;
            if (released || now - nextRow >= 0) {
                return CompletableFuture.completedFuture(null);
            }
            return new CompletableFuture<Void>().completeOnTimeout(null, nextRow - now, TimeUnit.NANOSECONDS);
        }
    }
}
