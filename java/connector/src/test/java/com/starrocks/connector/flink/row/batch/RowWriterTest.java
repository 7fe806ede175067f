// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.core.memory.MemorySegmentFactory;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Flink's own binary rows are the measure of what the writer produces. */
class RowWriterTest {
    private static final int RECORD_HEADER = 8;
    private static final ByteBuffer BUFFER = buffer(1 << 20);

    static {
        soil(BUFFER.capacity());
    }

    /** Puts into the buffer what an earlier batch may have left behind. */
    private static void soil(int end) {
        for (int i = 0; i < end; i++) {
            BUFFER.put(i, (byte) 0xA5);
        }
    }

    @Test
    void writesTheBytesOfFlinksOwnSerializer() {
        for (int seed = 0; seed < 3_000; seed++) {
            RandomRows random = new RandomRows(seed, 0);
            RowType type = random.rowType(seed % 3);
            RowData row = random.row(type);
            assertThat(Arrays.equals(
                            write(type, row, seed % 5 * 8), bytes(new RowDataSerializer(type).toBinaryRow(row))))
                    .as("seed %d, type %s", seed, type)
                    .isTrue();
        }
    }

    @Test
    void writesEveryScalarTypeAndNulls() {
        RowType type = RowType.of(RandomRows.scalars().toArray(new LogicalType[0]));
        RowDataSerializer serializer = new RowDataSerializer(type);
        for (int seed = 0; seed < 1_000; seed++) {
            RowData row = new RandomRows(seed, 3).row(type);
            BinaryRowData written = binary(type, write(type, row, 0));
            // Flink sets bytes aside for some nulls, the writer does not: compare what a reader finds.
            assertThat(bytes(serializer.toBinaryRow(fields(type, written))))
                    .as("seed %d", seed)
                    .isEqualTo(bytes(serializer.toBinaryRow(row).copy()));
        }
    }

    @Test
    void readsBackNestedValuesWithNulls() {
        for (int seed = 0; seed < 2_000; seed++) {
            RandomRows random = new RandomRows(seed, 4);
            RowType type = random.rowType(2);
            RowData row = random.row(type);
            BinaryRowData written = binary(type, write(type, row, 0));
            assertThat(Values.row(written, type))
                    .as("seed %d, type %s", seed, type)
                    .isEqualTo(Values.row(row, type));
        }
    }

    @Test
    void copiesBinaryRowsAndTheirNestedValues() {
        for (int seed = 0; seed < 2_000; seed++) {
            RandomRows random = new RandomRows(seed, 5);
            RowType type = random.rowType(2);
            BinaryRowData row =
                    new RowDataSerializer(type).toBinaryRow(random.row(type)).copy();
            assertThat(write(type, row, 0)).isEqualTo(bytes(row));
            assertThat(Values.row(binary(type, write(type, fields(type, row), 0)), type))
                    .as("seed %d, type %s", seed, type)
                    .isEqualTo(Values.row(row, type));
        }
    }

    @ParameterizedTest
    @CsvSource({"64, false, 20", "64, true, 20", "4096, false, 3000", "4096, true, 3000"})
    void copiesARowThatSpansMemorySegments(int segmentSize, boolean offHeap, int length) {
        RowType type = RowType.of(new VarCharType(VarCharType.MAX_LENGTH), new BigIntType());
        BinaryRowData row = new RowDataSerializer(type)
                .toBinaryRow(GenericRowData.of(StringData.fromString(repeat("0123456789", length)), 7L))
                .copy();
        byte[] bytes = bytes(row);
        int offset = 40;
        MemorySegment[] segments = new MemorySegment[(offset + bytes.length) / segmentSize + 1];
        for (int i = 0; i < segments.length; i++) {
            segments[i] = offHeap
                    ? MemorySegmentFactory.allocateUnpooledOffHeapMemory(segmentSize)
                    : MemorySegmentFactory.wrap(new byte[segmentSize]);
        }
        for (int i = 0; i < bytes.length; i++) {
            segments[(offset + i) / segmentSize].put((offset + i) % segmentSize, bytes[i]);
        }
        BinaryRowData spanning = new BinaryRowData(2);
        spanning.pointTo(segments, offset, bytes.length);
        assertThat(write(type, spanning, 16)).isEqualTo(bytes);

        StringData text = spanning.getString(0);
        RowType textOnly = RowType.of(new VarCharType(VarCharType.MAX_LENGTH));
        assertThat(binary(textOnly, write(textOnly, GenericRowData.of(text), 0)).getString(0))
                .isEqualTo(text);
    }

