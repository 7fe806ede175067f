// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.manager;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows in the checkpoints of connector 1.x with {@code sink.version=V1}. Kryo wrote them: name and fields of this class, which are
 * read in the order of their names, must stay as they are.
 */
@SuppressWarnings("unused")
public class StarRocksSinkBufferEntity implements Serializable {
    private static final long serialVersionUID = 1L;

    private ArrayList<byte[]> buffer = new ArrayList<>();
    private int batchCount;
    private long batchSize;
    private String label;
    private String database;
    private String table;
    private boolean EOF;
    private String labelPrefix;

    public String getDatabase() {
        return database;
    }

    public String getTable() {
        return table;
    }

    /** The label under which the rows were to be loaded, and perhaps were. */
    public String getLabel() {
        return label;
    }

    /** The rows as they go into a load. */
    public List<byte[]> getBuffer() {
        return buffer;
    }
}
