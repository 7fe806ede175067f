// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.bench;

import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.SourceProvider;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.types.logical.RowType;

/** Makes {@link ReplaySource} a table: {@code 'connector' = 'replay'}. */
public final class ReplayTableFactory implements DynamicTableSourceFactory {
    private static final ConfigOption<String> SHAPE =
            ConfigOptions.key("shape").stringType().noDefaultValue();
    private static final ConfigOption<Boolean> BINARY =
            ConfigOptions.key("binary").booleanType().noDefaultValue();
    private static final ConfigOption<Long> ROWS =
            ConfigOptions.key("rows-per-subtask").longType().noDefaultValue();
    private static final ConfigOption<Duration> TIME =
            ConfigOptions.key("max-time").durationType().noDefaultValue();

    @Override
    public String factoryIdentifier() {
        return "replay";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(SHAPE, BINARY, ROWS, TIME);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Collections.emptySet();
    }

    @Override
    public DynamicTableSource createDynamicTableSource(Context context) {
        FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
        helper.validate();
        RowType type = (RowType) context.getPhysicalRowDataType().getLogicalType();
        return new ReplayTable(new ReplaySource(
                helper.getOptions().get(SHAPE),
                type,
                helper.getOptions().get(BINARY),
                helper.getOptions().get(ROWS),
                helper.getOptions().get(TIME).toNanos()));
    }

    private record ReplayTable(ReplaySource source) implements ScanTableSource {
        @Override
        public ChangelogMode getChangelogMode() {
            return ChangelogMode.insertOnly();
        }

        @Override
        public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
            return SourceProvider.of(source);
        }

        @Override
        public DynamicTableSource copy() {
            return this;
        }

        @Override
        public String asSummaryString() {
            return "replay";
        }
    }
}
