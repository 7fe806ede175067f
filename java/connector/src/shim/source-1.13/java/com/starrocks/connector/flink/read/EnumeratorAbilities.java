// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.connector.flink.read;

/** What an enumerator can do on Flink 1.13 beside what it can do on every line. */
interface EnumeratorAbilities {}
