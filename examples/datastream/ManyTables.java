// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

import com.starrocks.connector.flink.table.data.DefaultStarRocksRowData;
import com.starrocks.connector.flink.table.data.StarRocksRowData;
import com.starrocks.connector.flink.table.sink.SinkFunctionFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Rows that name the tables they go to, through one sink and exactly once. */
public final class ManyTables {
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment.enableCheckpointing(1000);
        environment
                .fromElements("cats Tom", "dogs Rex", "cats Kit")
                .map(text -> {
                    String[] words = text.split(" ");
                    String row = "{\"id\": " + words[1].length() + ", \"name\": \"" + words[1] + "\"}";
                    return (StarRocksRowData) new DefaultStarRocksRowData(null, "guide", words[0], row);
                })
                .returns(TypeInformation.of(StarRocksRowData.class))
                .addSink(SinkFunctionFactory.createSinkFunction(Connection.options(args, "*", "*")
                        .withProperty("sink.properties.format", "json")
                        .withProperty("sink.semantic", "exactly-once")
                        .withProperty("sink.label-prefix", "animals")
                        .build()));
        environment.execute("many tables");
    }
}
