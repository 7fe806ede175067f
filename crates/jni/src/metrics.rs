// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The counters of a sink, in the order that Java's `SinkMetric` has.

use crate::error::Result;

/// What a sink counts and gauges. The order is part of the ABI.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SinkMetric {
    /// Rows handed over.
    RowsReceived,
    /// Bytes of row batches handed over.
    BytesReceived,
    /// Rows written to load bodies.
    RowsEncoded,
    /// Rows dropped for their kind: UPDATE_BEFORE, or DELETE without a primary key.
    RowsSkipped,
    /// Bytes of encoded rows, before compression.
    BytesEncoded,
    /// Body bytes of loads that succeeded.
    BytesLoaded,
    /// Loads that succeeded.
    Loads,
    /// Transactions that were prepared or committed.
    Transactions,
    /// Flushes that completed.
    Flushes,
    /// Failures that led to another attempt.
    Retries,
    /// Failures that ended the sink.
    Failures,
    /// Time spent in loads that succeeded, in milliseconds.
    LoadMillis,
    /// Rows of loads that succeeded.
    RowsLoaded,
    /// Rows that the server rejected, within what the user allows.
    RowsFiltered,
    /// Loads that failed, whether they were tried again or not.
    FailedLoads,
    /// Time spent in loads that failed, in milliseconds.
    FailedLoadMillis,
    /// Load bodies that were full.
    FullBodies,
    /// Transactions, or loads without one, that were closed because they had the bytes that the user allows.
    FlushesBySize,
    /// The same for the rows that the user allows.
    FlushesByRows,
    /// The same for the flush interval.
    FlushesByInterval,
    /// The same for a checkpoint.
    FlushesByCheckpoint,
    /// The same for the sink's share of the memory.
    FlushesByMemory,
    /// The same for a flush without a checkpoint, such as the one at the end of the input.
    FlushesByClose,
    /// How long writing has waited for room in memory, in milliseconds.
    MemoryWaitMillis,
    /// Refusals because the table has too many versions.
    VersionRefusals,
    /// Gauge: time of the last load that succeeded, in milliseconds.
    LastLoadMillis,
    /// Gauge: native memory that the sink holds: buffered, waiting, and kept for replay.
    BufferedBytes,
    /// Gauge: body bytes of the loads under way.
    InFlightBytes,
    /// Gauge: loads under way.
    InFlightLoads,
    /// Gauge: rows of the loads under way.
    InFlightRows,
    /// Gauge: tables with a load under way.
    InFlightTables,
    /// Gauge: age in milliseconds of the oldest row that no flush has taken up.
    OldestUnflushedMillis,
    /// Gauge: the flush interval in force, in milliseconds; 0 where only checkpoints flush.
    FlushIntervalMillis,
    /// Gauge: native memory that all sinks of this copy of the library hold.
    BudgetUsedBytes,
    /// Gauge: native memory that all sinks of this copy of the library may hold.
    BudgetBytes,
}

const COUNT: usize = SinkMetric::BudgetBytes as usize + 1;

/// One reading of all counters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counters([i64; COUNT]);

impl Default for Counters {
    fn default() -> Self {
        Self([0; COUNT])
    }
}

impl Counters {
    /// Sets one counter.
    pub(crate) fn set(&mut self, metric: SinkMetric, value: impl TryInto<i64>) {
        if let Some(slot) = self.0.get_mut(metric as usize) {
            *slot = value.try_into().unwrap_or(i64::MAX);
        }
    }

    /// The counters in order.
    pub(crate) fn values(&self) -> &[i64] {
        &self.0
    }
}

/// What can be seen of a sink, and told to it, from any thread.
pub(crate) trait Observed: Send + Sync {
    /// The counters now.
    fn counters(&self) -> Counters;

    /// How many durations of a kind there have been, and the latest; `None` for a kind that there is not.
    fn samples(&self, kind: usize) -> Option<(u64, Vec<u64>)>;

    /// Loads that have ended, as JSON.
    fn take_reports(&self) -> Result<Vec<u8>>;

    /// Takes labels for the next loads; how many more are wanted.
    fn give_labels(&self, labels: Vec<String>) -> Result<usize>;
}
