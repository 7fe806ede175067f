// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The medians of a case's measured jobs. Garbage collections are per million rows, since the jobs of two engines differ in size. */
record CaseResult(
        Case spec,
        double rowsPerSecond,
        double bestRowsPerSecond,
        double cpuMicrosPerRow,
        double gcCountPerMillion,
        double gcMillisPerMillion,
        double allocatedPerRow,
        double wireBytesPerRow,
        double firstRowMillis,
        double firstRowCpuMillis,
        long peakRssMiB,
        long rowsPerJob) {

    static CaseResult of(Case spec, List<JobMeter.Result> jobs, double wireBytesPerRow, long peakRssMiB) {
        return new CaseResult(
                spec,
                median(jobs, JobMeter.Result::rowsPerSecond),
                jobs.stream().mapToDouble(JobMeter.Result::rowsPerSecond).max().orElseThrow(),
                median(jobs, JobMeter.Result::cpuMicrosPerRow),
                median(jobs, job -> job.gcCount() * 1e6 / job.rows()),
                median(jobs, job -> job.gcMillis() * 1e6 / job.rows()),
                median(jobs, JobMeter.Result::allocatedPerRow),
                wireBytesPerRow,
                median(jobs, job -> job.firstSeconds() * 1e3),
                median(jobs, job -> job.firstCpuSeconds() * 1e3),
                peakRssMiB,
                jobs.get(0).rows());
    }

    private static double median(List<JobMeter.Result> jobs, ToDoubleFunction<JobMeter.Result> figure) {
        double[] sorted = jobs.stream().mapToDouble(figure).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    String toLine() {
        return String.format(
                Locale.ROOT,
                "%s\t%f\t%f\t%f\t%f\t%f\t%f\t%f\t%f\t%f\t%d\t%d",
                spec.name(),
                rowsPerSecond,
                bestRowsPerSecond,
                cpuMicrosPerRow,
                gcCountPerMillion,
                gcMillisPerMillion,
                allocatedPerRow,
                wireBytesPerRow,
                firstRowMillis,
                firstRowCpuMillis,
                peakRssMiB,
                rowsPerJob);
    }

    static CaseResult parse(String line) {
        String[] parts = line.split("\t");
        double[] figures = new double[9];
        for (int i = 0; i < figures.length; i++) {
            figures[i] = Double.parseDouble(parts[i + 1]);
        }
        return new CaseResult(
                Case.parse(parts[0]),
                figures[0],
                figures[1],
                figures[2],
                figures[3],
                figures[4],
                figures[5],
                figures[6],
                figures[7],
                figures[8],
                Long.parseLong(parts[10]),
                Long.parseLong(parts[11]));
    }

    String summary() {
        return String.format(
                Locale.ROOT,
                "%s: median %,.0f rows/s, %.3f us CPU, %.0f bytes allocated on the task thread and %.1f bytes sent per row, peak RSS %d MiB",
                spec.name(),
                rowsPerSecond,
                cpuMicrosPerRow,
                allocatedPerRow,
                wireBytesPerRow,
                peakRssMiB);
    }

    String toJson() {
        return String.format(
                Locale.ROOT,
                "{\"engine\":\"%s\",\"shape\":\"%s\",\"format\":\"%s\",\"compression\":\"%s\",\"parallelism\":%d,\"rows\":\"%s\",\"mode\":\"%s\","
                        + "\"rows_per_second\":%.0f,\"best_rows_per_second\":%.0f,\"cpu_us_per_row\":%.4f,\"gc_per_million_rows\":%.2f,"
                        + "\"gc_ms_per_million_rows\":%.2f,\"allocated_bytes_per_row\":%.2f,\"wire_bytes_per_row\":%.2f,\"first_row_ms\":%.2f,\"first_row_cpu_ms\":%.2f,\"peak_rss_mib\":%d,\"rows_per_job\":%d}",
                spec.engine(),
                spec.shape(),
                spec.format(),
                spec.compression(),
                spec.parallelism(),
                spec.rows(),
                spec.mode(),
                rowsPerSecond,
                bestRowsPerSecond,
                cpuMicrosPerRow,
                gcCountPerMillion,
                gcMillisPerMillion,
                allocatedPerRow,
                wireBytesPerRow,
                firstRowMillis,
                firstRowCpuMillis,
                peakRssMiB,
                rowsPerJob);
    }
}
