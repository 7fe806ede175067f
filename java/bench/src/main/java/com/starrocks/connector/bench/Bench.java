// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;

/**
 * Runs one case in this JVM: a warm-up job, then the measured jobs, each {@code INSERT INTO snk SELECT * FROM src} in a MiniCluster. The
 * connector, if the case has one, is the one on the class path; it is the sink, or the source where the case reads.
 */
public final class Bench {
    private static final double WARM_UP_SECONDS = 6;
    private static final double SLOW_SECONDS = 20;
    private static final double TARGET_SECONDS = 10;
    private static final double MIN_SECONDS = 8;
    private static final int MEASURED_JOBS = 3;
    private static final long CHECKPOINT_MILLIS = 1000;
    private static final int MAX_JOBS = 8;
    private static final int MAX_DOUBLINGS = 12;
    /** Short jobs warm up the JVM slowly, and differ more. */
    private static final int WARM_UP_ROUNDS = 25;

    private static final int MEASURED_ROUNDS = 9;

    /** Rows of a table that is read, and of the answer of a scanner. */
    private static final long STORED_ROWS = 65_536;

    private static final int BATCH_ROWS = 4096;
    private static final long WARM_UP_ROWS = 2_000_000;

    private final Case spec;
    private final String feHttp;
    private final String mysql;
    private final WireMeter wire;
    private final Repeats repeats;

    private Bench(Case spec, String feHttp, String beHttp, String mysql) {
        this.spec = spec;
        this.feHttp = feHttp;
        this.mysql = mysql;
        this.wire = new WireMeter(beHttp);
        this.repeats = new Repeats(feHttp);
    }

