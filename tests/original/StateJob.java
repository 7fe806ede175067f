// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

import com.starrocks.connector.flink.StarRocksSink;
import com.starrocks.connector.flink.table.data.DefaultStarRocksRowData;
import com.starrocks.connector.flink.table.data.StarRocksRowData;
import com.starrocks.connector.flink.table.sink.SinkFunctionFactory;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import com.starrocks.connector.flink.table.sink.v2.RecordSerializationSchema;
import com.starrocks.connector.flink.table.sink.v2.StarRocksSinkContext;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.source.SourceFunction;

/**
 * Writes the numbers from 0 on, exactly once. {@code write} takes a savepoint after 1000 of them, which commits nothing, one more
 * after 500 more if it is told so, and dies at once. {@code restore} goes on from the first savepoint to the end.
 */
public final class StateJob {
    private static final int FIRST = 1000;
    private static final int SECOND = 1500;
    private static final int ALL = 2000;
    /** Permits for numbers, and what to wait for. */
    private static final Semaphore ALLOWED = new Semaphore(0);

    private static final CountDownLatch FIRST_OUT = new CountDownLatch(FIRST);
    private static final CountDownLatch SECOND_OUT = new CountDownLatch(SECOND);

    public static void main(String[] args) {
        try {
            run(args);
        } catch (Throwable e) {
            e.printStackTrace();
            // Flink's threads would keep the process.
            Runtime.getRuntime().halt(1);
        }
    }

    private static void run(String[] args) throws Exception {
        String loadUrl = args[0];
        String jdbcUrl = args[1];
        String database = args[2];
        String table = args[3];
        String api = args[4];
        boolean write = args[5].equals("write");
        String directory = args[6];
        boolean twice = args.length > 7 && args[7].equals("twice");

        Configuration configuration = new Configuration();
        configuration.setString("restart-strategy.type", "none");
        if (!write) {
            String savepoint = new String(Files.readAllBytes(Paths.get(directory, "savepoint")));
            configuration.setString("execution.state-recovery.path", savepoint);
            ALLOWED.release(ALL);
        }
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setParallelism(1);
        environment.disableOperatorChaining();
        environment.enableCheckpointing(write ? 3_600_000 : 200);
        StarRocksSinkOptions options = StarRocksSinkOptions.builder()
                .withProperty("load-url", loadUrl)
                .withProperty("jdbc-url", jdbcUrl)
                .withProperty("database-name", database)
                .withProperty("table-name", table)
                .withProperty("username", "root")
                .withProperty("password", "")
                .withProperty("sink.semantic", "exactly-once")
                .withProperty("sink.label-prefix", "state")
                // There is no exactly-once without transactions any more: V2 takes V1's state over.
                .withProperty("sink.version", api.equals("v1") && write ? "V1" : "V2")
                .withProperty("sink.properties.format", "json")
                .withProperty("sink.properties.strip_outer_array", "true")
                .build();
        DataStream<String> rows = environment.addSource(new Numbers()).uid("numbers");
        if (api.equals("sink")) {
            rows.sinkTo(SinkFunctionFactory.createSink(options, new Texts(database, table)))
                    .uid("sink");
        } else {
            rows.addSink(StarRocksSink.sink(options)).uid("sink");
        }
        if (!write) {
            environment.execute();
            return;
        }
        JobClient job = environment.executeAsync();
        ALLOWED.release(FIRST);
        FIRST_OUT.await();
        String savepoint = savepoint(job, directory);
        if (twice) {
            ALLOWED.release(SECOND - FIRST);
            SECOND_OUT.await();
            savepoint(job, directory);
        }
        Files.write(Paths.get(directory, "savepoint"), savepoint.getBytes());
        // As kill -9: nothing is committed, rolled back or flushed.
        Runtime.getRuntime().halt(0);
    }

    /** Tries until all tasks are running. */
    private static String savepoint(JobClient job, String directory) throws Exception {
        while (true) {
            try {
                return job.triggerSavepoint(directory, SavepointFormatType.CANONICAL)
                        .get();
            } catch (ExecutionException e) {
                if (!e.toString().contains("Not all required tasks are currently running")) {
                    throw e;
                }
                Thread.sleep(100);
            }
        }
    }

    /** Numbers as JSON rows, as many as are allowed. */
    private static final class Numbers implements SourceFunction<String>, CheckpointedFunction {
        private transient ListState<Integer> state;
        private int next;
        private volatile boolean running = true;

        @Override
        public void initializeState(FunctionInitializationContext context) throws Exception {
            state = context.getOperatorStateStore().getListState(new ListStateDescriptor<>("next", Integer.class));
            for (int restored : state.get()) {
                next = restored;
            }
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) throws Exception {
            state.clear();
            state.add(next);
        }

        @Override
        public void run(SourceContext<String> context) throws Exception {
            while (running && next < ALL) {
                ALLOWED.acquire();
                synchronized (context.getCheckpointLock()) {
                    context.collect("{\"id\": " + next + ", \"name\": \"number " + next + "\"}");
                    next++;
                }
                FIRST_OUT.countDown();
                SECOND_OUT.countDown();
            }
        }

        @Override
        public void cancel() {
            running = false;
        }
    }

    /** Rows of one table. */
    private static final class Texts implements RecordSerializationSchema<String> {
        private final String database;
        private final String table;

        Texts(String database, String table) {
            this.database = database;
            this.table = table;
        }

        @Override
        public void open(SerializationSchema.InitializationContext context, StarRocksSinkContext sinkContext) {}

        @Override
        public StarRocksRowData serialize(String record) {
            return new DefaultStarRocksRowData(null, database, table, record);
        }

        @Override
        public void close() {}
    }
}
