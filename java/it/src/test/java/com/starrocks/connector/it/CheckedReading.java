// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.it;

import com.starrocks.connector.jni.Json;
import com.starrocks.connector.jni.LookupMetric;
import com.starrocks.connector.jni.NativeLibrary;
import com.starrocks.connector.jni.NativeLookup;
import com.starrocks.connector.jni.NativeScan;
import com.starrocks.connector.jni.NativeTask;
import com.starrocks.connector.jni.ScanEvent;
import com.starrocks.connector.jni.ScanMetric;
import com.starrocks.connector.jni.Waiter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads {@code checked.texts (id INT, v STRING)} through the native library alone, in a JVM of its own. */
final class CheckedReading {
    private final String request;

    private CheckedReading(String http, String jdbc) {
        request = "\"connection\":{\"load_urls\":[\"" + http + "\"],\"jdbc_url\":\"" + jdbc
                + "\",\"username\":\"root\",\"password\":\"\"},"
                + "\"request\":{\"database\":\"checked\",\"table\":\"texts\",\"columns\":[\"id\",\"v\"]},";
    }

    /** Prints all there is to see, since {@code -Xcheck:jni} reports on standard output as well. */
    public static void main(String[] args) throws Exception {
        CheckedReading reading = new CheckedReading(args[0], args[1]);
        System.out.println("scanned " + reading.scan());
        System.out.println("found " + reading.lookUp());
        System.out.println("shut down " + NativeLibrary.shutdown(10_000));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private byte[] config(String more) {
        return utf8(
                "{\"version\":1," + request + more + ",\"time_zone\":\"UTC\",\"columns\":["
                        + "{\"name\":\"id\",\"type\":{\"root\":\"INTEGER\"}},{\"name\":\"v\",\"type\":{\"root\":\"VARCHAR\",\"length\":2147483647}}]}");
    }

    /** Rows, and how many of them were too large for a buffer. */
    private String scan() throws Exception {
        String task = "{\"task\":\"plan_scan\"," + request + "\"options\":{},\"splits\":2}";
        int rows = 0;
        int large = 0;
        try (NativeScan scan = NativeScan.open(config("\"options\":{\"batch_rows\":64},\"limit\":null"), 2, 4096)) {
            int open = 0;
            for (Object split : Json.list(
                    Json.readObject(NativeTask.run(utf8(task), Waiter.NONE)).get("splits"))) {
                scan.add(Json.write(split));
                open++;
            }
            ScanEvent event = new ScanEvent();
            while (open > 0) {
                if (!scan.next(event)) {
                    continue;
                }
                if (event.kind() == ScanEvent.Kind.SPLIT_DONE) {
                    open--;
                } else if (event.kind() == ScanEvent.Kind.ROWS) {
                    rows += event.rows();
                    if (event.largeRow() == null) {
                        scan.fingerprint(event.bufferNumber(), 1);
                        scan.release(event.bufferNumber());
                    } else {
                        large++;
                    }
                }
            }
            scan.metrics(new long[ScanMetric.values().length]);
        }
        return rows + " " + large;
    }

    /** Rows of the keys 0 to 9. */
    private int lookUp() {
        ByteBuffer keys = ByteBuffer.allocateDirect(1024).order(ByteOrder.LITTLE_ENDIAN);
        int count = 10;
        for (int key = 0; key < count; key++) {
            keys.putLong(16).putLong(0).putLong(key);
        }
        ByteBuffer answers = ByteBuffer.allocateDirect(64 << 10).order(ByteOrder.LITTLE_ENDIAN);
        int rows = 0;
        try (NativeLookup lookup = NativeLookup.open(config("\"keys\":[0]"))) {
            if (!lookup.submit(keys, keys.position(), count, 0)) {
                throw new IllegalStateException("the keys were not taken");
            }
            for (int answered = 0; answered < count; ) {
                int bytes = lookup.next(answers, 100);
                for (int at = 0; at < bytes; at += NativeLookup.ANSWER_HEADER + answers.getInt(at + 8)) {
                    rows += answers.getInt(at + 4);
                    answered += answers.getInt(at + 12) == 0 ? 1 : 0;
                }
            }
            lookup.metrics(new long[LookupMetric.values().length]);
        }
        return rows;
    }
}
