// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

/** Reads through the native library. */
final class NativeTabletReader implements TabletReader {
    NativeTabletReader(byte[] config) {
        throw new UnsupportedOperationException("This build's native library cannot read yet.");
    }

    @Override
    public void add(byte[] split) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Batch next() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void release(Batch batch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long fingerprint(Batch batch, int rows) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long metric(ReadMetric metric) {
        return 0;
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
