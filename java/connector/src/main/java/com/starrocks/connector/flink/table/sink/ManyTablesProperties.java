// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import com.starrocks.connector.flink.manager.StarRocksSinkTable;
import com.starrocks.data.load.stream.StreamLoadDataFormat;
import com.starrocks.data.load.stream.properties.StreamLoadProperties;
import com.starrocks.data.load.stream.properties.StreamLoadTableProperties;
import java.util.Arrays;
import java.util.List;

/** Options as the SDK has them, for rows that name their tables. */
final class ManyTablesProperties {
    private ManyTablesProperties() {}

    /**
     * @param table the table of the options if it is known, which spares the header {@code columns} when its columns are those that
     *     were set, in their order; or null
     * @param tables how to load into tables that differ from the options
     */
    static StreamLoadProperties of(
            StarRocksSinkOptions options, StarRocksSinkTable table, List<StreamLoadTableProperties> tables) {
        String[] names = options.getTableSchemaFieldNames();
        StreamLoadTableProperties.Builder defaults = StreamLoadTableProperties.builder()
                .database(options.getDatabaseName())
                .table(options.getTableName())
                .chunkLimit(options.getLoadBytes())
                .addProperties(options.getSinkStreamLoadProperties());
        boolean csv = options.getStreamLoadFormat() == StarRocksSinkOptions.StreamLoadFormat.CSV;
        defaults.streamLoadDataFormat(csv ? StreamLoadDataFormat.CSV : StreamLoadDataFormat.JSON);
        if (csv && names != null && !options.hasColumnMappingProperty()) {
            if (table == null || !table.hasColumns(names)) {
                defaults.columns(SinkSchema.columnsHeader(Arrays.asList(names), options.supportUpsertDelete()));
            }
        }
        StreamLoadProperties.Builder all = StreamLoadProperties.builder()
                .jdbcUrl(options.getJdbcUrl())
                .loadUrls(options.getLoadUrlList().toArray(new String[0]))
                .username(options.getUsername())
                .password(options.getPassword())
                .labelPrefix(options.getLabelPrefix())
                .defaultTableProperties(defaults.build())
                .cacheMaxBytes(options.getSinkMaxBytes())
                .expectDelayTime(options.getSinkMaxFlushInterval())
                .connectTimeout(options.getConnectTimeout())
                .waitForContinueTimeoutMs(options.getWaitForContinueTimeout())
                .socketTimeout(options.getSocketTimeout())
                .publishTimeoutMs(options.getPublishTimeoutMs())
                .hostMapping(options.getHostMapping().toArray(new String[0]))
                .backendLoadUrls(options.getBeLoadUrlList().toArray(new String[0]))
                .sslFiles(options.getSslCaFile(), options.getSslCertFile(), options.getSslKeyFile())
                .sanitizeErrorLog(options.isSanitizeErrorLog())
                .maxRetries(options.getSinkMaxRetries())
                .retryIntervalInMs(options.getRetryIntervalMs())
                .nativeMemoryMaxBytes(options.getNativeMemory());
        tables.forEach(all::addTableProperties);
        if (options.isMultiTableTransactionEnabled()) {
            all.enableMultiTableTransaction()
                    .multiTableTransactionBufferSize(options.getMultiTableTransactionBufferSize());
        }
        return (options.usesTransactions() ? all.enableTransaction() : all).build();
    }
}
