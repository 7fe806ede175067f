// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.batch;

import java.nio.ByteBuffer;
import org.apache.flink.core.memory.MemorySegment;

/**
 * Where one record is being written: a region of a direct buffer, filled front to back.
 *
 * <p>A value that does not fit sets {@link #isFull()} and writes nothing; the record is then written again into an empty or a
 * larger buffer. Checking a flag once per record costs less than an exception and less than a check by every caller.
 */
public final class RowOutput {
    private static final int WORD = 8;

    private final char[] chars = new char[512];
    private ByteBuffer buffer;
    private int end;
    private int limit;
    private boolean full;

    /** Begins a record at {@code position} of a little-endian buffer. */
    public void begin(ByteBuffer buffer, int position) {
        this.buffer = buffer;
        this.end = position;
        this.limit = buffer.capacity() & -WORD;
        this.full = false;
    }

    /** Where the next value of variable length begins; the end of the record once it is complete. */
    public int end() {
        return end;
    }

    /** Whether something did not fit, so that what was written is of no use. */
    public boolean isFull() {
        return full;
    }

    ByteBuffer buffer() {
        return buffer;
    }

    /** Takes {@code size} bytes, rounded up to whole words, all zero; returns their position, or -1 when full. */
    int zeroed(long size) {
        int at = reserve(size);
        for (int i = at; at >= 0 && i < end; i += WORD) {
            buffer.putLong(i, 0);
        }
        return at;
    }

    /** Takes {@code size} bytes, rounded up to whole words, the last word zero; returns their position, or -1 when full. */
    int reserve(long size) {
        long padded = (size + WORD - 1) & -WORD;
        if (full || padded > limit - end) {
            full = true;
            return -1;
        }
        int at = end;
        end += (int) padded;
        if (padded > 0) {
            buffer.putLong(end - WORD, 0);
        }
        return at;
    }

    /** Takes exactly 4 bytes: the length field of a map, the only thing that is not a whole word. */
    int reserveInt() {
        if (full || Integer.BYTES > limit - end) {
            full = true;
            return -1;
        }
        int at = end;
        end += Integer.BYTES;
        return at;
    }

    void setNull(int nullBits, int index) {
        int at = nullBits + (index >>> 3);
        buffer.put(at, (byte) (buffer.get(at) | 1 << (index & 7)));
    }

    /** Points the slot at {@code at} to a value of variable length. */
    void putReference(int at, int base, int start, int size) {
        buffer.putLong(at, (long) (start - base) << 32 | size);
    }

    /** Copies bytes of Flink's memory segments to {@code at}, which {@link #reserve} returned. */
    void copy(MemorySegment[] segments, int offset, int size, int at) {
        int index = 0;
        while (offset >= segments[index].size()) {
            offset -= segments[index++].size();
        }
        while (size > 0) {
            MemorySegment segment = segments[index++];
            int n = Math.min(size, segment.size() - offset);
            copy(segment, offset, n, at);
            at += n;
            size -= n;
            offset = 0;
        }
    }

    /** Not {@code MemorySegment.get(int, ByteBuffer, int)}, which builds the text of an error message on every call. */
    private void copy(MemorySegment segment, int offset, int size, int at) {
        if (!segment.isOffHeap()) {
            buffer.clear().position(at);
            buffer.put(segment.getArray(), offset, size);
            return;
        }
        int end = at + size;
        for (; at + WORD <= end; at += WORD, offset += WORD) {
            buffer.putLong(at, segment.getLongLittleEndian(offset));
        }
        for (; at < end; at++, offset++) {
            buffer.put(at, segment.get(offset));
        }
    }

    /** Copies a part of an array to {@code at}, which {@link #reserve} returned. */
    void copy(byte[] bytes, int at) {
        buffer.clear().position(at);
        buffer.put(bytes);
    }

    /** Writes bytes and nothing else: no length, no padding. */
    void append(byte[] value) {
        if (full || value.length > limit - end) {
            full = true;
            return;
        }
        copy(value, end);
        end += value.length;
    }

    /** Writes text as UTF-8 and nothing else: no length, no padding. */
    void append(String text) {
        int size = full ? -1 : encode(text, end);
        full = size < 0;
        end += Math.max(size, 0);
    }

