// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.DateType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

class DynamicFilterTest {
    private static String sql(LogicalType column, LogicalType type, Object... values) {
        List<RowData> rows = new ArrayList<>();
        for (Object value : values) {
            rows.add(GenericRowData.of(value));
        }
        SelectedColumns columns = SelectedColumns.of(RowType.of(new LogicalType[] {column}, new String[] {"c"}));
        return new DynamicFilter(RowType.of(type), rows)
                .on(columns, Collections.singletonList("c"))
                .map(Condition::toString)
                .orElse("none");
    }

    @Test
    void asksForTheValuesThatCome() {
        assertThat(sql(new BigIntType(), new BigIntType(), 7L, null, -1L, 7L)).isEqualTo("(`c` in (-1, 7))");
        assertThat(sql(new VarCharType(9), new VarCharType(20), StringData.fromString("it's"), null))
                .isEqualTo("(`c` in ('it''s'))");
        assertThat(sql(new DateType(), new DateType(), 19782, 0)).isEqualTo("(`c` in ('1970-01-01', '2024-02-29'))");
        assertThat(sql(
                        new DecimalType(10, 2),
                        new DecimalType(10, 2),
                        DecimalData.fromBigDecimal(new BigDecimal("1.50"), 10, 2)))
                .isEqualTo("(`c` in (1.5))");
        assertThat(sql(
                        new TimestampType(6),
                        new TimestampType(6),
                        TimestampData.fromLocalDateTime(LocalDateTime.of(2024, 2, 29, 1, 2, 3))))
                .isEqualTo("(`c` in ('2024-02-29 01:02:03.000000'))");
    }

    @Test
    void asksForNothingWhereNothingCanJoin() {
        assertThat(sql(new IntType(), new IntType())).isEqualTo("(1 = 0)");
        assertThat(sql(new IntType(), new IntType(), (Object) null)).isEqualTo("(1 = 0)");
    }

    @Test
    void asksForARangeWhereThereAreManyValuesInOneOrder() {
        Object[] numbers = new Object[DynamicFilter.MAX_VALUES + 1];
        Arrays.setAll(numbers, i -> i * 2);
        assertThat(sql(new IntType(), new IntType(), numbers)).isEqualTo("(`c` >= 0 and `c` <= 2000)");
        Object[] texts = new Object[numbers.length];
        Arrays.setAll(texts, i -> StringData.fromString("t" + i));
        assertThat(sql(new VarCharType(9), new VarCharType(9), texts)).isEqualTo("none");
        assertThat(sql(
                        new VarCharType(VarCharType.MAX_LENGTH),
                        new VarCharType(VarCharType.MAX_LENGTH),
                        StringData.fromString(String.join("", Collections.nCopies(300_000, "x")))))
                .isEqualTo("none");
    }

    @Test
    void leavesOutWhatIsNotTheSameThere() {
        assertThat(sql(new DecimalType(4, 1), new DecimalType(10, 3), DecimalData.fromUnscaledLong(1_001, 10, 3)))
                .isEqualTo("none");
        assertThat(DynamicFilter.takes(new DoubleType())).isFalse();
        assertThat(DynamicFilter.takes(new TimestampType(3))).isFalse();
        SelectedColumns columns = SelectedColumns.of(RowType.of(new IntType(), new IntType()));
        DynamicFilter filter = new DynamicFilter(
                RowType.of(new IntType(), new IntType()), Collections.singletonList(GenericRowData.of(1, 2)));
        assertThat(filter.on(columns, Arrays.asList("f1", "f0")).map(Condition::toString))
                .contains("((`f1` in (1)) and (`f0` in (2)))");
        assertThat(filter.on(columns, Collections.singletonList("f0"))).isEmpty();
    }
}
