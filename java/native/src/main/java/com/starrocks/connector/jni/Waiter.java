// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

import java.io.IOException;

/**
 * What the calling thread does between two slices of waiting, each at most 100 ms: yield to a mailbox, drain logs, or
 * nothing. Interruption is checked by the caller of this method.
 */
@FunctionalInterface
public interface Waiter {
    /** Does nothing. */
    Waiter NONE = () -> {};

    /** Called on the waiting thread; an exception ends the waiting. */
    void betweenSlices() throws IOException, InterruptedException;
}