    /** Writes text as UTF-8 into the slot at {@code at} or behind the record, without an intermediate array. */
    void putText(String text, int at, int base) {
        int length = text.length();
        if (length <= MAX_INLINE) {
            text.getChars(0, length, chars, 0);
            long word = 0;
            int all = 0;
            for (int i = 0; i < length; i++) {
                all |= chars[i];
                word |= (long) chars[i] << 8 * i;
            }
            if (all < 0x80) {
                buffer.putLong(at, inlineMark(length) | word);
                return;
            }
        }
        int start = end;
        int size = full ? -1 : encode(text, start);
        if (size < 0) {
            full = true;
        } else if (size <= MAX_INLINE) {
            // Short, yet not ASCII: the slot has room for it after all.
            long word = 0;
            for (int i = 0; i < size; i++) {
                word |= (buffer.get(start + i) & 0xFFL) << 8 * i;
            }
            buffer.putLong(at, inlineMark(size) | word);
        } else {
            int padded = (size + WORD - 1) & -WORD;
            if (padded > limit - start) {
                full = true;
                return;
            }
            for (int i = start + size; i < start + padded; i++) {
                buffer.put(i, (byte) 0);
            }
            end = start + padded;
            putReference(at, base, start, size);
        }
    }

    /** Longest value that fits a slot beside its mark. */
    static final int MAX_INLINE = 7;

    static long inlineMark(int size) {
        return (0x80L | size) << 56;
    }

    /** Encodes text from {@code start} on; returns the number of bytes, or -1 when they do not fit. */
    private int encode(String text, int start) {
        int at = start;
        int done = 0;
        while (done < text.length()) {
            int count = Math.min(text.length() - done, chars.length);
            text.getChars(done, done + count, chars, 0);
            if (count < text.length() - done && Character.isHighSurrogate(chars[count - 1])) {
                count--;
            }
            at = encodeChars(count, at);
            if (at < 0) {
                return -1;
            }
            done += count;
        }
        return at - start;
    }

    private int encodeChars(int count, int at) {
        int i = 0;
        while (i < count) {
            // Eight ASCII characters at a time; others, and the rest, one by one.
            while (i + WORD <= count && at + WORD <= limit) {
                long word = asciiWord(i);
                if (word < 0) {
                    break;
                }
                buffer.putLong(at, word);
                i += WORD;
                at += WORD;
            }
            int stop = Math.min(count, i + WORD);
            while (i < stop) {
                char c = chars[i++];
                if (c < 0x80) {
                    if (at + 1 > limit) {
                        return -1;
                    }
                    buffer.put(at++, (byte) c);
                } else if (c < 0x800) {
                    if (at + 2 > limit) {
                        return -1;
                    }
                    buffer.put(at++, (byte) (0xC0 | c >> 6));
                    buffer.put(at++, (byte) (0x80 | c & 0x3F));
                } else if (Character.isHighSurrogate(c) && i < count && Character.isLowSurrogate(chars[i])) {
                    if (at + 4 > limit) {
                        return -1;
                    }
                    int code = Character.toCodePoint(c, chars[i++]);
                    buffer.put(at++, (byte) (0xF0 | code >> 18));
                    buffer.put(at++, (byte) (0x80 | code >> 12 & 0x3F));
                    buffer.put(at++, (byte) (0x80 | code >> 6 & 0x3F));
                    buffer.put(at++, (byte) (0x80 | code & 0x3F));
                } else if (Character.isSurrogate(c)) {
                    if (at + 1 > limit) {
                        return -1;
                    }
                    // As String.getBytes does with half a pair.
                    buffer.put(at++, (byte) '?');
                } else {
                    if (at + 3 > limit) {
                        return -1;
                    }
                    buffer.put(at++, (byte) (0xE0 | c >> 12));
                    buffer.put(at++, (byte) (0x80 | c >> 6 & 0x3F));
                    buffer.put(at++, (byte) (0x80 | c & 0x3F));
                }
            }
        }
        return at;
    }

    /** Eight characters as bytes, or -1 when one of them is not ASCII. */
    private long asciiWord(int i) {
        char[] c = chars;
        int all = c[i] | c[i + 1] | c[i + 2] | c[i + 3] | c[i + 4] | c[i + 5] | c[i + 6] | c[i + 7];
        if (all >= 0x80) {
            return -1;
        }
        return c[i]
                | (long) c[i + 1] << 8
                | (long) c[i + 2] << 16
                | (long) c[i + 3] << 24
                | (long) c[i + 4] << 32
                | (long) c[i + 5] << 40
                | (long) c[i + 6] << 48
                | (long) c[i + 7] << 56;
    }
}
