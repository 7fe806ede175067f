// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.crash;

import com.starrocks.connector.flink.StarRocksSink;
import com.starrocks.connector.flink.row.sink.StarRocksSinkOP;
import com.starrocks.connector.flink.table.data.StarRocksRowData;
import com.starrocks.connector.flink.table.sink.SinkFunctionFactory;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.TableSchema;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;

/** Numbers from 0 into a table, through the interface of the sink that the arguments ({@code key=value}) name. */
public final class CrashJob {
    private static final String OPTION = "with.";
    static final String DATABASE = "crash";

    private static final TypeInformation<Row> ROW =
            Types.ROW_NAMED(Texts.COLUMNS, Types.LONG, Types.LONG, Types.STRING, Types.BIG_DEC, Types.LOCAL_DATE_TIME);

    private final Map<String, String> arguments = new TreeMap<>();
    private final boolean primaryKey;

    private CrashJob(String[] args) {
        for (String arg : args) {
            int equals = arg.indexOf('=');
            arguments.put(arg.substring(0, equals), arg.substring(equals + 1));
        }
        primaryKey = arguments.get("model").equals("primary");
    }

    public static void main(String[] args) throws Exception {
        new CrashJob(args).run();
    }

    private void run() throws Exception {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment.enableCheckpointing(Long.parseLong(arguments.get("checkpoint-ms")));
        DataGeneratorSource<Row> source = new DataGeneratorSource<>(
                new Numbers(arguments.get("model")),
                Long.parseLong(arguments.get("count")),
                new Throttle(Double.parseDouble(arguments.get("rows-per-second")), arguments.get("release-file")),
                ROW);
        DataStream<Row> rows = environment
                .fromSource(source, WatermarkStrategy.noWatermarks(), "numbers", ROW)
                .uid("numbers");
        switch (arguments.get("api")) {
            case "sql":
                sql(StreamTableEnvironment.create(environment), rows);
                return;
            case "rows":
                rows.addSink(StarRocksSink.sink(schema(), options(), CrashJob::fill))
                        .uid("sink");
                break;
            case "texts":
                rows.map(Texts::csv)
                        .uid("text")
                        .addSink(StarRocksSink.sink(options()))
                        .uid("sink");
                break;
            case "tables":
                tables(rows);
                break;
            default:
                throw new IllegalArgumentException("no such interface: " + arguments.get("api"));
        }
        environment.execute(arguments.get("name"));
    }

    private void sql(StreamTableEnvironment tables, DataStream<Row> rows) {
        Schema.Builder columns = Schema.newBuilder()
                .column("id", DataTypes.BIGINT().notNull())
                .column("n", DataTypes.BIGINT())
                .column("name", DataTypes.STRING())
                .column("price", DataTypes.DECIMAL(12, 2))
                .column("at", DataTypes.TIMESTAMP(0));
        ChangelogMode changes = ChangelogMode.insertOnly();
        if (primaryKey) {
            columns.primaryKey("id");
            changes = ChangelogMode.upsert();
        }
        tables.createTemporaryView("numbers", tables.fromChangelogStream(rows, columns.build(), changes));
        String options = withOptions().entrySet().stream()
                .map(option -> "'" + option.getKey() + "' = '" + option.getValue() + "'")
                .collect(Collectors.joining(", "));
        tables.executeSql(
                "CREATE TABLE sink (id BIGINT NOT NULL, n BIGINT, name STRING, price DECIMAL(12, 2), `at` TIMESTAMP(0)"
                        + (primaryKey ? ", PRIMARY KEY (id) NOT ENFORCED" : "")
                        + ") WITH ('connector' = 'starrocks', " + options + ")");
        tables.executeSql("INSERT INTO sink SELECT * FROM numbers");
    }

    private void tables(DataStream<Row> rows) {
        Map<String, String> with = withOptions();
        Routes routes =
                new Routes(arguments.get("name"), "json".equals(with.get("sink.properties.format")), primaryKey);
        if (Boolean.parseBoolean(with.get("sink.use.new-sink-api"))) {
            rows.sinkTo(SinkFunctionFactory.createSink(options(), routes)).uid("sink");
            return;
        }
        rows.map(routes)
                .returns(StarRocksRowData.class)
                .uid("route")
                .addSink(SinkFunctionFactory.createSinkFunction(options()))
                .uid("sink");
    }

    private StarRocksSinkOptions options() {
        StarRocksSinkOptions.Builder options = StarRocksSinkOptions.builder();
        withOptions().forEach(options::withProperty);
        return options.build();
    }

    /** The options of the sink among the arguments. */
    private Map<String, String> withOptions() {
        Map<String, String> options = new TreeMap<>();
        arguments.forEach((key, value) -> {
            if (key.startsWith(OPTION)) {
                options.put(key.substring(OPTION.length()), value);
            }
        });
        return options;
    }

    @SuppressWarnings("deprecation")
    private TableSchema schema() {
        TableSchema.Builder schema = TableSchema.builder()
                .field("id", DataTypes.BIGINT().notNull())
                .field("n", DataTypes.BIGINT())
                .field("name", DataTypes.STRING())
                .field("price", DataTypes.DECIMAL(12, 2))
                .field("at", DataTypes.TIMESTAMP(0));
        return (primaryKey ? schema.primaryKey("id") : schema).build();
    }

    private static void fill(Object[] slots, Row row) {
        for (int i = 0; i < row.getArity(); i++) {
            slots[i] = row.getField(i);
        }
        if (slots.length > row.getArity()) {
            slots[row.getArity()] =
                    (row.getKind() == RowKind.DELETE ? StarRocksSinkOP.DELETE : StarRocksSinkOP.UPSERT).ordinal();
        }
    }
}
