// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Statements over the MySQL port: rows of texts.

use std::sync::Arc;
use std::time::Duration;

use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, QueryResult, Row, TextProtocol, Value};
use starrocks_types::{Error, ErrorKind, Result, Retry};
use tokio::time::timeout;

use super::column::{self, ColumnBuilder};
use super::{Output, QueryOptions, no_rows};
use crate::metadata::explain;

/// A batch ends after so many bytes of text, however few rows they are.
const BATCH_BYTES: usize = 8 << 20;

/// A statement to run.
pub(super) struct Run {
    pub(super) sql: String,
    pub(super) options: QueryOptions,
    pub(super) address: String,
}

impl Run {
    pub(super) async fn stream(self, mut connection: Conn, output: &mut Output) -> Result<()> {
        let result = self.within(connection.query_iter(self.sql.as_str())).await?;
        self.rows(result, output).await?;
        // The rows are complete; a good-bye that fails changes nothing.
        let _ = timeout(Duration::from_secs(1), connection.disconnect()).await;
        Ok(())
    }

    async fn rows(&self, mut result: QueryResult<'_, '_, TextProtocol>, output: &mut Output) -> Result<()> {
        let columns = result.columns_ref().to_vec();
        if columns.is_empty() {
            return Err(self.locate(no_rows()));
        }
        let fields = columns.iter().enumerate().map(|(at, column)| {
            let data_type = self.options.declared(at).unwrap_or_else(|| column::natural_type(column));
            Field::new(column.name_str(), data_type, true)
        });
        let described = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let mut building = Building::new(&described).map_err(|e| self.locate(e))?;
        if output.describe(&described).is_err() {
            return Ok(());
        }
        while let Some(row) = self.within(result.next()).await? {
            building.push(row).map_err(|e| self.locate(e))?;
            if building.rows >= self.options.batch_rows || building.bytes >= BATCH_BYTES {
                let batch = building.finish(&described).map_err(|e| self.locate(e))?;
                if output.send(batch).await.is_err() {
                    return Ok(());
                }
            }
        }
        if building.rows > 0 {
            let batch = building.finish(&described).map_err(|e| self.locate(e))?;
            let _ = output.send(batch).await;
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
