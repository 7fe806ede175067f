// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import com.starrocks.connector.flink.load.SinkPlan;
import com.starrocks.connector.flink.load.TablesWriter;
import com.starrocks.connector.flink.load.TransactionSupport;
import com.starrocks.connector.flink.row.batch.ObjectRowWriter;
import com.starrocks.connector.flink.row.batch.RecordWriterFactory;
import com.starrocks.connector.flink.row.sink.StarRocksIRowTransformer;
import com.starrocks.connector.flink.row.sink.StarRocksTableRowTransformer;
import com.starrocks.connector.flink.tools.JsonWrapper;
import java.util.Locale;
import org.apache.flink.table.data.RowData;

/** What {@link SinkFunctionFactory} does on every Flink line. */
final class SinkFunctions {
    private SinkFunctions() {}

    static void detectFeatures(StarRocksSinkOptions options) {
        options.setSupportTransactionStreamLoad(TransactionSupport.isSupported(options));
    }

    /** Plain stream loads only where a server has no transactions and nobody asked for exactly-once. */
    static SinkFunctionFactory.SinkVersion automatic(StarRocksSinkOptions options) {
        boolean plain = !options.isSupportTransactionStreamLoad()
                && options.getSemantic() == StarRocksSinkSemantic.EXACTLY_ONCE;
        return plain ? SinkFunctionFactory.SinkVersion.V1 : SinkFunctionFactory.SinkVersion.V2;
    }

    static SinkFunctionFactory.SinkVersion version(StarRocksSinkOptions options) {
        SinkFunctionFactory.SinkVersion version = SinkFunctionFactory.SinkVersion.valueOf(
                options.getSinkVersion().trim().toUpperCase(Locale.ROOT));
        return version == SinkFunctionFactory.SinkVersion.AUTO ? automatic(options) : version;
    }

    /** The records of a transformer: rows of tables as they are, others by the values it makes of them. */
    @SuppressWarnings("unchecked")
    static <T> RecordWriterFactory<T> records(StarRocksIRowTransformer<T> transformer) {
        if (transformer instanceof StarRocksTableRowTransformer) {
            return (RecordWriterFactory<T>) (RecordWriterFactory<RowData>) RecordWriterFactory.ROWS;
        }
        return plan -> {
            transformer.setStarRocksColumns(plan.starRocksColumns());
            transformer.setFastJsonWrapper(new JsonWrapper());
            return new ObjectRowWriter<>(plan.schema(), plan.isUpsertDelete(), (slots, record) -> {
                Object[] values = transformer.transform(record, plan.isUpsertDelete());
                if (values.length != slots.length) {
                    throw new IllegalArgumentException("The row transformer made " + values.length + " values for "
                            + slots.length + " columns of " + plan.tableName() + ".");
                }
                System.arraycopy(values, 0, slots, 0, slots.length);
            });
        };
    }

    /** Records that say which table they go to, or that are texts of the options' table. */
    static <T> StarRocksDynamicSinkFunctionV2<T> manyTables(StarRocksSinkOptions options) {
        return new StarRocksDynamicSinkFunctionV2<>(
                SinkPlan.ofManyTables(options, options.getProperties(null)),
                (plan, subtask, restored, waiter) ->
                        TablesWriter.open(plan, subtask, restored, new RowRouter<>(plan.options()), waiter));
    }
}
