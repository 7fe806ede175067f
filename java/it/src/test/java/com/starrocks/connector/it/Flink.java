// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import com.starrocks.connector.flink.StarRocksSink;
import com.starrocks.connector.flink.StarRocksSource;
import com.starrocks.connector.flink.row.sink.StarRocksSinkRowBuilder;
import com.starrocks.connector.flink.table.data.StarRocksRowData;
import com.starrocks.connector.flink.table.sink.SinkFunctionFactory;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import com.starrocks.connector.flink.table.source.StarRocksSourceOptions;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.RowData;

/** What the Flink line under test can do. */
final class Flink {
    private static final String LINE = System.getProperty("flink.line");

    private Flink() {}

    /** Values of {@code sink.use.new-sink-api} that make a difference. */
    static boolean[] sinkApis() {
        if (LINE.equals("1.13")) {
            return new boolean[] {false};
        }
        return newApiIsDefault() ? new boolean[] {true} : new boolean[] {false, true};
    }

    static boolean newApiIsDefault() {
        return LINE.startsWith("2.");
    }

    /** How often a failing job is restarted, at once. With checkpoints Flink would restart it for ever. */
    static Configuration restarts(int attempts) {
        Configuration configuration = new Configuration();
        // The key changed with Flink 1.19.
        for (String key : new String[] {"restart-strategy", "restart-strategy.type"}) {
            configuration.setString(key, attempts == 0 ? "none" : "fixed-delay");
        }
        configuration.setString("restart-strategy.fixed-delay.attempts", String.valueOf(attempts));
        configuration.setString("restart-strategy.fixed-delay.delay", "1 ms");
        return configuration;
    }

    /** Restores a job from a savepoint. */
    static Configuration restore(String savepoint) {
        Configuration configuration = restarts(0);
        // The key changed with Flink 1.20.
        configuration.setString("execution.savepoint.path", savepoint);
        configuration.setString("execution.state-recovery.path", savepoint);
        return configuration;
    }

    /** Stops a job with a savepoint; returns its path. */
    static String stopWithSavepoint(JobClient job, Path directory) throws Exception {
        for (Method method : JobClient.class.getMethods()) {
            // Flink 1.15 added the format of the savepoint, and 2.0 removed the method without it.
            if (method.getName().equals("stopWithSavepoint") && method.getParameterCount() == 3) {
                Object canonical = method.getParameterTypes()[2].getEnumConstants()[0];
                return (String) ((Future<?>) method.invoke(job, false, directory.toString(), canonical)).get();
            }
        }
        Method method = JobClient.class.getMethod("stopWithSavepoint", boolean.class, String.class);
        return (String) ((Future<?>) method.invoke(job, false, directory.toString())).get();
    }

    /** {@code rows.addSink(StarRocksSink.sink(schema, options, builder))}: both types in between moved with Flink 2.0. */
    static <T> void addSink(
            DataStream<T> rows, ResolvedSchema schema, StarRocksSinkOptions options, StarRocksSinkRowBuilder<T> builder)
            throws ReflectiveOperationException {
        for (Method method : StarRocksSink.class.getMethods()) {
            if (method.getName().equals("sink") && method.getParameterCount() == 3) {
                Class<?> tableSchema = method.getParameterTypes()[0];
                Object columns = tableSchema
                        .getMethod("fromResolvedSchema", ResolvedSchema.class)
                        .invoke(null, schema);
                Object sink = method.invoke(null, columns, options, builder);
                DataStream.class.getMethod("addSink", method.getReturnType()).invoke(rows, sink);
                return;
            }
        }
        throw new NoSuchMethodException(
                "StarRocksSink.sink(TableSchema, StarRocksSinkOptions, StarRocksSinkRowBuilder)");
    }

