// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NativeLogsTest {
    private final List<String> lines = new ArrayList<>();

    @BeforeEach
    void empty() {
        NativeLibrary.ensureLoaded();
        NativeLogs.drain((level, millis, target, message) -> {});
    }

    @AfterEach
    void resetLevel() {
        NativeLogs.setLevel(NativeLogs.Level.INFO);
    }

    private void drain() {
        NativeLogs.drain((level, millis, target, message) -> {
            assertThat(millis).isPositive();
            lines.add(level + " " + target + " " + message);
        });
    }

    @Test
    void recordsCarryLevelTargetMessageAndFields() {
        NativeTesting.log("grüße", 1);
        drain();
        assertThat(lines).containsExactly("INFO starrocks_jni::testing grüße number=0");
    }

    @Test
    void aReceiverThatDrainsGetsNothingTwice() {
        NativeTesting.log("outer", 3);
        int count = NativeLogs.drain((level, millis, target, message) -> {
            lines.add(message);
            assertThat(NativeLogs.drain((l, m, t, inner) -> lines.add("inner"))).isZero();
        });
        assertThat(count).isEqualTo(3);
        assertThat(lines).containsExactly("outer number=0", "outer number=1", "outer number=2");
    }

    @Test
    void theLevelIsSetAtRunTime() {
        NativeLogs.setLevel(NativeLogs.Level.DEBUG);
        NativeTesting.log("x", 0);
        drain();
        assertThat(lines).containsExactly("DEBUG starrocks_jni::testing below the default level");
    }

    @Test
    void aFloodIsBoundedAndSaysThatItWas() {
        NativeTesting.log("flood", 50_000);
        drain();
        assertThat(lines.size()).isLessThan(10_000);
        assertThat(lines.get(0)).startsWith("WARN").contains("log records of the native library were dropped");
        assertThat(lines.get(lines.size() - 1)).endsWith("flood number=49999");
    }
}
