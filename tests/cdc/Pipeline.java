// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.cdc.common.configuration.Configuration;
import org.apache.flink.cdc.common.data.DecimalData;
import org.apache.flink.cdc.common.data.TimestampData;
import org.apache.flink.cdc.common.data.binary.BinaryRecordData;
import org.apache.flink.cdc.common.data.binary.BinaryStringData;
import org.apache.flink.cdc.common.event.AddColumnEvent;
import org.apache.flink.cdc.common.event.CreateTableEvent;
import org.apache.flink.cdc.common.event.DataChangeEvent;
import org.apache.flink.cdc.common.event.DropColumnEvent;
import org.apache.flink.cdc.common.event.Event;
import org.apache.flink.cdc.common.event.TableId;
import org.apache.flink.cdc.common.pipeline.PipelineOptions;
import org.apache.flink.cdc.common.pipeline.SchemaChangeBehavior;
import org.apache.flink.cdc.common.schema.Column;
import org.apache.flink.cdc.common.schema.Schema;
import org.apache.flink.cdc.common.types.DataType;
import org.apache.flink.cdc.common.types.DataTypes;
import org.apache.flink.cdc.common.types.RowType;
import org.apache.flink.cdc.composer.definition.PipelineDef;
import org.apache.flink.cdc.composer.definition.SinkDef;
import org.apache.flink.cdc.composer.definition.SourceDef;
import org.apache.flink.cdc.composer.flink.FlinkPipelineComposer;
import org.apache.flink.cdc.connectors.values.source.ValuesDataSourceHelper;
import org.apache.flink.cdc.connectors.values.source.ValuesDataSourceOptions;
import org.apache.flink.cdc.runtime.typeutils.BinaryRecordDataGenerator;

/** A pipeline of Flink CDC into StarRocks: a table is created, filled, widened, narrowed and changed. */
public final class Pipeline {
    private static final TableId TABLE = TableId.tableId("cdc", "orders");
    private static final DataType[] AT_FIRST = {
        DataTypes.BIGINT().notNull(), DataTypes.VARCHAR(20), DataTypes.DECIMAL(10, 2), DataTypes.TIMESTAMP(6)
    };

    private Pipeline() {}

    /** @param arguments FE HTTP address, JDBC URL */
    public static void main(String[] arguments) throws Exception {
        ValuesDataSourceHelper.setSourceEvents(Collections.singletonList(events()));
        Configuration source = new Configuration();
        source.set(ValuesDataSourceOptions.EVENT_SET_ID, ValuesDataSourceHelper.EventSetId.CUSTOM_SOURCE_EVENTS);
        Map<String, String> sink = new HashMap<>();
        sink.put("load-url", arguments[0]);
        sink.put("jdbc-url", arguments[1]);
        sink.put("username", "root");
        sink.put("password", "");
        sink.put("sink.buffer-flush.interval-ms", "1000");
        sink.put("table.create.num-buckets", "3");
        sink.put("table.create.properties.replication_num", "1");
        Configuration pipeline = new Configuration();
        pipeline.set(PipelineOptions.PIPELINE_PARALLELISM, 1);
        pipeline.set(PipelineOptions.PIPELINE_SCHEMA_CHANGE_BEHAVIOR, SchemaChangeBehavior.EVOLVE);
        PipelineDef definition = new PipelineDef(
                new SourceDef("values", "source", source),
                new SinkDef("starrocks", "sink", Configuration.fromMap(sink)),
                Collections.emptyList(),
                Collections.emptyList(),
                Collections.emptyList(),
                pipeline);
        FlinkPipelineComposer.ofMiniCluster().compose(definition).execute();
        // A thread of Flink CDC's coordinator outlives the job.
        System.exit(0);
    }

    private static List<Event> events() {
        Schema schema = Schema.newBuilder()
                .physicalColumn("name", AT_FIRST[1], "a \"name\"")
                .physicalColumn("id", AT_FIRST[0])
                .physicalColumn("price", AT_FIRST[2])
                .physicalColumn("at", AT_FIRST[3])
                .primaryKey("id")
                .build();
        DataType[] wide = {AT_FIRST[1], AT_FIRST[0], AT_FIRST[2], AT_FIRST[3], DataTypes.INT(), DataTypes.STRING()};
        DataType[] narrow = {AT_FIRST[1], AT_FIRST[0], AT_FIRST[3], DataTypes.INT(), DataTypes.STRING()};
        // Flink CDC 3.2 itself writes no fractions of a second.
        TimestampData at = TimestampData.fromLocalDateTime(LocalDateTime.of(2024, 2, 29, 1, 2, 3, 123456000));
        DecimalData price = DecimalData.fromBigDecimal(new BigDecimal("7.50"), 10, 2);
        DataType[] first = {AT_FIRST[1], AT_FIRST[0], AT_FIRST[2], AT_FIRST[3]};
        return Arrays.asList(
                new CreateTableEvent(TABLE, schema),
                DataChangeEvent.insertEvent(TABLE, row(first, text("one"), 1L, price, at)),
                DataChangeEvent.insertEvent(TABLE, row(first, text("zwei ä"), 2L, null, at)),
                DataChangeEvent.insertEvent(TABLE, row(first, text("three"), 3L, price, null)),
                new AddColumnEvent(
                        TABLE,
                        Arrays.asList(
                                new AddColumnEvent.ColumnWithPosition(Column.physicalColumn("n", DataTypes.INT())),
                                new AddColumnEvent.ColumnWithPosition(
                                        Column.physicalColumn("note", DataTypes.STRING(), "it's new")))),
                DataChangeEvent.insertEvent(TABLE, row(wide, text("four"), 4L, price, at, 44, text("x"))),
                new DropColumnEvent(TABLE, Collections.singletonList("price")),
                DataChangeEvent.updateEvent(
                        TABLE,
                        row(narrow, text("zwei ä"), 2L, at, null, null),
                        row(narrow, text("two"), 2L, at, 22, text("changed"))),
                DataChangeEvent.deleteEvent(TABLE, row(narrow, text("three"), 3L, null, null, null)));
    }

    private static BinaryStringData text(String text) {
        return BinaryStringData.fromString(text);
    }

    private static BinaryRecordData row(DataType[] types, Object... values) {
        return new BinaryRecordDataGenerator(RowType.of(types)).generate(values);
    }
}
