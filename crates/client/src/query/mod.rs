// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Statements over the MySQL port whose rows come as Arrow record batches: counts, aggregates, views, point queries,
//! everything that is no scan of one table.
//!
//! Rows stream: there are never more of them in memory than a few batches.

mod column;

use std::sync::Arc;
use std::time::Duration;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, QueryResult, Row, TextProtocol, Value};
use starrocks_types::{Error, ErrorKind, Result, Retry};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use self::column::ColumnBuilder;
use crate::connection::StarRocks;
use crate::metadata::explain;

/// A batch ends after so many bytes of text, however few rows they are.
const BATCH_BYTES: usize = 8 << 20;

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
    /// decimals; ARRAY, MAP, STRUCT and JSON come as the text that the server writes.
    pub async fn query(&self, sql: &str, options: QueryOptions) -> Result<QueryStream> {
        if options.batch_rows == 0 {
            return Err(Error::new(ErrorKind::InvalidConfig, "a batch has one row at least"));
        }
        let (connection, address) = self.metadata().connect().await.map_err(|error| match error.kind() {
            ErrorKind::Network | ErrorKind::Timeout => error.retry(Retry::Safe),
            _ => error,
        })?;
        let (schema_sender, schema) = oneshot::channel();
        let (sender, batches) = mpsc::channel(1);
        let run = Run { sql: sql.to_owned(), options, address };
        let task = tokio::spawn(async move {
            if let Err(error) = run.stream(connection, schema_sender, &sender).await {
                // Nobody listens to a stream that was dropped.
                let _ = sender.send(Err(error)).await;
            }
        });
        let mut stream = QueryStream { schema: Arc::new(Schema::empty()), batches, task };
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

/// A statement to run.
struct Run {
    sql: String,
    options: QueryOptions,
    address: String,
}

impl Run {
    async fn stream(
        self,
        mut connection: Conn,
        schema: oneshot::Sender<SchemaRef>,
        batches: &mpsc::Sender<Result<RecordBatch>>,
    ) -> Result<()> {
        let result = self.within(connection.query_iter(self.sql.as_str())).await?;
        self.rows(result, schema, batches).await?;
        // The rows are complete; a good-bye that fails changes nothing.
        let _ = timeout(Duration::from_secs(1), connection.disconnect()).await;
        Ok(())
    }

    async fn rows(
        &self,
        mut result: QueryResult<'_, '_, TextProtocol>,
        schema: oneshot::Sender<SchemaRef>,
        batches: &mpsc::Sender<Result<RecordBatch>>,
    ) -> Result<()> {
        let columns = result.columns_ref().to_vec();
        if columns.is_empty() {
            return Err(self.locate(Error::new(ErrorKind::InvalidConfig, "the statement gives no rows")));
        }
        let declared = |at: usize| self.options.types.get(at).cloned().flatten();
        let fields = columns.iter().enumerate().map(|(at, column)| {
            let data_type = declared(at).unwrap_or_else(|| column::natural_type(column));
            Field::new(column.name_str(), data_type, true)
        });
        let described = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let mut building = Building::new(&described).map_err(|e| self.locate(e))?;
        if schema.send(Arc::clone(&described)).is_err() {
            return Ok(());
        }
        while let Some(row) = self.within(result.next()).await? {
            building.push(row).map_err(|e| self.locate(e))?;
            if building.rows >= self.options.batch_rows || building.bytes >= BATCH_BYTES {
                let batch = building.finish(&described).map_err(|e| self.locate(e))?;
                if batches.send(Ok(batch)).await.is_err() {
                    return Ok(());
                }
            }
        }
        if building.rows > 0 {
            let batch = building.finish(&described).map_err(|e| self.locate(e))?;
            let _ = batches.send(Ok(batch)).await;
        }
        Ok(())
    }

    async fn within<T>(&self, step: impl Future<Output = Result<T, mysql_async::Error>>) -> Result<T> {
        match timeout(self.options.read_timeout, step).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(cause)) => {
                let lost = matches!(cause, mysql_async::Error::Io(_));
                let error = self.locate(explain(cause));
                Err(if lost { error.retry(Retry::Safe) } else { error })
            }
            Err(_) => Err(self.locate(
                Error::new(ErrorKind::Timeout, "the server did not answer in time")
                    .with("timeout_ms", self.options.read_timeout.as_millis())
                    .retry(Retry::Safe),
            )),
        }
    }

    fn locate(&self, error: Error) -> Error {
        error.operation("query").with("fe", &self.address)
    }
}

/// A batch that grows.
struct Building {
    columns: Vec<ColumnBuilder>,
    rows: usize,
    bytes: usize,
    /// Rows of earlier batches.
    before: u64,
}

impl Building {
    fn new(schema: &Schema) -> Result<Self> {
        let columns = schema.fields().iter().map(|field| ColumnBuilder::new(field)).collect::<Result<_>>()?;
        Ok(Self { columns, rows: 0, bytes: 0, before: 0 })
    }

    fn push(&mut self, row: Row) -> Result<()> {
        let values = row.unwrap_raw();
        if values.len() != self.columns.len() {
            return Err(Error::new(ErrorKind::Protocol, "a row has other columns than the result"));
        }
        let number = self.before + self.rows as u64;
        for (column, value) in self.columns.iter_mut().zip(values) {
            let pushed = match value {
                Some(Value::Bytes(bytes)) => {
                    self.bytes += bytes.len();
                    column.push(Some(&bytes))
                }
                Some(Value::NULL) | None => column.push(None),
                Some(_) => Err(Error::new(ErrorKind::Protocol, "the server sent a value that is no text")),
            };
            pushed.map_err(|e| e.with("row", number))?;
        }
        self.rows += 1;
        Ok(())
    }

    fn finish(&mut self, schema: &SchemaRef) -> Result<RecordBatch> {
        let columns = self.columns.iter_mut().map(ColumnBuilder::finish).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        self.before += self.rows as u64;
        (self.rows, self.bytes) = (0, 0);
        RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)
            .map_err(|cause| Error::new(ErrorKind::Unexpected, "the columns do not make a batch").caused_by(cause))
    }
}
