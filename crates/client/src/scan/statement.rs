// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Reading a split that is a statement for the MySQL port.

use starrocks_types::{Error, Result, Retry};
use tokio::time::sleep;

use super::plan::wait_before;
use super::tablet::{Output, Shared, Skip};
use crate::query::QueryOptions;

/// Runs a statement to its end. Rows that were given out before are dropped, if they come again as they were; a statement
/// without ORDER BY need not give them so, and fails then.
pub(super) async fn read(shared: &Shared, sql: &str, output: &mut Output) -> Result<()> {
    let mut attempts = 0;
    loop {
        let before = output.rows();
        let Err(error) = attempt(shared, sql, output).await else { return Ok(()) };
        let error = error.with("table", shared.request.place()).with("rows_read", output.rows());
        if output.rows() > before {
            attempts = 0;
        }
        attempts += 1;
        if error.retry_class() != Retry::Safe {
            return Err(error);
        }
        if attempts > shared.options.max_retries {
            return Err(error.retry(Retry::Exhausted).with("attempts", attempts));
        }
        tracing::warn!(%error, attempts, "running the query again");
        sleep(wait_before(attempts)).await;
    }
}

async fn attempt(shared: &Shared, sql: &str, output: &mut Output) -> Result<(), Error> {
    let mut skip = Skip::new(output.rows(), output.settled().await?);
    let options = QueryOptions {
        batch_rows: usize::try_from(shared.options.batch_rows).unwrap_or(usize::MAX),
        read_timeout: shared.options.read_timeout(),
        types: Vec::new(),
    };
    let mut rows = shared.client.query(sql, options).await?;
    while let Some(batch) = rows.next().await? {
        if let Some(batch) = skip.rest_of(batch, &*shared.hash)? {
            output.send(batch).await?;
        }
    }
    skip.end()
}
