// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.sink;

import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import java.util.Arrays;
import java.util.Map;

/** Makes the serializer of a sink's format. */
public class StarRocksSerializerFactory {
    private StarRocksSerializerFactory() {}

    /**
     * @param fieldNames names of the columns, needed for JSON
     */
    public static StarRocksISerializer createSerializer(StarRocksSinkOptions options, String[] fieldNames) {
        if (options.getStreamLoadFormat() == StarRocksSinkOptions.StreamLoadFormat.CSV) {
            Map<String, String> properties = options.getSinkStreamLoadProperties();
            return new StarRocksCsvSerializer(
                    StarRocksDelimiterParser.parse(properties.get("column_separator"), "\t"),
                    StarRocksDelimiterParser.parse(properties.get("row_delimiter"), "\n"));
        }
        String[] names = fieldNames;
        if (options.supportUpsertDelete()) {
            names = Arrays.copyOf(fieldNames, fieldNames.length + 1);
            names[fieldNames.length] = StarRocksSinkOP.COLUMN_KEY;
        }
        return new StarRocksJsonSerializer(names);
    }
}
