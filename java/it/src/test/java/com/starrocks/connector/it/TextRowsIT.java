// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import com.starrocks.connector.flink.StarRocksSink;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import java.util.Arrays;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams of texts that are rows already. */
@Tag("every-line")
class TextRowsIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    private static StreamExecutionEnvironment environment(int parallelism, Configuration configuration) {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setParallelism(parallelism);
        environment.enableCheckpointing(100);
        return environment;
    }

    private static StarRocksSinkOptions options(Delivery delivery, String format) {
        StarRocksSinkOptions.Builder options = delivery.options().withProperty("sink.properties.format", format);
        if (format.equals("csv")) {
            options.withProperty("sink.properties.column_separator", "\\x01")
                    .withProperty("sink.properties.row_delimiter", "\\x0203");
        }
        return options.build();
    }

    private static MapFunction<Long, String> row(String format) {
        return format.equals("csv")
                ? number -> number + "\u0001number " + number
                : number -> "{\"id\": " + number + ", \"name\": \"number " + number + "\"}";
    }

    @ParameterizedTest
    @CsvSource({"csv, at-least-once", "csv, exactly-once", "json, at-least-once", "json, exactly-once"})
    void areWrittenOnceEachAlthoughTheJobFails(String format, String semantic) throws Exception {
        Delivery delivery = new Delivery(STARROCKS, semantic, false);
        Script script = Script.failingOnce();
        StreamExecutionEnvironment environment = environment(2, Flink.restarts(3));
        DataStream<String> rows = environment
                .fromSource(new NumberSource(script.id), WatermarkStrategy.noWatermarks(), "numbers", Types.LONG)
                .map(new Probe(script.id))
                .map(row(format))
                .returns(Types.STRING);
        rows.addSink(StarRocksSink.sink(options(delivery, format)));
        environment.execute();
        delivery.assertComplete();
    }

    @ParameterizedTest
    @CsvSource({"csv", "json"})
    void mayBeLargerThanABuffer(String format) throws Exception {
        Delivery delivery = new Delivery(STARROCKS, "at-least-once", false);
        STARROCKS.execute("ALTER TABLE delivery." + delivery.table + " MODIFY COLUMN name VARCHAR(1048576)");
        String large = "0123456789".repeat(90_000);
        String row = format.equals("csv") ? "2\u0001" + large : "{\"id\": 2, \"name\": \"" + large + "\"}";
        StreamExecutionEnvironment environment = environment(1, Flink.restarts(0));
        environment
                .fromElements(text(format, 1), row, text(format, 3))
                .addSink(StarRocksSink.sink(options(delivery, format)));
        environment.execute();
        assertThat(STARROCKS.query("SELECT id, LENGTH(name) FROM delivery." + delivery.table + " ORDER BY id"))
                .containsExactly(Arrays.asList("1", "8"), Arrays.asList("2", "900000"), Arrays.asList("3", "8"));
    }

    private static String text(String format, long number) throws Exception {
        return row(format).map(number);
    }

    @Test
    void areRejectedByTheServerWithTheReasonWhenTheyDoNotFit() throws Exception {
        Delivery delivery = new Delivery(STARROCKS, "at-least-once", false);
        StreamExecutionEnvironment environment = environment(1, Flink.restarts(0));
        environment
                .fromElements("{\"id\": null, \"name\": \"x\"}")
                .addSink(StarRocksSink.sink(options(delivery, "json")));
        assertThat(catchThrowable(environment::execute))
                .hasStackTraceContaining("table=delivery." + delivery.table)
                .hasStackTraceContaining("NULL value in non-nullable column 'id'");
    }
}
