// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Finding and ending transactions that an earlier run of the same job left open.
//!
//! A transaction may be aborted only if no restored state can hold it. Our labels carry the last checkpoint before the
//! transaction began, so after a restore from checkpoint `c` these are the labels with `c` or more; after a start without
//! state, all labels of the prefix. Their epoch is random, so they cannot be guessed: the server is asked for its list of
//! open loads. A server that does not give one leaves the transactions to their time-outs, which the result tells.
//!
//! The original connector's labels, `<prefix>-<table>-<subtask>-<id>`, count from the restored checkpoint and are probed
//! one after the other, so that a job that changes over from it leaves nothing behind.

use serde::{Deserialize, Serialize};
use starrocks_protocol::{LabelState, parse_label};
use starrocks_types::{Error, ErrorKind, Result};

use crate::connection::StarRocks;
use crate::metadata::OpenLoad;
use crate::transaction::{TransactionOptions, Wire};

/// The most labels of the original connector that are probed; a gap ends the search earlier.
const MAX_PROBES: u64 = 100;

/// Whose transactions to look for.
#[derive(Debug, Clone)]
pub struct Lingering {
    /// Database and table; `None` for every table that the prefix was used for.
    pub table: Option<(String, String)>,
    /// Label prefix.
    pub label_prefix: String,
    /// Index of the subtask that asks.
    pub subtask: u32,
    /// Number of subtasks now; a subtask of an earlier, larger parallelism is looked after by its index modulo this.
    pub parallelism: u32,
    /// The checkpoint that the job was restored from.
    pub restored_checkpoint_id: Option<u64>,
}

/// Where a subtask of the original connector was in the sequence of its labels, `<prefix>-<table>-<subtask>-<number>`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OriginalLabels {
    /// Database.
    pub database: String,
    /// Table.
    pub table: String,
    /// Label prefix.
    pub label_prefix: String,
    /// The subtask that wrote.
    pub subtask: u32,
    /// The first number that its state does not know.
    pub next_number: u64,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LingeringReport {
    /// Labels that were rolled back.
    pub aborted: Vec<String>,
    /// Labels looked at.
    pub checked: u64,
    /// Why the server's list of open loads could not be read, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<String>,
}

impl StarRocks {
    /// Rolls back the open transactions of an earlier run.
    pub async fn abort_lingering(&self, of: &Lingering) -> Result<LingeringReport> {
        let mut report = LingeringReport::default();
        let from = of.restored_checkpoint_id.unwrap_or(0);
        let prefix = format!("{}-", of.label_prefix);
        let listed = match &of.table {
            Some((database, table)) => {
                let load = |label| OpenLoad { database: database.clone(), table: table.clone(), label };
                self.open_labels(database, &prefix).await.map(|labels| labels.into_iter().map(load).collect())
            }
            None => self.open_loads(&prefix).await,
        };
        match listed {
            Ok(loads) => {
                for load in loads {
                    // The table must be the one in the label: a longer prefix of another job begins like this one.
                    let Some(parts) = parse_label(&load.label, &of.label_prefix, &load.table) else { continue };
                    if parts.subtask % of.parallelism.max(1) == of.subtask && parts.checkpoint >= from {
                        self.end(&load, &mut report).await?;
                    }
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the server lists no open loads; lingering transactions are left to their time-out");
                report.incomplete = Some(error.to_string());
            }
        }
        // Those of the original connector can be probed where the table is known.
        let Some((database, table)) = &of.table else { return Ok(report) };
        for id in (from + 1..).take(usize::try_from(MAX_PROBES).unwrap_or(usize::MAX)) {
            let label = format!("{}-{table}-{}-{id}", of.label_prefix, of.subtask);
            let load = OpenLoad { database: database.clone(), table: table.clone(), label };
            if starrocks_protocol::check_label(&load.label).is_err() || !self.end(&load, &mut report).await? {
                break;
            }
        }
        Ok(report)
    }

    /// Rolls back what a subtask of the original connector began after the checkpoint that its state is from.
    pub async fn abort_original(&self, of: &OriginalLabels) -> Result<LingeringReport> {
        let mut report = LingeringReport::default();
        for number in (of.next_number..).take(usize::try_from(MAX_PROBES).unwrap_or(usize::MAX)) {
            let label = format!("{}-{}-{}-{number}", of.label_prefix, of.table, of.subtask);
            let load = OpenLoad { database: of.database.clone(), table: of.table.clone(), label };
            if !self.end(&load, &mut report).await? {
                break;
            }
        }
        Ok(report)
    }

    /// Ends the transaction of a label if it is open; false when the label was never used.
    async fn end(&self, load: &OpenLoad, report: &mut LingeringReport) -> Result<bool> {
        let OpenLoad { database, table, label } = load;
        report.checked += 1;
        match self.label_state(database, label).await? {
            LabelState::Unknown => Ok(false),
            LabelState::Aborted | LabelState::Committed | LabelState::Visible => Ok(true),
            LabelState::Prepare | LabelState::Prepared => {
                self.abort(database, table, label).await?;
                tracing::info!(label, "rolled back a lingering transaction");
                report.aborted.push(label.clone());
                Ok(true)
            }
        }
    }

    /// Aborts the transaction of a label, whoever began it: rolls back, and when the BE has forgotten the transaction,
    /// cancels on the FE. Done when the label is not open any more; an error if it counts already.
    pub async fn abort(&self, database: &str, table: &str, label: &str) -> Result<()> {
        let options =
            TransactionOptions { database: database.to_owned(), table: table.to_owned(), properties: Vec::new() };
        let wire = Wire::new(self.clone(), options);
        let Err(refusal) = wire.rollback(label).await else { return Ok(()) };
        let state = self.label_state(database, label).await?;
        if matches!(state, LabelState::Prepare | LabelState::Prepared) {
            // Older servers forward the rollback to a BE that may have lost the transaction with a restart.
            let cancelled = self.cancel(database, table, label).await;
            tracing::debug!(?cancelled, label, "cancelled on the FE");
        }
        match self.label_state(database, label).await? {
            LabelState::Unknown | LabelState::Aborted => Ok(()),
            state => Err(Error::new(ErrorKind::LoadFailed, "the transaction could not be aborted")
                .operation("abort transaction")
                .with("table", format!("{database}.{table}"))
                .with("label", label)
                .with("state", state.word())
                .caused_by(refusal)),
        }
    }
}
