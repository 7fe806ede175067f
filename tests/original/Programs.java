// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

import com.starrocks.connector.flink.StarRocksSink;
import com.starrocks.connector.flink.StarRocksSource;
import com.starrocks.connector.flink.row.sink.StarRocksGenericRowTransformer;
import com.starrocks.connector.flink.row.sink.StarRocksIRowTransformer;
import com.starrocks.connector.flink.row.sink.StarRocksSerializerFactory;
import com.starrocks.connector.flink.row.sink.StarRocksSinkOP;
import com.starrocks.connector.flink.row.sink.StarRocksSinkRowBuilder;
import com.starrocks.connector.flink.row.sink.StarRocksTableRowTransformer;
import com.starrocks.connector.flink.table.StarRocksDataType;
import com.starrocks.connector.flink.table.data.DefaultStarRocksRowData;
import com.starrocks.connector.flink.table.data.StarRocksRowData;
import com.starrocks.connector.flink.table.sink.SinkFunctionFactory;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import com.starrocks.connector.flink.table.sink.StarRocksSinkRowDataWithMeta;
import com.starrocks.connector.flink.table.sink.v2.RecordSerializationSchema;
import com.starrocks.connector.flink.table.sink.v2.RowDataSerializationSchema;
import com.starrocks.connector.flink.table.sink.v2.StarRocksCommittable;
import com.starrocks.connector.flink.table.sink.v2.StarRocksCommitter;
import com.starrocks.connector.flink.table.sink.v2.StarRocksSinkContext;
import com.starrocks.connector.flink.table.source.StarRocksSourceOptions;
import com.starrocks.data.load.stream.StreamLoadDataFormat;
import com.starrocks.data.load.stream.StreamLoadResponse;
import com.starrocks.data.load.stream.StreamLoadSnapshot;
import com.starrocks.data.load.stream.properties.StreamLoadProperties;
import com.starrocks.data.load.stream.properties.StreamLoadTableProperties;
import com.starrocks.data.load.stream.v2.StreamLoadManagerV2;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.TableSchema;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;

/** Every form of connector 1.x's API for DataStream programs, and its SDK. Each writes into tables of its own name. */
public final class Programs {
    private static String loadUrl;
    private static String jdbcUrl;
    private static String database;

    public static void main(String[] args) {
        try {
            run(args);
            System.exit(0);
        } catch (Throwable e) {
            e.printStackTrace();
            // Flink's threads would keep the process.
            Runtime.getRuntime().halt(1);
        }
    }

    private static void run(String[] args) throws Exception {
        loadUrl = args[0];
        jdbcUrl = args[1];
        database = args[2];
        csvTexts();
        jsonTexts();
        rowBuilder();
        rowsOfTables();
        rowsWithMeta();
        serializationSchema();
        rowTransformer();
        genericTransformer();
        flinkRows();
        rowDataSchema();
        sdk();
        committer();
        readRows();
        readSome();
        readCount();
    }

    private static StarRocksSinkOptions.Builder options(String table) {
        return StarRocksSinkOptions.builder()
                .withProperty("load-url", loadUrl)
                .withProperty("jdbc-url", jdbcUrl)
                .withProperty("database-name", database)
                .withProperty("table-name", table)
                .withProperty("username", "root")
                .withProperty("password", "");
    }

    private static StreamExecutionEnvironment environment() {
        Configuration configuration = new Configuration();
        configuration.setString("restart-strategy.type", "none");
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setParallelism(1);
        environment.enableCheckpointing(500);
        return environment;
    }

    private static TableSchema schema() {
        return TableSchema.builder()
                .field("id", DataTypes.INT().notNull())
                .field("name", DataTypes.STRING())
                .field("price", DataTypes.DECIMAL(10, 2))
                .primaryKey("id")
                .build();
    }

