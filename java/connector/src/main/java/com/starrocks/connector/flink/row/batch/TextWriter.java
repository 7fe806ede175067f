// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.batch;

import com.starrocks.connector.flink.row.sink.StarRocksDelimiterParser;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import java.nio.charset.StandardCharsets;

/** Writes records that are rows already, as text in the format of the load. */
public final class TextWriter implements RecordWriter<String> {
    private final byte[] before;
    private final byte[] after;

    public TextWriter(StarRocksSinkOptions options) {
        if (options.getStreamLoadFormat() == StarRocksSinkOptions.StreamLoadFormat.JSON) {
            before = new byte[] {','};
            after = new byte[0];
        } else {
            before = new byte[0];
            String delimiter = options.getSinkStreamLoadProperties().get("row_delimiter");
            after = StarRocksDelimiterParser.parse(delimiter, "\n").getBytes(StandardCharsets.UTF_8);
        }
    }

    @Override
    public void write(String record, RowOutput out) {
        if (record == null || record.isEmpty()) {
            throw new IllegalArgumentException("A record is " + (record == null ? "null" : "empty")
                    + ": it must be a row, as a JSON object or as CSV without the row delimiter.");
        }
        if (out.end() > 0) {
            out.append(before);
        }
        out.append(record);
        out.append(after);
    }
}
