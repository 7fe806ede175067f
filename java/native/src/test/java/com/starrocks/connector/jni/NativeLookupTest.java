// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Lookups over the boundary, without a server that would answer. */
class NativeLookupTest {
    /** A lookup of one INT column on a port where nobody listens. */
    private static byte[] config(String more) {
        String text = "{\"version\": 1, \"connection\": {\"load_urls\": [\"127.0.0.1:1\"],"
                + " \"jdbc_url\": \"jdbc:mysql://127.0.0.1:1\", \"username\": \"u\", \"password\": \"hidden\"},"
                + " \"request\": {\"database\": \"d\", \"table\": \"t\", \"columns\": [\"id\"]},"
                + " \"columns\": [{\"name\": \"id\", \"type\": {\"root\": \"INTEGER\"}}], \"keys\": [0]" + more + "}";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The record of a row with one INT. */
    private static ByteBuffer key(int value) {
        ByteBuffer key = ByteBuffer.allocateDirect(64).order(ByteOrder.LITTLE_ENDIAN);
        key.putLong(0, 16);
        key.putInt(16, value);
        return key;
    }

    private static int awaitAnswer(NativeLookup lookup, ByteBuffer answers) {
        int bytes = 0;
        while (bytes == 0) {
            bytes = lookup.next(answers, Native.SLICE_MS);
        }
        return bytes;
    }

    @Test
    void aFailureStaysAndNamesTheTable() {
        ByteBuffer answers = ByteBuffer.allocateDirect(1024);
        try (NativeLookup lookup = NativeLookup.open(config(", \"max_retries\": 0"))) {
            assertThat(lookup.next(answers, 0)).isZero();
            assertThat(lookup.submit(key(7), 24, 1, 3)).isTrue();
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> awaitAnswer(lookup, answers))
                        .isInstanceOf(StarRocksNativeException.class)
                        .hasMessageContaining("d.t")
                        .hasMessageContaining("127.0.0.1:1")
                        .hasMessageNotContaining("hidden");
            }
            assertThatThrownBy(() -> lookup.submit(key(7), 24, 1, 4)).isInstanceOf(StarRocksNativeException.class);
            long[] counters = new long[LookupMetric.values().length];
            lookup.metrics(counters);
            assertThat(counters[LookupMetric.LOOKUPS.ordinal()]).isEqualTo(1);
        }
    }

    @Test
    void misuseChangesNothing() {
        NativeLookup lookup = NativeLookup.open(config(""));
        assertThatThrownBy(() -> lookup.submit(ByteBuffer.allocate(64), 24, 1, 0))
                .isInstanceOf(IllegalArgumentException.class);
        for (int length : new int[] {-1, 0, 65}) {
            assertThatThrownBy(() -> lookup.submit(key(1), length, 1, 0)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> lookup.submit(key(1), 24, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> lookup.next(null, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> lookup.metrics(new long[1])).isInstanceOf(IllegalArgumentException.class);
        lookup.close();
        lookup.close();
        assertThatThrownBy(() -> lookup.next(key(1), 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> lookup.submit(key(1), 24, 1, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aTaskIsNoLookup() {
        long task = Native.submit("{}".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> Native.nextAnswers(task, key(1), 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is a task, not a lookup");
        Native.startClose(task);
        while (Native.finishClose(task, Native.SLICE_MS) == 0) {
            // Each call waits up to a slice.
        }
    }

    @Test
    void aConfigurationThatMeansNothingIsRefused() {
        for (String more : new String[] {", \"keys\": []", ", \"unknown\": 1", ", \"batch_keys\": 0"}) {
            assertThatThrownBy(() -> NativeLookup.open(config(more)))
                    .isInstanceOf(StarRocksNativeException.class)
                    .hasMessageNotContaining("hidden");
        }
    }
}
