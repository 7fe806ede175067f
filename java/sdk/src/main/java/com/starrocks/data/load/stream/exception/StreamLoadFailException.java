// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.data.load.stream.exception;

/** Rows could not be loaded. The message says what failed, where, why, and what to do; the cause has it in parts. */
public class StreamLoadFailException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StreamLoadFailException(String message) {
        super(message);
    }

    public StreamLoadFailException(String message, Throwable cause) {
        super(message, cause);
    }
}
