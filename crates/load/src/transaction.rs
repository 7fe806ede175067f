// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! A transaction on its way, and the states between begin and commit.

use crate::commit::Commit;
use crate::plain::PlainLoad;
use crate::retry::Retries;
use crate::wire::Chunk;

#[derive(Debug)]
pub(crate) struct Transaction {
    pub(crate) label: String,
    pub(crate) txn_id: Option<i64>,
    pub(crate) epoch: u64,
    pub(crate) checkpoint: u64,
    pub(crate) chunks: Vec<Chunk>,
    pub(crate) loaded: usize,
    /// The most chunks that any attempt has loaded: passing it is progress.
    pub(crate) best: usize,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
    pub(crate) closing: bool,
    /// A commit was sent, so a rollback alone does not prove anything.
    pub(crate) commit_sent: bool,
    pub(crate) retries: Retries,
    /// The request that is to be sent again as it is, once.
    pub(crate) sent_again: bool,
}

#[derive(Debug)]
pub(crate) enum State {
    Empty,
    Begin(Transaction),
    Open(Transaction),
    Prepare(Transaction),
    Commit(Transaction, Commit),
    Rollback(Transaction),
    ConfirmRollback(Transaction),
    Plain(PlainLoad, u64),
}

impl Transaction {
    pub(crate) fn new(label: String, epoch: u64, checkpoint: u64, retries: Retries) -> Self {
        Self {
            label,
            txn_id: None,
            epoch,
            checkpoint,
            chunks: Vec::new(),
            loaded: 0,
            best: 0,
            rows: 0,
            bytes: 0,
            closing: false,
            commit_sent: false,
            retries,
            sent_again: false,
        }
    }

    /// Everything once more, under a label that was never used.
    pub(crate) fn start_over(&mut self, label: String) {
        self.label = label;
        self.txn_id = None;
        self.loaded = 0;
        self.commit_sent = false;
        self.sent_again = false;
    }

    /// A chunk is in. Only what no attempt had reached before counts as progress, so that a transaction that fails at
    /// the same place again and again comes to its end.
    pub(crate) fn chunk_loaded(&mut self) {
        self.loaded += 1;
        self.sent_again = false;
        if self.loaded > self.best {
            self.best = self.loaded;
            self.retries.reset();
        }
    }
}

impl State {
    /// The epoch of the rows under way.
    pub(crate) fn epoch(&self) -> Option<u64> {
        match self {
            Self::Plain(_, epoch) => Some(*epoch),
            other => other.transaction().map(|t| t.epoch),
        }
    }

    /// The transaction under way.
    pub(crate) fn transaction(&self) -> Option<&Transaction> {
        match self {
            Self::Empty | Self::Plain(..) => None,
            Self::Begin(t)
            | Self::Open(t)
            | Self::Prepare(t)
            | Self::Commit(t, _)
            | Self::Rollback(t)
            | Self::ConfirmRollback(t) => Some(t),
        }
    }
}