    /** {@code environment.addSource(StarRocksSource.source(schema, options))}: both types in between moved with Flink 2.0. */
    @SuppressWarnings("unchecked")
    static DataStream<RowData> addSource(
            StreamExecutionEnvironment environment, ResolvedSchema schema, StarRocksSourceOptions options)
            throws ReflectiveOperationException {
        for (Method method : StarRocksSource.class.getMethods()) {
            if (method.getName().equals("source")) {
                Class<?> tableSchema = method.getParameterTypes()[0];
                Object columns = tableSchema
                        .getMethod("fromResolvedSchema", ResolvedSchema.class)
                        .invoke(null, schema);
                Object function = method.invoke(null, columns, options);
                for (Method add : StreamExecutionEnvironment.class.getMethods()) {
                    if (add.getName().equals("addSource") && add.getParameterCount() == 1) {
                        return (DataStream<RowData>) add.invoke(environment, function);
                    }
                }
            }
        }
        throw new NoSuchMethodException("StreamExecutionEnvironment.addSource");
    }

    /** {@code rows.addSink(SinkFunctionFactory.createSinkFunction(options))}: the type in between moved with Flink 2.0. */
    static void addTablesFunction(DataStream<?> rows, StarRocksSinkOptions options)
            throws ReflectiveOperationException {
        Object function = SinkFunctionFactory.createSinkFunction(options);
        for (Method method : DataStream.class.getMethods()) {
            if (method.getName().equals("addSink") && method.getParameterTypes()[0].isInstance(function)) {
                method.invoke(rows, function);
                return;
            }
        }
        throw new NoSuchMethodException("DataStream.addSink");
    }

    /** A sink for rows that name their tables; Sink V2 does not exist on Flink 1.13. */
    static void addTablesSink(DataStream<StarRocksRowData> rows, StarRocksSinkOptions options, boolean newApi)
            throws ReflectiveOperationException {
        if (!newApi) {
            addTablesFunction(rows, options);
            return;
        }
        Object sink = null;
        for (Method method : SinkFunctionFactory.class.getMethods()) {
            if (method.getName().equals("createSink") && method.getParameterCount() == 2) {
                Class<?> schema = method.getParameterTypes()[1];
                Object identity =
                        Proxy.newProxyInstance(schema.getClassLoader(), new Class<?>[] {schema}, new RowsAsTheyAre());
                sink = method.invoke(null, options, identity);
            }
        }
        for (Method method : DataStream.class.getMethods()) {
            if (method.getName().equals("sinkTo")
                    && method.getParameterCount() == 1
                    && method.getParameterTypes()[0].isInstance(sink)) {
                method.invoke(rows, sink);
                return;
            }
        }
        throw new NoSuchMethodException("DataStream.sinkTo");
    }

    /** Options of a sink of the DataStream API; {@code *} for a table is whichever the rows name. */
    static StarRocksSinkOptions.Builder options(EmbeddedStarRocks server, String database, String table) {
        return StarRocksSinkOptions.builder()
                .withProperty("load-url", server.loadUrl())
                .withProperty("jdbc-url", server.jdbcUrl())
                .withProperty("database-name", database)
                .withProperty("table-name", table)
                .withProperty("username", EmbeddedStarRocks.USERNAME)
                .withProperty("password", "");
    }

    /** Runs a job of one subtask that writes rows which name their tables. */
    static void writeRows(StarRocksSinkOptions options, List<StarRocksRowData> rows) throws Exception {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(restarts(0));
        environment.setParallelism(1);
        environment.enableCheckpointing(100);
        addTablesSink(
                environment.fromCollection(rows, TypeInformation.of(StarRocksRowData.class)),
                options,
                newApiIsDefault());
        environment.execute();
    }

    /** A RecordSerializationSchema for records that are rows already. */
    private static final class RowsAsTheyAre implements InvocationHandler, Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        public Object invoke(Object schema, Method method, Object[] arguments) {
            return method.getName().equals("serialize") ? arguments[0] : null;
        }
    }

    static boolean cachesWholeTables() {
        return !LINE.equals("1.13");
    }

    static boolean finishesFunctions() {
        return !LINE.equals("1.13");
    }
}
