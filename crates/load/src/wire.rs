// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What passes between the machine and whoever talks to the server.

use bytes::Bytes;
use starrocks_protocol::{ExistingJob, LabelState};
use starrocks_types::Error;

/// The body of one load request. Cloning shares the bytes.
#[derive(Debug, Clone, Default)]
pub struct Chunk {
    /// Which of the tables of a transaction over several the rows are for: a number that the caller gives a meaning.
    pub table: usize,
    /// Rows in the body.
    pub rows: u64,
    /// The body, as sent.
    pub body: Vec<Bytes>,
    /// When its first row came, in milliseconds on the clock of whoever filled it.
    pub since_ms: u64,
}

impl Chunk {
    /// Length of the body.
    pub fn len(&self) -> u64 {
        self.body.iter().map(|block| block.len() as u64).sum()
    }

    /// Whether there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.body.iter().all(Bytes::is_empty)
    }
}

/// One request to the server.
#[derive(Debug, Clone)]
pub enum Request {
    /// Begin a transaction.
    Begin {
        /// Its label.
        label: String,
    },
    /// Load a chunk into a transaction.
    Load {
        /// Label of the transaction.
        label: String,
        /// What to load.
        chunk: Chunk,
    },
    /// Prepare a transaction.
    Prepare {
        /// Label of the transaction.
        label: String,
    },
    /// Commit a prepared transaction.
    Commit {
        /// Label of the transaction.
        label: String,
    },
    /// Roll a transaction back.
    Rollback {
        /// Label of the transaction.
        label: String,
    },
    /// Ask for the state of a label.
    LabelState {
        /// The label.
        label: String,
    },
    /// Load a chunk in a transaction of its own.
    StreamLoad {
        /// The chunk's label.
        label: String,
        /// What to load.
        chunk: Chunk,
    },
}

/// A clear, positive answer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Answer {
    /// Transaction id, where the server told it.
    pub txn_id: Option<i64>,
    /// The state that was asked for.
    pub state: Option<LabelState>,
    /// Rows that the server rejected, within what the user allows.
    pub filtered_rows: u64,
    /// Rows that the server counted in a load.
    pub total_rows: Option<u64>,
    /// Rows that the server took.
    pub loaded_rows: Option<u64>,
    /// How long the server took for what.
    pub times: ServerTimes,
}

/// Times that the server tells with the answer to a load, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ServerTimes {
    /// The whole load.
    pub load_ms: Option<u64>,
    /// Planning.
    pub plan_ms: Option<u64>,
    /// Reading the body.
    pub read_ms: Option<u64>,
    /// Writing the rows.
    pub write_ms: Option<u64>,
    /// Commit and publication.
    pub publish_ms: Option<u64>,
}

/// What is known about a request that did not succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureClass {
    /// It certainly had no effect and may be sent again as it is.
    NotSent,
    /// It may or may not have taken effect.
    Ambiguous,
    /// The label is taken.
    LabelExists(ExistingJob),
    /// An earlier request of the label is still running; this one was not carried out.
    InProcessing,
    /// The table has as many versions as it may have, so it takes no rows before some are merged. Otherwise as
    /// [`FailureClass::Refused`].
    TooManyVersions,
    /// The server refused; a new attempt may succeed. The server has aborted the transaction or is about to.
    Refused,
    /// Sending it again cannot help.
    Permanent,
}

/// A request that did not succeed, and why.
#[derive(Debug, Clone)]
pub struct Failure {
    /// What is known about its effect.
    pub class: FailureClass,
    /// The facts for people.
    pub error: Error,
}