    /**
     * Usage: {@code ddl DATABASE} prints the statements that create the tables; {@code fill SHAPE FE_HTTP BE_HTTP MYSQL} loads the rows that
     * cases read; {@code run CASE FE_HTTP BE_HTTP MYSQL RESULTS} runs a case and appends its result; {@code flat FE_HTTP BE_HTTP MYSQL ROWS} reads so many
     * rows in one job and ends with 1 if the memory of the process grows meanwhile; {@code report RESULTS JSON} prints the table of all results.
     */
    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "ddl" -> {
                System.out.println("CREATE DATABASE IF NOT EXISTS " + args[1] + ";");
                for (String shape : List.of("narrow", "lineitem", "wide", "dim")) {
                    System.out.println(Shape.of(shape).createTable(args[1]) + ";");
                }
            }
            case "fill" -> {
                Bench fill =
                        new Bench(Case.parse("ours:" + args[1] + ":csv:none:1:binary:copy"), args[2], args[3], args[4]);
                if (args[1].equals("dim")) {
                    fill.fillDim();
                } else {
                    fill.runJob(STORED_ROWS, 600);
                }
            }
            case "run" -> {
                Case spec = Case.parse(args[1]);
                CaseResult result = new Bench(spec, args[2], args[3], args[4]).run();
                Files.writeString(
                        Path.of(args[5]), result.toLine() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                System.out.println(result.summary());
            }
            case "flat" -> {
                long rows = Long.parseLong(args[4]);
                Flat memory = new Flat(rows);
                memory.start();
                new Bench(Case.parse("ours:narrow:read:-:1:binary:copy"), args[1], args[2], args[3]).runJob(rows, 600);
                if (!memory.report(System.out)) {
                    System.exit(1);
                }
            }
            case "slow" -> {
                Slow memory = new Slow();
                memory.start();
                new Bench(Case.parse("ours:lineitem:json:none:4:binary:copy"), args[1], args[2], args[3])
                        .runJob(Long.MAX_VALUE, SLOW_SECONDS);
                if (!memory.report(System.out)) {
                    System.exit(1);
                }
            }
            case "report" -> Report.write(Path.of(args[1]), Path.of(args[2]));
            default -> throw new IllegalArgumentException("no command " + args[0]);
        }
        // The connectors leave threads behind that would keep the JVM.
        System.exit(0);
    }

    private CaseResult run() throws Exception {
        if (spec.looksUp() && !spec.discards()) {
            return runLookup();
        }
        JobMeter.Result warmUp =
                runJob(spec.reads() ? WARM_UP_ROWS / spec.parallelism() : Long.MAX_VALUE, WARM_UP_SECONDS);
        long rowsPerSubtask = rowsFor(warmUp);
        List<JobMeter.Result> measured = new ArrayList<>();
        long wireBytes = 0;
        long wireRows = 0;
        for (int job = 0; measured.size() < MEASURED_JOBS; job++) {
            if (job == MAX_JOBS) {
                throw new IllegalStateException(
                        spec.name() + ": no size found that runs for " + MIN_SECONDS + " s in " + MAX_JOBS + " jobs");
            }
            long before = wire.bytes();
            JobMeter.Result result = runJob(rowsPerSubtask, 600);
            if (result.seconds() < MIN_SECONDS) {
                // The warm-up was slower than what follows it: all measured jobs are of the larger size. It follows the
                // time, not the rows: a scanner that repeats its last answer may give fewer than were asked for.
                measured.clear();
                wireBytes = 0;
                wireRows = 0;
                rowsPerSubtask = (long) (rowsPerSubtask * TARGET_SECONDS / result.seconds());
            } else {
                measured.add(result);
                wireBytes += wire.bytes() - before;
                wireRows += result.rows();
            }
        }
        return CaseResult.of(spec, measured, (double) wireBytes / wireRows, JobMeter.peakRssMiB());
    }

    /**
     * Each job begins without a row of the table. In one round every key comes once, which is what a bounded join costs. The
     * long jobs are doubled until they run for long, so that nearly all of their keys have come before.
     */
    private CaseResult runLookup() throws Exception {
        long rows = Shape.PROBED;
        JobMeter.Result last = runJob(rows, 600);
        for (int warm = 1; spec.oneRound() && warm < WARM_UP_ROUNDS; warm++) {
            runJob(rows, 600);
        }
        for (int doublings = 0; !spec.oneRound() && last.seconds() < MIN_SECONDS; doublings++) {
            if (doublings == MAX_DOUBLINGS) {
                throw new IllegalStateException(spec.name() + ": " + rows + " rows take " + last.seconds() + " s");
            }
            rows *= 2;
            last = runJob(rows, 600);
        }
        List<JobMeter.Result> measured = new ArrayList<>();
        while (measured.size() < (spec.oneRound() ? MEASURED_ROUNDS : MEASURED_JOBS)) {
            measured.add(runJob(rows, 600));
        }
        return CaseResult.of(spec, measured, 0, JobMeter.peakRssMiB());
    }

    private long rowsFor(JobMeter.Result result) {
        return (long) (result.rowsPerSecond() * TARGET_SECONDS / spec.parallelism());
    }

    private void fillDim() throws Exception {
        StreamTableEnvironment tables = StreamTableEnvironment.create(environment());
        tables.executeSql("CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'fields.n.kind' = 'sequence',"
                + " 'fields.n.start' = '0', 'fields.n.end' = '" + (Shape.DIM_ROWS - 1)
                + "', 'rows-per-second' = '100000000')");
        tables.executeSql("CREATE TABLE snk (" + Shape.of("dim").flinkColumns()
                + ", PRIMARY KEY (id) NOT ENFORCED) WITH (" + sinkOptions() + ")");
        tables.executeSql("INSERT INTO snk " + Shape.dimRows("numbers")).await();
    }

    private StreamExecutionEnvironment environment() {
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.OBJECT_REUSE, spec.objectReuse());
        configuration.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.STREAMING);
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(spec.parallelism(), configuration);
        if (spec.checkpoints()) {
            environment.enableCheckpointing(CHECKPOINT_MILLIS);
        }
        return environment;
    }

    private JobMeter.Result runJob(long rowsPerSubtask, double maxSeconds) throws Exception {
        StreamTableEnvironment tables = StreamTableEnvironment.create(environment());
        String columns = Shape.of(spec.shape()).flinkColumns();
        String query = "SELECT * FROM src";
        if (spec.looksUp()) {
            query = createLookup(tables, rowsPerSubtask, maxSeconds);
        } else {
            tables.executeSql(
                    "CREATE TABLE src (" + columns + ") WITH (" + sourceOptions(rowsPerSubtask, maxSeconds) + ")");
            tables.executeSql("CREATE TABLE snk (" + columns + ") WITH (" + sinkOptions() + ")");
        }
        if (readsStarRocks()) {
            repeats.set(Math.max(0, rowsPerSubtask * spec.parallelism() - STORED_ROWS) / BATCH_ROWS);
        }
        JobMeter meter = JobMeter.arm();
        tables.executeSql("INSERT INTO snk " + query).await();
        JobMeter.Result result = meter.jobEnded();
        System.out.printf(
                Locale.ROOT,
                "  %s: %,d rows in %.2f s, %,.0f rows/s, %.3f us CPU per row%n",
                spec.name(),
                result.rows(),
                result.seconds(),
                result.rowsPerSecond(),
                result.cpuMicrosPerRow());
        return result;
    }

    /** Keys that are looked up in a table of all columns, since the original connector takes no others. Returns the query. */
    private String createLookup(StreamTableEnvironment tables, long rowsPerSubtask, double maxSeconds) {
        tables.executeSql("CREATE TABLE src (" + Shape.of("probe").flinkColumns() + ", pt AS PROCTIME()) WITH ("
                + replayOptions("probe", rowsPerSubtask, maxSeconds) + ")");
        if (spec.discards()) {
            tables.executeSql("CREATE TABLE snk (id BIGINT) WITH (" + sinkOptions() + ")");
            return "SELECT id FROM src";
        }
        String columns = Shape.of(spec.shape()).flinkColumns();
        String full = "'lookup.cache' = 'FULL', 'lookup.full-cache.periodic-reload.interval' = '1 h'";
        tables.executeSql("CREATE TABLE dim (" + columns + ") WITH (" + scanOptions()
                + (spec.keepsAll() ? ", " + full : "") + ")");
        tables.executeSql("CREATE TABLE snk (" + columns + ") WITH (" + sinkOptions() + ")");
        return "SELECT d.* FROM src AS s JOIN dim FOR SYSTEM_TIME AS OF s.pt AS d ON s.id = d.id";
    }

    private boolean readsStarRocks() {
        return spec.reads() && !spec.discards();
    }

    private String sourceOptions(long rowsPerSubtask, double maxSeconds) {
        return readsStarRocks() ? scanOptions() : replayOptions(spec.shape(), rowsPerSubtask, maxSeconds);
    }

    private String scanOptions() {
        return "'connector' = 'starrocks', 'scan-url' = '" + feHttp + "', " + tableOptions()
                + ", 'scan.connect.timeout-ms' = '30000', 'scan.params.batch-rows' = '" + BATCH_ROWS + "'";
    }

    private String replayOptions(String shape, long rowsPerSubtask, double maxSeconds) {
        return String.format(
                Locale.ROOT,
                "'connector' = 'replay', 'shape' = '%s', 'binary' = '%s', 'rows-per-subtask' = '%d', 'max-time' = '%d ms'",
                shape,
                spec.binaryRows(),
                rowsPerSubtask,
                (long) (maxSeconds * 1000));
    }

    private String tableOptions() {
        return "'jdbc-url' = 'jdbc:mysql://" + mysql + "', 'database-name' = 'bench', 'table-name' = '" + spec.shape()
                + "', 'username' = 'root', 'password' = ''";
    }

    private String sinkOptions() {
        if (spec.reads() || spec.looksUp()) {
            return "'connector' = 'count', 'metered' = '" + readsStarRocks() + "'";
        }
        if (spec.discards()) {
            return "'connector' = 'blackhole'";
        }
        String options = "'connector' = 'starrocks', 'load-url' = '" + feHttp + "', " + tableOptions()
                + ", 'sink.properties.format' = '" + spec.format() + "'";
        if (spec.format().equals("json")) {
            options += ", 'sink.properties.strip_outer_array' = 'true'";
        }
        if (spec.exactlyOnce()) {
            options += ", 'sink.semantic' = 'exactly-once'";
        }
        if (spec.compressed()) {
            options += ", 'sink.properties.compression' = 'lz4_frame'";
        }
        return options;
    }
}
