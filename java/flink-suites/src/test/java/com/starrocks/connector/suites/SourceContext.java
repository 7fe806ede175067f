// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.suites;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import com.starrocks.connector.flink.StarRocksSource;
import com.starrocks.connector.flink.table.source.StarRocksSourceOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.testframe.external.ExternalSystemSplitDataWriter;
import org.apache.flink.connector.testframe.external.source.DataStreamSourceExternalContext;
import org.apache.flink.connector.testframe.external.source.TestingSourceSettings;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.RowType;

/**
 * A table for one test of a suite, filled before it is read: a number and a word. What the suite writes as one split must come in order,
 * so each is a partition of one tablet.
 */
final class SourceContext extends SuiteTable implements DataStreamSourceExternalContext<RowData> {
    private static final int ROWS = 300;
    private static final int SPLITS = 10;
    private static final ResolvedSchema SCHEMA = ResolvedSchema.of(
            Column.physical("id", DataTypes.BIGINT().notNull()), Column.physical("word", DataTypes.STRING()));
    private static final RowType TYPE = (RowType) SCHEMA.toPhysicalRowDataType().getLogicalType();

    SourceContext(EmbeddedSystem system) {
        super(system, "PARTITION BY RANGE(id) (START (\"0\") END (\"" + SPLITS * ROWS + "\") EVERY (" + ROWS + "))");
    }

    @Override
    public Source<RowData, ?, ?> createSource(TestingSourceSettings settings) {
        if (settings.getBoundedness() != Boundedness.BOUNDED) {
            throw new UnsupportedOperationException("a table is read as it is, and the source ends");
        }
        return StarRocksSource.scan(
                SCHEMA,
                StarRocksSourceOptions.builder()
                        .withProperty("scan-url", system.server.loadUrl())
                        .withProperty("jdbc-url", system.server.jdbcUrl())
                        .withProperty("database-name", "suite")
                        .withProperty("table-name", table)
                        .withProperty("username", EmbeddedStarRocks.USERNAME)
                        .withProperty("password", "")
                        .build());
    }

    @Override
    public ExternalSystemSplitDataWriter<RowData> createSourceSplitDataWriter(TestingSourceSettings settings) {
        return new ExternalSystemSplitDataWriter<RowData>() {
            @Override
            public void writeRecords(List<RowData> rows) {
                system.execute("INSERT INTO suite." + table + " VALUES "
                        + rows.stream()
                                .map(row -> "(" + row.getLong(0) + ", '" + row.getString(1) + "')")
                                .collect(Collectors.joining(", ")));
            }

            @Override
            public void close() {
                // Every statement has a connection of its own.
            }
        };
    }

    @Override
    public List<RowData> generateTestData(TestingSourceSettings settings, int split, long seed) {
        Random random = new Random(seed);
        RowDataSerializer binary = new RowDataSerializer(TYPE);
        List<RowData> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            String word = Integer.toString(random.nextInt(Integer.MAX_VALUE), 36);
            RowData row = GenericRowData.of((long) split * ROWS + i, StringData.fromString(word));
            rows.add(binary.toBinaryRow(row).copy());
        }
        return rows;
    }

    @Override
    public TypeInformation<RowData> getProducedType() {
        return InternalTypeInfo.of(TYPE);
    }
}
