// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What a sink counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use starrocks_load::{Answer, Chunk, Failure, FlushReason};

use super::reports::{LoadReport, Reports};
use super::samples::{Samples, Timing, nanos_since};

macro_rules! metrics {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Counters and gauges of one sink, updated without locks.
        #[derive(Debug)]
        pub struct SinkMetrics {
            started: Instant,
            $($(#[$doc])* pub(crate) $name: AtomicU64,)*
            /// Milliseconds from the start to the arrival of the oldest row not flushed, plus one; 0 when there is none.
            pub(crate) oldest_since: AtomicU64,
            /// The latest durations.
            pub(crate) samples: Samples,
            /// Loads that have ended, if anybody wants to hear of them.
            pub(crate) reports: Option<Reports>,
        }

        /// The metrics at one moment.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct SinkSnapshot {
            $($(#[$doc])* pub $name: u64,)*
            /// Age in milliseconds of the oldest row that no flush has taken up.
            pub oldest_unflushed_ms: u64,
        }

        impl SinkMetrics {
            /// `window` is how many durations of each kind are kept, `reports` whether ended loads are.
            pub(crate) fn new(window: usize, reports: bool) -> Self {
                Self {
                    started: Instant::now(),
                    $($name: AtomicU64::new(0),)*
                    oldest_since: AtomicU64::new(0),
                    samples: Samples::new(window),
                    reports: reports.then(Reports::default),
                }
            }

            /// The metrics now.
            pub fn snapshot(&self) -> SinkSnapshot {
                let oldest = self.oldest_since.load(Ordering::Relaxed);
                let age = if oldest == 0 { 0 } else { self.elapsed_ms().saturating_sub(oldest - 1) };
                SinkSnapshot { $($name: self.$name.load(Ordering::Relaxed),)* oldest_unflushed_ms: age }
            }
        }
    };
}

metrics! {
    /// Rows written to bodies.
    rows,
    /// Rows dropped because of their kind (UPDATE_BEFORE, or DELETE without a primary key).
    rows_skipped,
    /// Bytes of row batches taken.
    bytes_in,
    /// Bytes of rows encoded, before compression.
    bytes_encoded,
    /// Body bytes of loads that succeeded, after compression.
    bytes_out,
    /// Loads that succeeded.
    loads,
    /// Transactions that were prepared.
    transactions,
    /// Failures that led to another attempt.
    retries,
    /// Failures that ended the sink.
    failures,
    /// Time spent in loads that succeeded, in milliseconds.
    load_time_ms,
    /// Time of the last load that succeeded, in milliseconds.
    last_load_ms,
    /// Flushes that completed.
    flushes,
    /// Bytes held: buffered, waiting, and kept for replay.
    buffered_bytes,
    /// Body bytes of the loads under way.
    in_flight_bytes,
    /// Rows of loads that succeeded.
    rows_out,
    /// Rows that were rejected before they were sent, or by the server within what the user allows.
    rows_filtered,
    /// Loads that failed, whether they were tried again or not.
    failed_loads,
    /// Time spent in loads that failed, in milliseconds.
    failed_load_time_ms,
    /// Bodies that were full.
    full_bodies,
    /// Loads under way.
    in_flight_loads,
    /// Rows of the loads under way.
    in_flight_rows,
    /// Transactions, or loads without one, that were closed because they had the bytes that the user allows.
    flushes_by_size,
    /// The same, because they had the rows that the user allows.
    flushes_by_rows,
    /// The same, because their oldest row had waited for the flush interval.
    flushes_by_interval,
    /// The same, because a checkpoint began.
    flushes_by_checkpoint,
    /// The same, because they held the sink's share of the memory.
    flushes_by_memory,
    /// The same, because of a flush without a checkpoint, such as the one at the end of the input.
    flushes_by_close,
    /// How long the writer has waited for room in memory, in milliseconds.
    memory_wait_ms,
    /// Refusals because the table has too many versions.
    version_refusals,
    /// The flush interval in force, in milliseconds; 0 where only checkpoints flush.
    flush_interval_ms,
}

impl SinkMetrics {
    /// The counter of a reason to flush.
    pub(crate) fn flushes_for(&self, reason: FlushReason) -> &AtomicU64 {
        match reason {
            FlushReason::Size => &self.flushes_by_size,
            FlushReason::Rows => &self.flushes_by_rows,
            FlushReason::Interval => &self.flushes_by_interval,
            FlushReason::Checkpoint => &self.flushes_by_checkpoint,
            FlushReason::Memory => &self.flushes_by_memory,
            FlushReason::Close => &self.flushes_by_close,
        }
    }
}

/// A load under way. It is counted as long as this lives.
pub(crate) struct UnderWay {
    metrics: Arc<SinkMetrics>,
    began: Instant,
    rows: u64,
    bytes: u64,
    /// From its first row to now.
    waited_ms: u64,
    /// Kept only where somebody wants to hear of loads.
    label: Option<String>,
}

impl UnderWay {
    pub(crate) fn new(metrics: &Arc<SinkMetrics>, label: &str, chunk: &Chunk) -> Self {
        let this = Self {
            metrics: Arc::clone(metrics),
            began: Instant::now(),
            rows: chunk.rows,
            bytes: chunk.len(),
            waited_ms: metrics.elapsed_ms().saturating_sub(chunk.since_ms),
            label: metrics.reports.as_ref().map(|_| label.to_owned()),
        };
        SinkMetrics::add(&metrics.in_flight_loads, 1);
        SinkMetrics::add(&metrics.in_flight_rows, this.rows);
        SinkMetrics::add(&metrics.in_flight_bytes, this.bytes);
        this
    }

    /// The server has answered, or the load has failed.
    pub(crate) fn ended(mut self, answer: Result<&Answer, &Failure>) {
        let metrics = &self.metrics;
        let nanos = nanos_since(self.began);
        let ms = nanos / 1_000_000;
        match answer {
            Ok(_) => {
                SinkMetrics::add(&metrics.loads, 1);
                SinkMetrics::add(&metrics.rows_out, self.rows);
                SinkMetrics::add(&metrics.bytes_out, self.bytes);
                SinkMetrics::add(&metrics.load_time_ms, ms);
                SinkMetrics::set(&metrics.last_load_ms, ms);
                metrics.samples.note(&[(Timing::Flush, nanos), (Timing::WaitBuffer, self.waited_ms)]);
            }
            Err(_) => {
                SinkMetrics::add(&metrics.failed_loads, 1);
                SinkMetrics::add(&metrics.failed_load_time_ms, ms);
            }
        }
        if let (Some(reports), Some(label)) = (&metrics.reports, self.label.take()) {
            let answered = answer.copied().unwrap_or_default();
            reports.add(LoadReport {
                label,
                rows: self.rows,
                bytes: self.bytes,
                nanos,
                error: answer.err().map(|failure| failure.error.to_string()),
                txn_id: answered.txn_id,
                total_rows: answered.total_rows,
                loaded_rows: answered.loaded_rows,
                filtered_rows: answered.filtered_rows,
                load_ms: answered.times.load_ms,
                plan_ms: answered.times.plan_ms,
                read_ms: answered.times.read_ms,
                write_ms: answered.times.write_ms,
                publish_ms: answered.times.publish_ms,
            });
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.metrics.in_flight_loads.fetch_sub(1, Ordering::Relaxed);
        self.metrics.in_flight_rows.fetch_sub(self.rows, Ordering::Relaxed);
        self.metrics.in_flight_bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl SinkMetrics {
    pub(crate) fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(crate) fn add(counter: &AtomicU64, n: u64) {
        counter.fetch_add(n, Ordering::Relaxed);
    }

    pub(crate) fn set(gauge: &AtomicU64, n: u64) {
        gauge.store(n, Ordering::Relaxed);
    }
}
