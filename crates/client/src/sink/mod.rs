// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The writer behind the Flink connector: one [`Sink`] for each sink subtask.
//!
//! A sink has two ends. The [`SinkEncoder`] belongs to the one task that writes:
//!
//! ```text
//! loop over what the JVM hands over:
//!     encoder.encode(batch, rows)?      // synchronous; the batch's memory is free again when it returns
//!     give the buffer back to the JVM
//!     encoder.ready().await?            // compresses and seals what is full, then waits for room in the byte budget
//!     on a checkpoint: let flush = encoder.start_flush(mode, Some(id))?; flush.await?  // or poll it with try_result
//! ```
//!
//! The [`Sink`] is the other end: metrics, failure and close, from any thread. Between the two a task of the runtime sends
//! loads as chunks fill, flushes at the interval (at-least-once), retries, and keeps what may have to be sent again. Its
//! failure is reported by the next call on either end, and by every one after that.
//!
//! A sink with [`SharedTransactions`] writes to any number of tables of one database: [`SinkEncoder::add_table`] names them,
//! [`SinkEncoder::write_segments`] takes their rows, and what a flush commits becomes visible in all of them at once.

mod bodies;
mod budget;
mod buffer;
mod config;
mod driver;
mod encoder;
mod flush;
mod merge;
mod metrics;
mod packing;
mod properties;
mod rejects;
mod reports;
mod samples;
mod segments;
mod settings;
mod shared;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use starrocks_load::{Delivery, LoadMachine};
use starrocks_protocol::check_label;
use starrocks_types::Result;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

pub use self::budget::Budget;
use self::buffer::{Buffer, Rows};
pub use self::config::{
    ConnectionConfig, InvalidRows, MergeCommitConfig, RowFormat, Semantic, SharedTransactions, SinkConfig,
};
use self::driver::{Command, Driver};
pub use self::encoder::SinkEncoder;
use self::encoder::{RowsBox, Tables};
pub use self::flush::{Committable, Flush, FlushMode};
use self::merge::MergeDriver;
pub use self::metrics::{SinkMetrics, SinkSnapshot};
pub(crate) use self::properties::LoadProperties;
pub use self::rejects::RejectedRow;
pub(crate) use self::rejects::Rejects;
pub use self::reports::LoadReport;
use self::reports::Reports;
pub use self::samples::Timing;
use self::settings::{Full, load_config, merge_limits, merge_settings, transaction_options};
use self::shared::Shared;
use crate::connection::load_timeout;
use crate::merge::MergeWire;
use crate::transaction::Wire;

/// Labels of the user that wait to be used: a transaction that begins while the user is asked for more need not wait.
const LABELS_AHEAD: usize = 4;

/// One end of a sink: look at it and close it, from any thread.
#[derive(Debug, Clone)]
pub struct Sink {
    shared: Arc<Shared>,
    commands: mpsc::UnboundedSender<Command>,
}

