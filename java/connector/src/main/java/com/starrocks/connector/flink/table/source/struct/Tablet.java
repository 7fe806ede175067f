// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source.struct;

import java.io.Serializable;
import java.util.List;

/** A tablet: who has it, and in which version. */
public class Tablet implements Serializable {
    private static final long serialVersionUID = 1L;

    private List<String> routings;
    private int version;
    private Long versionHash;
    private Long schemaHash;

    public List<String> getRoutings() {
        return routings;
    }

    public void setRoutings(List<String> routings) {
        this.routings = routings;
    }

    public int getVersion() {
        return version;
    }

    public void setVersion(int version) {
        this.version = version;
    }

    public Long getVersionHash() {
        return versionHash;
    }

    public void setVersionHash(Long versionHash) {
        this.versionHash = versionHash;
    }

    public Long getSchemaHash() {
        return schemaHash;
    }

    public void setSchemaHash(Long schemaHash) {
        this.schemaHash = schemaHash;
    }
}
