// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import static com.starrocks.connector.flink.table.sink.SinkOptionDefinitions.*;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.ValidationException;

/** Checks options against their limits and against one another, before anything connects. */
final class SinkOptionValidation {
    private final StarRocksSinkOptions options;
    private final Configuration config;
    private final OptionLimits limits;
    /** What stands under {@code sink.properties.}. */
    private final Map<String, String> properties;

    SinkOptionValidation(StarRocksSinkOptions options, Configuration config, Map<String, String> properties) {
        this.options = options;
        this.config = config;
        this.limits = new OptionLimits(config);
        this.properties = properties;
    }

    /** Throws a {@link ValidationException} that names the option, its value and what is expected. */
    void validate() {
        List<String> missing = CONNECTION.stream()
                .filter(option -> !config.contains(option))
                .map(ConfigOption::key)
                .collect(Collectors.toList());
        if (!missing.isEmpty()) {
            throw new ValidationException(
                    "These options are required, but not set: " + String.join(", ", missing) + ".");
        }
        for (ConfigOption<String> option : Arrays.asList(JDBC_URL, USERNAME)) {
            limits.filled(option, config.get(option).trim().isEmpty());
        }
        limits.filled(LOAD_URL, config.get(LOAD_URL).isEmpty());
        validateUrls(LOAD_URL);
        validateUrls(BE_LOAD_URL);
        for (String rule : config.getOptional(HOST_MAPPING).orElse(Collections.emptyList())) {
            if (!rule.matches("[^=]+=[^=]+")) {
                throw new ValidationException("Unsupported value '" + rule + "' of option '" + HOST_MAPPING.key()
                        + "': internal=external or internal:port=external:port is expected.");
            }
        }
        limits.together(SSL_CERT_FILE, SSL_KEY_FILE);
        if (StarRocksSinkSemantic.fromName(config.get(SINK_SEMANTIC)) == null) {
            throw new ValidationException("Unsupported value '" + config.get(SINK_SEMANTIC) + "' of option '"
                    + SINK_SEMANTIC.key() + "': at-least-once or exactly-once is expected.");
        }
        if (!Arrays.asList("V1", "V2", "AUTO").contains(options.getSinkVersion())) {
            throw new ValidationException("Unsupported value '" + options.getSinkVersion() + "' of option '"
                    + SINK_VERSION.key() + "': V1, V2 or AUTO is expected.");
        }
        if (options.isVersionOne() && options.getSemantic() == StarRocksSinkSemantic.EXACTLY_ONCE) {
            throw new ValidationException("Option '" + SINK_VERSION.key()
                    + "': V1 loads without transactions, which cannot be exactly-once; use V2, AUTO or at-least-once.");
        }
        limits.range(SINK_BATCH_MAX_SIZE, 64 * MEBIBYTE, 10 * GIBIBYTE);
        limits.range(SINK_BATCH_FLUSH_INTERVAL, 1, 3_600_000);
        limits.range(SINK_MAX_RETRIES, 0, 1000);
        limits.range(SINK_CHUNK_LIMIT, 1, Long.MAX_VALUE);
        limits.range(SINK_BATCH_MAX_ROWS, 64_000, 5_000_000);
        limits.range(SINK_BATCH_OFFER_TIMEOUT, 300_000, Long.MAX_VALUE);
        limits.range(SINK_IO_THREAD_COUNT, 1, Integer.MAX_VALUE);
        limits.range(
                SINK_SCAN_FREQUENCY, 50, config.contains(SINK_SCAN_FREQUENCY) ? options.getSinkMaxFlushInterval() : 50);
        limits.range(SINK_METRIC_HISTOGRAM_WINDOW_SIZE, 1, 10_000);
        limits.range(SINK_TOO_MANY_VERSIONS_MAX_WAIT, 0, Long.MAX_VALUE);
        if (config.contains(SINK_MAX_VERSIONS_PER_MINUTE)) {
            limits.range(SINK_MAX_VERSIONS_PER_MINUTE, 1, 60_000);
            if (options.getSemantic() == StarRocksSinkSemantic.EXACTLY_ONCE || options.isMergeCommit()) {
                throw new ValidationException("Option '" + SINK_MAX_VERSIONS_PER_MINUTE.key()
                        + "' is for at-least-once without merge commit: nothing else commits by time on its own.");
            }
        }
        limits.range(SINK_NATIVE_MEMORY, 16 * MEBIBYTE, Long.MAX_VALUE);
        limits.range(SINK_RETRY_INTERVAL, 0, Integer.MAX_VALUE);
        if (config.contains(SINK_PARALLELISM)) {
            limits.range(SINK_PARALLELISM, 1, Integer.MAX_VALUE);
        }
        if (options.getLabelPrefix() != null && !options.getLabelPrefix().matches("[-_A-Za-z0-9]{1,64}")) {
            throw new ValidationException("Unsupported value '" + options.getLabelPrefix() + "' of option '"
                    + SINK_LABEL_PREFIX.key() + "': up to 64 letters, digits, - and _ are expected.");
        }
        validateDeadLetters();
        if (!isZone(options.getTimestampLtzTimeZone())) {
            throw new ValidationException("Unsupported value '" + options.getTimestampLtzTimeZone() + "' of option '"
                    + SINK_LTZ_TIME_ZONE.key() + "': a zone such as UTC or Asia/Shanghai is expected.");
        }
        String format = properties.getOrDefault("format", "csv");
        if (!format.equalsIgnoreCase("csv") && !format.equalsIgnoreCase("json")) {
            throw new ValidationException("Unsupported value '" + format + "' of option '" + SINK_PROPERTIES_PREFIX
                    + "format': csv or json is expected.");
        }
        LoadProperties.validate(properties);
        if (options.isMultiTableTransactionEnabled()) {
            validateMultiTableTransactions();
        }
        if (options.isMergeCommit()) {
            validateMergeCommit();
        }
        if (options.hasDeadLetters()
                && options.toleratesRejects()
                && (options.isMergeCommit() || options.isMultiTableTransactionEnabled())) {
            throw new ValidationException("Options '" + SINK_PROPERTIES_PREFIX + "max_filter_ratio' and"
                    + " 'sink.dead-letter.*': with merge commit, or transactions over several tables, the server does not tell"
                    + " which rows it rejects, so they would be lost; use only one of the two.");
        }
    }

