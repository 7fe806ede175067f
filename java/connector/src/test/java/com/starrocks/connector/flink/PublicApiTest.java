// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.starrocks.connector.flink.catalog.FlinkCatalog;
import com.starrocks.connector.flink.catalog.FlinkCatalogFactory;
import com.starrocks.connector.flink.catalog.StarRocksCatalog;
import com.starrocks.connector.flink.catalog.StarRocksCatalogException;
import com.starrocks.connector.flink.catalog.StarRocksColumn;
import com.starrocks.connector.flink.catalog.StarRocksTable;
import com.starrocks.connector.flink.catalog.TypeUtils;
import com.starrocks.connector.flink.row.sink.StarRocksDelimiterParser;
import com.starrocks.connector.flink.row.sink.StarRocksIRowTransformer;
import com.starrocks.connector.flink.row.sink.StarRocksSinkOP;
import com.starrocks.connector.flink.row.sink.StarRocksSinkRowBuilder;
import com.starrocks.connector.flink.table.data.StarRocksRowData;
import com.starrocks.connector.flink.table.sink.SinkFunctionFactory;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import com.starrocks.connector.flink.table.sink.StarRocksSinkRowDataWithMeta;
import com.starrocks.connector.flink.table.sink.StarRocksSinkSemantic;
import com.starrocks.connector.flink.table.source.StarRocksDynamicSourceFunction;
import com.starrocks.connector.flink.table.source.StarRocksSourceCommonFunc;
import com.starrocks.connector.flink.table.source.StarRocksSourceOptions;
import com.starrocks.connector.flink.table.source.StarRocksSourceQueryType;
import com.starrocks.connector.flink.table.source.struct.QueryBeXTablets;
import com.starrocks.connector.flink.table.source.struct.QueryInfo;
import com.starrocks.connector.flink.tools.JsonWrapper;
import com.starrocks.data.load.stream.properties.StreamLoadTableProperties;
import java.io.Serializable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

/** What programs that were compiled against connector 1.x link to. Packages of Flink's own types differ between its lines. */
class PublicApiTest {
    private static Set<String> methods(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                .map(PublicApiTest::signature)
                .collect(Collectors.toSet());
    }

