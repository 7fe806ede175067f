// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Rows that did not get into the table although the load goes on: kept until the next flush hands them over.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use starrocks_types::{Error, ErrorKind, Result};

use crate::error_log;
use crate::http::{Answered, Http};

/// A row that the table does not take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RejectedRow {
    /// `database.table`
    pub table: String,
    /// The label of the load that the server rejected the row from; absent when the row was not sent.
    pub label: Option<String>,
    /// The column, where it is known.
    pub column: Option<String>,
    /// Why.
    pub reason: String,
    /// The row: a JSON object when it was not sent, else as the server tells it. Absent when it does not.
    pub row: Option<String>,
}

impl RejectedRow {
    fn bytes(&self) -> u64 {
        let text = |t: &Option<String>| t.as_ref().map_or(0, String::len);
        (self.table.len() + self.reason.len() + text(&self.label) + text(&self.column) + text(&self.row)) as u64
    }
}

/// The rejected rows of a sink since its last flush, within a budget.
#[derive(Debug)]
pub(crate) struct Rejects {
    max_rows: u64,
    max_bytes: u64,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    rows: Vec<RejectedRow>,
    bytes: u64,
}

impl Rejects {
    pub(crate) fn new(max_rows: u64, max_bytes: u64) -> Self {
        Self { max_rows, max_bytes, held: Mutex::default() }
    }

    /// Whether anybody takes the rows that the server rejects.
    fn are_wanted(&self) -> bool {
        self.max_rows > 0
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps rows; an error when they are more than the budget has room for.
    pub(crate) fn add(&self, rows: impl IntoIterator<Item = RejectedRow>) -> Result<()> {
        let mut held = self.held();
        for row in rows {
            held.bytes += row.bytes();
            held.rows.push(row);
            if held.rows.len() as u64 > self.max_rows || held.bytes > self.max_bytes {
                let last = held.rows.pop();
                return Err(Error::new(
                    ErrorKind::RowsRejected,
                    "more rows are rejected than the dead letters may hold",
                )
                .with("max_rows", self.max_rows)
                .with("max_bytes", self.max_bytes)
                .with("reason", last.map(|row| row.reason).unwrap_or_default())
                .hint("correct the rows, or raise sink.dead-letter.max-rows and sink.dead-letter.max-bytes"));
            }
        }
        Ok(())
    }

    /// Hands over what is kept.
    pub(crate) fn take(&self) -> Vec<RejectedRow> {
        std::mem::take(&mut *self.held()).rows
    }

    /// Keeps what the server rejected from a load that went well otherwise.
    pub(crate) async fn note(&self, http: &Http, table: &str, label: &str, answered: &Answered) -> Result<()> {
        let Answered { reply, by } = answered;
        let Some(count) = reply.filtered_rows.filter(|n| *n > 0) else { return Ok(()) };
        let url = reply.error_url.as_deref().unwrap_or_default();
        tracing::warn!(table, label, rows = count, error_url = url, "the server rejected rows of a load");
        if !self.are_wanted() {
            return Ok(());
        }
        let log = http.error_log(url, by).await.unwrap_or_default();
        let mut rows: Vec<_> = error_log::entries(&log)
            .map(|(reason, row)| RejectedRow {
                table: table.to_owned(),
                label: Some(label.to_owned()),
                column: error_log::column(reason).map(str::to_owned),
                reason: reason.to_owned(),
                row: row.map(str::to_owned),
            })
            .collect();
        // The server lists the first ones only.
        let missing = count.saturating_sub(rows.len() as u64);
        if missing > 0 {
            rows.push(RejectedRow {
                table: table.to_owned(),
                label: Some(label.to_owned()),
                column: None,
                reason: format!(
                    "{missing} more rows were rejected that the error log of the server does not list: {url}"
                ),
                row: None,
            });
        }
        self.add(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(text: &str) -> RejectedRow {
        RejectedRow {
            table: String::new(),
            label: None,
            column: None,
            reason: String::new(),
            row: Some(text.to_owned()),
        }
    }

    #[test]
    fn the_budget_is_that_of_one_flush() {
        let rejects = Rejects::new(2, 100);
        rejects.add([row("a"), row("b")]).unwrap();
        let error = rejects.add([row("c")]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RowsRejected);
        assert!(error.to_string().contains("sink.dead-letter.max-rows"), "{error}");
        assert_eq!(rejects.take(), [row("a"), row("b")]);
        rejects.add([row("d")]).unwrap();
        assert!(rejects.add([row(&"x".repeat(100))]).is_err());
        assert_eq!(rejects.take(), [row("d")]);
    }
}