    private static StarRocksSourceOptions.Builder readOptions(String table) {
        return StarRocksSourceOptions.builder()
                .withProperty("scan-url", loadUrl)
                .withProperty("jdbc-url", jdbcUrl)
                .withProperty("database-name", database)
                .withProperty("table-name", table)
                .withProperty("username", "root")
                .withProperty("password", "");
    }

    /** Reads what another program wrote, and writes it again. */
    private static void readRows() throws Exception {
        StreamExecutionEnvironment environment = environment();
        environment
                .addSource(StarRocksSource.source(schema(), readOptions("flink_rows").build()))
                .map(row -> new Item(
                        row.getInt(0),
                        row.isNullAt(1) ? null : row.getString(1).toString(),
                        row.isNullAt(2) ? null : row.getDecimal(2, 10, 2).toString(),
                        false))
                .addSink(StarRocksSink.sink(schema(), options("read_rows").build(), new ItemBuilder()));
        environment.execute("read rows");
    }

    private static void readSome() throws Exception {
        StarRocksSourceOptions options = readOptions("flink_rows")
                .withProperty("scan.columns", "name, id")
                .withProperty("scan.filter", "id > 1")
                .build();
        StreamExecutionEnvironment environment = environment();
        environment
                .addSource(StarRocksSource.source(schema(), options))
                .map(row -> new Item(row.getInt(1), row.isNullAt(0) ? null : row.getString(0).toString(), null, false))
                .addSink(StarRocksSink.sink(schema(), options("read_some").build(), new ItemBuilder()));
        environment.execute("read some");
    }

    private static void readCount() throws Exception {
        StarRocksSourceOptions options =
                readOptions("flink_rows").withProperty("scan.columns", "count(*)").build();
        StreamExecutionEnvironment environment = environment();
        environment
                .addSource(StarRocksSource.source(schema(), options))
                .map(row -> new Item(row.getArity(), "no columns", null, false))
                .addSink(StarRocksSink.sink(schema(), options("read_count").build(), new ItemBuilder()));
        environment.execute("read count");
    }

    private static void csvTexts() throws Exception {
        StarRocksSinkOptions options = options("csv_texts")
                .withProperty("sink.properties.column_separator", "\\x01")
                .withProperty("sink.properties.row_delimiter", "\\x02")
                .withProperty("sink.properties.columns", "id, name, price, __op")
                .build();
        StreamExecutionEnvironment environment = environment();
        environment
                .fromElements("1\u0001one\u00011.50\u00010", "2\u0001\\N\u00012.50\u00010", "1\u0001\\N\u0001\\N\u00011")
                .addSink(StarRocksSink.sink(options));
        environment.execute("csv texts");
    }

    private static void jsonTexts() throws Exception {
        StarRocksSinkOptions options = options("json_texts")
                .withProperty("sink.properties.format", "json")
                .withProperty("sink.properties.strip_outer_array", "true")
                .withProperty("sink.semantic", "exactly-once")
                .withProperty("sink.label-prefix", database)
                .build();
        StreamExecutionEnvironment environment = environment();
        environment
                .fromElements("{\"id\": 1, \"name\": \"one\", \"price\": 1.5}", "{\"id\": 2, \"name\": \"zw\u00f6lf\"}")
                .addSink(StarRocksSink.sink(options));
        environment.execute("json texts");
    }

    /** A record of the user. */
    public static final class Item {
        public int id;
        public String name;
        public String price;
        public boolean gone;

        public Item() {}

        Item(int id, String name, String price, boolean gone) {
            this.id = id;
            this.name = name;
            this.price = price;
            this.gone = gone;
        }
    }

    private static DataStream<Item> items(StreamExecutionEnvironment environment) {
        return environment.fromElements(
                new Item(1, "one", "1.50", false), new Item(2, null, "2.50", false), new Item(1, null, null, true));
    }

