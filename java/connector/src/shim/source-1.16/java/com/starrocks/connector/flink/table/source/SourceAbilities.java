// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.table.source;

import org.apache.flink.table.connector.source.abilities.SupportsDynamicFiltering;
import org.apache.flink.table.connector.source.abilities.SupportsStatisticReport;

/** What a table source can do from Flink 1.16 on beside what it can do on every line. */
interface SourceAbilities extends SupportsStatisticReport, SupportsDynamicFiltering {}
