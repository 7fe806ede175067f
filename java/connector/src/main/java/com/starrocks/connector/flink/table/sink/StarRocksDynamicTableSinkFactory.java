// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import java.time.ZoneId;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the sink of a table whose connector is {@code starrocks}. */
public class StarRocksDynamicTableSinkFactory implements DynamicTableSinkFactory {
    /** Flink's own option, which moved between classes from line to line. */
    private static final ConfigOption<String> SESSION_TIME_ZONE =
            ConfigOptions.key("table.local-time-zone").stringType().defaultValue("default");

    private static final Logger LOG = LoggerFactory.getLogger(StarRocksDynamicTableSinkFactory.class);

    @Override
    public String factoryIdentifier() {
        return "starrocks";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return new HashSet<>(StarRocksSinkOptions.CONNECTION);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return StarRocksSinkOptions.optional();
    }

    @Override
    public DynamicTableSink createDynamicTableSink(Context context) {
        FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
        Map<String, String> all = context.getCatalogTable().getOptions();
        OptionKeys.check(all.keySet());
        // Required options and the types of all values.
        FactoryUtil.validateFactoryOptions(this, helper.getOptions());
        StarRocksSinkOptions options = new StarRocksSinkOptions(helper.getOptions(), all);
        options.useSessionTimeZone(sessionTimeZone(context.getConfiguration()));
        if (!options.optionsWithoutEffect().isEmpty()) {
            LOG.info(
                    "Options of connector 1.x without effect on the sink of {}: {}",
                    context.getObjectIdentifier(),
                    options.optionsWithoutEffect());
        }
        return new StarRocksDynamicTableSink(
                options, SinkSchema.of(context.getCatalogTable().getResolvedSchema()));
    }

    private static ZoneId sessionTimeZone(ReadableConfig session) {
        String zone = session.get(SESSION_TIME_ZONE);
        return zone.equals(SESSION_TIME_ZONE.defaultValue()) ? ZoneId.systemDefault() : ZoneId.of(zone);
    }
}