    /** Takes items apart. */
    private static final class ItemBuilder implements StarRocksSinkRowBuilder<Item> {
        @Override
        public void accept(Object[] slots, Item item) {
            slots[0] = item.id;
            slots[1] = item.name;
            slots[2] = item.price == null ? null : new BigDecimal(item.price);
            slots[3] = (item.gone ? StarRocksSinkOP.DELETE : StarRocksSinkOP.UPSERT).ordinal();
        }
    }

    private static void rowBuilder() throws Exception {
        StreamExecutionEnvironment environment = environment();
        items(environment)
                .addSink(StarRocksSink.sink(schema(), options("row_builder").build(), new ItemBuilder()));
        environment.execute("row builder");
    }


    /** JSON by default, and CSV into one of the tables. */
    private static StarRocksSinkOptions severalTables(String csvTable) {
        StarRocksSinkOptions options = options("*")
                .withProperty("sink.properties.format", "json")
                .withProperty("sink.properties.strip_outer_array", "true")
                .build();
        return options.addTableProperties(StreamLoadTableProperties.builder()
                .database(database)
                .table(csvTable)
                .streamLoadDataFormat(StreamLoadDataFormat.CSV)
                .chunkLimit(options.getChunkLimit())
                // The original sends the default format otherwise.
                .addProperty("format", "csv")
                .addProperty("column_separator", "|")
                .build());
    }

    private static void rowsOfTables() throws Exception {
        StreamExecutionEnvironment environment = environment();
        String name = database;
        environment
                .fromElements("rows_of_tables_1#{\"id\": 1, \"name\": \"one\"}", "rows_of_tables_2#2|two|2.5")
                .map(text -> {
                    String[] parts = text.split("#");
                    return (StarRocksRowData) new DefaultStarRocksRowData(null, name, parts[0], parts[1]);
                })
                .returns(StarRocksRowData.class)
                .addSink(SinkFunctionFactory.createSinkFunction(severalTables("rows_of_tables_2")));
        environment.execute("rows of tables");
    }

    private static void rowsWithMeta() throws Exception {
        StarRocksSinkRowDataWithMeta rows = new StarRocksSinkRowDataWithMeta();
        rows.setDatabase(database);
        rows.setTable("rows_with_meta");
        rows.addDataRow("{\"id\": 1, \"name\": \"one\"}");
        rows.addDataRow("{\"id\": 2, \"name\": \"two\"}");
        StreamExecutionEnvironment environment = environment();
        environment.fromElements(rows).addSink(SinkFunctionFactory.createSinkFunction(severalTables("none")));
        environment.execute("rows with meta");
    }

    /** A record says its table before a colon; one without a colon is no row. */
    private static final class Split implements RecordSerializationSchema<String> {
        private final String database;
        private transient boolean opened;

        Split(String database) {
            this.database = database;
        }

        @Override
        public void open(SerializationSchema.InitializationContext context, StarRocksSinkContext sinkContext) {
            opened = context != null
                    && sinkContext.getInitContext().getSubtaskId() == 0
                    && sinkContext.getSinkOptions().getDatabaseName().equals(database);
        }

        @Override
        public StarRocksRowData serialize(String record) {
            if (!opened) {
                throw new IllegalStateException("not opened as expected");
            }
            int colon = record.indexOf('#');
            DefaultStarRocksRowData row = new DefaultStarRocksRowData();
            row.setDatabase(database);
            row.setTable(record.substring(0, Math.max(colon, 0)));
            row.setRow(record.substring(colon + 1));
            return colon < 0 ? null : row;
        }

        @Override
        public void close() {}
    }

    private static void serializationSchema() throws Exception {
        StreamExecutionEnvironment environment = environment();
        StarRocksSinkOptions options = severalTables("serialization_2");
        DataStream<String> records = environment.fromElements(
                "serialization_1#{\"id\": 1, \"name\": \"one\"}", "nothing", "serialization_2#2|two|2.5");
        records.sinkTo(SinkFunctionFactory.createSink(options, new Split(database)));
        environment.execute("serialization schema");

        environment = environment();
        environment
                .fromElements("serialization_1#{\"id\": 3, \"name\": \"three\"}")
                .sinkTo(new com.starrocks.connector.flink.table.sink.v2.StarRocksSink<>(
                        options, new Split(database), options.getProperties(null)));
        environment.execute("sink by constructor");
    }

