// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

import com.starrocks.connector.flink.table.data.DefaultStarRocksRowData;
import com.starrocks.connector.flink.table.data.StarRocksRowData;
import com.starrocks.connector.flink.table.sink.SinkFunctionFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Orders with their lines: nobody ever sees an order without its lines, since both tables are loaded in the same transactions. */
public final class SharedTransactions {
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment.enableCheckpointing(1000);
        environment
                .fromElements("1 tea cake", "2 coffee")
                .<StarRocksRowData>flatMap((text, out) -> {
                    String[] words = text.split(" ");
                    for (int i = 1; i < words.length; i++) {
                        String line = "{\"id\": " + words[0] + ", \"name\": \"" + words[i] + "\"}";
                        out.collect(row("order_lines", line, false));
                    }
                    // The last row of what belongs together.
                    out.collect(row("orders", "{\"id\": " + words[0] + "}", true));
                })
                .returns(TypeInformation.of(StarRocksRowData.class))
                .addSink(SinkFunctionFactory.createSinkFunction(Connection.options(args, "guide", "*")
                        .withProperty("sink.properties.format", "json")
                        .withProperty("sink.transaction.multi-table.enabled", "true")
                        .withProperty("sink.label-prefix", "orders")
                        .build()));
        environment.execute("shared transactions");
    }

    private static StarRocksRowData row(String table, String json, boolean last) {
        DefaultStarRocksRowData row = new DefaultStarRocksRowData(null, "guide", table, json);
        row.setSourcePartition(0);
        row.setTransactionEnd(last);
        return row;
    }
}
