// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The judgement of what a reply means. Only words on an explicit list are success.

use super::{Operation, Reply};
use crate::words::status;

/// What the holder of a taken label does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExistingJob {
    /// It has not ended.
    Running,
    /// It has committed.
    Finished,
    /// The server does not say, or says a word we do not know.
    Unknown,
}

/// What a readable reply means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Success,
    /// Committed; the rows become visible a little later.
    PublishTimeout,
    /// The label is taken.
    LabelExists(ExistingJob),
    /// Rows were rejected, and more of them than `max_filter_ratio` allows.
    RowsRejected,
    /// Wrong user or password.
    Unauthenticated,
    /// The user lacks a privilege.
    AccessDenied,
    /// The database or table does not exist.
    NotFound,
    /// The server does not know the transaction (any more).
    TransactionNotFound,
    /// Another request of the same label is still running; this one was not carried out.
    InProcessing,
    /// The table has as many versions as it may have; nothing was loaded.
    TooManyVersions,
    /// Refused for now (no backend alive, too many transactions, shutting down); nothing was done.
    Busy,
    /// The request itself is wrong; sending it again cannot help.
    Invalid,
    /// Failed for another reason.
    Failed,
}

impl Reply {
    /// What the reply means as an answer to `operation`.
    pub fn outcome(&self, operation: Operation) -> Outcome {
        let word = self.status.as_str();
        let done: &[&str] = match operation {
            Operation::StreamLoad => &[status::SUCCESS],
            Operation::Load | Operation::Rollback | Operation::Cancel => &[status::OK, status::SUCCESS],
            Operation::Begin
            | Operation::Prepare
            | Operation::Commit
            | Operation::LabelState
            | Operation::LoadNodes => &[status::OK],
        };
        if done.contains(&word) {
            return Outcome::Success;
        }
        let committed_late: &[&str] = match operation {
            Operation::StreamLoad => &[status::PUBLISH_TIMEOUT_WORDS],
            Operation::Commit => &[status::PUBLISH_TIMEOUT, status::PUBLISH_TIMEOUT_WORDS],
            _ => &[],
        };
        if committed_late.contains(&word) {
            return Outcome::PublishTimeout;
        }
        match word {
            status::LABEL_ALREADY_EXISTS | status::LABEL_ALREADY_EXISTS_WORDS => {
                Outcome::LabelExists(match self.existing_job_status.as_deref() {
                    Some(status::RUNNING) => ExistingJob::Running,
                    Some(status::FINISHED) => ExistingJob::Finished,
                    _ => ExistingJob::Unknown,
                })
            }
            status::TXN_IN_PROCESSING => Outcome::InProcessing,
            // The frontend has no word of its own for a transaction over several tables whose commit is under way.
            _ if operation == Operation::Commit && self.message.contains("is already committing") => {
                Outcome::InProcessing
            }
            status::TXN_NOT_EXISTS => Outcome::TransactionNotFound,
            _ => self.failure(word),
        }
    }

    /// The server has few words for failure, so the message has to tell what kind it is. A message we do not know is
    /// [`Outcome::Failed`], which is tried again within bounds.
    fn failure(&self, word: &str) -> Outcome {
        let message = self.message.to_ascii_lowercase();
        let says = |needles: &[&str]| needles.iter().any(|needle| message.contains(needle));
        // `DeltaWriter` of the backend, the words of versions before 2.5 and since; the last is the FE's with shared data.
        if says(&["too many versions", "too many tablet versions", "too large compaction score"]) {
            Outcome::TooManyVersions
        } else if self.error_url.is_some() || says(&["too many filtered rows"]) {
            Outcome::RowsRejected
        } else if says(&["using password", "no valid basic authorization", "need auth information"]) {
            Outcome::Unauthenticated
        } else if says(&["access denied"]) {
            Outcome::AccessDenied
        } else if says(&["can't find the transaction", "no transaction found", "transaction not found"])
            || (says(&["transaction ", "stream load task "]) && says(&["not exist"]))
        {
            Outcome::TransactionNotFound
        } else if says(&["unknown database", "unknown table", "does not exist", "failed to find table"]) {
            Outcome::NotFound
        } else if says(&[
            "no backend alive",
            "no backend or compute node alive",
            "current running txns on db",
            "cuncurrent limit",
            "concurrent limit",
            "service is shutting down",
        ]) {
            Outcome::Busy
        } else if matches!(word, status::ANALYSIS_ERROR | status::INVALID_ARGUMENT)
            || says(&[
                "primary key size exceed the limit",
                "only primary key table support partial update",
                "no partitions have data available",
                "no rows were imported",
                "column has no default value",
                "unknown reference column",
                "not in partial update columns",
                "you can set strip_outer_array",
                "exceed the max size",
                "exceed limit",
                "format error",
                "no database selected",
                "no table selected",
                "unknown data format",
                "unsupported compression type",
            ])
        {
            Outcome::Invalid
        } else {
            Outcome::Failed
        }
    }
}