    /** Takes items apart by hand. */
    private static final class ItemTransformer implements StarRocksIRowTransformer<Item> {
        private int columns;
        private transient boolean knowsContext;
        private transient Map<String, StarRocksDataType> types;

        @Override
        public void setStarRocksColumns(Map<String, StarRocksDataType> columns) {
            types = columns;
        }

        @Override
        public void setTableSchema(TableSchema schema) {
            columns = schema.getFieldCount();
        }

        @Override
        public void setRuntimeContext(RuntimeContext context) {
            knowsContext = context != null;
        }

        @Override
        public Object[] transform(Item item, boolean supportUpsertDelete) {
            if (columns != 3 || !knowsContext || !supportUpsertDelete) {
                throw new IllegalStateException("not set up as expected");
            }
            Object[] slots = new Object[4];
            new ItemBuilder().accept(slots, item);
            return slots;
        }
    }

    private static void rowTransformer() throws Exception {
        StreamExecutionEnvironment environment = environment();
        items(environment)
                .addSink(SinkFunctionFactory.createSinkFunction(
                        options("row_transformer").build(), schema(), new ItemTransformer()));
        environment.execute("row transformer");
    }

    private static void genericTransformer() throws Exception {
        StreamExecutionEnvironment environment = environment();
        items(environment)
                .addSink(SinkFunctionFactory.createSinkFunction(
                        options("generic_transformer")
                                .withProperty("sink.properties.format", "json")
                                .withProperty("sink.properties.strip_outer_array", "true")
                                .build(),
                        schema(),
                        new StarRocksGenericRowTransformer<>(new ItemBuilder())));
        environment.execute("generic transformer");
    }

    private static DataStream<RowData> flinkRows(StreamExecutionEnvironment environment) {
        RowData first = GenericRowData.of(
                1, StringData.fromString("one"), DecimalData.fromBigDecimal(new BigDecimal("1.50"), 10, 2));
        RowData second = GenericRowData.of(2, null, null);
        return environment.fromCollection(Arrays.asList(first, second), type());
    }

    private static InternalTypeInfo<RowData> type() {
        return InternalTypeInfo.of(schema().toRowDataType().getLogicalType());
    }

    private static void flinkRows() throws Exception {
        StreamExecutionEnvironment environment = environment();
        flinkRows(environment)
                .addSink(SinkFunctionFactory.createSinkFunction(
                        options("flink_rows").build(), schema(), new StarRocksTableRowTransformer(type())));
        environment.execute("rows of Flink's tables");

        environment = environment();
        flinkRows(environment)
                .sinkTo(SinkFunctionFactory.createSink(
                        options("flink_rows_v2").build(), schema(), new StarRocksTableRowTransformer(type())));
        environment.execute("rows of Flink's tables through Sink V2");
    }

    private static void rowDataSchema() throws Exception {
        StarRocksSinkOptions options = options("row_data_schema")
                .withProperty("sink.properties.column_separator", "|")
                .withProperty("sink.properties.columns", "id, name, price, __op")
                .build();
        options.enableUpsertDelete();
        StarRocksTableRowTransformer transformer = new StarRocksTableRowTransformer(type());
        transformer.setTableSchema(schema());
        transformer.setStarRocksColumns(java.util.Collections.singletonMap("name", StarRocksDataType.VARCHAR));
        StreamExecutionEnvironment environment = environment();
        flinkRows(environment)
                .sinkTo(SinkFunctionFactory.createSink(
                        options,
                        new RowDataSerializationSchema(
                                database,
                                "row_data_schema",
                                true,
                                true,
                                StarRocksSerializerFactory.createSerializer(options, new String[] {"id", "name", "price"}),
                                transformer)));
        environment.execute("row data schema");
    }

