// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.starrocks.connector.embedded.EmbeddedStarRocks;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Transactions that an earlier run of the job left open. */
@Tag("every-line")
class LingeringIT {
    @RegisterExtension
    static final EmbeddedStarRocks STARROCKS = EmbeddedStarRocks.create();

    @TempDir
    Path savepoints;

    static List<Arguments> sinks() {
        List<Arguments> sinks = new ArrayList<>();
        for (boolean newApi : Flink.sinkApis()) {
            sinks.add(Arguments.of(newApi));
        }
        return sinks;
    }

    /** Begins a transaction as a subtask would have done after a checkpoint. */
    private static String begin(Delivery delivery, int subtask, long checkpoint) throws Exception {
        String label = delivery.table + "-" + delivery.table + "-" + subtask + "-" + checkpoint + "-0r00c0ffee-1";
        String user =
                Base64.getEncoder().encodeToString((EmbeddedStarRocks.USERNAME + ":").getBytes(StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + STARROCKS.loadUrl() + "/api/transaction/begin"))
                .header("Authorization", "Basic " + user)
                .header("db", "delivery")
                .header("table", delivery.table)
                .header("label", label)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        HttpResponse<String> answer = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.ALWAYS)
                .build()
                .send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.body()).contains("\"OK\"");
        return label;
    }

    @ParameterizedTest
    @MethodSource("sinks")
    void areRolledBackByAFreshStart(boolean newApi) throws Exception {
        Delivery delivery = new Delivery(STARROCKS, "exactly-once", newApi);
        begin(delivery, 0, 0);
        begin(delivery, 3, 17);
        delivery.job(new Script(), 2, Flink.restarts(0)).insert(Delivery.INSERT);
        delivery.assertComplete();
    }

    /** One that began before the restored checkpoint may be in somebody's state. */
    @ParameterizedTest
    @MethodSource("sinks")
    void areRolledBackByARestoreUnlessTheyAreOlder(boolean newApi) throws Exception {
        Delivery delivery = new Delivery(STARROCKS, "exactly-once", newApi);
        Script first = new Script(2 * Script.STAGE + Script.STAGE / 2);
        JobClient job = delivery.job(first, 2, Flink.restarts(0)).start(Delivery.INSERT);
        first.awaitHold();
        String savepoint = Flink.stopWithSavepoint(job, savepoints);

        String older = begin(delivery, 1, 0);
        begin(delivery, 1, 1_000_000);
        begin(delivery, 6, 1_000_000);
        delivery.job(new Script(), 4, Flink.restore(savepoint)).insert(Delivery.INSERT);
        assertThat(delivery.openLabels()).containsExactly(older);
        delivery.assertRows();
    }

    /** Only some of the new subtasks get a state, and it alone tells the former prefix. */
    @ParameterizedTest
    @MethodSource("sinks")
    void areRolledBackByARestoreUnderAnotherPrefixWithMoreSubtasks(boolean newApi) throws Exception {
        Delivery delivery = new Delivery(STARROCKS, "exactly-once", newApi);
        Script first = new Script(2 * Script.STAGE + Script.STAGE / 2);
        JobClient job = delivery.job(first, 2, Flink.restarts(0)).start(Delivery.INSERT);
        first.awaitHold();
        String savepoint = Flink.stopWithSavepoint(job, savepoints);

        String older = begin(delivery, 0, 0);
        for (int subtask = 0; subtask < 8; subtask++) {
            begin(delivery, subtask, 1_000_000);
        }
        delivery.option("sink.label-prefix", "other");
        delivery.job(new Script(), 5, Flink.restore(savepoint)).insert(Delivery.INSERT);
        assertThat(delivery.openLabels()).containsExactly(older);
        delivery.assertRows();
    }
}
