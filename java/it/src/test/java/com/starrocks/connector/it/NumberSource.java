// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * The numbers from 1 to {@link Script#COUNT}, in stages: a split goes on only when a checkpoint holds what it emitted. So what a
 * job has done when something happens depends on numbers and checkpoints, never on time.
 */
final class NumberSource implements Source<Long, NumberSource.Split, Integer> {
    private static final long serialVersionUID = 1L;

    private final String script;

    NumberSource(String script) {
        this.script = script;
    }

    /** A part of the numbers, and how many of them were emitted. */
    static final class Split implements SourceSplit {
        final int index;
        int position;
        /** The position in the last completed checkpoint. */
        int durable;

        Split(int index, int position) {
            this.index = index;
            this.position = position;
            this.durable = position;
        }

        @Override
        public String splitId() {
            return String.valueOf(index);
        }

        long next() {
            return (long) index * Script.SPLIT_SIZE + ++position;
        }
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.BOUNDED;
    }

    @Override
    public SourceReader<Long, Split> createReader(SourceReaderContext context) {
        return new Reader(Script.of(script));
    }

    @Override
    public SplitEnumerator<Split, Integer> createEnumerator(SplitEnumeratorContext<Split> context) {
        return restoreEnumerator(context, (1 << Script.SPLITS) - 1);
    }

    /** The state has a bit for each split that no reader has got yet; readers restore those they have. */
    @Override
    public SplitEnumerator<Split, Integer> restoreEnumerator(SplitEnumeratorContext<Split> context, Integer waiting) {
        Enumerator enumerator = new Enumerator(context);
        for (int i = 0; i < Script.SPLITS; i++) {
            if ((waiting >> i & 1) == 1) {
                enumerator.give(new Split(i, 0), i % context.currentParallelism());
            }
        }
        return enumerator;
    }

    private static final class Reader implements SourceReader<Long, Split> {
        private final Script script;
        private final List<Split> splits = new ArrayList<>();
        private CompletableFuture<Void> available = new CompletableFuture<>();
        private boolean ended;

        Reader(Script script) {
            this.script = script;
        }

        @Override
        public void start() {}

        @Override
        public InputStatus pollNext(ReaderOutput<Long> output) {
            for (Split split : splits) {
                if (split.position < script.limit(split.durable)) {
                    output.collect(split.next());
                    script.reached(split.position);
                    return InputStatus.MORE_AVAILABLE;
                }
            }
            if (ended) {
                return InputStatus.END_OF_INPUT;
            }
            if (available.isDone()) {
                available = new CompletableFuture<>();
            }
            return InputStatus.NOTHING_AVAILABLE;
        }

        @Override
        public List<Split> snapshotState(long checkpoint) {
            splits.forEach(split -> script.snapshot(checkpoint, split.index, split.position));
            return new ArrayList<>(splits);
        }

        @Override
        public void notifyCheckpointComplete(long checkpoint) {
            splits.forEach(split -> split.durable = script.positionIn(checkpoint, split.index));
            int lag = splits.stream()
                    .mapToInt(split -> script.lag(split.index))
                    .max()
                    .orElse(0);
            ended = script.endsWith(checkpoint - lag);
            available.complete(null);
        }

        @Override
        public CompletableFuture<Void> isAvailable() {
            return available;
        }

        @Override
        public void addSplits(List<Split> more) {
            more.forEach(split -> script.reached(split.position));
            splits.addAll(more);
            available.complete(null);
        }

        @Override
        public void notifyNoMoreSplits() {}

        @Override
        public void close() {}
    }

    private static final class Enumerator implements SplitEnumerator<Split, Integer> {
        private final SplitEnumeratorContext<Split> context;
        private final Map<Integer, List<Split>> waiting = new TreeMap<>();

        Enumerator(SplitEnumeratorContext<Split> context) {
            this.context = context;
        }

        void give(Split split, int reader) {
            waiting.computeIfAbsent(reader, index -> new ArrayList<>()).add(split);
        }

        @Override
        public void start() {}

        @Override
        public void addReader(int reader) {
            List<Split> splits = waiting.remove(reader);
            if (splits != null) {
                splits.forEach(split -> context.assignSplit(split, reader));
            }
            context.signalNoMoreSplits(reader);
        }

        @Override
        public void addSplitsBack(List<Split> splits, int reader) {
            splits.forEach(split -> give(split, reader));
        }

        @Override
        public void handleSplitRequest(int reader, String host) {}

        @Override
        public Integer snapshotState(long checkpoint) {
            return waiting.values().stream()
                    .flatMap(List::stream)
                    .mapToInt(split -> 1 << split.index)
                    .sum();
        }

        @Override
        public void close() {}
    }

    @Override
    public SimpleVersionedSerializer<Split> getSplitSerializer() {
        return new SimpleVersionedSerializer<>() {
            @Override
            public int getVersion() {
                return 1;
            }

            @Override
            public byte[] serialize(Split split) {
                return ByteBuffer.allocate(8)
                        .putInt(split.index)
                        .putInt(split.position)
                        .array();
            }

            @Override
            public Split deserialize(int version, byte[] bytes) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                return new Split(buffer.getInt(), buffer.getInt());
            }
        };
    }

    @Override
    public SimpleVersionedSerializer<Integer> getEnumeratorCheckpointSerializer() {
        return new SimpleVersionedSerializer<>() {
            @Override
            public int getVersion() {
                return 1;
            }

            @Override
            public byte[] serialize(Integer waiting) {
                return ByteBuffer.allocate(4).putInt(waiting).array();
            }

            @Override
            public Integer deserialize(int version, byte[] bytes) {
                return ByteBuffer.wrap(bytes).getInt();
            }
        };
    }
}
