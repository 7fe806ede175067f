// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What stands behind the handles: the sinks and tasks of the SDK.

use std::sync::{Arc, LazyLock};

use starrocks_client::sink::{self, Budget, SinkConfig, SinkEncoder, SinkSnapshot, Timing};
use starrocks_client::tasks;
use starrocks_types::{Error, ErrorKind};
use tokio::runtime::Handle;

use crate::error::Result;
use crate::metrics::{Counters, Observed, SinkMetric};
use crate::sink::{FlushMode, Writer};
use crate::task::Task;

/// The bytes that all sinks of this copy of the library may hold.
static BUDGET: LazyLock<Arc<Budget>> = LazyLock::new(Budget::new);

/// A sink of the SDK, driven by the task of its handle.
pub(crate) struct SinkWriter {
    sink: sink::Sink,
    encoder: SinkEncoder,
    batches: Batches,
}

/// What the batches hold.
#[derive(Clone, Copy)]
enum Batches {
    Records,
    /// Rows in the format of the sink.
    Raw,
    /// Such rows of several tables.
    Segments,
}

/// Opens a sink from its configuration document. Connects to nothing yet.
pub(crate) fn open(config: &[u8], runtime: &Handle) -> Result<(SinkWriter, Arc<dyn Observed>)> {
    let config = SinkConfig::from_json(config)?;
    let batches = match (config.shared_transactions.is_some(), config.columns.is_empty()) {
        (true, _) => Batches::Segments,
        (false, true) => Batches::Raw,
        (false, false) => Batches::Records,
    };
    let (sink, encoder) = sink::Sink::open(config, runtime, &BUDGET)?;
    let seen = Seen(sink.clone());
    Ok((SinkWriter { sink, encoder, batches }, Arc::new(seen)))
}

/// A sink, from outside of the task that writes to it.
struct Seen(sink::Sink);

impl Observed for Seen {
    fn counters(&self) -> Counters {
        counters(self.0.metrics())
    }

    fn samples(&self, kind: usize) -> Option<(u64, Vec<u64>)> {
        Timing::ALL.get(kind).map(|timing| self.0.samples(*timing))
    }

    fn take_reports(&self) -> Result<Vec<u8>> {
        let json = serde_json::to_vec(&self.0.take_reports());
        Ok(json.map_err(|e| Error::new(ErrorKind::Unexpected, "reports cannot be written").caused_by(e))?)
    }

    fn give_labels(&self, labels: Vec<String>) -> Result<usize> {
        Ok(self.0.give_labels(labels)?)
    }
}

/// Starts a task from its request document.
pub(crate) fn submit(request: Vec<u8>, runtime: &Handle) -> Arc<Task> {
    Task::spawn(runtime, async move { tasks::run_task(&request).await })
}

impl Writer for SinkWriter {
    fn encode(&mut self, batch: &[u8], rows: usize) -> Result<(), Error> {
        match self.batches {
            Batches::Records => self.encoder.encode(batch, rows),
            Batches::Raw => self.encoder.write_raw(batch, rows as u64),
            Batches::Segments => self.encoder.write_segments(batch),
        }
    }

    fn add_table(&mut self, config: &[u8]) -> Result<(), Error> {
        self.encoder.add_table(&SinkConfig::from_json(config)?)
    }

    async fn ready(&mut self) -> Result<(), Error> {
        self.encoder.ready().await
    }

    async fn flush(&mut self, mode: FlushMode, checkpoint_id: i64) -> Result<Vec<u8>, Error> {
        let mode = match mode {
            FlushMode::Commit => sink::FlushMode::Commit,
            FlushMode::Prepare => sink::FlushMode::Prepare,
        };
        // A flush that belongs to no checkpoint has a negative number.
        let committables = self.encoder.start_flush(mode, u64::try_from(checkpoint_id).ok())?.await?;
        let rejected = self.encoder.take_rejected();
        let mut result = serde_json::json!({ "committables": committables });
        if !rejected.is_empty() {
            result["rejected"] = serde_json::json!(rejected);
        }
        serde_json::to_vec(&result)
            .map_err(|cause| Error::new(ErrorKind::Unexpected, "the committables cannot be written").caused_by(cause))
    }

    async fn background(&mut self) -> Error {
        self.sink.closed().await;
        match self.sink.check() {
            Err(error) => error,
            Ok(()) => Error::new(ErrorKind::Unexpected, "the sink ended without a failure"),
        }
    }

    async fn abort(&mut self) {
        self.sink.start_close();
        self.sink.closed().await;
    }
}

fn counters(sink: SinkSnapshot) -> Counters {
    let mut counters = Counters::default();
    counters.set(SinkMetric::RowsEncoded, sink.rows);
    counters.set(SinkMetric::RowsSkipped, sink.rows_skipped);
    counters.set(SinkMetric::BytesEncoded, sink.bytes_encoded);
    counters.set(SinkMetric::BytesLoaded, sink.bytes_out);
    counters.set(SinkMetric::Loads, sink.loads);
    counters.set(SinkMetric::Transactions, sink.transactions);
    counters.set(SinkMetric::Flushes, sink.flushes);
    counters.set(SinkMetric::Retries, sink.retries);
    counters.set(SinkMetric::Failures, sink.failures);
    counters.set(SinkMetric::LoadMillis, sink.load_time_ms);
    counters.set(SinkMetric::LastLoadMillis, sink.last_load_ms);
    counters.set(SinkMetric::BufferedBytes, sink.buffered_bytes);
    counters.set(SinkMetric::InFlightBytes, sink.in_flight_bytes);
    counters.set(SinkMetric::OldestUnflushedMillis, sink.oldest_unflushed_ms);
    counters.set(SinkMetric::BudgetUsedBytes, BUDGET.used());
    counters.set(SinkMetric::BudgetBytes, BUDGET.limit());
    counters.set(SinkMetric::RowsLoaded, sink.rows_out);
    counters.set(SinkMetric::RowsFiltered, sink.rows_filtered);
    counters.set(SinkMetric::FailedLoads, sink.failed_loads);
    counters.set(SinkMetric::FailedLoadMillis, sink.failed_load_time_ms);
    counters.set(SinkMetric::FullBodies, sink.full_bodies);
    counters.set(SinkMetric::FlushesBySize, sink.flushes_by_size);
    counters.set(SinkMetric::FlushesByRows, sink.flushes_by_rows);
    counters.set(SinkMetric::FlushesByInterval, sink.flushes_by_interval);
    counters.set(SinkMetric::FlushesByCheckpoint, sink.flushes_by_checkpoint);
    counters.set(SinkMetric::FlushesByMemory, sink.flushes_by_memory);
    counters.set(SinkMetric::FlushesByClose, sink.flushes_by_close);
    counters.set(SinkMetric::MemoryWaitMillis, sink.memory_wait_ms);
    counters.set(SinkMetric::VersionRefusals, sink.version_refusals);
    counters.set(SinkMetric::FlushIntervalMillis, sink.flush_interval_ms);
    counters.set(SinkMetric::InFlightLoads, sink.in_flight_loads);
    counters.set(SinkMetric::InFlightRows, sink.in_flight_rows);
    // A sink over several tables sends one load after the other.
    counters.set(SinkMetric::InFlightTables, sink.in_flight_loads.min(1));
    counters
}
