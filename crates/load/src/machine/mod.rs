// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The life cycle of the loads of one sink subtask into one table, or into several that share their transactions.

mod answers;
mod epochs;
mod failures;
mod requests;

use std::collections::VecDeque;

use starrocks_types::{Error, ErrorKind, Result};

use crate::config::{Delivery, LoadConfig};
use crate::labels::Labels;
use crate::pace::Pace;
use crate::reason::{FlushCounts, FlushReason};
use crate::transaction::State;
use crate::wire::{Chunk, Request};

/// What the driver has to do next.
#[derive(Debug)]
pub enum Action {
    /// Send this and report to [`LoadMachine::on_answer`].
    Send(Request),
    /// The flush interval is over, or a transaction over several tables is full: hand in what is buffered for all of them through
    /// [`LoadMachine::seal`].
    Seal,
    /// Nothing to do before the given time, or before something else happens.
    Wait(Option<u64>),
}

/// A prepared transaction that waits for its checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committable {
    /// Label.
    pub label: String,
    /// Transaction id, if the server told it.
    pub txn_id: Option<i64>,
    /// Rows sent.
    pub rows: u64,
    /// Body bytes sent.
    pub bytes: u64,
}

/// Decides what one sink subtask sends for one table, or for several in the same transactions. One request is under way at a time; chunks are loaded in the order
/// in which they were pushed.
#[derive(Debug)]
pub struct LoadMachine {
    config: LoadConfig,
    labels: Labels,
    pending: VecDeque<Pending>,
    state: State,
    in_flight: bool,
    not_before: u64,
    /// Counts flushes, and interval flushes too: chunks of different epochs never share a transaction.
    epoch: u64,
    /// Bytes pushed in it.
    epoch_bytes: u64,
    checkpoint: u64,
    /// When the oldest row of the current epoch arrived.
    oldest: Option<u64>,
    flushing: Option<u64>,
    flushed: Option<Vec<Committable>>,
    prepared: Vec<Committable>,
    /// Labels still to be rolled back when the machine ends.
    abandoned: VecDeque<String>,
    ending: bool,
    failure: Option<Error>,
    retries_total: u64,
    pace: Pace,
    /// Refusals because of too many versions.
    refusals: u64,
    /// The bound on the kept bytes is the sink's memory, rather than what the user allows.
    bound_by_memory: bool,
    /// Why transactions were closed.
    closed_by: FlushCounts,
}

#[derive(Debug)]
struct Pending {
    chunk: Chunk,
    epoch: u64,
    checkpoint: u64,
}

impl LoadMachine {
    /// A machine with nothing to do.
    pub fn new(config: LoadConfig) -> Result<Self> {
        Ok(Self {
            labels: config.labels()?,
            checkpoint: config.restored_checkpoint.unwrap_or(0),
            pace: Pace::new(config.flush_interval_ms.filter(|_| config.delivery != Delivery::ExactlyOnce)),
            config,
            pending: VecDeque::new(),
            state: State::Empty,
            in_flight: false,
            not_before: 0,
            epoch: 0,
            epoch_bytes: 0,
            oldest: None,
            flushing: None,
            flushed: None,
            prepared: Vec::new(),
            abandoned: VecDeque::new(),
            ending: false,
            failure: None,
            retries_total: 0,
            refusals: 0,
            bound_by_memory: false,
            closed_by: FlushCounts::default(),
        })
    }

    /// Takes a sealed chunk. Empty chunks are ignored.
    pub fn push(&mut self, now: u64, chunk: Chunk) {
        if chunk.is_empty() || self.ending {
            return;
        }
        self.note_buffered(now);
        self.epoch_bytes += chunk.len();
        self.pending.push_back(Pending { chunk, epoch: self.epoch, checkpoint: self.checkpoint });
    }

    /// Tells that rows wait that are not in a chunk yet: the flush interval begins with the first of them.
    pub fn note_buffered(&mut self, now: u64) {
        self.oldest.get_or_insert(now);
    }

    /// The answer to [`Action::Seal`]: everything buffered so far, if there is anything.
    pub fn seal(&mut self, now: u64, chunk: Option<Chunk>) {
        if let Some(chunk) = chunk {
            self.push(now, chunk);
        }
        self.next_epoch(match self.bound_by_memory {
            _ if !self.is_over_full() => FlushReason::Interval,
            true => FlushReason::Memory,
            false => FlushReason::Size,
        });
    }

    /// Flushes everything pushed so far: prepares it (exactly-once) or commits it. The result is in
    /// [`LoadMachine::take_flushed`] when it is done. `checkpoint` is the checkpoint that the flush belongs to, if any.
    pub fn flush(&mut self, checkpoint: Option<u64>) -> Result<()> {
        if self.flushing.is_some() || self.flushed.is_some() {
            return Err(Error::new(ErrorKind::Unexpected, "a flush is already running"));
        }
        self.flushing = Some(self.epoch);
        // Only rows after this flush carry the checkpoint in their labels: a label with checkpoint c is in no state
        // up to checkpoint c, which is what aborting lingering transactions relies on.
        self.checkpoint = checkpoint.unwrap_or(self.checkpoint).max(self.checkpoint);
        self.next_epoch(if checkpoint.is_some() { FlushReason::Checkpoint } else { FlushReason::Close });
        self.settle_flush();
        Ok(())
    }

    /// The committables of a flush that is done (empty when everything is committed already).
    pub fn take_flushed(&mut self) -> Option<Vec<Committable>> {
        self.flushed.take()
    }

    /// Stops without committing anything: what is open or prepared and not handed over is rolled back.
    pub fn close(&mut self) {
        self.end();
    }

    /// The failure that ended the machine. It stays.
    pub fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }

    /// Whether the machine was closed or has failed, and nothing is left to be rolled back.
    pub fn has_ended(&self) -> bool {
        self.ending && !self.in_flight && self.abandoned.is_empty()
    }

    /// Bytes kept for replay or not sent yet.
    pub fn kept_bytes(&self) -> u64 {
        let pending: u64 = self.pending.iter().map(|p| p.chunk.len()).sum();
        let under_way = match &self.state {
            State::Plain(load, _) => load.chunk().len(),
            other => other.transaction().map_or(0, |t| t.bytes),
        };
        pending + under_way
    }

    /// When the oldest row arrived that no flush has taken up.
    pub fn oldest_buffered(&self) -> Option<u64> {
        self.oldest
    }

    /// Failures that led to another attempt.
    pub fn retries(&self) -> u64 {
        self.retries_total
    }

    /// Takes the next label of the user, see [`LoadConfig::labels_given`].
    pub fn give_label(&mut self, label: String) {
        self.labels.give(label);
    }

    /// Labels that were given and not used.
    pub fn labels_left(&self) -> usize {
        self.labels.left()
    }

    /// How often the server refused rows because the table has too many versions.
    pub fn version_refusals(&self) -> u64 {
        self.refusals
    }

    /// The flush interval in force, in milliseconds; `None` where only checkpoints flush.
    pub fn flush_interval_ms(&self) -> Option<u64> {
        self.pace.interval_ms()
    }

    /// Why transactions were closed; nothing where each chunk is a load of its own.
    pub fn closed_by(&self) -> FlushCounts {
        self.closed_by
    }

    /// Changes the bound on the kept bytes of one transaction, and whether it is the memory that sets it.
    pub fn set_max_bytes(&mut self, max_bytes: u64, by_memory: bool) {
        self.config.max_bytes = max_bytes.max(1);
        self.bound_by_memory = by_memory;
    }
}
