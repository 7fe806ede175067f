// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.starrocks.connector.jni.Json;
import com.starrocks.connector.jni.ScanMetric;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.core.memory.MemorySegmentFactory;
import org.apache.flink.table.data.RowData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A subtask's reading over a reader that the test writes the rows of. */
class SplitReadingTest {
    private static final String SPLIT =
            "{\"split\":{\"id\":\"3\",\"database\":\"d\",\"table\":\"t\",\"plan\":\"p\",\"tablets\":["
                    + "{\"id\":7,\"version\":2,\"rows\":0,\"fingerprint\":\"0\"},{\"id\":8,\"version\":2,\"rows\":5,\"fingerprint\":\"9\"}]},"
                    + "\"filter\":\"`a` > 1\"}";

    private final FakeReader fake = new FakeReader();
    private final SplitReading reading = new SplitReading("test", 1, -1, RowForm.IN_PLACE, filter -> {
        assertThat(filter).isEqualTo("`a` > 1");
        return fake;
    });
    private final List<Long> rows = new ArrayList<>();
    private int splitsDone;

    /** Gives what the test put in. */
    private static final class FakeReader implements TabletReader {
        final BlockingQueue<Object> script = new LinkedBlockingQueue<>();
        final List<Integer> released = new ArrayList<>();
        volatile boolean closed;

        @Override
        public void add(byte[] split) {}

        @Override
        public Batch next() throws IOException, InterruptedException {
            Object next = script.poll(10, TimeUnit.MILLISECONDS);
            if (next instanceof IOException) {
                throw (IOException) next;
            }
            return (Batch) next;
        }

        @Override
        public void release(Batch batch) {
            released.add(batch.buffer);
        }

        @Override
        public long fingerprint(Batch batch, int rows) {
            return 1000 + rows;
        }

