// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Statements whose rows come as Arrow record batches: counts, aggregates, views, point queries, everything that is no scan
//! of one table. They go over the MySQL port, or over Arrow Flight SQL where the client has an address for it.
//!
//! Rows stream: there are never more of them in memory than a few batches.

mod column;
mod convert;
pub(crate) mod flight;
mod mysql;

use std::sync::Arc;
use std::time::Duration;

use arrow::datatypes::{DataType, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use starrocks_types::{Error, ErrorKind, Result, Retry};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::connection::StarRocks;

/// How to run a statement.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryOptions {
    /// Most rows of a batch.
    pub batch_rows: usize,
    /// Longest wait for the first row, and for each further one.
    pub read_timeout: Duration,
    /// Types that the columns shall have, in order; those that are not given here follow from what the server says. Text
    /// can become any type that can be read from it; what does not fit its type is an error.
    pub types: Vec<Option<DataType>>,
}

impl QueryOptions {
    /// The type that a column shall have, if the caller says.
    fn declared(&self, at: usize) -> Option<DataType> {
        self.types.get(at).cloned().flatten()
    }
}

impl Default for QueryOptions {
    /// 4096 rows, 11 minutes, types of the server.
    fn default() -> Self {
        Self { batch_rows: 4096, read_timeout: Duration::from_secs(660), types: Vec::new() }
    }
}

/// The rows of a statement. Dropping it gives up the statement.
#[derive(Debug)]
pub struct QueryStream {
    schema: SchemaRef,
    batches: mpsc::Receiver<Result<RecordBatch>>,
    task: JoinHandle<()>,
}

impl StarRocks {
    /// Runs a statement that gives rows. Types as in a scan: DATE, DATETIME and LARGEINT come as text, decimals as 128-bit
    /// decimals; JSON comes as the text that the server writes, as do ARRAY, MAP and STRUCT over the MySQL port. Over Arrow
    /// Flight SQL these are lists, maps and structs, and a LARGEINT of a server from 3.5.11 on, which cannot be told from
    /// `DECIMAL(38, 0)`, is one unless it is declared to be text.
    pub async fn query(&self, sql: &str, options: QueryOptions) -> Result<QueryStream> {
        if options.batch_rows == 0 {
            return Err(Error::new(ErrorKind::InvalidConfig, "a batch has one row at least"));
        }
        let sql = sql.to_owned();
        if let Some(flight) = self.flight() {
            let flight = Arc::clone(flight);
            let run = |mut output: Output| async move {
                let ended = flight.stream(&sql, &options, &mut output).await;
                output.end(ended).await;
            };
            return QueryStream::start(run).await;
        }
        let (connection, address) = self.metadata().connect().await.map_err(|error| match error.kind() {
            ErrorKind::Network | ErrorKind::Timeout => error.retry(Retry::Safe),
            _ => error,
        })?;
        let run = mysql::Run { sql, options, address };
        let run = |mut output: Output| async move {
            let ended = run.stream(connection, &mut output).await;
            output.end(ended).await;
        };
        QueryStream::start(run).await
    }
}

/// Where a running statement puts what the server answers. An error means that nobody wants it any more.
struct Output {
    schema: Option<oneshot::Sender<SchemaRef>>,
    batches: mpsc::Sender<Result<RecordBatch>>,
}

impl Output {
    /// Tells the columns, before the first batch.
    fn describe(&mut self, schema: &SchemaRef) -> std::result::Result<(), ()> {
        let sender = self.schema.take().ok_or(())?;
        sender.send(Arc::clone(schema)).map_err(drop)
    }

    async fn send(&self, batch: RecordBatch) -> std::result::Result<(), ()> {
        self.batches.send(Ok(batch)).await.map_err(drop)
    }

    /// Tells how the statement ended.
    async fn end(mut self, ended: Result<()>) {
        // First, so that who waits for columns stops waiting.
        self.schema = None;
        if let Err(error) = ended {
            // Nobody listens to a stream that was dropped.
            let _ = self.batches.send(Err(error)).await;
        }
    }
}

impl QueryStream {
    /// Runs a statement in the background and returns when its columns are known.
    async fn start<F>(run: impl FnOnce(Output) -> F) -> Result<Self>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (schema_sender, schema) = oneshot::channel();
        let (sender, batches) = mpsc::channel(1);
        let task = tokio::spawn(run(Output { schema: Some(schema_sender), batches: sender }));
        let mut stream = Self { schema: Arc::new(Schema::empty()), batches, task };
        match schema.await {
            Ok(schema) => {
                stream.schema = schema;
                Ok(stream)
            }
            Err(_) => match stream.next().await {
                Err(error) => Err(error),
                Ok(_) => Err(Error::new(ErrorKind::Unexpected, "a statement ended without a word").operation("query")),
            },
        }
    }
}

/// The error for a statement that is no query.
fn no_rows() -> Error {
    Error::new(ErrorKind::InvalidConfig, "the statement gives no rows")
}

impl QueryStream {
    /// The columns.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The next rows; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<RecordBatch>> {
        match self.batches.recv().await {
            Some(batch) => batch.map(Some),
            None => match (&mut self.task).await {
                Ok(()) => Ok(None),
                Err(cause) => Err(Error::new(ErrorKind::Panic, "a query ended without a result").caused_by(cause)),
            },
        }
    }
}

impl Drop for QueryStream {
    fn drop(&mut self) {
        self.task.abort();
    }
}