    private static String signature(Method method) {
        String parameters = Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(","));
        return (Modifier.isStatic(method.getModifiers()) ? "static " : "")
                + method.getReturnType().getSimpleName() + " " + method.getName() + "(" + parameters + ")";
    }

    @Test
    void hasTheEntryPointsOfTheDataStreamApi() {
        assertThat(methods(StarRocksSink.class))
                .containsExactlyInAnyOrder(
                        "static SinkFunction sink(TableSchema,StarRocksSinkOptions,StarRocksSinkRowBuilder)",
                        "static SinkFunction sink(StarRocksSinkOptions)");
        assertThat(StarRocksSinkRowBuilder.class).isInterface();
        assertThat(BiConsumer.class).isAssignableFrom(StarRocksSinkRowBuilder.class);
        assertThat(Serializable.class).isAssignableFrom(StarRocksSinkRowBuilder.class);
        assertThat(StarRocksSinkOP.values()).containsExactly(StarRocksSinkOP.UPSERT, StarRocksSinkOP.DELETE);
        assertThat(StarRocksSinkOP.COLUMN_KEY).isEqualTo("__op");
    }

    @Test
    void hasTheOptionsAndTheirBuilder() throws Exception {
        assertThat(methods(StarRocksSinkOptions.Builder.class))
                .containsExactlyInAnyOrder("Builder withProperty(String,String)", "StarRocksSinkOptions build()");
        assertThat(new StarRocksSinkOptions.Builder()).isNotNull();
        assertThat(methods(StarRocksSinkOptions.class))
                .contains(
                        "static Builder builder()",
                        "String getJdbcUrl()",
                        "List getLoadUrlList()",
                        "String getDatabaseName()",
                        "String getTableName()",
                        "String getUsername()",
                        "String getPassword()",
                        "String getSinkVersion()",
                        "String getLabelPrefix()",
                        "int getSinkMaxRetries()",
                        "int getRetryIntervalMs()",
                        "long getSinkMaxFlushInterval()",
                        "long getSinkMaxRows()",
                        "long getSinkMaxBytes()",
                        "int getConnectTimeout()",
                        "int getSocketTimeout()",
                        "int getWaitForContinueTimeout()",
                        "int getIoThreadCount()",
                        "long getChunkLimit()",
                        "long getScanFrequency()",
                        "long getSinkOfferTimeout()",
                        "int getSinkHistogramWindowSize()",
                        "Integer getSinkParallelism()",
                        "boolean getIgnoreUpdateBefore()",
                        "StarRocksSinkSemantic getSemantic()",
                        "boolean getSinkAtLeastOnceUseTransactionStreamLoad()",
                        "Map getSinkStreamLoadProperties()",
                        "boolean hasColumnMappingProperty()",
                        "StreamLoadFormat getStreamLoadFormat()",
                        "boolean isEnableExactlyOnceLabelGen()",
                        "boolean isAbortLingeringTxns()",
                        "int getAbortCheckNumTxns()",
                        "boolean isUseUnifiedSinkApi()",
                        "StarRocksSinkOptions addTableProperties(StreamLoadTableProperties)",
                        "List getDbTables()",
                        "void setTableSchemaFieldNames(String[])",
                        "String[] getTableSchemaFieldNames()",
                        "void enableUpsertDelete()",
                        "boolean supportUpsertDelete()",
                        "void setSupportTransactionStreamLoad(boolean)",
                        "boolean isSupportTransactionStreamLoad()",
                        "StreamLoadProperties getProperties(StarRocksSinkTable)");
        assertThat(methods(StarRocksSinkSemantic.class))
                .contains("String getName()", "static StarRocksSinkSemantic fromName(String)");
    }

    @Test
    void hasWhatRowsThatNameTheirTablesNeed() throws Exception {
        assertThat(methods(SinkFunctionFactory.class))
                .contains(
                        "static void detectStarRocksFeature(StarRocksSinkOptions)",
                        "static SinkVersion chooseSinkVersionAutomatically(StarRocksSinkOptions)",
                        "static SinkVersion getSinkVersion(StarRocksSinkOptions)",
                        "static StarRocksDynamicSinkFunctionBase createSinkFunction(StarRocksSinkOptions,TableSchema,"
                                + "StarRocksIRowTransformer)",
                        "static StarRocksDynamicSinkFunctionBase createSinkFunction(StarRocksSinkOptions)");
        assertThat(methods(StarRocksRowData.class))
                .containsExactlyInAnyOrder(
                        "String getUniqueKey()",
                        "String getDatabase()",
                        "String getTable()",
                        "String getRow()",
                        "boolean isTransactionEnd()",
                        "int getSourcePartition()");
        assertThat(methods(StarRocksSinkRowDataWithMeta.class))
                .containsExactlyInAnyOrder(
                        "String[] getDataRows()",
                        "void addDataRow(String)",
                        "String getTable()",
                        "void setTable(String)",
                        "String getDatabase()",
                        "void setDatabase(String)");
        assertThat(methods(StarRocksIRowTransformer.class))
                .containsExactlyInAnyOrder(
                        "void setStarRocksColumns(Map)",
                        "void setTableSchema(TableSchema)",
                        "void setRuntimeContext(RuntimeContext)",
                        "void setFastJsonWrapper(JsonWrapper)",
                        "Object[] transform(Object,boolean)");
        assertThat(methods(StreamLoadTableProperties.Builder.class))
                .contains(
                        "Builder copyFrom(StreamLoadTableProperties)",
                        "Builder uniqueKey(String)",
                        "Builder database(String)",
                        "Builder table(String)",
                        "Builder columns(String)",
                        "Builder streamLoadDataFormat(StreamLoadDataFormat)",
                        "Builder chunkLimit(long)",
                        "Builder addProperties(Map)",
                        "Builder addProperty(String,String)",
                        "Builder addCommonProperties(Map)",
                        "StreamLoadTableProperties build()");
    }

    @Test
    void hasTheSourceOfTheDataStreamApi() throws Exception {
        assertThat(methods(StarRocksSource.class))
                .containsExactlyInAnyOrder(
                        "static StarRocksDynamicSourceFunction source(TableSchema,StarRocksSourceOptions)",
                        "static Source scan(ResolvedSchema,StarRocksSourceOptions)");
        Set<String> constructors = Arrays.stream(StarRocksDynamicSourceFunction.class.getConstructors())
                .map(constructor -> Arrays.stream(constructor.getParameterTypes())
                        .map(Class::getSimpleName)
                        .collect(Collectors.joining(",")))
                .collect(Collectors.toSet());
        assertThat(constructors)
                .containsExactlyInAnyOrder(
                        "TableSchema,StarRocksSourceOptions",
                        "StarRocksSourceOptions,TableSchema,String,long,SelectColumn[],StarRocksSourceQueryType");
        Class<?> parent = StarRocksDynamicSourceFunction.class;
        while (!parent.getName().startsWith("org.apache.flink.")) {
            parent = parent.getSuperclass();
        }
        assertThat(parent.getSimpleName()).isEqualTo("RichParallelSourceFunction");
        assertThat(StarRocksSourceQueryType.values())
                .extracting(Enum::name)
                .containsExactly("QueryCount", "QuerySomeColumns", "QueryAllColumns");
        assertThat(methods(StarRocksSourceCommonFunc.class)).containsExactly("static Map genColumnMap(TableSchema)");
        assertThat(methods(StarRocksSourceCommonFunc.class.getSuperclass()))
                .containsExactlyInAnyOrder(
                        "static List splitQueryBeXTablets(int,QueryInfo)",
                        "static List genColumnRichInfo(Map)",
                        "static SelectColumn[] genSelectedColumns(Map,StarRocksSourceOptions,List)");
    }

    @Test
    void hasTheOptionsOfTheSource() {
        assertThat(methods(StarRocksSourceOptions.Builder.class))
                .containsExactlyInAnyOrder("Builder withProperty(String,String)", "StarRocksSourceOptions build()");
        assertThat(methods(StarRocksSourceOptions.class))
                .contains(
                        "static Builder builder()",
                        "StarRocksSourceOptions copy()",
                        "String getScanUrl()",
                        "String getJdbcUrl()",
                        "String getUsername()",
                        "String getPassword()",
                        "String getDatabaseName()",
                        "String getTableName()",
                        "String getWarehouseName()",
                        "String getColumns()",
                        "String getFilter()",
                        "String getBeHostMappingList()",
                        "int getConnectTimeoutMs()",
                        "int getBatchRows()",
                        "int getKeepAliveMin()",
                        "int getQueryTimeout()",
                        "int getScanMaxRetries()",
                        "int getLookupMaxRetries()",
                        "long getMemLimit()",
                        "long getLookupCacheMaxRows()",
                        "long getLookupCacheTTL()",
                        "Map getProperties()");
        assertThat(Arrays.stream(StarRocksSourceOptions.class.getFields()).map(field -> field.getName()))
                .contains(
                        "SCAN_URL",
                        "JDBC_URL",
                        "USERNAME",
                        "PASSWORD",
                        "DATABASE_NAME",
                        "TABLE_NAME",
                        "WAREHOUSE_NAME",
                        "SCAN_CONNECT_TIMEOUT",
                        "SCAN_BATCH_ROWS",
                        "SCAN_PROPERTIES",
                        "SCAN_LIMIT",
                        "SCAN_KEEP_ALIVE_MIN",
                        "SCAN_QUERTY_TIMEOUT_S",
                        "SCAN_MEM_LIMIT",
                        "SCAN_MAX_RETRIES",
                        "SCAN_COLUMNS",
                        "SCAN_FILTER",
                        "SCAN_BE_HOST_MAPPING_LIST",
                        "LOOKUP_CACHE_MAX_ROWS",
                        "LOOKUP_CACHE_TTL_MS",
                        "LOOKUP_MAX_RETRIES",
                        "SOURCE_PROPERTIES_PREFIX");
    }

    @Test
    void dividesTabletsSoThatNoneIsLost() {
        List<QueryBeXTablets> backends = Arrays.asList(
                new QueryBeXTablets("a:9060", Arrays.asList(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L)),
                new QueryBeXTablets("b:9060", Arrays.asList(9L, 10L, 11L, 12L, 13L, 14L)));
        for (int subtasks = 1; subtasks < 20; subtasks++) {
            List<List<QueryBeXTablets>> divided =
                    StarRocksSourceCommonFunc.splitQueryBeXTablets(subtasks, new QueryInfo(null, backends));
            assertThat(divided).hasSize(subtasks);
            assertThat(divided.stream().flatMap(List::stream).flatMap(group -> group.getTabletIds().stream()))
                    .containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L, 13L, 14L);
        }
        assertThat(StarRocksSourceCommonFunc.splitQueryBeXTablets(10, new QueryInfo(null, backends)))
                .allMatch(groups -> groups.stream()
                                .mapToInt(group -> group.getTabletIds().size())
                                .sum()
                        <= 2);
    }

    @Test
    void hasWhatProgramsThatCreateTablesNeed() throws Exception {
        assertThat(StarRocksCatalog.class.getConstructor(String.class, String.class, String.class))
                .isNotNull();
        assertThat(methods(StarRocksCatalog.class))
                .contains(
                        "void open()",
                        "void close()",
                        "boolean databaseExists(String)",
                        "void createDatabase(String,boolean)",
                        "Optional getTable(String,String)",
                        "boolean tableExists(String,String)",
                        "void createTable(StarRocksTable,boolean)",
                        "void alterAddColumns(String,String,List,long)",
                        "void alterDropColumns(String,String,List,long)");
        // Subclasses elsewhere find it by its name.
        assertThat(StarRocksCatalog.class
                        .getDeclaredMethod("executeUpdateStatement", String.class)
                        .getReturnType())
                .isEqualTo(void.class);
        assertThat(methods(StarRocksTable.class))
                .contains(
                        "String getDatabaseName()",
                        "String getTableName()",
                        "TableType getTableType()",
                        "List getColumns()",
                        "StarRocksColumn getColumn(String)",
                        "Optional getTableKeys()",
                        "Optional getDistributionKeys()",
                        "Optional getNumBuckets()",
                        "Optional getComment()",
                        "Map getProperties()");
        assertThat(methods(StarRocksTable.Builder.class))
                .contains(
                        "Builder setDatabaseName(String)",
                        "Builder setTableName(String)",
                        "Builder setTableType(TableType)",
                        "Builder setColumns(List)",
                        "Builder setTableKeys(List)",
                        "Builder setDistributionKeys(List)",
                        "Builder setNumBuckets(Integer)",
                        "Builder setComment(String)",
                        "Builder setTableProperties(Map)",
                        "StarRocksTable build()");
        assertThat(StarRocksTable.TableType.values())
                .extracting(Enum::name)
                .containsExactly("UNKNOWN", "DUPLICATE_KEY", "AGGREGATE", "UNIQUE_KEY", "PRIMARY_KEY");
        assertThat(methods(StarRocksColumn.class))
                .contains(
                        "String getColumnName()",
                        "int getOrdinalPosition()",
                        "String getDataType()",
                        "boolean isNullable()",
                        "Optional getDefaultValue()",
                        "Optional getColumnSize()",
                        "Optional getDecimalDigits()",
                        "Optional getColumnComment()");
        assertThat(methods(StarRocksColumn.Builder.class))
                .contains(
                        "Builder setColumnName(String)",
                        "Builder setOrdinalPosition(int)",
                        "Builder setDataType(String)",
                        "Builder setNullable(boolean)",
                        "Builder setDefaultValue(String)",
                        "Builder setColumnSize(Integer)",
                        "Builder setDecimalDigits(Integer)",
                        "Builder setColumnComment(String)",
                        "StarRocksColumn build()");
        assertThat(new StarRocksCatalogException("why", new RuntimeException())).isInstanceOf(RuntimeException.class);
        assertThat(FlinkCatalog.class.getConstructor(
                        String.class,
                        String.class,
                        String.class,
                        String.class,
                        String.class,
                        String.class,
                        Configuration.class,
                        Configuration.class,
                        Configuration.class,
                        ClassLoader.class))
                .isNotNull();
        assertThat(new FlinkCatalogFactory().factoryIdentifier()).isEqualTo("starrocks");
        assertThat(TypeUtils.MAX_VARCHAR_SIZE).isEqualTo(1048576);
    }

    @Test
    void writesJsonAsProgramsExpect() {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("a", null);
        row.put("b", new byte[] {1, 2, 3});
        row.put("c", new BigDecimal("1.50"));
        row.put("d", Double.NaN);
        row.put("e", Arrays.asList("x\"y", true, new int[] {1, 2}));
        JsonWrapper json = new JsonWrapper();
        assertThat(json.toJSONString(row))
                .isEqualTo("{\"b\":\"AQID\",\"c\":1.50,\"d\":null,\"e\":[\"x\\\"y\",true,[1,2]]}");
        assertThat(json.<Map<String, Object>>parseObject("{\"a\":1}", Map.class))
                .containsEntry("a", 1L);
        assertThatThrownBy(() -> json.parseObject("[]", Map.class)).hasMessageContaining("not a java.util.Map");
    }

    @Test
    void readsDelimiters() {
        assertThat(StarRocksDelimiterParser.parse(null, "\n")).isEqualTo("\n");
        assertThat(StarRocksDelimiterParser.parse("", "\n")).isEqualTo("\n");
        assertThat(StarRocksDelimiterParser.parse("||", "\n")).isEqualTo("||");
        assertThat(StarRocksDelimiterParser.parse("\\x0D0a", "\n")).isEqualTo("\r\n");
        for (String wrong : new String[] {"\\x", "\\x1", "\\xzz", "\\x80"}) {
            assertThatThrownBy(() -> StarRocksDelimiterParser.parse(wrong, "\n"))
                    .hasMessageContaining("Failed to parse delimiter '" + wrong + "'");
        }
    }
}