        @Override
        public long metric(ScanMetric metric) {
            return 0;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** Rows with one BIGINT each: their numbers in the tablet. */
    private static Batch rows(long tablet, long firstRow, int count, int buffer) {
        MemorySegment memory = MemorySegmentFactory.allocateUnpooledSegment(24 * count);
        for (int i = 0; i < count; i++) {
            memory.putIntLittleEndian(24 * i, 16);
            memory.putLongLittleEndian(24 * i + 16, firstRow + i);
        }
        return new Batch(Batch.Kind.ROWS, 0, tablet, firstRow, count, 100 + firstRow + count, memory, buffer);
    }

    private static Batch done(Batch.Kind kind, long tablet) {
        return new Batch(kind, 0, tablet, 0, 0, 0, null, -1);
    }

    private void start(String split) throws IOException {
        reading.add(ScanSplitSerializer.fromJson(Json.read(split)));
    }

    private int take(int most) throws Exception {
        reading.available().get(10, TimeUnit.SECONDS);
        return reading.handOn(most, row -> rows.add(((RowData) row).getLong(0)), () -> splitsDone++);
    }

    private void takeUntil(BooleanSupplier enough) throws Exception {
        for (int i = 0; i < 100 && !enough.getAsBoolean(); i++) {
            take(9);
        }
        assertThat(enough.getAsBoolean()).isTrue();
    }

    private String state() {
        List<ScanSplit> splits = reading.remaining();
        assertThat(splits).hasSizeLessThanOrEqualTo(1);
        return splits.isEmpty() ? "nothing" : new String(splits.get(0).document(), StandardCharsets.UTF_8);
    }

    @AfterEach
    void close() throws Exception {
        reading.close();
    }

    @Test
    void handsOnRowsInPortionsAndKnowsHowFarItIs() throws Exception {
        start(SPLIT);
        fake.script.add(rows(7, 0, 3, 0));
        assertThat(take(2)).isEqualTo(2);
        assertThat(fake.released).isEmpty();
        assertThat(state()).contains("{\"id\":7,\"version\":2,\"rows\":2,\"fingerprint\":\"1002\"}");
        assertThat(take(2)).isEqualTo(1);
        assertThat(fake.released).containsExactly(0);
        assertThat(rows).containsExactly(0L, 1L, 2L);
        assertThat(state())
                .contains("{\"id\":7,\"version\":2,\"rows\":3,\"fingerprint\":\"103\"}")
                .contains("{\"id\":8,\"version\":2,\"rows\":5,\"fingerprint\":\"9\"}");
    }

    @Test
    void forgetsTabletsThatAreDone() throws Exception {
        start(SPLIT);
        fake.script.add(done(Batch.Kind.TABLET_DONE, 7));
        fake.script.add(rows(8, 5, 1, 1));
        takeUntil(() -> rows.size() == 1);
        assertThat(state()).doesNotContain("\"id\":7").contains("\"rows\":6");
        fake.script.add(done(Batch.Kind.TABLET_DONE, 8));
        takeUntil(() -> state().equals("nothing"));
        fake.script.add(done(Batch.Kind.SPLIT_DONE, 0));
        takeUntil(() -> splitsDone == 1);
        assertThat(reading.openSplits()).isZero();
    }

    @Test
    void keepsRowsOutOfTheStateThatHaveOnlyArrived() throws Exception {
        start(SPLIT);
        fake.script.add(rows(7, 0, 3, 0));
        reading.available().get(10, TimeUnit.SECONDS);
        assertThat(state()).contains("{\"id\":7,\"version\":2,\"rows\":0,\"fingerprint\":\"0\"}");
    }

    @Test
    void failsAfterTheRowsThatCameBeforeTheFailure() throws Exception {
        start(SPLIT);
        fake.script.add(rows(7, 0, 1, 0));
        fake.script.add(new IOException("backend gone"));
        assertThat(take(9)).isEqualTo(1);
        assertThatThrownBy(() -> take(9)).isInstanceOf(IOException.class).hasMessage("backend gone");
    }

    @Test
    void stopsAtItsLimit() throws Exception {
        SplitReading limited = new SplitReading("test", 1, 2, RowForm.IN_PLACE, filter -> fake);
        limited.add(ScanSplitSerializer.fromJson(Json.read(SPLIT)));
        fake.script.add(rows(7, 0, 3, 0));
        limited.available().get(10, TimeUnit.SECONDS);
        assertThat(limited.handOn(9, row -> {}, () -> {})).isEqualTo(2);
        assertThat(limited.isLimitReached()).isTrue();
        limited.close();
    }

    @Test
    void closesTheReader() throws Exception {
        start(SPLIT);
        reading.close();
        assertThat(fake.closed).isTrue();
    }

    @Test
    void resumesAQueryWhereItBrokeOff() throws Exception {
        start(
                "{\"split\":{\"id\":\"0\",\"query\":\"select 1\",\"rows\":0,\"fingerprint\":\"0\"},\"filter\":\"`a` > 1\"}");
        fake.script.add(rows(0, 0, 2, 0));
        assertThat(take(9)).isEqualTo(2);
        assertThat(state()).isEqualTo("{\"id\":\"0\",\"query\":\"select 1\",\"rows\":2,\"fingerprint\":\"102\"}");
    }

    @Test
    void refusesStateOfALaterVersion() {
        assertThatThrownBy(() -> new ScanSplitSerializer().deserialize(9, new byte[0]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version 9");
        assertThatThrownBy(() -> new ScanStateSerializer().deserialize(1, new byte[] {'{', '}'}))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> new ScanSplitSerializer().deserialize(1, new byte[] {'['}))
                .isInstanceOf(IOException.class);
    }

    @Test
    void keepsStateThroughItsSerializers() throws Exception {
        ScanSplit split = ScanSplitSerializer.fromJson(Json.read(SPLIT));
        ScanStateSerializer serializer = new ScanStateSerializer();
        ScanState state = new ScanState(true, java.util.Collections.singletonList(split));
        ScanState read = serializer.deserialize(serializer.getVersion(), serializer.serialize(state));
        assertThat(read.isPlanned()).isTrue();
        assertThat(read.pending()).hasSize(1);
        assertThat(read.pending().get(0).document()).isEqualTo(split.document());
        assertThat(read.pending().get(0).filter()).isEqualTo(split.filter());
    }
}