    private void validateMultiTableTransactions() {
        String option = "Option '" + SINK_MULTI_TABLE_TXN_ENABLED.key() + "': ";
        if (options.getSemantic() == StarRocksSinkSemantic.EXACTLY_ONCE) {
            throw new ValidationException(option
                    + "transactions over several tables cannot be exactly-once, since StarRocks cannot prepare them;"
                    + " use at-least-once, or exactly-once with transactions for each table.");
        }
        if (options.isVersionOne() || !config.get(SINK_AT_LEAST_ONCE_USE_TRANSACTION_LOAD)) {
            throw new ValidationException(option + "it needs transactions, which '" + SINK_VERSION.key()
                    + "' = 'V1' and '" + SINK_AT_LEAST_ONCE_USE_TRANSACTION_LOAD.key() + "' = 'false' do without.");
        }
        if (options.isMergeCommit()) {
            throw new ValidationException(option + "merge commit loads in transactions of the server's own.");
        }
        if (!options.getBeLoadUrlList().isEmpty()) {
            throw new ValidationException(option + "the frontend names the backends of such transactions, so use '"
                    + HOST_MAPPING.key() + "' rather than '" + BE_LOAD_URL.key() + "'.");
        }
        limits.range(SINK_MULTI_TABLE_TXN_BUFFER_SIZE, 1, Long.MAX_VALUE);
    }

