// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The table that is looked up: its connections, and statements with their retries.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Row, Value};
use starrocks_codec::LookupCodec;
use starrocks_types::{Error, ErrorKind, Result, Retry};
use tokio::time::{sleep, timeout};
use tracing::warn;

use super::config::LookupConfig;
use super::metrics::Metrics;
use super::statement::{Asked, statement};
use crate::connection::StarRocks;
use crate::metadata::{explain, literal};
use crate::scan::ColumnPath;

/// The first wait before another attempt, and the longest; each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The rows of one key.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) rows: u32,
    /// Records of a row batch.
    pub(super) records: Vec<u8>,
}

/// A table and everything that is needed to ask it.
pub(super) struct Table {
    client: StarRocks,
    config: LookupConfig,
    codec: LookupCodec,
    key_columns: Vec<ColumnPath>,
    /// Connections that no statement uses.
    idle: Mutex<Vec<Conn>>,
    metrics: Arc<Metrics>,
}

impl Table {
    /// Asks the server for the columns' types, after a failure so many times again, and compares them with what Flink expects.
    pub(super) async fn open(
        client: StarRocks,
        config: LookupConfig,
        retries: u32,
        metrics: Arc<Metrics>,
    ) -> Result<Self> {
        let request = &config.request;
        let named = |e: Error| e.operation("open lookup").with("table", request.place());
        let mut attempt = 0;
        let described = loop {
            match client.metadata().columns(&request.database, &request.table).await {
                Ok(columns) => break columns,
                Err(error) => pause(&mut attempt, retries, &metrics, error).await.map_err(named)?,
            }
        };
        let mut columns = Vec::with_capacity(config.columns.len());
        let mut selected = Vec::with_capacity(config.columns.len());
        for (path, column) in request.columns.iter().zip(&config.columns) {
            let (path, found) = path.resolve(&described).map_err(named)?;
            columns.push((column.clone(), found.clone()));
            selected.push(path);
        }
        let codec = LookupCodec::new(&columns, &config.keys, &config.time_zone).map_err(named)?;
        let key_columns = config.keys.iter().filter_map(|at| selected.get(*at).cloned()).collect();
        let mut config = config;
        config.request.columns = selected;
        let table = Self { client, codec, key_columns, idle: Mutex::new(Vec::new()), metrics, config };
        // The first statement tries again.
        if let Ok(connection) = table.connect().await {
            table.idle().push(connection);
        }
        Ok(table)
    }

    pub(super) fn codec(&self) -> &LookupCodec {
        &self.codec
    }

    /// Names table and key columns.
    pub(super) fn named(&self, error: Error) -> Error {
        error
            .operation("look up")
            .with("table", self.config.request.place())
            .with("key_columns", self.key_columns.iter().map(ColumnPath::to_string).collect::<Vec<_>>().join(","))
    }

    /// The rows of each key, in the order of the keys.
    pub(super) async fn ask(&self, batch: &[Asked]) -> Result<Vec<Found>> {
        let mut found = Vec::with_capacity(batch.len());
        let mut parts = vec![batch];
        while let Some(part) = parts.pop() {
            match self.ask_with_retries(part).await {
                Ok(rows) => found.extend(rows),
                Err(error) if error.kind() == ErrorKind::Exhausted && part.len() > 1 => {
                    let (left, right) = part.split_at(part.len() / 2);
                    parts.extend([right, left]);
                }
                Err(error) => return Err(self.named(error)),
            }
        }
        Ok(found)
    }

