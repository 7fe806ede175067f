// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.data.load.stream.properties;

import com.starrocks.data.load.stream.DelimiterParser;
import com.starrocks.data.load.stream.StreamLoadDataFormat;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** How rows are loaded into one table. What is not set here comes from the default properties. */
public class StreamLoadTableProperties implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final String FORMAT = "format";
    private static final String COLUMNS = "columns";
    private static final String ROW_DELIMITER = "row_delimiter";

    /** Headers that mean something for one format alone, so that a table with the other one does not inherit them. */
    private static final List<String> OF_CSV =
            Arrays.asList("column_separator", ROW_DELIMITER, "enclose", "escape", "skip_header", "trim_space");

    private static final List<String> OF_JSON =
            Arrays.asList("jsonpaths", "json_root", "strip_outer_array", "ignore_json_size");

    private final String uniqueKey;
    private final String database;
    private final String table;
    private final StreamLoadDataFormat dataFormat;
    private final Long chunkLimit;
    private final TreeMap<String, String> properties;

    private StreamLoadTableProperties(Builder builder) {
        uniqueKey = builder.uniqueKey;
        database = builder.database;
        table = builder.table;
        dataFormat = builder.dataFormat;
        chunkLimit = builder.chunkLimit;
        properties = new TreeMap<>(builder.commonProperties);
        properties.putAll(builder.properties);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Tells these properties from others of the same table, or null. */
    public String getUniqueKey() {
        return uniqueKey;
    }

    public String getDatabase() {
        return database;
    }

    public String getTable() {
        return table;
    }

    /** The header {@code columns}, or null. */
    public String getColumns() {
        return properties.get(COLUMNS);
    }

    /** The format of the rows: what was set, or what the property {@code format} says, else JSON. */
    public StreamLoadDataFormat getDataFormat() {
        StreamLoadDataFormat known = knownFormat();
        return known == null ? StreamLoadDataFormat.JSON : known;
    }

    /** Largest size of one load in bytes, or null. */
    public Long getChunkLimit() {
        return chunkLimit;
    }

    /** The headers of each load, names in lower case. */
    public Map<String, String> getProperties() {
        return Collections.unmodifiableMap(properties);
    }

    public Optional<String> getProperty(String name) {
        return Optional.ofNullable(properties.get(name.toLowerCase(Locale.ROOT)));
    }

    private StreamLoadDataFormat knownFormat() {
        String format = properties.get(FORMAT);
        if (dataFormat != null || format == null) {
            return dataFormat;
        }
        return format.equalsIgnoreCase("json") ? StreamLoadDataFormat.JSON : StreamLoadDataFormat.CSV;
    }

    /** These properties where they say something, and {@code defaults} elsewhere. */
    StreamLoadTableProperties over(StreamLoadTableProperties defaults) {
        StreamLoadDataFormat format = knownFormat();
        if (format == null) {
            // Without the delimiter, which is among the properties already, where the table's own replaces it.
            boolean json = defaults.getDataFormat().name().equals(StreamLoadDataFormat.JSON.name());
            format = json ? StreamLoadDataFormat.JSON : StreamLoadDataFormat.CSV;
        }
        Builder merged = builder()
                .uniqueKey(uniqueKey)
                .database(database)
                .table(table)
                .streamLoadDataFormat(format)
                .addCommonProperties(defaults.properties)
                .addProperties(properties);
        merged.commonProperties.remove(FORMAT);
        if (!format.name().equals(defaults.getDataFormat().name())) {
            merged.commonProperties.keySet().removeAll(OF_CSV);
            merged.commonProperties.keySet().removeAll(OF_JSON);
        }
        Long limit = chunkLimit == null ? defaults.chunkLimit : chunkLimit;
        return (limit == null ? merged : merged.chunkLimit(limit)).build();
    }

    /** Collects properties. */
    public static class Builder {
        private String uniqueKey;
        private String database;
        private String table;
        private StreamLoadDataFormat dataFormat;
        private Long chunkLimit;
        private final TreeMap<String, String> commonProperties = new TreeMap<>();
        private final TreeMap<String, String> properties = new TreeMap<>();

        private Builder() {}

        /** Takes over everything that is set in other properties. */
        public Builder copyFrom(StreamLoadTableProperties other) {
            uniqueKey = other.uniqueKey;
            database = other.database;
            table = other.table;
            dataFormat = other.dataFormat;
            chunkLimit = other.chunkLimit;
            properties.putAll(other.properties);
            return this;
        }

        public Builder uniqueKey(String uniqueKey) {
            this.uniqueKey = uniqueKey;
            return this;
        }

        public Builder database(String database) {
            this.database = database;
            return this;
        }

        public Builder table(String table) {
            this.table = table;
            return this;
        }

        /** Sets the header {@code columns}. */
        public Builder columns(String columns) {
            return addProperty(COLUMNS, columns);
        }

        public Builder streamLoadDataFormat(StreamLoadDataFormat dataFormat) {
            this.dataFormat = dataFormat;
            return this;
        }

        /** Sets the largest size of one load in bytes. */
        public Builder chunkLimit(long chunkLimit) {
            if (chunkLimit <= 0) {
                throw new IllegalArgumentException("The chunk limit must be greater than 0, not " + chunkLimit + ".");
            }
            this.chunkLimit = chunkLimit;
            return this;
        }

        /** Sets headers of each load. */
        public Builder addProperties(Map<String, String> properties) {
            properties.forEach(this::addProperty);
            return this;
        }

        /** Sets a header of each load; null takes it away. */
        public Builder addProperty(String name, String value) {
            put(properties, name, value);
            return this;
        }

        /** Sets headers of each load that give way to those of {@link #addProperty}. */
        public Builder addCommonProperties(Map<String, String> properties) {
            properties.forEach((name, value) -> put(commonProperties, name, value));
            return this;
        }

        private static void put(Map<String, String> map, String name, String value) {
            String key = name.toLowerCase(Locale.ROOT);
            if (value == null) {
                map.remove(key);
            } else {
                map.put(key, value);
            }
        }

        public StreamLoadTableProperties build() {
            if (database == null || table == null) {
                throw new IllegalArgumentException(
                        "Properties of a table need its database and its name, not " + database + "." + table + ".");
            }
            if (dataFormat instanceof StreamLoadDataFormat.CSVFormat) {
                settleRowDelimiter();
            }
            return new StreamLoadTableProperties(this);
        }

        /** The server has to be told of a row delimiter that only the format knows. */
        private void settleRowDelimiter() {
            String own = new String(dataFormat.delimiter(), StandardCharsets.UTF_8);
            if (own.equals("\n")) {
                return;
            }
            String header = properties.getOrDefault(ROW_DELIMITER, commonProperties.get(ROW_DELIMITER));
            if (header == null) {
                StringBuilder hex = new StringBuilder("\\x");
                for (byte b : dataFormat.delimiter()) {
                    hex.append(String.format("%02x", b));
                }
                // Fails for what StarRocks cannot read.
                DelimiterParser.parse(hex.toString(), null);
                properties.put(ROW_DELIMITER, hex.toString());
            } else if (!DelimiterParser.parse(header, "\n").equals(own)) {
                throw new IllegalArgumentException("The row delimiter of " + database + "." + table
                        + " is one thing in its format and another in its property 'row_delimiter'.");
            }
        }
    }
}
