// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import com.starrocks.connector.flink.table.source.StarRocksSourceOptions;
import java.util.Optional;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.ParallelismProvider;
import org.apache.flink.table.connector.source.SourceProvider;
import org.apache.flink.table.data.RowData;

/** What the planner gets from the table source. */
public final class ScanProvider implements SourceProvider, ParallelismProvider {
    private final ScanSource source;
    private final Integer parallelism;

    private ScanProvider(ScanSource source, Integer parallelism) {
        this.source = source;
        this.parallelism = parallelism;
    }

    /** The source with the parallelism of the options. */
    public static ScanProvider of(ScanSource source, StarRocksSourceOptions options) {
        Optional<Integer> parallelism = options.getParallelism();
        // From 1.19 on Flink asks a source for it.
        if (parallelism.isPresent() && !ParallelismProvider.class.isAssignableFrom(SourceProvider.class)) {
            throw new ValidationException(
                    "Option '" + StarRocksSourceOptions.SCAN_PARALLELISM.key() + "' needs Flink 1.19 or later.");
        }
        return new ScanProvider(source, parallelism.orElse(null));
    }

    @Override
    public Source<RowData, ?, ?> createSource() {
        return source;
    }

    @Override
    public boolean isBounded() {
        return source.getBoundedness() == Boundedness.BOUNDED;
    }

    @Override
    public Optional<Integer> getParallelism() {
        return Optional.ofNullable(parallelism);
    }
}