    @Test
    void encodesTextAsJavaDoes() {
        RowType type = RowType.of(new VarCharType(VarCharType.MAX_LENGTH));
        for (String text : Arrays.asList(
                "",
                "1234567",
                "12345678",
                "ä234567",
                "äöüß",
                "half \uD83D of a pair",
                "half \uDE00",
                "\uD83D",
                repeat("x", 511) + "\uD83D\uDE00" + repeat("中", 600),
                repeat("é", 5_000))) {
            byte[] expected = text.getBytes(StandardCharsets.UTF_8);
            RowData read = binary(type, write(type, GenericRowData.of(StringData.fromString(text)), 0));
            assertThat(read.getString(0).toBytes()).isEqualTo(expected);
        }
    }

    @Test
    void saysWhenARowDoesNotFitWhateverTheRoomIs() {
        for (int seed = 0; seed < 200; seed++) {
            RandomRows random = new RandomRows(seed, 6);
            RowType type = random.rowType(2);
            RowData row = random.row(type);
            byte[] whole = write(type, row, 0);
            RowWriter writer = new RowWriter(type.getChildren());
            RowOutput out = new RowOutput();
            for (int room = 0; room < whole.length + RECORD_HEADER; room += 8) {
                out.begin(buffer(room), 0);
                writer.write(row, out);
                assertThat(out.isFull()).as("seed %d, room %d", seed, room).isTrue();
            }
            out.begin(buffer(whole.length + RECORD_HEADER), 0);
            writer.write(row, out);
            assertThat(out.isFull()).as("seed %d", seed).isFalse();
        }
    }

    @Test
    void convertsADecimalOfAnotherTypeThanItsColumn() {
        RowType type = RowType.of(new DecimalType(12, 2));
        DecimalData value = DecimalData.fromBigDecimal(new BigDecimal("17"), 5, 0);
        BinaryRowData row = binary(type, write(type, GenericRowData.of(value), 0));
        assertThat(row.getDecimal(0, 12, 2).toBigDecimal()).isEqualTo(new BigDecimal("17.00"));

        DecimalData large = DecimalData.fromBigDecimal(new BigDecimal("12345678901.5"), 15, 1);
        assertThatThrownBy(() -> write(type, GenericRowData.of(large), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DECIMAL(15, 1)")
                .hasMessageContaining("DECIMAL(12, 2)");
    }

    @Test
    void refusesARowOfAnotherArity() {
        RowWriter writer = new RowWriter(Collections.singletonList(new IntType()));
        RowOutput out = new RowOutput();
        out.begin(buffer(1024), 0);
        assertThatThrownBy(() -> writer.write(GenericRowData.of(1, 2), out))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 fields")
                .hasMessageContaining("schema has 1");
    }

    /** The row alone; its size and padding are checked. */
    private static byte[] write(RowType type, RowData row, int position) {
        RowOutput out = new RowOutput();
        out.begin(BUFFER, position);
        new RowWriter(type.getChildren()).write(row, out);
        assertThat(out.isFull()).isFalse();
        int size = out.end() - position - RECORD_HEADER;
        assertThat(BUFFER.getInt(position)).isEqualTo(size);
        assertThat(BUFFER.getInt(position + 4)).isZero();
        assertThat(size % 8).isZero();
        byte[] bytes = new byte[size];
        BUFFER.clear().position(position + RECORD_HEADER);
        BUFFER.get(bytes);
        soil(out.end());
        return bytes;
    }

    private static ByteBuffer buffer(int capacity) {
        return ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static BinaryRowData binary(RowType type, byte[] bytes) {
        BinaryRowData row = new BinaryRowData(type.getFieldCount());
        row.pointTo(MemorySegmentFactory.wrap(bytes), 0, bytes.length);
        return row;
    }

    private static byte[] bytes(BinaryRowData row) {
        byte[] bytes = new byte[row.getSizeInBytes()];
        row.getSegments()[0].get(row.getOffset(), bytes);
        return bytes;
    }

    /** The fields of a row one by one, so that nested values stay as they are. */
    private static GenericRowData fields(RowType type, RowData row) {
        GenericRowData fields = new GenericRowData(row.getRowKind(), type.getFieldCount());
        for (int i = 0; i < type.getFieldCount(); i++) {
            fields.setField(i, RowData.createFieldGetter(type.getTypeAt(i), i).getFieldOrNull(row));
        }
        return fields;
    }

    private static String repeat(String text, int times) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < times; i++) {
            out.append(text);
        }
        return out.toString();
    }
}