impl Sink {
    /// Opens a sink: checks the configuration and starts its driver on `runtime`. Connects to nothing before there are rows.
    pub fn open(config: SinkConfig, runtime: &Handle, budget: &Arc<Budget>) -> Result<(Self, SinkEncoder)> {
        let rows = Rows::new(&config)?;
        let share = Arc::new(budget.register(config.native_memory_bytes));
        let buffer = Buffer::new(&config, Arc::clone(&share), runtime)?;
        let packings = buffer.packing().into_iter().collect();
        let client = {
            let _on_runtime = runtime.enter();
            config.connection.shared_client()?
        };
        let seed = random();
        let delivery = match (config.semantic, config.use_transaction) {
            (Semantic::ExactlyOnce, _) => Delivery::ExactlyOnce,
            (Semantic::AtLeastOnce, true) => Delivery::AtLeastOnce,
            (Semantic::AtLeastOnce, false) => Delivery::AtLeastOncePlain,
        };
        let options = transaction_options(&config)?;
        let is_shared = config.shared_transactions.is_some();
        let own_loads = delivery == Delivery::AtLeastOncePlain || config.merge_commit.is_some();
        let shared = Arc::new(Shared::new(&config, own_loads, buffer, share));
        let full = Full::of(&config, delivery);
        let (commands, receiver) = mpsc::unbounded_channel();
        let mut tables = None;
        if let Some(merge) = &config.merge_commit {
            let settings = merge_settings(&config, merge, load_timeout(&options.properties), seed)?;
            let wire = MergeWire::new(client, options, merge_limits(merge));
            let checkpoint = config.restored_checkpoint_id.unwrap_or(0);
            let driver = MergeDriver::new(settings, checkpoint, wire, Arc::clone(&shared), receiver);
            runtime.spawn(driver.run());
        } else {
            let machine = LoadMachine::new(load_config(&config, delivery, seed))?;
            let wire = if is_shared { Wire::shared(client, options) } else { Wire::new(client, options) };
            let wire = Arc::new(wire.with_rejects(Arc::clone(&shared.rejects)));
            tables = is_shared.then(|| Tables {
                names: vec![config.table.clone()],
                wire: Arc::clone(&wire),
                runtime: runtime.clone(),
            });
            let driver = Driver::new(machine, wire, Arc::clone(&shared), receiver, config.max_bytes);
            runtime.spawn(driver.run());
        }
        let mode = if delivery == Delivery::ExactlyOnce { FlushMode::Prepare } else { FlushMode::Commit };
        let encoder = SinkEncoder {
            shared: Arc::clone(&shared),
            commands: commands.clone(),
            rows: RowsBox(rows),
            mode,
            full,
            room_timeout: config.room_timeout_ms.map(Duration::from_millis),
            packings,
            tables,
        };
        Ok((Self { shared, commands }, encoder))
    }

    /// The metrics now.
    pub fn metrics(&self) -> SinkSnapshot {
        self.shared.snapshot()
    }

    /// How many durations of a kind there have been, and the latest of them.
    pub fn samples(&self, timing: Timing) -> (u64, Vec<u64>) {
        self.shared.metrics.samples.of(timing)
    }

    /// The loads that have ended since the last call, if [`SinkConfig::report_loads`] asks for them.
    pub fn take_reports(&self) -> Vec<LoadReport> {
        self.shared.metrics.reports.as_ref().map(Reports::take).unwrap_or_default()
    }

    /// Hands over labels for the next loads, see [`SinkConfig::labels_given`], and tells how many more are wanted. Call it
    /// often: loads wait for labels.
    pub fn give_labels(&self, labels: Vec<String>) -> Result<usize> {
        labels.iter().try_for_each(|label| check_label(label))?;
        let given = labels.len();
        for label in labels {
            // Counted first: the driver sets the number anew when it has taken the label.
            self.shared.labels_left.fetch_add(1, Ordering::AcqRel);
            self.commands.send(Command::Label(label)).map_err(|_| self.shared.failure_or_closed())?;
        }
        let left = self.shared.labels_left.load(Ordering::Acquire);
        Ok(if given > 0 { 0 } else { LABELS_AHEAD.saturating_sub(left) })
    }

    /// The failure that ended the sink, if it has failed.
    pub fn check(&self) -> Result<()> {
        self.shared.check()
    }

    /// Stops the sink without committing anything; open transactions are rolled back. Idempotent. Await [`Sink::closed`] for the end.
    pub fn start_close(&self) {
        self.shared.closed.store(true, Ordering::Release);
        // An ended driver has nothing left to close.
        let _ = self.commands.send(Command::Close);
        self.shared.share.wake();
    }

    /// Waits until the driver has ended.
    pub async fn closed(&self) {
        self.commands.closed().await;
    }

    /// Whether the driver has ended.
    pub fn is_closed(&self) -> bool {
        self.commands.is_closed()
    }
}

/// 64 random bits, to tell writers apart. Not for secrets.
fn random() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u128(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |t| t.as_nanos()));
    hasher.write_u32(std::process::id());
    hasher.finish()
}
