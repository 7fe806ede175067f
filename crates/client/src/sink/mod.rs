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
mod merge;
mod metrics;
mod packing;
mod properties;
mod rejects;
mod reports;
mod samples;
mod segments;
mod settings;

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use starrocks_codec::Rejected;
use starrocks_load::{Delivery, FlushReason, LoadMachine};
use starrocks_protocol::check_label;
use starrocks_types::{Error, ErrorKind, Result};
use tokio::runtime::Handle;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::timeout;

use self::bodies::Bodies;
pub use self::budget::Budget;
use self::budget::Share;
use self::buffer::{Added, Buffer, Rows};
pub use self::config::{
    ConnectionConfig, InvalidRows, MergeCommitConfig, RowFormat, Semantic, SharedTransactions, SinkConfig,
};
use self::driver::{Command, Driver};
use self::merge::MergeDriver;
pub use self::metrics::{SinkMetrics, SinkSnapshot};
use self::packing::{Sealed, Strand};
pub(crate) use self::properties::LoadProperties;
pub use self::rejects::RejectedRow;
pub(crate) use self::rejects::Rejects;
pub use self::reports::LoadReport;
use self::reports::Reports;
pub use self::samples::Timing;
use self::segments::segments;
use self::settings::{Full, load_config, load_headers, merge_limits, merge_settings};
use crate::connection::load_timeout;
use crate::merge::MergeWire;
use crate::transaction::{TransactionOptions, Wire};

/// Labels of the user that wait to be used: a transaction that begins while the user is asked for more need not wait.
const LABELS_AHEAD: usize = 4;

/// What a flush does with what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlushMode {
    /// Commit it (at-least-once).
    Commit,
    /// Prepare it and return committables (exactly-once).
    Prepare,
}

/// A prepared transaction, as it goes into Flink's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Committable {
    /// Label.
    pub label: String,
    /// Transaction id; -1 when the server did not tell it.
    #[serde(default = "no_txn_id")]
    pub txn_id: i64,
    /// Database.
    pub database: String,
    /// Table.
    pub table: String,
    /// Rows sent.
    #[serde(default)]
    pub rows: u64,
    /// Body bytes sent.
    #[serde(default)]
    pub bytes: u64,
}

fn no_txn_id() -> i64 {
    -1
}

/// One end of a sink: look at it and close it, from any thread.
#[derive(Debug, Clone)]
pub struct Sink {
    shared: Arc<Shared>,
    commands: mpsc::UnboundedSender<Command>,
}

/// The other end of a sink: write to it, from one task.
#[derive(Debug)]
pub struct SinkEncoder {
    shared: Arc<Shared>,
    commands: mpsc::UnboundedSender<Command>,
    rows: RowsBox,
    mode: FlushMode,
    full: Full,
    room_timeout: Option<Duration>,
    /// What compresses blocks, if anything does.
    strands: Vec<Arc<Strand>>,
    /// What another table needs; absent in a sink for one table.
    tables: Option<Tables>,
}

/// Where the tables of a sink are known beside its bodies.
struct Tables {
    names: Vec<String>,
    wire: Arc<Wire>,
    runtime: Handle,
}

impl std::fmt::Debug for Tables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.names).finish()
    }
}

/// Keeps the encoder out of `Debug`.
struct RowsBox(Rows);

impl std::fmt::Debug for Strand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Strand")
    }
}

impl std::fmt::Debug for RowsBox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rows")
    }
}

/// A flush under way: await it, or poll it with [`Flush::try_result`].
#[derive(Debug)]
pub struct Flush {
    done: oneshot::Receiver<Result<Vec<Committable>>>,
    shared: Arc<Shared>,
}

