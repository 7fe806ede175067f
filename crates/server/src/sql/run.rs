// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What the front ends do with a statement of a session: run it in time, read its rows, and end what it left open.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use arrow::array::RecordBatch;
use datafusion::execution::SendableRecordBatchStream;
use futures::{FutureExt as _, StreamExt as _};
use tokio::time::{Instant, timeout, timeout_at};

use super::ast::Statement;
use super::error::{SqlError, SqlResult};
use super::query::run_error;
use super::session::Session;
use super::{Response, Sql, variables};

impl Sql {
    /// Runs a statement within the session's time-out. A panic in the query engine is an error of that statement.
    pub(crate) async fn run(
        self: &Arc<Self>,
        session: &mut Session,
        statement: Statement,
        source: &str,
    ) -> SqlResult<Response> {
        let limit = self.query_timeout(session);
        let running = AssertUnwindSafe(self.execute(session, statement, source)).catch_unwind();
        match timeout(limit, running).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(panicked()),
            Err(_) => Err(timed_out(limit)),
        }
    }

    /// How long a statement of the session may run, and how long its rows may take.
    pub(crate) fn query_timeout(&self, session: &Session) -> Duration {
        let globals = self.shared().globals.clone();
        let value = variables::value("query_timeout", &session.variables, &globals, self.version());
        Duration::from_secs(value.and_then(|v| v.parse().ok()).unwrap_or(300))
    }

    /// Aborts the transaction that a session leaves open.
    pub(crate) fn abandon(&self, session: &mut Session, reason: &str) {
        if let Some(transaction) = session.transaction.take().filter(|t| t.begun)
            && let Err(error) = self.engine.abort(transaction.id, reason)
        {
            tracing::debug!(txn = transaction.id, %error, "an abandoned transaction could not be aborted");
        }
    }
}

/// The rows of a query, which have to be read by a deadline.
pub(crate) struct TimedRows {
    stream: SendableRecordBatchStream,
    limit: Duration,
    deadline: Instant,
}

impl TimedRows {
    /// Rows that may take `limit` from now on.
    pub(crate) fn new(stream: SendableRecordBatchStream, limit: Duration) -> Self {
        Self { stream, limit, deadline: Instant::now() + limit }
    }

    /// The next rows, `None` at the end.
    pub(crate) async fn next(&mut self) -> SqlResult<Option<RecordBatch>> {
        let next = AssertUnwindSafe(self.stream.next()).catch_unwind();
        match timeout_at(self.deadline, next).await {
            Ok(Ok(next)) => next.transpose().map_err(|error| run_error(&error)),
            Ok(Err(_)) => Err(panicked()),
            Err(_) => Err(timed_out(self.limit)),
        }
    }
}

fn panicked() -> SqlError {
    SqlError::plain("the server failed internally while it ran the statement")
}

fn timed_out(limit: Duration) -> SqlError {
    let seconds = limit.as_secs();
    SqlError::plain(format!(
        "Query reached its timeout of {seconds} seconds, please increase the 'query_timeout' session variable and retry"
    ))
}
