// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The end of a sink that is written to.

use std::sync::Arc;
use std::time::{Duration, Instant};

use starrocks_load::FlushReason;
use starrocks_types::{Error, ErrorKind, Result};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::bodies::Bodies;
use super::buffer::{Added, Buffer, Rows};
use super::config::SinkConfig;
use super::driver::Command;
use super::flush::{Flush, FlushMode};
use super::metrics::SinkMetrics;
use super::packing::{Packing, Sealed};
use super::rejects::RejectedRow;
use super::samples::{Timing, nanos_since};
use super::segments::segments;
use super::settings::{Full, transaction_options};
use super::shared::Shared;
use crate::transaction::Wire;

/// The other end of a sink: write to it, from one task.
#[derive(Debug)]
pub struct SinkEncoder {
    pub(super) shared: Arc<Shared>,
    pub(super) commands: mpsc::UnboundedSender<Command>,
    pub(super) rows: RowsBox,
    pub(super) mode: FlushMode,
    pub(super) full: Full,
    pub(super) room_timeout: Option<Duration>,
    /// What compresses blocks, if anything does.
    pub(super) packings: Vec<Arc<Packing>>,
    /// What another table needs; absent in a sink for one table.
    pub(super) tables: Option<Tables>,
}

/// Where the tables of a sink are known beside its bodies.
pub(super) struct Tables {
    pub(super) names: Vec<String>,
    pub(super) wire: Arc<Wire>,
    pub(super) runtime: Handle,
}

impl std::fmt::Debug for Tables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.names).finish()
    }
}

/// Keeps the encoder out of `Debug`.
pub(super) struct RowsBox(pub(super) Rows);

impl std::fmt::Debug for RowsBox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rows")
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
        self.packings.extend(buffer.packing());
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
        let began = Instant::now();
        self.hand_on().await?;
        self.shared.metrics.samples.note(&[(Timing::Offer, nanos_since(began))]);
        Ok(())
    }

    async fn hand_on(&mut self) -> Result<()> {
        self.shared.check()?;
        let (full, share) = (self.full, Arc::clone(&self.shared.share));
        let metrics = Arc::clone(&self.shared.metrics);
        self.hand_over(|bodies| {
            let sealed = bodies.seal_full(full, &share);
            SinkMetrics::add(&metrics.full_bodies, sealed.len() as u64);
            sealed
        })?;
        for packing in &self.packings {
            packing.ready().await;
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
