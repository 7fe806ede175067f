// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.Test;

class SelectedColumnsTest {
    private static RowType row(boolean nullable, String first, LogicalType one, String second, LogicalType two) {
        return new RowType(
                nullable, Arrays.asList(new RowType.RowField(first, one), new RowType.RowField(second, two)));
    }

    private static SelectedColumns table() {
        LogicalType needed = new IntType(false);
        RowType inner = row(false, "x.y", needed, "z", new IntType());
        return SelectedColumns.of(row(false, "s", row(true, "a", needed, "in", inner), "n", inner));
    }

    @Test
    void fieldsAreKnownByPositionAndNullWhereTheirRowMayBe() {
        SelectedColumns selected = table().project(new int[][] {{0, 1, 0}, {1, 0}, {1, 1}, {0, 0}});
        assertThat(selected.toJson())
                .containsExactly(
                        Arrays.asList("s", 1, 0), Arrays.asList("n", 0), Arrays.asList("n", 1), Arrays.asList("s", 0));
        assertThat(selected.type().getFieldNames()).containsExactly("s.in.x.y", "n.x.y", "n.z", "s.a");
        assertThat(selected.type().getChildren())
                .containsExactly(new IntType(true), new IntType(false), new IntType(true), new IntType(true));
        assertThat(selected.indexOf("s.a")).isNegative();
    }

    @Test
    void whatIsSelectedIsSelectedFrom() {
        SelectedColumns selected = table().project(new int[][] {{1}, {0, 1}}).project(new int[][] {{1, 1}, {0}});
        assertThat(selected.toJson()).containsExactly(Arrays.asList("s", 1, 1), "n");
        assertThat(selected.indexOf("n")).isEqualTo(1);
        assertThat(selected.isWhole(0)).isFalse();
    }

    @Test
    void namesOfFieldsStayClearOfColumns() {
        LogicalType any = new IntType();
        SelectedColumns table = SelectedColumns.of(row(false, "s.a", any, "s", row(false, "a", any, "b", any)));
        assertThat(table.project(new int[][] {{1, 0}, {0}}).type().getFieldNames())
                .containsExactly("s.a'", "s.a");
    }
}
