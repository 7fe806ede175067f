// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What both ends of a sink and its driver share.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use starrocks_codec::Rejected;
use starrocks_load::FlushReason;
use starrocks_types::{Error, ErrorKind, Result};
use tokio::sync::{Notify, mpsc};

use super::bodies::Bodies;
use super::budget::Share;
use super::buffer::{Added, Buffer};
use super::config::SinkConfig;
use super::driver::Command;
use super::flush::Committable;
use super::metrics::{SinkMetrics, SinkSnapshot};
use super::packing::Sealed;
use super::rejects::{RejectedRow, Rejects};

/// What both ends and the driver share.
pub(super) struct Shared {
    pub(super) database: String,
    /// Empty if there are several.
    pub(super) table: String,
    bodies: Mutex<Bodies>,
    /// Bytes of the share that the bodies hold.
    buffered: AtomicU64,
    has_rows: AtomicBool,
    /// When the first row of the buffer came, on the clock of the metrics.
    since_ms: AtomicU64,
    /// Each body is a load of its own, rather than one of many of a transaction.
    pub(super) own_loads: bool,
    /// Labels that were given and not used.
    pub(super) labels_left: AtomicUsize,
    pub(super) share: Arc<Share>,
    pub(super) metrics: Arc<SinkMetrics>,
    pub(super) rejects: Arc<Rejects>,
    failure: Mutex<Option<Error>>,
    pub(super) closed: AtomicBool,
    /// The driver has something to look at.
    pub(super) wake: Notify,
}

impl Shared {
    pub(super) fn new(config: &SinkConfig, own_loads: bool, buffer: Buffer, share: Arc<Share>) -> Self {
        let shared = config.shared_transactions.as_ref();
        Self {
            database: config.database.clone(),
            table: if shared.is_some() { String::new() } else { config.table.clone() },
            bodies: Mutex::new(Bodies::new(buffer, shared.map_or(0, |shared| shared.buffer_bytes))),
            buffered: AtomicU64::new(0),
            has_rows: AtomicBool::new(false),
            since_ms: AtomicU64::new(0),
            own_loads,
            labels_left: AtomicUsize::new(0),
            share,
            metrics: Arc::new(SinkMetrics::new(config.samples, config.report_loads)),
            rejects: Arc::new(Rejects::new(config.rejected_max_rows, config.rejected_max_bytes)),
            failure: Mutex::new(None),
            closed: AtomicBool::new(false),
            wake: Notify::new(),
        }
    }

    /// `database.table`, or the database and `*`, for messages.
    pub(super) fn name(&self) -> String {
        format!("{}.{}", self.database, if self.table.is_empty() { "*" } else { &self.table })
    }

    pub(super) fn bodies(&self) -> MutexGuard<'_, Bodies> {
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

    pub(super) fn has_rows(&self) -> bool {
        self.has_rows.load(Ordering::Acquire)
    }

    /// Adds rows to the buffer and counts them.
    pub(super) fn append(&self, bytes_in: usize, add: impl FnOnce(&mut Bodies) -> Result<Added>) -> Result<()> {
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
    pub(super) fn keep_rejected(&self, rows: Vec<Rejected>) -> Result<()> {
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
    pub(super) fn note_sealed(&self, sealed: Vec<(Sealed, FlushReason)>, bodies: &Bodies) -> Vec<Sealed> {
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
    pub(super) fn seal_after(&self, commands: &mut mpsc::UnboundedReceiver<Command>) -> (Vec<Command>, Vec<Sealed>) {
        let mut bodies = self.bodies();
        let earlier = std::iter::from_fn(|| commands.try_recv().ok()).collect();
        let sealed = bodies.seal_all(FlushReason::Interval);
        (earlier, self.note_sealed(sealed, &bodies))
    }

    /// Records the failure; true for the first.
    pub(super) fn fail(&self, error: Error) -> bool {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        let first = failure.is_none();
        failure.get_or_insert(error);
        drop(failure);
        self.share.wake();
        first
    }

    pub(super) fn check(&self) -> Result<()> {
        if self.closed.load(Ordering::Acquire) {
            Err(self.failure_or_closed())
        } else {
            match &*self.failure.lock().unwrap_or_else(PoisonError::into_inner) {
                Some(error) => Err(error.clone()),
                None => Ok(()),
            }
        }
    }

    pub(super) fn failure_or_closed(&self) -> Error {
        self.failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
            .unwrap_or_else(|| Error::new(ErrorKind::Closed, "the sink is closed").with("table", self.name()))
    }

    /// The driver ends here.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.share.wake();
    }

    pub(super) fn committable(&self, c: starrocks_load::Committable) -> Committable {
        Committable {
            label: c.label,
            txn_id: c.txn_id.unwrap_or(-1),
            database: self.database.clone(),
            table: self.table.clone(),
            rows: c.rows,
            bytes: c.bytes,
        }
    }

    pub(super) fn snapshot(&self) -> SinkSnapshot {
        SinkMetrics::set(&self.metrics.buffered_bytes, self.share.used());
        self.metrics.snapshot()
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sink").field("database", &self.database).field("table", &self.table).finish_non_exhaustive()
    }
}