    async fn ask_with_retries(&self, batch: &[Asked]) -> Result<Vec<Found>> {
        let statement = statement(&self.config.request, &self.key_columns, batch);
        let mut attempt = 0;
        loop {
            let idle = self.idle().pop();
            let used = idle.is_some();
            let asked = async {
                let mut connection = match idle {
                    Some(connection) => connection,
                    None => self.connect().await?,
                };
                let limit = Duration::from_millis(self.config.statement_timeout_ms);
                let found = timeout(limit, self.read(&mut connection, &statement, batch)).await.map_err(|_| {
                    Error::new(ErrorKind::Timeout, "the server did not answer in time")
                        .with("timeout_ms", limit.as_millis())
                })??;
                self.idle().push(connection);
                Ok::<_, Error>(found)
            };
            let error = match asked.await {
                Ok(found) => return Ok(found),
                Err(error) => error,
            };
            if used && error.kind() == ErrorKind::Network {
                // The server closes connections that nobody uses, and all of them when it restarts.
                self.idle().clear();
                continue;
            }
            pause(&mut attempt, self.config.max_retries, &self.metrics, error).await?;
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Conn>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn connect(&self) -> Result<Conn> {
        let (mut connection, address) = self.client.metadata().connect().await?;
        if let Some(warehouse) = &self.config.request.warehouse {
            let set = connection.query_drop(format!("set warehouse={}", literal(warehouse))).await;
            set.map_err(|e| explain(e).with("fe", address).with("warehouse", warehouse))?;
        }
        Ok(connection)
    }

    async fn read(&self, connection: &mut Conn, statement: &str, batch: &[Asked]) -> Result<Vec<Found>> {
        let places: HashMap<&[u8], usize> =
            batch.iter().enumerate().map(|(at, asked)| (asked.key.canonical.as_slice(), at)).collect();
        let mut found: Vec<Found> = batch.iter().map(|_| Found::default()).collect();
        let (mut canonical, mut record, mut bytes, mut rows) = (Vec::new(), Vec::new(), 0, 0);
        self.metrics.statement(batch.len());
        let failed = |e| failure(e, batch);
        let mut result = connection.query_iter(statement).await.map_err(failed)?;
        while let Some(row) = result.next().await.map_err(failed)? {
            rows += 1;
            record.clear();
            self.record(&row, &mut canonical, &mut record)?;
            // What the server finds equal and Flink does not is left out.
            let Some(found) = places.get(canonical.as_slice()).and_then(|at| found.get_mut(*at)) else { continue };
            bytes += record.len();
            if bytes > self.config.max_result_bytes {
                return Err(Error::new(ErrorKind::Exhausted, "too many rows have the same key")
                    .with("limit_bytes", self.config.max_result_bytes)
                    .hint("join on more columns, so that a key has fewer rows"));
            }
            found.records.extend_from_slice(&record);
            found.rows += 1;
        }
        drop(result);
        self.metrics.rows(rows);
        Ok(found)
    }

    fn record(&self, row: &Row, canonical: &mut Vec<u8>, record: &mut Vec<u8>) -> Result<()> {
        let mut other = row.len() != self.config.columns.len();
        let value = |at| match row.as_ref(at) {
            Some(Value::Bytes(bytes)) => Some(bytes.as_slice()),
            Some(Value::NULL) => None,
            _ => {
                other = true;
                None
            }
        };
        let read = self.codec.row(value, canonical, record);
        if other {
            return Err(Error::new(ErrorKind::Protocol, "the result has other columns than the statement"));
        }
        read
    }
}

/// Waits before another attempt, or gives the error back where there is none.
async fn pause(attempt: &mut u32, most: u32, metrics: &Metrics, error: Error) -> Result<()> {
    use ErrorKind as K;
    let may_pass = matches!(error.kind(), K::Network | K::Timeout | K::QueryFailed | K::Protocol);
    if !may_pass || *attempt >= most {
        let class = if may_pass { Retry::Exhausted } else { Retry::Permanent };
        return Err(error.retry(class).with("attempts", *attempt + 1));
    }
    *attempt += 1;
    metrics.retry();
    let wait = FIRST_PAUSE.saturating_mul(1 << (*attempt - 1).min(10)).min(LONGEST_PAUSE);
    warn!(attempt, wait_ms = wait.as_millis() as u64, "a lookup failed and is tried again: {error}");
    sleep(wait).await;
    Ok(())
}

/// What the driver tells, without values of rows or keys: the server quotes the statement.
fn failure(error: mysql_async::Error, batch: &[Asked]) -> Error {
    let mysql_async::Error::Server(server) = &error else { return explain(error) };
    let mut text = masked(&server.message);
    for literal in batch.iter().flat_map(|asked| &asked.key.literals).filter(|literal| literal.len() > 3) {
        text = text.replace(literal.as_str(), "…");
    }
    let (code, state) = (server.code, server.state.clone());
    let known = explain(error);
    let kind = match known.kind() {
        ErrorKind::Unsupported => ErrorKind::QueryFailed,
        kind => kind,
    };
    Error::new(kind, known.message().to_owned()).with("code", code).with("state", state).with("answer", text)
}

/// Without what stands in quotes.
fn masked(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut within = None;
    for c in text.chars() {
        match within {
            None => {
                shown.push(c);
                if matches!(c, '\'' | '"') {
                    shown.push('…');
                    within = Some(c);
                }
            }
            Some(quote) if c == quote => {
                shown.push(c);
                within = None;
            }
            Some(_) => {}
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_the_server_lose_what_they_quote() {
        assert_eq!(masked("Unexpected input 'secret' at \"x\", line 3"), "Unexpected input '…' at \"…\", line 3");
        assert_eq!(masked("open 'secret"), "open '…");
    }
}
