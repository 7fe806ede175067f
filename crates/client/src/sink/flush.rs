// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Flushes, and what they return.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use starrocks_types::Result;
use tokio::sync::oneshot;

use super::shared::Shared;

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

/// A flush under way: await it, or poll it with [`Flush::try_result`].
#[derive(Debug)]
pub struct Flush {
    pub(super) done: oneshot::Receiver<Result<Vec<Committable>>>,
    pub(super) shared: Arc<Shared>,
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
