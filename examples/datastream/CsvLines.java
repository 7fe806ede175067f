// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

import com.starrocks.connector.flink.StarRocksSink;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Texts that are lines of CSV already. */
public final class CsvLines {
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment
                .fromElements("1,one", "2,two")
                .addSink(StarRocksSink.sink(Connection.options(args, "guide", "lines")
                        .withProperty("sink.properties.column_separator", ",")
                        .build()));
        environment.execute("CSV lines");
    }
}