    private void validateMergeCommit() {
        String option = "Option '" + SINK_PROPERTIES_PREFIX + "enable_merge_commit': ";
        if (options.getSemantic() == StarRocksSinkSemantic.EXACTLY_ONCE) {
            throw new ValidationException(
                    option + "merge commit cannot be exactly-once, since the server ends its transactions by itself.");
        }
        if (!properties.getOrDefault("merge_commit_interval_ms", "").trim().matches("0*[1-9][0-9]{0,8}")) {
            throw new ValidationException(option + "merge commit needs '" + SINK_PROPERTIES_PREFIX
                    + "merge_commit_interval_ms', the time in which the server collects requests.");
        }
        limits.range(MergeCommitOptions.HTTP_THREAD_NUM, 1, Integer.MAX_VALUE);
        limits.range(MergeCommitOptions.HTTP_MAX_CONNECTIONS, 1, Integer.MAX_VALUE);
        limits.range(MergeCommitOptions.HTTP_TOTAL_MAX_CONNECTIONS, 1, Integer.MAX_VALUE);
        limits.range(MergeCommitOptions.NODE_META_UPDATE_INTERVAL_MS, 1, Integer.MAX_VALUE);
        limits.range(MergeCommitOptions.CHECK_STATE_INIT_DELAY_MS, 0, Integer.MAX_VALUE);
        limits.range(MergeCommitOptions.CHECK_STATE_INTERVAL_MS, 1, Integer.MAX_VALUE);
        if (config.contains(MergeCommitOptions.CHUNK_SIZE)) {
            limits.range(MergeCommitOptions.CHUNK_SIZE, 1, Long.MAX_VALUE);
        }
    }

    private void validateUrls(ConfigOption<List<String>> option) {
        for (String url : config.getOptional(option).orElse(Collections.emptyList())) {
            String authority = url.replaceFirst("^https?://", "").replaceFirst("/.*", "");
            boolean named = authority.matches("[^\\s:@]+:[0-9]{1,5}|\\[[^\\s\\]]+]:[0-9]{1,5}");
            int port = named ? Integer.parseInt(authority.substring(authority.lastIndexOf(':') + 1)) : 0;
            if (port < 1 || port > 65_535) {
                throw new ValidationException("Could not parse host '" + url + "' in option '" + option.key()
                        + "': host:http_port is expected.");
            }
        }
    }

    private void validateDeadLetters() {
        StarRocksSinkOptions.OnInvalid onInvalid =
                config.getOptional(SINK_ON_INVALID).orElse(StarRocksSinkOptions.OnInvalid.SERVER);
        if (onInvalid != StarRocksSinkOptions.OnInvalid.SERVER && options.mapsColumns()) {
            throw new ValidationException(
                    "Option '" + SINK_ON_INVALID.key() + "' cannot be used with '" + SINK_PROPERTIES_PREFIX
                            + "columns' or 'jsonpaths': which column a value is for is then up to the server.");
        }
        if (options.getDeadLetterPath() != null && config.contains(SINK_DEAD_LETTER_TABLE)) {
            throw new ValidationException("Only one of the options '" + SINK_DEAD_LETTER_PATH.key() + "' and '"
                    + SINK_DEAD_LETTER_TABLE.key() + "' can be set.");
        }
        if (onInvalid == StarRocksSinkOptions.OnInvalid.REJECT && !options.hasDeadLetters()) {
            throw new ValidationException(
                    "Option '" + SINK_ON_INVALID.key() + "' = 'reject' needs a place for the rows: set '"
                            + SINK_DEAD_LETTER_PATH.key() + "' or '" + SINK_DEAD_LETTER_TABLE.key() + "'.");
        }
        limits.range(SINK_DEAD_LETTER_MAX_ROWS, 1, Long.MAX_VALUE);
        limits.range(SINK_DEAD_LETTER_MAX_BYTES, 1, Long.MAX_VALUE);
    }

    private static boolean isZone(String text) {
        try {
            ZoneId.of(text);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }
}
