// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.data.load.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.starrocks.connector.load.TableKey;
import com.starrocks.data.load.stream.properties.StreamLoadProperties;
import com.starrocks.data.load.stream.properties.StreamLoadTableProperties;
import com.starrocks.data.load.stream.v2.StreamLoadManagerV2;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StreamLoadPropertiesTest {
    private static StreamLoadTableProperties.Builder table(String name) {
        return StreamLoadTableProperties.builder().database("d").table(name);
    }

    private static StreamLoadProperties.Builder properties() {
        return StreamLoadProperties.builder().loadUrls("h:8030").username("u").password("secret");
    }

    private static Map<String, Object> config(StreamLoadProperties properties, String table) {
        return properties.sinkConfig(new TableKey(null, "d", table));
    }

    /** A table that only has a header of its own keeps format, chunk size and compression of the others. */
    @Test
    void whatATableDoesNotSayComesFromTheDefaults() {
        StreamLoadProperties properties = properties()
                .defaultTableProperties(table("*")
                        .streamLoadDataFormat(new StreamLoadDataFormat.CSVFormat("\u0002"))
                        .chunkLimit(1_000_000)
                        .addProperty("compression", "lz4_frame")
                        .build())
                .addTableProperties(
                        table("own").addProperty("Partial_Update", "true").build())
                .build();
        for (String name : new String[] {"own", "other"}) {
            assertThat(config(properties, name))
                    .containsEntry("table", name)
                    .containsEntry("format", "csv")
                    .containsEntry("chunk_bytes", 1_000_000L);
            assertThat(properties.getTableProperties(null, "d", name).getProperties())
                    .containsEntry("compression", "lz4_frame")
                    .containsEntry("row_delimiter", "\\x02");
        }
        assertThat(properties.getTableProperties(null, "d", "own").getProperties())
                .containsEntry("partial_update", "true");
        assertThat(properties.getTableProperties(null, "d", "other").getProperties())
                .doesNotContainKey("partial_update");
    }

    @Test
    void aTableOfTheOtherFormatInheritsNothingOfTheFirst() {
        StreamLoadProperties properties = properties()
                .defaultTableProperties(table("*")
                        .streamLoadDataFormat(StreamLoadDataFormat.CSV)
                        .addProperty("column_separator", "|")
                        .addProperty("timeout", "60")
                        .build())
                .addTableProperties(table("json").addProperty("format", "JSON").build())
                .build();
        assertThat(config(properties, "json")).containsEntry("format", "json");
        assertThat(properties.getTableProperties(null, "d", "json").getProperties())
                .containsEntry("timeout", "60")
                .doesNotContainKey("column_separator");
    }

    @Test
    void aUniqueKeyMayHaveItsOwnProperties() {
        StreamLoadProperties properties = properties()
                .addTableProperties(table("t").columns("a").build())
                .addTableProperties(table("t").uniqueKey("k").columns("b").build())
                .build();
        assertThat(properties.getTableProperties("k", "d", "t").getColumns()).isEqualTo("b");
        assertThat(properties.getTableProperties("other", "d", "t").getColumns())
                .isEqualTo("a");
        assertThat(properties.getTableProperties(null, "d", "t").getColumns()).isEqualTo("a");
        assertThat(properties.getTableProperties(null, "d", "u").getColumns()).isNull();
    }

    @Test
    void aTableOverridesTheHeadersOfAll() {
        StreamLoadProperties properties = properties()
                .addHeaders(Collections.singletonMap("Timeout", "60"))
                .addTableProperties(table("t").addProperty("timeout", "10").build())
                .build();
        assertThat(config(properties, "t")).extracting("properties").hasToString("{timeout=10}");
        assertThat(config(properties, "u")).extracting("properties").hasToString("{timeout=60}");
    }

    @Test
    void whatCannotWorkIsRefused() {
        assertThatThrownBy(() -> StreamLoadTableProperties.builder().table("t").build())
                .hasMessageContaining("need its database");
        assertThatThrownBy(() -> table("t").chunkLimit(0)).hasMessageContaining("chunk limit");
        assertThatThrownBy(() -> table("t")
                        .streamLoadDataFormat(new StreamLoadDataFormat.CSVFormat("\u0002"))
                        .addProperty("row_delimiter", "\\x03")
                        .build())
                .hasMessageContaining("row delimiter of d.t");
        assertThatThrownBy(() -> properties().loadUrls().build()).hasMessageContaining("load URL");
        assertThatThrownBy(() -> properties().connectTimeout(99)).hasMessageContaining("at least 100");
        assertThatThrownBy(() -> new StreamLoadManagerV2(properties().build(), false))
                .hasMessageContaining("enableTransaction()");
    }

    @Test
    void thePasswordIsNotPrinted() {
        assertThat(properties().build()).asString().contains("h:8030").doesNotContain("secret");
    }
}
