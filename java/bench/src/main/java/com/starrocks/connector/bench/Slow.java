// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.bench;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.ObjectName;

/**
 * The native memory of this process while its sinks wait for a slow server: rows come faster than they are taken, so the sinks hold all that
 * they may. It is what is resident beside what the JVM has for itself, heap included ({@code NativeMemoryTracking}), and beside mapped files, such
 * as the code of libraries.
 */
final class Slow extends Thread {
    /** The default of {@code sink.native-memory.max-bytes}, which all sinks of a process share. */
    private static final long BOUND = 256L << 20;

    private static final long PERIOD_MILLIS = 100;
    private static final Pattern OF_THE_JVM = Pattern.compile("Total: reserved=\\d+KB, committed=(\\d+)KB");

    private volatile boolean ended;
    private long most;
    private Exception failure;

    Slow() {
        super("memory");
        setDaemon(true);
    }

    @Override
    public void run() {
        try {
            while (!ended) {
                most = Math.max(most, JobMeter.status("RssAnon") * 1024 - ofTheJvm());
                Thread.sleep(PERIOD_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            failure = e;
        }
    }

    private static long ofTheJvm() throws Exception {
        Object[] arguments = {new String[] {"summary"}};
        String[] types = {String[].class.getName()};
        ObjectName commands = new ObjectName("com.sun.management:type=DiagnosticCommand");
        String answer = (String)
                ManagementFactory.getPlatformMBeanServer().invoke(commands, "vmNativeMemory", arguments, types);
        Matcher total = OF_THE_JVM.matcher(answer);
        if (!total.find()) {
            throw new IllegalStateException("the JVM does not track its memory: " + answer);
        }
        return Long.parseLong(total.group(1)) * 1024;
    }

    /** Prints what was seen; whether it was within the bound. The job has ended. */
    boolean report(PrintStream out) throws Exception {
        ended = true;
        join();
        if (failure != null) {
            throw failure;
        }
        double mib = 1 << 20;
        out.printf(Locale.ROOT, "native memory: %.1f MiB at most, %.0f are allowed%n", most / mib, BOUND / mib);
        return most <= BOUND;
    }
}
