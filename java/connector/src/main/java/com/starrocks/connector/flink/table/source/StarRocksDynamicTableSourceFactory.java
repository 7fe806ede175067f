// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source;

import com.starrocks.connector.flink.table.sink.OptionKeys;
import java.time.ZoneId;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.types.logical.RowType;

/** Makes the source of a table whose connector is {@code starrocks}. */
public class StarRocksDynamicTableSourceFactory implements DynamicTableSourceFactory {
    /** Flink's own options, which moved between classes from line to line. */
    private static final ConfigOption<String> SESSION_TIME_ZONE =
            ConfigOptions.key("table.local-time-zone").stringType().defaultValue("default");

    @Override
    public String factoryIdentifier() {
        return "starrocks";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return StarRocksSourceOptions.connection();
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return StarRocksSourceOptions.optional();
    }

    @Override
    public DynamicTableSource createDynamicTableSource(Context context) {
        FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
        Map<String, String> all = context.getCatalogTable().getOptions();
        OptionKeys.checkSource(all.keySet(), false);
        // Required options and the types of all values.
        FactoryUtil.validateFactoryOptions(this, helper.getOptions());
        StarRocksSourceOptions options = new StarRocksSourceOptions(helper.getOptions(), all);
        options.useSessionTimeZone(sessionTimeZone(context.getConfiguration()));
        RowType rows = (RowType) context.getCatalogTable()
                .getResolvedSchema()
                .toPhysicalRowDataType()
                .getLogicalType();
        return new StarRocksDynamicTableSource(options, rows);
    }

    private static ZoneId sessionTimeZone(ReadableConfig session) {
        String zone = session.get(SESSION_TIME_ZONE);
        return zone.equals(SESSION_TIME_ZONE.defaultValue()) ? ZoneId.systemDefault() : ZoneId.of(zone);
    }
}
