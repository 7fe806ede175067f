// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.apache.flink.table.api.ValidationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StarRocksSinkOptionsTest {
    private static StarRocksSinkOptions.Builder builder() {
        return StarRocksSinkOptions.builder()
                .withProperty("jdbc-url", "jdbc:mysql://fe:9030")
                .withProperty("load-url", "fe1:8030;http://fe2:8030;https://fe3:443")
                .withProperty("database-name", "d")
                .withProperty("table-name", "t")
                .withProperty("username", "u")
                .withProperty("password", "");
    }

    @Test
    void hasTheDefaultsOfTheOriginal() {
        StarRocksSinkOptions options = builder().build();
        assertThat(options.getLoadUrlList()).containsExactly("fe1:8030", "http://fe2:8030", "https://fe3:443");
        assertThat(options.getSemantic()).isEqualTo(StarRocksSinkSemantic.AT_LEAST_ONCE);
        assertThat(options.getLabelPrefix()).isNull();
        assertThat(options.getConnectTimeout()).isEqualTo(30_000);
        assertThat(options.getSocketTimeout()).isEqualTo(-1);
        assertThat(options.getWaitForContinueTimeout()).isEqualTo(30_000);
        assertThat(options.getSinkMaxBytes()).isEqualTo(94_371_840);
        assertThat(options.getSinkMaxFlushInterval()).isEqualTo(300_000);
        assertThat(options.getSinkMaxRetries()).isEqualTo(3);
        assertThat(options.getRetryIntervalMs()).isEqualTo(10_000);
        assertThat(options.getIgnoreUpdateBefore()).isTrue();
        assertThat(options.getSinkAtLeastOnceUseTransactionStreamLoad()).isTrue();
        assertThat(options.isUseUnifiedSinkApi()).isFalse();
        assertThat(options.getSinkParallelism()).isNull();
        assertThat(options.getStreamLoadFormat()).isEqualTo(StarRocksSinkOptions.StreamLoadFormat.CSV);
        assertThat(options.getSinkStreamLoadProperties()).isEmpty();
    }

    @Test
    void clampsTimeouts() {
        StarRocksSinkOptions options = builder()
                .withProperty("sink.connect.timeout-ms", "1")
                .withProperty("sink.wait-for-continue.timeout-ms", "1")
                .build();
        assertThat(options.getConnectTimeout()).isEqualTo(100);
        assertThat(options.getWaitForContinueTimeout()).isEqualTo(3_000);
    }

    @Test
    void passesLoadPropertiesOnInLowerCase() {
        StarRocksSinkOptions options = builder()
                .withProperty("sink.properties.Format", "JSON")
                .withProperty("sink.properties.partial_update", "true")
                .build();
        assertThat(options.getStreamLoadFormat()).isEqualTo(StarRocksSinkOptions.StreamLoadFormat.JSON);
        assertThat(options.getSinkStreamLoadProperties())
                .containsEntry("format", "JSON")
                .containsEntry("partial_update", "true")
                .containsEntry("strip_outer_array", "true")
                .containsEntry("ignore_json_size", "true");
    }

    @ParameterizedTest
    @CsvSource({
        "load-url, fe, Could not parse host",
        "load-url, https://fe, Could not parse host",
        "load-url, '', is empty",
        "load-url, ;, is empty",
        "load-url, fe:8030;;fe2:8030, Could not parse host",
        "load-url, fe:0, host:http_port is expected",
        "load-url, fe:65536, host:http_port is expected",
        "load-url, f e:8030, host:http_port is expected",
        "load-url, ftp://fe:8030, host:http_port is expected",
        "jdbc-url, ' ', is empty",
        "username, '', is empty",
        "be-load-url, be, Could not parse host",
        "host-mapping, be1, internal=external",
        "host-mapping, a=b=c, internal=external",
        "ssl.cert-file, cert.pem, 'ssl.key-file'",
        "sink.semantic, EXACTLY_ONCE, at-least-once or exactly-once",
        "sink.version, V3, 'V1, V2 or AUTO'",
        "sink.buffer-flush.max-rows, 63999, 64000 to 5000000",
        "sink.buffer-flush.enqueue-timeout-ms, 299999, at least 300000",
        "sink.io.thread-count, 0, 1 to 2147483647",
        "sink.scan-frequency.ms, 49, 50 to 300000",
        "sink.scan-frequency.ms, 300001, 50 to 300000",
        "sink.buffer-flush.max-bytes, 1, 67108864 to 10737418240",
        "sink.buffer-flush.interval-ms, 0, 1 to 3600000",
        "sink.max-retries, -1, 0 to 1000",
        "sink.native-memory.max-bytes, -1, at least 16777216",
        "sink.parallelism, 0, 1 to 2147483647",
        "sink.label-prefix, '', 'letters, digits'",
        "sink.dead-letter.max-rows, 0, at least 1",
        "sink.properties.max_filter_ratio, 2, 0 to 1",
        "sink.properties.max_filter_ratio, NaN, 0 to 1",
        "sink.properties.max_filter_ratio, some, 0 to 1",
        "sink.properties.timeout, 0, 1 to 259200 seconds",
        "sink.properties.timeout, 1e3, 1 to 259200 seconds",
        "sink.properties.strict_mode, maybe, true or false",
        "sink.properties.partial_update, 1, true or false",
        "sink.properties.partial_update_mode, cell, 'row, column or auto'",
        "sink.properties.column_separator, '', one character or more",
        "sink.properties.a b, x, in its name",
        "sink.properties., x, in its name",
        "sink.label-prefix, a b, 'letters, digits'",
        "sink.timestamp-ltz.time-zone, Mars, a zone",
        "sink.properties.format, parquet, csv or json",
        "sink.properties.enable_merge_commit, true, sink.properties.merge_commit_interval_ms",
        "sink.merge-commit.max-inflight-request, 1, did you mean 'sink.merge-commit.max-inflight-requests'",
    })
    void refusesBadValuesAndNamesTheOption(String key, String value, String expected) {
        assertThatThrownBy(() -> builder().withProperty(key, value).build())
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining(key)
                .hasMessageContaining(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "sink.max-retries, 1.5",
        "sink.max-retries, 99999999999",
        "sink.max-retries, ''",
        "sink.buffer-flush.max-bytes, 128mb",
        "sink.buffer-flush.interval-ms, 5 s",
        "sink.ignore.update-before, maybe",
        "sink.on-invalid, nope",
    })
    void refusesWhatIsNoValueOfTheOptionsType(String key, String value) {
        assertThatThrownBy(() -> builder().withProperty(key, value).build())
                .hasMessageContaining("'" + key + "'")
                .hasMessageContaining("'" + value + "'");
    }

    @ParameterizedTest
    @CsvSource({
        "sink.semantic, exactly-once, cannot be exactly-once",
        "sink.version, V1, it needs transactions",
        "sink.at-least-once.use-transaction-stream-load, false, it needs transactions",
        "sink.properties.enable_merge_commit, true, merge commit",
        "be-load-url, be:8040, host-mapping",
        "sink.transaction.multi-table.buffer-size, 0, at least 1",
    })
    void refusesWhatTransactionsOverSeveralTablesCannotBe(String key, String value, String expected) {
        assertThatThrownBy(() -> builder()
                        .withProperty("sink.transaction.multi-table.enabled", "true")
                        .withProperty(key, value)
                        .build())
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("sink.transaction.multi-table.")
                .hasMessageContaining(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sink.properties.enable_merge_commit", "sink.transaction.multi-table.enabled"})
    void refusesDeadLettersOfRowsThatTheServerDoesNotTellOf(String key) {
        StarRocksSinkOptions.Builder builder = builder()
                .withProperty(key, "true")
                .withProperty("sink.properties.merge_commit_interval_ms", "100")
                .withProperty("sink.dead-letter.table", "rejected");
        builder.build();
        assertThatThrownBy(() -> builder.withProperty("sink.properties.max_filter_ratio", "0.1")
                        .build())
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("max_filter_ratio")
                .hasMessageContaining("sink.dead-letter.");
    }

    @ParameterizedTest
    @CsvSource({"v1, V1", "' V2 ', V2", "Auto, AUTO"})
    void readsTheVersionInAnyCase(String value, String version) {
        StarRocksSinkOptions options =
                builder().withProperty("sink.version", value).build();
        assertThat(options.getSinkVersion()).isEqualTo(version);
        assertThat(options.isVersionOne()).isEqualTo(version.equals("V1"));
    }

    @Test
    void refusesExactlyOnceWithoutTransactions() {
        assertThatThrownBy(() -> builder()
                        .withProperty("sink.version", "V1")
                        .withProperty("sink.semantic", "exactly-once")
                        .build())
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("sink.version")
                .hasMessageContaining("exactly-once");
    }

    @Test
    void refusesMergeCommitWithExactlyOnce() {
        assertThatThrownBy(() -> builder()
                        .withProperty("sink.properties.enable_merge_commit", "TRUE")
                        .withProperty("sink.properties.merge_commit_interval_ms", "100")
                        .withProperty("sink.semantic", "exactly-once")
                        .build())
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("enable_merge_commit")
                .hasMessageContaining("exactly-once");
    }

    @ParameterizedTest
    @CsvSource({
        "sink.merge-commit.max-concurrent-requests, 7",
        "sink.merge-commit.max-inflight-requests, 7",
    })
    void knowsTheFormerNamesOfOptions(String key, int value) {
        StarRocksSinkOptions options =
                builder().withProperty(key, String.valueOf(value)).build();
        assertThat(options.getMergeCommitOption(MergeCommitOptions.MAX_CONCURRENT_REQUESTS))
                .isEqualTo(value);
    }

    @Test
    void boundsVersionsOnlyWhereCommitsGoByTime() {
        String key = "sink.buffer-flush.max-versions-per-minute";
        assertThat(builder().withProperty(key, "60").build().getMaxVersionsPerMinute())
                .hasValue(60);
        assertThat(builder().build().getMaxVersionsPerMinute()).isEmpty();
        assertThatThrownBy(() -> builder().withProperty(key, "0").build())
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining(key);
        assertThatThrownBy(() -> builder()
                        .withProperty(key, "60")
                        .withProperty("sink.semantic", "exactly-once")
                        .build())
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining(key)
                .hasMessageContaining("at-least-once");
        assertThatThrownBy(() -> builder()
                        .withProperty("sink.metric.histogram-window-size", "10001")
                        .build())
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("1 to 10000");
    }

    @Test
    void namesMissingOptions() {
        assertThatThrownBy(() -> StarRocksSinkOptions.builder()
                        .withProperty("load-url", "fe:8030")
                        .build())
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("jdbc-url, database-name, table-name, username, password");
    }

    @Test
    void namesUnknownOptionsAndTheNearestKnownOne() {
        assertThatThrownBy(() -> builder()
                        .withProperty("sink.semantics", "exactly-once")
                        .withProperty("colour", "blue")
                        .build())
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("'sink.semantics' (did you mean 'sink.semantic'?)")
                .hasMessageContaining("'colour',")
                .hasMessageNotContaining("exactly-once");
    }

    @Test
    void acceptsOptionsOfTheOriginalWithoutEffect() {
        StarRocksSinkOptions options = builder()
                .withProperty("sink.io.thread-count", "8")
                .withProperty("sink.scan-frequency.ms", "100")
                .withProperty("sink.publish-timeout.ms", "10")
                .withProperty("sink.merge-commit.http.idle-connection-timeout-ms", "1")
                .build();
        assertThat(options.optionsWithoutEffect())
                .containsExactly(
                        "sink.io.thread-count",
                        "sink.scan-frequency.ms",
                        "sink.merge-commit.http.idle-connection-timeout-ms");
    }

    @Test
    void travelsToTheTasks() throws Exception {
        StarRocksSinkOptions options =
                builder().withProperty("sink.properties.columns", "a,b").build();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(options);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            StarRocksSinkOptions copy = (StarRocksSinkOptions) in.readObject();
            assertThat(copy.hasColumnMappingProperty()).isTrue();
            assertThat(copy.getTableName()).isEqualTo("t");
        }
    }
}
