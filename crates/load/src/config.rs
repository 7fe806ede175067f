// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Settings of a load machine.

use std::collections::VecDeque;

use starrocks_protocol::{LabelGenerator, check_prefix};
use starrocks_types::{Error, ErrorKind, Result};

use crate::labels::Labels;
use crate::retry::RetryPolicy;

/// How chunks become visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// A flush prepares; somebody else commits after the checkpoint.
    ExactlyOnce,
    /// A flush prepares and commits.
    AtLeastOnce,
    /// Every chunk is a stream load of its own.
    AtLeastOncePlain,
}

/// Settings of a [`crate::LoadMachine`].
#[derive(Debug, Clone)]
pub struct LoadConfig {
    /// Database.
    pub database: String,
    /// Table; of a transaction over several tables a word for them all, as labels are to name them.
    pub table: String,
    /// The transactions are over several tables. The server cannot prepare those, so they are committed as they are, and
    /// what is sealed together is in one of them however large it is. At-least-once only.
    pub shared: bool,
    /// How chunks become visible.
    pub delivery: Delivery,
    /// Label prefix.
    pub label_prefix: String,
    /// Index of the sink subtask.
    pub subtask: u32,
    /// Epoch part of the labels, see [`starrocks_protocol::fresh_epoch`].
    pub epoch: String,
    /// The user gives the labels, through [`crate::LoadMachine::give_label`]; loads wait for them.
    pub labels_given: bool,
    /// The checkpoint that the job was restored from.
    pub restored_checkpoint: Option<u64>,
    /// Kept bytes at which a transaction is closed and the next one begun; one over several tables has
    /// [`crate::Action::Seal`] asked for.
    pub max_bytes: u64,
    /// Longest time that rows wait for a commit; `None` leaves it to checkpoints. It grows for a while when the server has too
    /// many versions of the table.
    pub flush_interval_ms: Option<u64>,
    /// Retries.
    pub retry: RetryPolicy,
    /// Seed of the jitter.
    pub seed: u64,
}

impl LoadConfig {
    /// Checks the settings and makes the label generator.
    pub(crate) fn labels(&self) -> Result<Labels> {
        check_prefix(&self.label_prefix)?;
        if self.max_bytes == 0 || self.flush_interval_ms == Some(0) {
            return Err(Error::new(ErrorKind::InvalidConfig, "the flush bounds must be greater than 0")
                .hint("check sink.buffer-flush.max-bytes and sink.buffer-flush.interval-ms"));
        }
        if self.shared && self.delivery != Delivery::AtLeastOnce {
            return Err(Error::new(
                ErrorKind::InvalidConfig,
                "transactions over several tables cannot be prepared, so they are at-least-once only",
            ));
        }
        if self.labels_given {
            return Ok(Labels::Given(VecDeque::new()));
        }
        LabelGenerator::new(&self.label_prefix, &self.table, self.subtask, &self.epoch).map(Labels::Made)
    }
}
