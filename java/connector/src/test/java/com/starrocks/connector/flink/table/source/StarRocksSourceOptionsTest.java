// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.ZoneId;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StarRocksSourceOptionsTest {
    static StarRocksSourceOptions.Builder options() {
        return StarRocksSourceOptions.builder()
                .withProperty("scan-url", "fe1:8030, fe2:8030")
                .withProperty("jdbc-url", "jdbc:mysql://fe1:9030")
                .withProperty("username", "reader")
                .withProperty("password", "secret")
                .withProperty("database-name", "d")
                .withProperty("table-name", "t");
    }

    @Test
    void readsAddressesAndParameters() {
        StarRocksSourceOptions options = options()
                .withProperty("scan.params.batch-rows", "100")
                .withProperty("scan.params.Other", "kept")
                .withProperty("scan.params.properties", "{\"k\":\"v\"}")
                .build();
        assertThat(options.getScanUrls()).containsExactly("fe1:8030", "fe2:8030");
        assertThat(options.getBatchRows()).isEqualTo(100);
        assertThat(options.getProperties()).containsEntry("other", "kept");
        Map<String, Object> scan = options.scanDocument();
        assertThat(scan).containsEntry("properties", Collections.singletonMap("k", "v"));
        assertThat(options.connectionDocument())
                .containsEntry("jdbc_url", "jdbc:mysql://fe1:9030")
                .containsEntry("arrow_flight_urls", Collections.emptyList());
        assertThat(options()
                        .withProperty("scan.arrow-flight-url", "fe1:9408, grpc://fe2:9408")
                        .build()
                        .connectionDocument())
                .containsEntry("arrow_flight_urls", Arrays.asList("fe1:9408", "grpc://fe2:9408"));
    }

    @Test
    void wantsAllOfTheConnectionOrNothing() {
        assertThat(new StarRocksSourceOptions(new Configuration(), Collections.emptyMap()).getScanUrl())
                .isNull();
        assertThatThrownBy(() -> StarRocksSourceOptions.builder()
                        .withProperty("scan-url", "fe:8030")
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("table-name");
    }

    @ParameterizedTest
    @CsvSource({
        "scan-url,nowhere",
        "scan.params.batch-rows,0",
        "scan.params.batch-rows,65537",
        "scan.params.keep-alive-min,40000",
        "scan.params.query-timeout-s,0",
        "scan.max-retries,-1",
        "scan.timestamp-ltz.time-zone,Atlantis",
        "scan.params.properties,[]",
        "scan.be-host-mapping-list,a:1",
        "scan.arrow-flight-url,grpcs://fe:9408",
        "ssl.cert-file,/c.pem"
    })
    void refusesWrongValuesByTheirKeys(String key, String value) {
        assertThatThrownBy(() -> options().withProperty(key, value).build())
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining(key);
    }

    @ParameterizedTest
    @CsvSource({
        "lookup.full-cache.periodic-reload.interval,",
        "lookup.full-cache.periodic-reload.interval,0 s",
        "lookup.full-cache.reload-strategy,NEVER",
        "lookup.full-cache.timed-reload.iso-time,25:00",
        "lookup.full-cache.timed-reload.interval-in-days,0",
    })
    void wantsToKnowWhenAWholeTableIsReadAgain(String key, String value) {
        StarRocksSourceOptions.Builder full = options().withProperty("lookup.cache", "FULL");
        if (key.contains("timed")) {
            full.withProperty("lookup.full-cache.reload-strategy", "TIMED")
                    .withProperty("lookup.full-cache.timed-reload.iso-time", "10:15");
        }
        assertThatThrownBy(() -> (value == null ? full : full.withProperty(key, value)).build())
                .hasStackTraceContaining(key);
    }

    @Test
    void tellsWhatAnUnknownKeyWasMeantToBe() {
        assertThatThrownBy(() -> options().withProperty("scan.max-retrys", "1").build())
                .hasMessageContaining("did you mean 'scan.max-retries'");
    }

    @Test
    void knowsTheOptionsOfTheSink() {
        assertThat(options()
                        .withProperty("load-url", "fe:8030")
                        .withProperty("sink.semantic", "exactly-once")
                        .withProperty("sink.properties.format", "json")
                        .withProperty("sink.timestamp-ltz.time-zone", "Asia/Tokyo")
                        .build()
                        .getTimestampLtzTimeZone())
                .isEqualTo(ZoneId.of("Asia/Tokyo"));
    }

    @Test
    void copiesWithoutSharing() {
        StarRocksSourceOptions options = options().build();
        StarRocksSourceOptions copy = options.copy();
        options.useSessionTimeZone(ZoneId.of("Asia/Tokyo"));
        assertThat(copy.getTimestampLtzTimeZone()).isEqualTo(ZoneId.of("UTC"));
        assertThat(options.copy().getTimestampLtzTimeZone()).isEqualTo(ZoneId.of("Asia/Tokyo"));
        assertThat(copy.getTableName()).isEqualTo("t");
    }

    @Test
    void selectsColumnsByName() {
        RowType table = RowType.of(new LogicalType[] {new IntType(), new BigIntType()}, new String[] {"id", "amount"});
        StarRocksSourceOptions some =
                options().withProperty("scan.columns", "amount, id").build();
        assertThat(SourceSelection.of(table, some).spec(some).columns().getFieldNames())
                .containsExactly("amount", "id");
        StarRocksSourceOptions count =
                options().withProperty("scan.columns", "COUNT(*)").build();
        assertThat(SourceSelection.of(table, count).isCount()).isTrue();
        StarRocksSourceOptions wrong =
                options().withProperty("scan.columns", "amount,price").build();
        assertThatThrownBy(() -> SourceSelection.of(table, wrong))
                .hasMessageContaining("price")
                .hasMessageContaining("scan.columns");
    }
}