    private static StreamLoadProperties sdkProperties(String table) {
        return StreamLoadProperties.builder()
                .loadUrls(loadUrl)
                .jdbcUrl(jdbcUrl)
                .username("root")
                .password("")
                .labelPrefix(database + "-" + table)
                .enableTransaction()
                .cacheMaxBytes(64L << 20)
                .defaultTableProperties(StreamLoadTableProperties.builder()
                        .database(database)
                        .table(table)
                        .streamLoadDataFormat(StreamLoadDataFormat.JSON)
                        .chunkLimit(1L << 20)
                        .addProperty("format", "json")
                        .addProperty("strip_outer_array", "true")
                        .build())
                .build();
    }

    /** A request for one committable, as Flink makes them. */
    private static final class Request implements Committer.CommitRequest<StarRocksCommittable> {
        private final StarRocksCommittable committable;

        Request(StarRocksCommittable committable) {
            this.committable = committable;
        }

        @Override
        public StarRocksCommittable getCommittable() {
            return committable;
        }

        @Override
        public int getNumberOfRetries() {
            return 0;
        }

        @Override
        public void signalFailedWithKnownReason(Throwable cause) {
            throw new IllegalStateException(cause);
        }

        @Override
        public void signalFailedWithUnknownReason(Throwable cause) {
            throw new IllegalStateException(cause);
        }

        @Override
        public void retryLater() {
            throw new IllegalStateException("not committed at once");
        }

        @Override
        public void updateAndRetryLater(StarRocksCommittable committable) {
            throw new IllegalStateException("not committed at once");
        }

        @Override
        public void signalAlreadyCommitted() {}
    }

    /** What one program has prepared, another one commits. */
    private static void committer() throws Exception {
        StreamLoadProperties properties = sdkProperties("committer");
        StreamLoadManagerV2 manager = new StreamLoadManagerV2(properties, false);
        manager.init();
        manager.write(null, database, "committer", "{\"id\": 1, \"name\": \"one\"}");
        manager.flush();
        StreamLoadSnapshot snapshot = manager.snapshot();
        if (!manager.prepare(snapshot)) {
            throw new IllegalStateException("not prepared");
        }
        StarRocksCommitter committer = new StarRocksCommitter(options("committer").build(), properties);
        committer.commit(Collections.singletonList(new Request(new StarRocksCommittable(snapshot))));
        committer.close();
        manager.close();
    }

    private static void sdk() {
        StreamLoadManagerV2 manager = new StreamLoadManagerV2(sdkProperties("sdk"), false);
        List<String> labels = Collections.synchronizedList(new ArrayList<>());
        List<StreamLoadResponse> responses = Collections.synchronizedList(new ArrayList<>());
        manager.setStreamLoadListener(responses::add);
        manager.setLabelGeneratorFactory((db, table) -> () -> {
            labels.add(db + "-" + table + "-" + UUID.randomUUID());
            return labels.get(labels.size() - 1);
        });
        manager.init();
        manager.write(null, database, "sdk", "{\"id\": 1, \"name\": \"one\"}", "{\"id\": 2, \"name\": \"two\"}");
        manager.flush();
        StreamLoadSnapshot snapshot = manager.snapshot();
        if (!manager.prepare(snapshot) || !manager.commit(snapshot)) {
            throw new IllegalStateException("not committed");
        }
        manager.close();
        String label = snapshot.getTransactions().get(0).getLabel();
        if (!labels.contains(label)) {
            throw new IllegalStateException("the label " + label + " is not one of " + labels);
        }
        StreamLoadResponse response = responses.get(0);
        if (response.getFlushRows() != 2 || response.getException() != null || response.getCostNanoTime() <= 0) {
            throw new IllegalStateException("a load of two rows was told as one of " + response.getFlushRows());
        }
    }
}
