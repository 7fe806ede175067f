// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source.lookup;

import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;

/** How many keys the rows of which are kept, and for how long. */
public final class LookupCaching implements Serializable {
    private static final long serialVersionUID = 1L;

    private final long maxKeys;
    private final Duration afterWrite;
    private final Duration afterAccess;
    private final boolean missingKeys;

    /**
     * @param maxKeys keys at most; 0 for no cache
     * @param afterWrite how long rows stay after they were read; null for ever
     * @param afterAccess how long rows stay after they were last used; null for ever
     * @param missingKeys whether it is remembered that there is no row
     */
    public LookupCaching(long maxKeys, Duration afterWrite, Duration afterAccess, boolean missingKeys) {
        this.maxKeys = maxKeys;
        this.afterWrite = afterWrite;
        this.afterAccess = afterAccess;
        this.missingKeys = missingKeys;
    }

    /** Whether anything is kept at all. */
    public boolean isEnabled() {
        return maxKeys > 0;
    }

    public long maxKeys() {
        return maxKeys;
    }

    public Optional<Duration> afterWrite() {
        return Optional.ofNullable(afterWrite);
    }

    public Optional<Duration> afterAccess() {
        return Optional.ofNullable(afterAccess);
    }

    public boolean missingKeys() {
        return missingKeys;
    }
}
