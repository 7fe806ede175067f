// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.catalog;

import com.starrocks.connector.flink.table.sink.StarRocksDynamicTableSinkFactory;
import com.starrocks.connector.flink.table.source.StarRocksDynamicTableSourceFactory;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.catalog.ResolvedCatalogTable;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;

/** Makes sources and sinks of the tables of a catalog, whose options also say how the table was created. */
public class StarRocksDynamicTableFactory implements DynamicTableSourceFactory, DynamicTableSinkFactory {
    private final StarRocksDynamicTableSourceFactory sources = new StarRocksDynamicTableSourceFactory();
    private final StarRocksDynamicTableSinkFactory sinks = new StarRocksDynamicTableSinkFactory();

    @Override
    public String factoryIdentifier() {
        return CatalogOptions.IDENTIFIER;
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        Set<ConfigOption<?>> options = new HashSet<>(sources.requiredOptions());
        options.addAll(sinks.requiredOptions());
        return options;
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        Set<ConfigOption<?>> options = new HashSet<>(sources.optionalOptions());
        options.addAll(sinks.optionalOptions());
        return options;
    }

    @Override
    public DynamicTableSource createDynamicTableSource(Context context) {
        return sources.createDynamicTableSource(new OfTable(context));
    }

    @Override
    public DynamicTableSink createDynamicTableSink(Context context) {
        return sinks.createDynamicTableSink(new OfTable(context));
    }

    /** A context whose table has the options of sources and sinks only. */
    private static final class OfTable implements DynamicTableFactory.Context {
        private final Context context;
        private final ResolvedCatalogTable table;

        OfTable(Context context) {
            this.context = context;
            ResolvedCatalogTable resolved = context.getCatalogTable();
            Map<String, String> options = new HashMap<>(resolved.getOptions());
            options.keySet().removeIf(CatalogOptions::isOfTable);
            this.table = resolved.copy(options);
        }

        @Override
        public ObjectIdentifier getObjectIdentifier() {
            return context.getObjectIdentifier();
        }

        @Override
        public ResolvedCatalogTable getCatalogTable() {
            return table;
        }

        @Override
        public ReadableConfig getConfiguration() {
            return context.getConfiguration();
        }

        @Override
        public ClassLoader getClassLoader() {
            return context.getClassLoader();
        }

        @Override
        public boolean isTemporary() {
            return context.isTemporary();
        }
    }
}
