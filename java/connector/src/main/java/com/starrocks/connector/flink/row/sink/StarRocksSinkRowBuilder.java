// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.row.sink;

import java.io.Serializable;
import java.util.function.BiConsumer;

/**
 * Fills the columns of a row from a record.
 *
 * <p>The array has an element for each column of the Flink schema, in order, all null at first. For a primary key table it has
 * one more at the end: the ordinal of a {@link StarRocksSinkOP}, UPSERT when left null.
 */
public interface StarRocksSinkRowBuilder<T> extends BiConsumer<Object[], T>, Serializable {}
