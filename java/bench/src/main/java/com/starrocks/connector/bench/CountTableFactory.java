// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.bench;

import java.util.Collections;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.streaming.api.functions.sink.RichSinkFunction;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkFunctionProvider;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.FactoryUtil;

/**
 * A table that drops its rows: {@code 'connector' = 'count'}. With {@code 'metered' = 'true'} the job is measured at its end, for sources that know of no
 * meter. It is a sink function, since a Sink V2 does not chain with the legacy source of the original connector.
 */
public final class CountTableFactory implements DynamicTableSinkFactory {
    private static final ConfigOption<Boolean> METERED =
            ConfigOptions.key("metered").booleanType().noDefaultValue();

    @Override
    public String factoryIdentifier() {
        return "count";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(METERED);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Collections.emptySet();
    }

    @Override
    public DynamicTableSink createDynamicTableSink(Context context) {
        FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
        helper.validate();
        return new CountTable(helper.getOptions().get(METERED));
    }

    private record CountTable(boolean metered) implements DynamicTableSink {
        @Override
        public ChangelogMode getChangelogMode(ChangelogMode requested) {
            return ChangelogMode.insertOnly();
        }

        @Override
        public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
            return SinkFunctionProvider.of(new Count(metered));
        }

        @Override
        public DynamicTableSink copy() {
            return this;
        }

        @Override
        public String asSummaryString() {
            return "count";
        }
    }

    private static final class Count extends RichSinkFunction<RowData> {
        private static final long serialVersionUID = 1L;

        private final boolean metered;
        private transient TaskMeter meter;
        private transient long rows;

        Count(boolean metered) {
            this.metered = metered;
        }

        @Override
        public void invoke(RowData row, Context context) {
            if (rows++ == 0) {
                if (metered) {
                    meter = JobMeter.current().taskStarted();
                }
                JobMeter.current().firstRow();
            }
            if ((rows & 0xffff) == 0) {
                Flat.rowsSeen = rows;
            }
        }

        @Override
        public void close() {
            if (meter != null) {
                meter.taskEnded(rows);
                meter = null;
            }
        }
    }
}
