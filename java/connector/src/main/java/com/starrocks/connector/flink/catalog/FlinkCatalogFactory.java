// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.catalog;

import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import com.starrocks.connector.flink.table.source.StarRocksSourceOptions;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.catalog.Catalog;
import org.apache.flink.table.factories.CatalogFactory;
import org.apache.flink.table.factories.FactoryUtil;

/** Makes catalogs of the type {@code starrocks}. */
public class FlinkCatalogFactory implements CatalogFactory {
    @Override
    public String factoryIdentifier() {
        return CatalogOptions.IDENTIFIER;
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return CatalogOptions.required();
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return CatalogOptions.optional();
    }

    @Override
    public Catalog createCatalog(Context context) {
        FactoryUtil.CatalogFactoryHelper helper = FactoryUtil.createCatalogFactoryHelper(this, context);
        helper.validateExcept(
                StarRocksSourceOptions.SOURCE_PROPERTIES_PREFIX,
                StarRocksSinkOptions.SINK_PROPERTIES_PREFIX,
                CatalogOptions.TABLE_PROPERTIES_PREFIX);
        Map<String, String> options = context.getOptions();
        return new FlinkCatalog(
                context.getName(),
                helper.getOptions().get(CatalogOptions.JDBC_URL),
                helper.getOptions().get(CatalogOptions.HTTP_URL),
                helper.getOptions().get(CatalogOptions.USERNAME),
                helper.getOptions().get(CatalogOptions.PASSWORD),
                helper.getOptions().get(CatalogOptions.DEFAULT_DATABASE),
                withPrefix(options, "scan.", "lookup."),
                withPrefix(options, "sink.", "host-mapping", "be-load-url", "ssl."),
                withPrefix(options, CatalogOptions.TABLE_PREFIX),
                context.getClassLoader());
    }

    private static Configuration withPrefix(Map<String, String> options, String... prefixes) {
        Configuration found = new Configuration();
        options.forEach((key, value) -> {
            for (String prefix : prefixes) {
                if (key.startsWith(prefix)) {
                    found.setString(key, value);
                }
            }
        });
        return found;
    }
}
