// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.jni;

/**
 * A failure reported by the native library.
 *
 * <p>The message is complete by itself: operation, cause, context and hint on one line. {@link #code()} is stable and
 * meant for programs; {@link #contextJson()} holds the facts (FE, table, label, transaction) as a flat JSON object.
 */
public final class StarRocksNativeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final boolean retryable;
    private final String contextJson;

    /** Called by the native library; the parameter list is part of the ABI. */
    public StarRocksNativeException(String code, String message, boolean retryable, String contextJson) {
        super(message);
        this.code = code;
        this.retryable = retryable;
        this.contextJson = contextJson;
    }

    /** The upper-snake-case name of the error kind, for example {@code LABEL_EXISTS} or {@code PANIC}. */
    public String code() {
        return code;
    }

    /** Whether the same operation may succeed when the caller tries again. */
    public boolean retryable() {
        return retryable;
    }

    /** Facts about the failure as a flat JSON object of strings; {@code {}} when there are none. */
    public String contextJson() {
        return contextJson;
    }
}
