// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import java.util.function.Function;

/** What a test runs inside a class loader or a JVM of its own. */
public final class Scenario implements Function<String, String> {
    private NativeSink sink;

    /** Runs everything once and prints what the parent process looks for. */
    public static void main(String[] args) {
        Scenario scenario = new Scenario();
        scenario.apply("open");
        scenario.apply("use");
        scenario.apply("misuse");
        scenario.apply("unreachable");
        scenario.apply("scan");
        scenario.apply("close");
        System.out.println("shut down: " + scenario.apply("shutdown"));
    }

    private static void failingTask() {
        try {
            NativeTask.run(new byte[0], Waiter.NONE);
        } catch (java.io.IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public String apply(String step) {
        try {
            switch (step) {
                case "load":
                    return NativeLibrary.coreVersion();
                case "open":
                    sink = NativeTesting.sink("count");
                    return "";
                case "threads":
                    return Integer.toString(NativeTesting.threads());
                case "use":
                    NativeTesting.row(sink, 32);
                    sink.metrics(new long[SinkMetric.COUNT]);
                    NativeTesting.log("x", 3);
                    return new String(sink.flush(false, 1), java.nio.charset.StandardCharsets.UTF_8)
                            + NativeLogs.drain((level, millis, target, message) -> {});
                case "misuse":
                    for (Runnable misuse : new Runnable[] {
                        NativeTesting::panicPlain,
                        NativeTesting::panicWithEnv,
                        NativeTesting::failWhilePending,
                        () -> Native.acquire(0, 0),
                        () -> NativeTesting.openDouble("count", new java.nio.ByteBuffer[1]),
                        Scenario::failingTask,
                    }) {
                        try {
                            misuse.run();
                            throw new AssertionError("no exception");
                        } catch (RuntimeException expected) {
                            // The point is that the JVM has nothing to complain about.
                        }
                    }
                    return "";
                case "unreachable":
                    try (NativeSink unreachable = NativeSink.open(SinkTest.config(1, ""), 2, 4096, Waiter.NONE)) {
                        NativeTesting.row(unreachable, 8);
                        unreachable.flush(false, 1);
                        throw new AssertionError("no exception");
                    } catch (StarRocksNativeException expected) {
                        return expected.code();
                    }
                case "scan":
                    try (NativeScan scan = ScanTest.open()) {
                        scan.metrics(new long[ScanMetric.values().length]);
                        scan.add(ScanTest.split(1));
                        while (!scan.next(new ScanEvent())) {
                            // Each call waits up to a slice.
                        }
                        throw new AssertionError("no exception");
                    } catch (StarRocksNativeException expected) {
                        return expected.code();
                    }
                case "close":
                    sink.close();
                    return "";
                case "shutdown":
                    return Boolean.toString(NativeLibrary.shutdown(10_000));
                default:
                    throw new IllegalArgumentException(step);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
