// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PartitionKeysTest {
    @Test
    void areTheColumnsThatPartitionsGoBy() {
        assertThat(PartitionKeys.of("(`a`, `b, c`)")).containsExactly("a", "b, c");
        assertThat(PartitionKeys.of("`a`,b")).containsExactly("a", "b");
        assertThat(PartitionKeys.of("LIST(`city`)(\n  PARTITION p1 VALUES IN ('a', 'b')\n)"))
                .containsExactly("city");
        assertThat(PartitionKeys.of("range (`d`)\n(PARTITION p1 VALUES [(\"0000-01-01\"), (\"2024-01-01\")))"))
                .containsExactly("d");
    }

    @Test
    void areNoneWhereAPartitionIsMoreThanAColumn() {
        assertThat(PartitionKeys.of("date_trunc('day', d)")).isEmpty();
        assertThat(PartitionKeys.of("(date_trunc('day', d), `c`)")).isEmpty();
        assertThat(PartitionKeys.of("(`c`,date_trunc('day', d))")).isEmpty();
        assertThat(PartitionKeys.of("RANGE(`a`, `b`) (PARTITION p1 VALUES LESS THAN (\"1\", \"2\"))"))
                .isEmpty();
        assertThat(PartitionKeys.of("time_slice(d, INTERVAL 7 day)")).isEmpty();
    }
}
