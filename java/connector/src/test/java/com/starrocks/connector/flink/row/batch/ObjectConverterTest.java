// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Test;

class ObjectConverterTest {
    private static Object convert(DataType type, Object value) {
        return ObjectConverter.of("c", type.getLogicalType()).convert(value);
    }

    @Test
    void takesNumbersAndTextForNumbers() {
        assertThat(convert(DataTypes.TINYINT(), 7)).isEqualTo((byte) 7);
        assertThat(convert(DataTypes.SMALLINT(), "-7")).isEqualTo((short) -7);
        assertThat(convert(DataTypes.INT(), 7L)).isEqualTo(7);
        assertThat(convert(DataTypes.BIGINT(), BigInteger.TEN)).isEqualTo(10L);
        assertThat(convert(DataTypes.BOOLEAN(), 1)).isEqualTo(true);
        assertThat(convert(DataTypes.INT(), true)).isEqualTo(1);
        assertThat(convert(DataTypes.FLOAT(), 1.5)).isEqualTo(1.5f);
        assertThat(convert(DataTypes.DOUBLE(), "1.5")).isEqualTo(1.5);
        assertThat(convert(DataTypes.DECIMAL(10, 2), 3))
                .isEqualTo(DecimalData.fromBigDecimal(new BigDecimal("3.00"), 10, 2));
    }

    @Test
    void takesDatesAndTimesOfBothKinds() {
        assertThat(convert(DataTypes.DATE(), LocalDate.of(1970, 1, 2))).isEqualTo(1);
        assertThat(convert(DataTypes.DATE(), Date.valueOf("1970-01-02"))).isEqualTo(1);
        assertThat(convert(DataTypes.DATE(), "1970-01-02")).isEqualTo(1);
        assertThat(convert(DataTypes.TIME(), LocalTime.of(0, 0, 1))).isEqualTo(1000);
        LocalDateTime time = LocalDateTime.of(2024, 2, 29, 12, 34, 56, 789_000_000);
        TimestampData expected = TimestampData.fromLocalDateTime(time);
        assertThat(convert(DataTypes.TIMESTAMP(3), time)).isEqualTo(expected);
        assertThat(convert(DataTypes.TIMESTAMP(3), Timestamp.valueOf(time))).isEqualTo(expected);
        assertThat(convert(DataTypes.TIMESTAMP(3), "2024-02-29 12:34:56.789")).isEqualTo(expected);
        assertThat(convert(DataTypes.TIMESTAMP_LTZ(3), Instant.parse("2024-02-29T12:34:56.789Z")))
                .isEqualTo(expected);
    }

    @Test
    void takesTextAndObjectsThatBecomeJsonText() {
        assertThat(convert(DataTypes.STRING(), 5)).isEqualTo(StringData.fromString("5"));
        assertThat(convert(DataTypes.STRING(), Collections.singletonMap("a", Arrays.asList(1, null))))
                .isEqualTo(StringData.fromString("{\"a\":[1,null]}"));
    }

    @Test
    void takesNestedValues() {
        assertThat(convert(DataTypes.ARRAY(DataTypes.INT()), Arrays.asList(1, null, "3")))
                .isEqualTo(new GenericArrayData(new Object[] {1, null, 3}));
        HashMap<Object, Object> map = new HashMap<>();
        map.put(StringData.fromString("k"), 1L);
        assertThat(convert(DataTypes.MAP(DataTypes.STRING(), DataTypes.BIGINT()), Collections.singletonMap("k", 1)))
                .isEqualTo(new GenericMapData(map));
        DataType row = DataTypes.ROW(DataTypes.FIELD("a", DataTypes.INT()), DataTypes.FIELD("b", DataTypes.STRING()));
        GenericRowData expected = GenericRowData.of(1, null);
        assertThat(convert(row, Row.of(1, null))).isEqualTo(expected);
        assertThat(convert(row, Arrays.asList(1, null))).isEqualTo(expected);
        assertThat(convert(row, Collections.singletonMap("a", 1))).isEqualTo(expected);
    }

    @Test
    void namesTheColumnAndTheClassButNotTheValue() {
        for (Object[] bad : new Object[][] {
            {DataTypes.TINYINT(), 1000},
            {DataTypes.INT(), "s3cret"},
            {DataTypes.INT(), 1.5},
            {DataTypes.BOOLEAN(), "s3cret"},
            {DataTypes.DATE(), "s3cret"},
            {DataTypes.TIMESTAMP(3), 17},
            {DataTypes.DECIMAL(4, 2), new BigDecimal("1000")},
            {DataTypes.BYTES(), "s3cret"},
            {DataTypes.ARRAY(DataTypes.INT()), "s3cret"},
            {DataTypes.ROW(DataTypes.FIELD("a", DataTypes.INT())), Arrays.asList(1, 2)},
        }) {
            assertThatThrownBy(() -> convert((DataType) bad[0], bad[1]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'c'")
                    .hasMessageContaining(bad[1].getClass().getName())
                    .hasMessageNotContaining("s3cret");
        }
    }
}
