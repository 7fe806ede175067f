// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Prints all results of a run as one table, with each of our cases against the original's, and writes them as JSON. */
final class Report {
    private Report() {}

    static void write(Path results, Path json) throws IOException {
        Map<Case, CaseResult> all = new LinkedHashMap<>();
        for (String line : Files.readAllLines(results)) {
            CaseResult result = CaseResult.parse(line);
            all.put(result.spec(), result);
        }
        Files.writeString(
                json,
                all.values().stream().map(CaseResult::toJson).collect(Collectors.joining(",\n  ", "[\n  ", "\n]\n")));

        printLookups(all);
        List<CaseResult> others =
                all.values().stream().filter(result -> !result.spec().looksUp()).toList();
        if (others.isEmpty()) {
            return;
        }
        PrintStream out = System.out;
        out.printf(
                "%-9s %-8s %-4s %-4s %3s %-7s %-5s %9s %9s %8s %8s %8s %7s %8s %9s %6s   %s%n",
                "engine",
                "shape",
                "fmt",
                "comp",
                "par",
                "rows",
                "mode",
                "krows/s",
                "best",
                "us/row",
                "net us",
                "gc/M",
                "gc ms/M",
                "alloc B",
                "wire B",
                "RSS MB",
                "against the original: rate, CPU, net CPU, wire, RSS");
        for (CaseResult result : others) {
            Case spec = result.spec();
            CaseResult baseline = all.get(spec.baseline());
            out.printf(
                    Locale.ROOT,
                    "%-9s %-8s %-4s %-4s %3d %-7s %-5s %9.0f %9.0f %8.3f %8s %8.2f %7.1f %8.1f %9.1f %6d   %s%n",
                    spec.engine(),
                    spec.shape(),
                    spec.format(),
                    spec.compression(),
                    spec.parallelism(),
                    spec.rows(),
                    spec.mode(),
                    result.rowsPerSecond() / 1000,
                    result.bestRowsPerSecond() / 1000,
                    result.cpuMicrosPerRow(),
                    baseline == null ? "-" : figure("%.3f", net(result, baseline)),
                    result.gcCountPerMillion(),
                    result.gcMillisPerMillion(),
                    result.allocatedPerRow(),
                    result.wireBytesPerRow(),
                    result.peakRssMiB(),
                    spec.engine().equals("ours") ? against(result, all, baseline) : "");
        }
    }

    /** What matters of lookup joins: rows and duration of a job, the rate, and what a job costs before its first row comes out. */
    private static void printLookups(Map<Case, CaseResult> all) {
        if (all.keySet().stream().noneMatch(Case::looksUp)) {
            return;
        }
        String format = "%-9s %-7s %3s %-5s %9s %9s %9s %8s %8s %8s %12s %12s %6s   %s%n";
        System.out.printf(
                format,
                "engine",
                "shape",
                "par",
                "mode",
                "krows",
                "ms",
                "krows/s",
                "us/row",
                "net us",
                "alloc B",
                "1st row ms",
                "its CPU ms",
                "RSS MB",
                "against the original: rate, net CPU, first row, its CPU, RSS");
        for (CaseResult result : all.values()) {
            Case spec = result.spec();
            if (!spec.looksUp()) {
                continue;
            }
            CaseResult baseline = all.get(spec.baseline());
            CaseResult original = all.get(spec.original());
            System.out.printf(
                    format,
                    spec.engine(),
                    spec.shape(),
                    spec.parallelism(),
                    spec.mode(),
                    figure("%.0f", result.rowsPerJob() / 1e3),
                    figure("%.0f", result.rowsPerJob() / result.rowsPerSecond() * 1e3),
                    figure("%.0f", result.rowsPerSecond() / 1000),
                    figure("%.3f", result.cpuMicrosPerRow()),
                    baseline == null ? "-" : figure("%.3f", net(result, baseline)),
                    figure("%.0f", result.allocatedPerRow()),
                    figure("%.1f", result.firstRowMillis()),
                    figure("%.1f", result.firstRowCpuMillis()),
                    result.peakRssMiB(),
                    original == null || !spec.engine().equals("ours")
                            ? ""
                            : String.format(
                                    Locale.ROOT,
                                    "%.1fx, %s, 1/%.0f, 1/%.0f, %.2f",
                                    result.rowsPerSecond() / original.rowsPerSecond(),
                                    baseline == null
                                            ? "-"
                                            : figure("1/%.1f", net(original, baseline) / net(result, baseline)),
                                    original.firstRowMillis() / result.firstRowMillis(),
                                    original.firstRowCpuMillis() / result.firstRowCpuMillis(),
                                    (double) result.peakRssMiB() / original.peakRssMiB()));
        }
    }

    private static String figure(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private static String against(CaseResult ours, Map<Case, CaseResult> all, CaseResult baseline) {
        CaseResult original = all.get(ours.spec().with("original"));
        String remark = "";
        if (original == null) {
            original = all.get(ours.spec().with("original").uncompressed());
            remark = " (its uncompressed case)";
        }
        CaseResult atLeastOnce = all.get(ours.spec().atLeastOnce());
        if (original == null && ours.spec().exactlyOnce() && atLeastOnce != null) {
            return String.format(
                    Locale.ROOT, "%.2f of the rate at-least-once", ours.rowsPerSecond() / atLeastOnce.rowsPerSecond());
        }
        if (original == null) {
            return "no figure of the original";
        }
        return String.format(
                Locale.ROOT,
                "%.1fx, 1/%.1f, %s, %s, %.2f%s",
                ours.rowsPerSecond() / original.rowsPerSecond(),
                original.cpuMicrosPerRow() / ours.cpuMicrosPerRow(),
                baseline == null
                        ? "-"
                        : String.format(Locale.ROOT, "1/%.1f", net(original, baseline) / net(ours, baseline)),
                ours.spec().reads()
                        ? "-"
                        : String.format(Locale.ROOT, "%.2f", ours.wireBytesPerRow() / original.wireBytesPerRow()),
                (double) ours.peakRssMiB() / original.peakRssMiB(),
                remark);
    }

    /** CPU without what source and row copies cost; not below what can be told from noise. */
    private static double net(CaseResult result, CaseResult baseline) {
        return Math.max(result.cpuMicrosPerRow() - baseline.cpuMicrosPerRow(), 0.001);
    }
}
