// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.junit.jupiter.api.Test;

class ScanEnumeratorTest {
    private final Map<Integer, ReaderInfo> readers = new TreeMap<>();
    private final List<String> sent = new ArrayList<>();

    @SuppressWarnings("unchecked")
    private ScanEnumerator enumerator(List<ScanSplit> pending) {
        SplitEnumeratorContext<ScanSplit> context = (SplitEnumeratorContext<ScanSplit>) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {SplitEnumeratorContext.class},
                (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "registeredReaders":
                            return readers;
                        case "assignSplit":
                            return sent.add("split to " + arguments[1]) ? null : null;
                        case "signalNoMoreSplits":
                            return sent.add("end to " + arguments[0]) ? null : null;
                        default:
                            return null;
                    }
                });
        return new ScanEnumerator(context, null, Collections.emptyList(), new ScanState(true, pending));
    }

    private void register(ScanEnumerator enumerator, int reader) {
        readers.put(reader, new ReaderInfo(reader, "host"));
        enumerator.addReader(reader);
    }

    /** A reader may end with the first word of the end; Flink fails a task that ended before what was sent to it arrived. */
    @Test
    void nothingIsSentToAReaderThatWasToldTheEnd() {
        ScanSplit split = new ScanSplit(Collections.singletonMap("id", "1"), null);
        ScanEnumerator enumerator = enumerator(Collections.singletonList(split));
        register(enumerator, 0);
        register(enumerator, 1);
        enumerator.handleSplitRequest(0, "host");
        enumerator.handleSplitRequest(1, "host");
        enumerator.handleSplitRequest(1, "host");
        assertThat(sent).containsExactly("split to 0", "end to 1");

        enumerator.addSplitsBack(Collections.singletonList(split), 0);
        enumerator.handleSplitRequest(1, "host");
        assertThat(sent).hasSize(2);

        register(enumerator, 0);
        enumerator.handleSplitRequest(0, "host");
        register(enumerator, 1);
        enumerator.handleSplitRequest(1, "host");
        assertThat(sent.subList(2, 4)).containsExactly("split to 0", "end to 1");
    }
}
