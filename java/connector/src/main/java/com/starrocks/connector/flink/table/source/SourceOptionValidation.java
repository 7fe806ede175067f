// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source;

import static com.starrocks.connector.flink.table.source.SourceOptionDefinitions.*;

import com.starrocks.connector.flink.table.sink.OptionLimits;
import com.starrocks.connector.flink.table.sink.StarRocksSinkOptions;
import com.starrocks.connector.flink.table.source.lookup.LookupOptions;
import java.time.DateTimeException;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.ValidationException;

/** Checks options against their limits and against one another, before anything connects. */
final class SourceOptionValidation {
    private final StarRocksSourceOptions options;
    private final Configuration config;
    private final OptionLimits limits;

    SourceOptionValidation(StarRocksSourceOptions options, Configuration config) {
        this.options = options;
        this.config = config;
        this.limits = new OptionLimits(config);
    }

    /** Throws a {@link ValidationException} that names the option, its value and what is expected. */
    void validate() {
        List<String> missing = CONNECTION.stream()
                .filter(option -> !config.contains(option))
                .map(ConfigOption::key)
                .collect(Collectors.toList());
        if (!missing.isEmpty() && missing.size() < CONNECTION.size()) {
            throw new IllegalArgumentException("Either all of " + connectionKeys()
                    + " are needed, or none: not set are " + String.join(", ", missing) + ".");
        }
        for (String url : options.getScanUrls()) {
            if (!url.replaceFirst("^https?://", "").matches("[^/]+:[0-9]{1,5}/?")) {
                throw new ValidationException("Could not parse host '" + url + "' in option '" + SCAN_URL.key()
                        + "': host:http_port is expected.");
            }
        }
        for (String url : options.getArrowFlightUrls()) {
            if (!url.replaceFirst("^grpc(\\+tcp)?://", "").matches("[^/]+:[0-9]{1,5}")) {
                throw new ValidationException("Could not parse host '" + url + "' in option '"
                        + SCAN_ARROW_FLIGHT_URL.key() + "': host:arrow_flight_port is expected.");
            }
        }
        limits.range(SCAN_CONNECT_TIMEOUT, 1, Integer.MAX_VALUE);
        limits.range(SCAN_BATCH_ROWS, 1, MAX_BATCH_ROWS);
        limits.range(SCAN_KEEP_ALIVE_MIN, 1, Short.MAX_VALUE);
        limits.range(SCAN_QUERTY_TIMEOUT_S, 1, Integer.MAX_VALUE);
        limits.range(SCAN_MEM_LIMIT, 1, Long.MAX_VALUE);
        limits.range(SCAN_MAX_RETRIES, 0, 1_000);
        if (config.contains(SCAN_PARALLELISM)) {
            limits.range(SCAN_PARALLELISM, 1, Short.MAX_VALUE + 1);
        }
        limits.together(StarRocksSinkOptions.SSL_CERT_FILE, StarRocksSinkOptions.SSL_KEY_FILE);
        try {
            options.getTimestampLtzTimeZone();
        } catch (DateTimeException e) {
            throw new ValidationException("Unsupported value '" + config.get(SCAN_LTZ_TIME_ZONE) + "' of option '"
                    + SCAN_LTZ_TIME_ZONE.key() + "': a zone such as UTC or Asia/Shanghai is expected.");
        }
        for (String pair : options.getBeHostMappingList().split(";")) {
            if (!pair.trim().isEmpty() && !pair.matches("\\s*[^,]+:[0-9]{1,5}\\s*,\\s*[^,]+:[0-9]{1,5}\\s*")) {
                throw new ValidationException("Unsupported value '" + pair + "' of option '"
                        + SCAN_BE_HOST_MAPPING_LIST.key() + "': reachable:port,advertised:port is expected.");
            }
        }
        limits.range(LOOKUP_CACHE_MAX_ROWS, -1, Long.MAX_VALUE);
        limits.range(LOOKUP_CACHE_TTL_MS, 0, Long.MAX_VALUE);
        limits.range(LOOKUP_MAX_RETRIES, 0, 1_000);
        LookupOptions.validate(config);
    }

    private static String connectionKeys() {
        return CONNECTION.stream().map(ConfigOption::key).collect(Collectors.joining(", "));
    }
}
