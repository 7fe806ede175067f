// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Makes tables of the embedded server as large as a case needs them: its scanners give their last batch again, so many times in all. */
final class Repeats {
    private static final String CREDENTIALS =
            "Basic " + Base64.getEncoder().encodeToString("root:".getBytes(StandardCharsets.UTF_8));

    private final URI faults;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Repeats(String feHttp) {
        faults = URI.create("http://" + feHttp + "/api/_faults");
    }

    void set(long batches) throws IOException, InterruptedException {
        send(request().DELETE());
        if (batches > 0) {
            String again = "{\"at\":\"get_next\",\"do\":\"again\",\"times\":" + batches + "}";
            send(request().POST(HttpRequest.BodyPublishers.ofString(again)));
        }
    }

    private HttpRequest.Builder request() {
        return HttpRequest.newBuilder(faults).header("Authorization", CREDENTIALS);
    }

    private void send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(faults + " answered " + response.statusCode() + ": " + response.body());
        }
    }
}
