// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.load;

import com.starrocks.connector.jni.NativeLogs;
import com.starrocks.connector.jni.Waiter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the log records of the native library over to SLF4J; the library itself never calls into the JVM. */
public final class NativeLog {
    private static final Logger LOG = LoggerFactory.getLogger("com.starrocks.connector.native");

    private NativeLog() {}

    /** Logs what has come together. */
    public static void drain() {
        NativeLogs.drain(NativeLog::log);
    }

    /** A waiter that also logs. */
    public static Waiter draining(Waiter waiter) {
        return () -> {
            drain();
            waiter.betweenSlices();
        };
    }

    private static void log(NativeLogs.Level level, long epochMillis, String target, String message) {
        switch (level) {
            case ERROR:
                LOG.error("{}: {}", target, message);
                break;
            case WARN:
                LOG.warn("{}: {}", target, message);
                break;
            case INFO:
                LOG.info("{}: {}", target, message);
                break;
            default:
                LOG.debug("{}: {}", target, message);
        }
    }
}