/// What both ends and the driver share.
struct Shared {
    database: String,
    /// Empty if there are several.
    table: String,
    bodies: Mutex<Bodies>,
    /// Bytes of the share that the bodies hold.
    buffered: AtomicU64,
    has_rows: AtomicBool,
    /// When the first row of the buffer came, on the clock of the metrics.
    since_ms: AtomicU64,
    /// Each body is a load of its own, rather than one of many of a transaction.
    own_loads: bool,
    /// Labels that were given and not used.
    labels_left: AtomicUsize,
    share: Arc<Share>,
    metrics: Arc<SinkMetrics>,
    rejects: Arc<Rejects>,
    failure: Mutex<Option<Error>>,
    closed: AtomicBool,
    /// The driver has something to look at.
    wake: Notify,
}

impl Sink {
    /// Opens a sink: checks the configuration and starts its driver on `runtime`. Connects to nothing before there are rows.
    pub fn open(config: SinkConfig, runtime: &Handle, budget: &Arc<Budget>) -> Result<(Self, SinkEncoder)> {
        let rows = Rows::new(&config)?;
        let share = Arc::new(budget.register(config.native_memory_bytes));
        let buffer = Buffer::new(&config, Arc::clone(&share), runtime)?;
        let strands = buffer.strand().into_iter().collect();
        let unfinished_bytes = config.shared_transactions.as_ref().map_or(0, |shared| shared.buffer_bytes);
        let client = config.connection.client()?;
        let seed = random();
        let delivery = match (config.semantic, config.use_transaction) {
            (Semantic::ExactlyOnce, _) => Delivery::ExactlyOnce,
            (Semantic::AtLeastOnce, true) => Delivery::AtLeastOnce,
            (Semantic::AtLeastOnce, false) => Delivery::AtLeastOncePlain,
        };
        let options = transaction_options(&config)?;
        let is_shared = config.shared_transactions.is_some();
        let rejects = Arc::new(Rejects::new(config.rejected_max_rows, config.rejected_max_bytes));
        let shared = Arc::new(Shared {
            database: config.database.clone(),
            table: if is_shared { String::new() } else { config.table.clone() },
            bodies: Mutex::new(Bodies::new(buffer, unfinished_bytes)),
            buffered: AtomicU64::new(0),
            has_rows: AtomicBool::new(false),
            since_ms: AtomicU64::new(0),
            own_loads: delivery == Delivery::AtLeastOncePlain || config.merge_commit.is_some(),
            labels_left: AtomicUsize::new(0),
            share,
            metrics: Arc::new(SinkMetrics::new(config.samples, config.report_loads)),
            rejects: Arc::clone(&rejects),
            failure: Mutex::new(None),
            closed: AtomicBool::new(false),
            wake: Notify::new(),
        });
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
            let wire = Arc::new(wire.with_rejects(rejects));
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
            strands,
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

impl SinkEncoder {
    /// Encodes a row batch (`docs/design/row-batch.md`) into the body of the next load. Cheap and synchronous: no I/O, no
    /// waiting; the batch is not needed any more when it returns. Call [`SinkEncoder::ready`] before the next batch. A
    /// batch that cannot be encoded ends the sink, since skipping it would lose rows.
    pub fn encode(&mut self, batch: &[u8], rows: usize) -> Result<()> {
        let encoder = &mut self.rows.0;
        self.shared
            .append(batch.len(), |bodies| bodies.table(0)?.encode(encoder, batch, rows))
            .and_then(|()| self.shared.keep_rejected(encoder.take_rejected()))
            .inspect_err(|_| self.give_up())
    }

    /// The rows that were rejected since the last call, here or by the server. Call it after a flush.
    pub fn take_rejected(&mut self) -> Vec<RejectedRow> {
        self.shared.rejects.take()
    }

    /// Appends `count` complete rows in the format of the sink: CSV rows each with their delimiter, JSON objects with
    /// commas between them. Otherwise as [`SinkEncoder::encode`].
    pub fn write_raw(&mut self, rows: &[u8], count: u64) -> Result<()> {
        self.shared.append(rows.len(), |bodies| bodies.table(0)?.write_raw(rows, count)).inspect_err(|_| self.give_up())
    }

    /// Adds a table to a sink with [`SharedTransactions`]; the sink's own is number 0, this one's number is the next. Its format and
    /// properties count, everything else is as the sink was opened with.
    pub fn add_table(&mut self, config: &SinkConfig) -> Result<()> {
        self.try_add_table(config).map_err(|error| {
            let error = error.operation("add table").with("table", config.table_name());
            self.shared.fail(error.clone());
            self.give_up();
            error
        })
    }

    fn try_add_table(&mut self, config: &SinkConfig) -> Result<()> {
        let refused = |message: &str| Err(Error::new(ErrorKind::InvalidConfig, message.to_owned()));
        let Some(tables) = &mut self.tables else { return refused("the sink is for one table") };
        if config.shared_transactions.is_none() {
            return refused("the table is not configured for transactions over several tables");
        }
        if config.database != self.shared.database {
            return Err(Error::new(ErrorKind::InvalidConfig, "a transaction over several tables is for one database")
                .with("database", &self.shared.database)
                .hint("use a sink for each database, or transactions for each table"));
        }
        if tables.names.contains(&config.table) {
            return refused("rows of one table with different unique keys cannot share a transaction");
        }
        let buffer = Buffer::new(config, Arc::clone(&self.shared.share), &tables.runtime)?;
        self.strands.extend(buffer.strand());
        tables.wire.add_table(transaction_options(config)?);
        tables.names.push(config.table.clone());
        self.shared.bodies().add(buffer);
        Ok(())
    }

    /// Appends rows of several tables, a batch of segments (`docs/design/row-batch.md`). Otherwise as [`SinkEncoder::encode`].
    pub fn write_segments(&mut self, batch: &[u8]) -> Result<()> {
        let share = &self.shared.share;
        self.shared
            .append(batch.len(), |bodies| {
                let mut added = Added::default();
                for segment in segments(batch) {
                    added.add(bodies.append(segment?, share)?);
                }
                Ok(added)
            })
            .inspect_err(|_| self.give_up())
    }

    /// The sink has failed on this end; the driver rolls back.
    fn give_up(&self) {
        // An ended driver has nothing left to roll back.
        let _ = self.commands.send(Command::Close);
    }

    /// Hands on what is full, then waits until the compression keeps up and the byte budget has room for another batch.
    /// Cancel-safe.
    pub async fn ready(&mut self) -> Result<()> {
        self.shared.check()?;
        let (full, share) = (self.full, Arc::clone(&self.shared.share));
        let metrics = Arc::clone(&self.shared.metrics);
        self.hand_over(|bodies| {
            let sealed = bodies.seal_full(full, &share);
            SinkMetrics::add(&metrics.full_bodies, sealed.len() as u64);
            sealed
        })?;
        for strand in &self.strands {
            strand.ready().await;
        }
        let Some(limit) = self.room_timeout else { return self.room().await };
        match timeout(limit, self.room()).await {
            Ok(room) => room,
            Err(_) => {
                let error = Error::new(
                    ErrorKind::Timeout,
                    "Timeout while offering data to flushQueue: no load made room in time",
                )
                .with("table", self.shared.name())
                .with("timeout_ms", limit.as_millis())
                .hint("the server is slower than the input: see sink.buffer-flush.enqueue-timeout-ms");
                self.shared.fail(error.clone());
                self.give_up();
                Err(error)
            }
        }
    }

    /// Waits for room in memory.
    async fn room(&self) -> Result<()> {
        loop {
            let changed = self.shared.share.changed();
            let mut changed = std::pin::pin!(changed);
            changed.as_mut().enable();
            self.shared.check()?;
            if self.shared.share.has_room() {
                return Ok(());
            }
            // The driver may have to close a transaction to make room.
            self.shared.wake.notify_one();
            let since = self.shared.metrics.elapsed_ms();
            changed.await;
            let metrics = &self.shared.metrics;
            SinkMetrics::add(&metrics.memory_wait_ms, metrics.elapsed_ms().saturating_sub(since));
        }
    }

    /// Begins to flush everything written so far. `checkpoint` is the checkpoint that the flush belongs to, `None` for the
    /// end of input without one. One flush at a time.
    pub fn start_flush(&mut self, mode: FlushMode, checkpoint: Option<u64>) -> Result<Flush> {
        self.shared.check()?;
        if mode != self.mode {
            return Err(Error::new(
                ErrorKind::InvalidConfig,
                "the flush does not fit the delivery guarantee of the sink",
            )
            .with("asked", format!("{mode:?}"))
            .with("sink", format!("{:?}", self.mode)));
        }
        let finished = self.shared.bodies().check_finished();
        finished.map_err(|error| {
            let error = error.with("table", self.shared.name());
            self.shared.fail(error.clone());
            self.give_up();
            error
        })?;
        let reason = if checkpoint.is_some() { FlushReason::Checkpoint } else { FlushReason::Close };
        self.hand_over(|bodies| bodies.seal_all(reason))?;
        let (sender, done) = oneshot::channel();
        self.commands.send(Command::Flush { checkpoint, done: sender }).map_err(|_| self.shared.failure_or_closed())?;
        Ok(Flush { done, shared: Arc::clone(&self.shared) })
    }

    /// Sends what `seal` seals to the driver before the lock is released: whoever holds the lock finds every earlier chunk in
    /// the channel, which keeps the rows in order.
    fn hand_over(&mut self, seal: impl FnOnce(&mut Bodies) -> Vec<(Sealed, FlushReason)>) -> Result<()> {
        let mut bodies = self.shared.bodies();
        let sealed = seal(&mut bodies);
        for sealed in self.shared.note_sealed(sealed, &bodies) {
            self.commands.send(Command::Push(sealed)).map_err(|_| self.shared.failure_or_closed())?;
        }
        Ok(())
    }
}

impl Flush {
    /// The result if the flush is done: `None` while it is not.
    pub fn try_result(&mut self) -> Option<Result<Vec<Committable>>> {
        match self.done.try_recv() {
            Ok(result) => Some(result),
            Err(oneshot::error::TryRecvError::Empty) => None,
            Err(oneshot::error::TryRecvError::Closed) => Some(Err(self.shared.failure_or_closed())),
        }
    }
}

impl Future for Flush {
    type Output = Result<Vec<Committable>>;

    fn poll(mut self: std::pin::Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> std::task::Poll<Self::Output> {
        std::pin::Pin::new(&mut self.done)
            .poll(cx)
            .map(|received| received.unwrap_or_else(|_| Err(self.shared.failure_or_closed())))
    }
}

impl Shared {
    /// `database.table`, or the database and `*`, for messages.
    fn name(&self) -> String {
        format!("{}.{}", self.database, if self.table.is_empty() { "*" } else { &self.table })
    }

    fn bodies(&self) -> MutexGuard<'_, Bodies> {
        self.bodies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings the share up to date with what the bodies hold.
    fn account(&self, held: u64) {
        let before = self.buffered.swap(held, Ordering::AcqRel);
        if held >= before {
            self.share.take(held - before);
        } else {
            self.share.give_back(before - held);
        }
    }

    fn has_rows(&self) -> bool {
        self.has_rows.load(Ordering::Acquire)
    }

    /// Adds rows to the buffer and counts them.
    fn append(&self, bytes_in: usize, add: impl FnOnce(&mut Bodies) -> Result<Added>) -> Result<()> {
        self.check()?;
        let mut bodies = self.bodies();
        let added = match add(&mut bodies) {
            Ok(added) => added,
            Err(error) => {
                drop(bodies);
                let error = error.with("table", self.name());
                self.fail(error.clone());
                return Err(error);
            }
        };
        self.account(bodies.held());
        let begins = !bodies.is_empty() && !self.has_rows.swap(true, Ordering::AcqRel);
        if begins {
            self.since_ms.store(self.metrics.elapsed_ms(), Ordering::Relaxed);
        }
        drop(bodies);
        SinkMetrics::add(&self.metrics.rows, added.rows);
        SinkMetrics::add(&self.metrics.rows_skipped, added.skipped);
        SinkMetrics::add(&self.metrics.bytes_in, bytes_in as u64);
        SinkMetrics::add(&self.metrics.bytes_encoded, added.bytes);
        if begins {
            // The flush interval begins.
            self.wake.notify_one();
        }
        Ok(())
    }

    /// Keeps rows that were not written.
    fn keep_rejected(&self, rows: Vec<Rejected>) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        SinkMetrics::add(&self.metrics.rows_filtered, rows.len() as u64);
        let rows = rows.into_iter().map(|row| RejectedRow {
            table: self.name(),
            label: None,
            column: Some(row.column),
            reason: row.reason,
            row: Some(row.row),
        });
        self.rejects.add(rows).map_err(|error| {
            let error = error.with("table", self.name());
            self.fail(error.clone());
            error
        })
    }

    /// Accounts for bodies that were sealed, and counts why. Their bytes stay in the share; the driver gives them back.
    fn note_sealed(&self, sealed: Vec<(Sealed, FlushReason)>, bodies: &Bodies) -> Vec<Sealed> {
        self.share.take(sealed.iter().map(|(sealed, _)| sealed.held).sum());
        self.account(bodies.held());
        if !sealed.is_empty() {
            self.has_rows.store(!bodies.is_empty(), Ordering::Release);
        }
        let since_ms = self.since_ms.load(Ordering::Relaxed);
        let noted = sealed.into_iter().map(|(mut sealed, reason)| {
            if self.own_loads {
                SinkMetrics::add(self.metrics.flushes_for(reason), 1);
            }
            sealed.since_ms = since_ms;
            sealed
        });
        noted.collect()
    }

    /// Seals what is buffered, and takes the commands before it: they hold the bodies that were sealed earlier.
    fn seal_after(&self, commands: &mut mpsc::UnboundedReceiver<Command>) -> (Vec<Command>, Vec<Sealed>) {
        let mut bodies = self.bodies();
        let earlier = std::iter::from_fn(|| commands.try_recv().ok()).collect();
        let sealed = bodies.seal_all(FlushReason::Interval);
        (earlier, self.note_sealed(sealed, &bodies))
    }

    /// Records the failure; true for the first.
    fn fail(&self, error: Error) -> bool {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        let first = failure.is_none();
        failure.get_or_insert(error);
        drop(failure);
        self.share.wake();
        first
    }

    fn check(&self) -> Result<()> {
        if self.closed.load(Ordering::Acquire) {
            Err(self.failure_or_closed())
        } else {
            match &*self.failure.lock().unwrap_or_else(PoisonError::into_inner) {
                Some(error) => Err(error.clone()),
                None => Ok(()),
            }
        }
    }

    fn failure_or_closed(&self) -> Error {
        self.failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
            .unwrap_or_else(|| Error::new(ErrorKind::Closed, "the sink is closed").with("table", self.name()))
    }

    /// The driver ends here.
    fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.share.wake();
    }

    fn committable(&self, c: starrocks_load::Committable) -> Committable {
        Committable {
            label: c.label,
            txn_id: c.txn_id.unwrap_or(-1),
            database: self.database.clone(),
            table: self.table.clone(),
            rows: c.rows,
            bytes: c.bytes,
        }
    }

    fn snapshot(&self) -> SinkSnapshot {
        SinkMetrics::set(&self.metrics.buffered_bytes, self.share.used());
        self.metrics.snapshot()
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sink").field("database", &self.database).field("table", &self.table).finish_non_exhaustive()
    }
}

/// Where the loads of a table go, and how.
fn transaction_options(config: &SinkConfig) -> Result<TransactionOptions> {
    Ok(TransactionOptions {
        database: config.database.clone(),
        table: config.table.clone(),
        properties: load_headers(config)?,
    })
}

/// 64 random bits, to tell writers apart. Not for secrets.
fn random() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u128(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |t| t.as_nanos()));
    hasher.write_u32(std::process::id());
    hasher.finish()
}
