// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

import com.starrocks.connector.flink.StarRocksSink;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Texts that are JSON objects already. */
public final class JsonLines {
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment
                .fromElements("{\"id\": 3, \"word\": \"three\"}", "{\"id\": 4, \"word\": null}")
                .addSink(StarRocksSink.sink(Connection.options(args, "guide", "lines")
                        .withProperty("sink.properties.format", "json")
                        .build()));
        environment.execute("JSON lines");
    }
}
