// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.starrocks.connector.jni.Json;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.catalog.UniqueConstraint;
import org.junit.jupiter.api.Test;

class SinkSchemaTest {
    private static String json(Column... columns) {
        SinkSchema schema = SinkSchema.of(new ResolvedSchema(Arrays.asList(columns), Collections.emptyList(), null));
        return new String(Json.write(schema.toJson()), StandardCharsets.UTF_8);
    }

    @Test
    void describesEveryTypeAsTheNativeLibraryReadsIt() {
        assertThat(json(
                        Column.physical("a", DataTypes.INT().notNull()),
                        Column.physical("b", DataTypes.STRING()),
                        Column.physical("c", DataTypes.DECIMAL(20, 3)),
                        Column.physical("d", DataTypes.TIMESTAMP_WITH_LOCAL_TIME_ZONE(6)),
                        Column.physical("e", DataTypes.ARRAY(DataTypes.DATE())),
                        Column.physical("f", DataTypes.MAP(DataTypes.CHAR(2).notNull(), DataTypes.TIME(3))),
                        Column.physical("g", DataTypes.ROW(DataTypes.FIELD("x", DataTypes.BYTES())))))
                .isEqualTo("[{\"name\":\"a\",\"type\":{\"root\":\"INTEGER\",\"nullable\":false}},"
                        + "{\"name\":\"b\",\"type\":{\"root\":\"VARCHAR\",\"length\":2147483647,\"nullable\":true}},"
                        + "{\"name\":\"c\",\"type\":{\"root\":\"DECIMAL\",\"precision\":20,\"scale\":3,\"nullable\":true}},"
                        + "{\"name\":\"d\",\"type\":{\"root\":\"TIMESTAMP_WITH_LOCAL_TIME_ZONE\",\"precision\":6,\"nullable\":true}},"
                        + "{\"name\":\"e\",\"type\":{\"root\":\"ARRAY\",\"element\":{\"root\":\"DATE\",\"nullable\":true},\"nullable\":true}},"
                        + "{\"name\":\"f\",\"type\":{\"root\":\"MAP\",\"key\":{\"root\":\"CHAR\",\"length\":2,\"nullable\":false},"
                        + "\"value\":{\"root\":\"TIME_WITHOUT_TIME_ZONE\",\"precision\":3,\"nullable\":true},\"nullable\":true}},"
                        + "{\"name\":\"g\",\"type\":{\"root\":\"ROW\",\"fields\":[{\"name\":\"x\",\"type\":"
                        + "{\"root\":\"VARBINARY\",\"length\":2147483647,\"nullable\":true}}],\"nullable\":true}}]");
    }

    @Test
    void namesTheColumnOfATypeThatCannotMap() {
        assertThatThrownBy(() -> json(Column.physical(
                        "outer",
                        DataTypes.ROW(
                                DataTypes.FIELD("inner", DataTypes.ARRAY(DataTypes.INTERVAL(DataTypes.MONTH())))))))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("'outer.inner[]'")
                .hasMessageContaining("INTERVAL");
    }

    @Test
    void keepsPhysicalColumnsAndThePrimaryKey() {
        SinkSchema schema = SinkSchema.of(new ResolvedSchema(
                Arrays.asList(
                        Column.physical("id", DataTypes.INT().notNull()),
                        Column.metadata("m", DataTypes.INT(), null, true),
                        Column.physical("v", DataTypes.STRING())),
                Collections.emptyList(),
                UniqueConstraint.primaryKey("pk", Collections.singletonList("id"))));
        assertThat(schema.names()).containsExactly("id", "v");
        assertThat(schema.primaryKey()).contains(Collections.singletonList("id"));
    }
}
