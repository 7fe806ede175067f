// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import com.starrocks.connector.flink.load.LoadWriter;
import com.starrocks.connector.flink.load.SinkPlan;
import com.starrocks.connector.flink.load.Subtask;
import com.starrocks.connector.flink.row.batch.RecordWriterFactory;
import com.starrocks.connector.flink.table.sink.SinkSchema;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import com.starrocks.connector.jni.Waiter;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.binary.BinaryStringData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The writer alone, without a job around it. */
class LoadWriterIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create("--sink-hole");

    private static final RowType TYPE = RowType.of(
            new LogicalType[] {new BigIntType(), new VarCharType(VarCharType.MAX_LENGTH)}, new String[] {"id", "name"});

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @BeforeAll
    static void createTable() throws Exception {
        STARROCKS.execute("CREATE DATABASE it");
        STARROCKS.execute("CREATE TABLE it.t (id BIGINT NOT NULL, name VARCHAR(100)) DUPLICATE KEY(id)"
                + " DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES (\"replication_num\" = \"1\")");
    }

    private static LoadWriter<RowData> open() {
        Map<String, String> options = new TreeMap<>();
        options.put("load-url", STARROCKS.loadUrl());
        options.put("jdbc-url", STARROCKS.jdbcUrl());
        options.put("database-name", "it");
        options.put("table-name", "t");
        options.put("username", EmbeddedStarRocks.USERNAME);
        options.put("password", "");
        StarRocksSinkOptions.Builder builder = StarRocksSinkOptions.builder();
        options.forEach(builder::withProperty);
        SinkPlan plan = SinkPlan.check(builder.build(), new SinkSchema(TYPE, null));
        return LoadWriter.open(
                plan, new Subtask(0, 1, 0, "job"), null, RecordWriterFactory.ROWS.create(plan), Waiter.NONE);
    }

    /** What writing some rows allocates on this thread, waiting for buffers included. */
    private static long allocatedBy(LoadWriter<RowData> writer, RowData row, int rows) throws Exception {
        long thread = Thread.currentThread().getId();
        long before = THREADS.getThreadAllocatedBytes(thread);
        for (int i = 0; i < rows; i++) {
            writer.write(row);
        }
        return THREADS.getThreadAllocatedBytes(thread) - before;
    }

    @Test
    void allocatesNothingForARow() throws Exception {
        RowData binary = new RowDataSerializer(TYPE)
                .toBinaryRow(GenericRowData.of(42L, StringData.fromString("a name longer than a slot")));
        RowData generic = GenericRowData.of(42L, StringData.fromString("a name longer than a slot"));
        // Text that Flink made from a String keeps its bytes once they are asked for.
        ((BinaryStringData) generic.getString(1)).ensureMaterialized();
        for (RowData row : Arrays.asList(binary, generic)) {
            try (LoadWriter<RowData> writer = open()) {
                // Classes are loaded and the log is quiet after the first rows.
                allocatedBy(writer, row, 100_000);
                long few = allocatedBy(writer, row, 10_000);
                long many = allocatedBy(writer, row, 1_000_000);
                assertThat(many)
                        .as("bytes for a million rows, %s for ten thousand", few)
                        .isLessThan(256 * 1024);
                writer.flush(false, 1);
            }
        }
    }

    @Test
    void namesTheColumnOfTextThatIsNotUtf8() throws Exception {
        byte[] bytes = "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1);
        try (LoadWriter<RowData> writer = open()) {
            writer.write(GenericRowData.of(1L, StringData.fromBytes(bytes)));
            assertThat(catchThrowable(() -> writer.flush(false, 1)))
                    .hasMessageContaining("UTF-8")
                    .hasMessageContaining("name")
                    .hasMessageContaining("it.t");
        }
    }
}
