// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.suites;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import com.starrocks.connector.flink.load.SinkPlan;
import com.starrocks.connector.flink.row.batch.RecordWriterFactory;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import com.starrocks.connector.flink.table.sink.v2.StarRocksSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.testframe.external.ExternalSystemDataReader;
import org.apache.flink.connector.testframe.external.sink.DataStreamSinkV2ExternalContext;
import org.apache.flink.connector.testframe.external.sink.TestingSinkSettings;

/** A table for one test of a suite. Its rows are lines of CSV: a number and a word. */
final class TableContext extends SuiteTable implements DataStreamSinkV2ExternalContext<String> {
    private static final int ROWS = 200;

    TableContext(EmbeddedSystem system) {
        super(system, "");
    }

    @Override
    public Sink<String> createSink(TestingSinkSettings settings) {
        // Its type moved with Flink 2.0.
        boolean exactlyOnce = settings.getCheckpointingMode().name().equals("EXACTLY_ONCE");
        StarRocksSinkOptions options = StarRocksSinkOptions.builder()
                .withProperty("load-url", system.server.loadUrl())
                .withProperty("jdbc-url", system.server.jdbcUrl())
                .withProperty("database-name", "suite")
                .withProperty("table-name", table)
                .withProperty("username", EmbeddedStarRocks.USERNAME)
                .withProperty("password", "")
                .withProperty("sink.semantic", exactlyOnce ? "exactly-once" : "at-least-once")
                .withProperty("sink.label-prefix", table)
                .withProperty("sink.buffer-flush.interval-ms", "1000")
                .build();
        return new StarRocksSink<>(SinkPlan.withoutSchema(options), RecordWriterFactory.TEXTS);
    }

    @Override
    public ExternalSystemDataReader<String> createSinkDataReader(TestingSinkSettings settings) {
        return new Reader();
    }

    /** Returns each row of the table once. */
    private final class Reader implements ExternalSystemDataReader<String> {
        private final Map<String, Integer> seen = new HashMap<>();

        @Override
        public List<String> poll(Duration timeout) {
            Map<String, Integer> now = new HashMap<>();
            List<String> fresh = new ArrayList<>();
            try {
                for (List<String> row : system.server.query("SELECT id, word FROM suite." + table)) {
                    String line = String.join("\t", row);
                    if (now.merge(line, 1, Integer::sum) > seen.getOrDefault(line, 0)) {
                        fresh.add(line);
                    }
                }
            } catch (Exception e) {
                throw new IllegalStateException("The table cannot be read.", e);
            }
            seen.putAll(now);
            return fresh;
        }

        @Override
        public void close() {}
    }

    @Override
    public List<String> generateTestData(TestingSinkSettings settings, long seed) {
        Random random = new Random(seed);
        List<String> rows = new ArrayList<>();
        for (int id = 0; id < ROWS; id++) {
            rows.add(id + "\t" + Integer.toString(random.nextInt(Integer.MAX_VALUE), 36));
        }
        return rows;
    }

    @Override
    public TypeInformation<String> getProducedType() {
        return Types.STRING;
    }
}
