// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.starrocks.connector.flink.table.sink.v2.StarRocksCommittable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransactionStateTest {
    private static List<StarRocksCommittable> committables(String label) {
        return StarRocksCommittable.fromResult(("{\"committables\":[{\"label\":\"" + label
                        + "\",\"txn_id\":7,\"database\":\"d\",\"table\":\"t\",\"rows\":3,\"bytes\":12}]}")
                .getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void keepsTransactionsUntilTheirCheckpointCompletes() throws IOException {
        TransactionState state = new TransactionState();
        state.add(5, committables("five"));
        state.add(6, Collections.emptyList());
        state.add(7, committables("seven"));

        TransactionState restored = TransactionState.deserialize(state.serialize("p"));
        assertThat(restored.checkpointId()).isEqualTo(7);
        assertThat(restored.labelPrefix()).isEqualTo("p");
        assertThat(restored.upTo(4)).isEmpty();
        assertThat(restored.upTo(6)).isEqualTo(committables("five"));
        restored.removeUpTo(6);
        assertThat(restored.upTo(Long.MAX_VALUE)).isEqualTo(committables("seven"));
    }

    @Test
    void mergesTheElementsOfSeveralSubtasks() throws IOException {
        TransactionState first = new TransactionState();
        first.add(5, committables("a"));
        TransactionState second = new TransactionState();
        second.add(5, committables("b"));
        TransactionState merged = new TransactionState();
        merged.merge(TransactionState.deserialize(first.serialize(null)));
        merged.merge(TransactionState.deserialize(second.serialize("p")));
        assertThat(merged.labelPrefix()).isEqualTo("p");
        assertThat(merged.upTo(5)).hasSize(2);
    }

    private static byte[] ofConnector1(String json) {
        byte[] payload = json.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + payload.length)
                .putInt(1)
                .putInt(payload.length)
                .put(payload)
                .array();
    }

    /** Its keys are numbers without quotes; what is finished is not committed again. */
    @Test
    void readsTheStateOfConnector1() throws IOException {
        TransactionState state = TransactionState.deserialize(
                ofConnector1("{\"data\":{5:[{\"id\":\"x\",\"timestamp\":1,\"transactions\":["
                        + "{\"database\":\"d\",\"finish\":true,\"label\":\"p-t-0-4\",\"multiTable\":false,\"table\":\"t\"},"
                        + "{\"database\":\"d\",\"finish\":false,\"label\":\"p-t-0-5\",\"table\":\"t\"}]}],"
                        + "\"7\":[{\"transactions\":[{\"database\":\"d\",\"label\":\"p-u-0-6\",\"table\":\"u\"}]}]},"
                        + "\"labelSnapshots\":[{\"checkpointId\":7,\"db\":\"d\",\"labelPrefix\":\"p\",\"nextId\":6,"
                        + "\"numberOfSubtasks\":2,\"subTaskIndex\":1,\"table\":\"t\"}],\"version\":\"1.2.16\"}"));
        assertThat(state.checkpointId()).isEqualTo(7);
        assertThat(state.upTo(Long.MAX_VALUE))
                .extracting(StarRocksCommittable::getLabel)
                .containsExactly("p-t-0-5", "p-u-0-6");
        assertThat(state.originalLabels())
                .hasToString("[{database=d, table=t, label_prefix=p, subtask=1, next_number=6}]");
        assertThat(TransactionState.deserialize(ofConnector1("{\"data\":{},\"version\":\"1.2.9\"}"))
                        .upTo(Long.MAX_VALUE))
                .isEmpty();
        assertThatThrownBy(() -> TransactionState.deserialize(ofConnector1("{\"data\":{1:[{\"transactions\":["
                        + "{\"database\":\"d\",\"label\":\"l\",\"multiTable\":true,\"table\":\"t\"}]}]}}")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("label l");
    }

    @Test
    void refusesDamagedStateAndOtherVersions() {
        byte[] good = new TransactionState().serialize("p");
        assertThatThrownBy(() -> TransactionState.deserialize(Arrays.copyOf(good, 5)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cut short");
        assertThatThrownBy(() -> TransactionState.deserialize(Arrays.copyOf(good, good.length - 1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cut short");
        byte[] other = good.clone();
        other[3] = 99;
        assertThatThrownBy(() -> TransactionState.deserialize(other))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version 99");
        byte[] garbage = good.clone();
        garbage[8] = '?';
        assertThatThrownBy(() -> TransactionState.deserialize(garbage))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be read");
    }
}
