// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks the server for the bytes of load bodies that it has received, with the metric that a StarRocks backend has for it. */
final class WireMeter {
    private static final Pattern RECEIVED =
            Pattern.compile("^starrocks_be_stream_load\\{type=\"receive_bytes\"} (\\d+)", Pattern.MULTILINE);

    private final URI metrics;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    WireMeter(String beHttp) {
        metrics = URI.create("http://" + beHttp + "/metrics");
    }

    long bytes() throws IOException, InterruptedException {
        HttpResponse<String> response =
                http.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString());
        Matcher matcher = RECEIVED.matcher(response.body());
        if (response.statusCode() != 200 || !matcher.find()) {
            throw new IOException(
                    metrics + " answered " + response.statusCode() + " without the bytes received by loads");
        }
        return Long.parseLong(matcher.group(1));
    }
}
