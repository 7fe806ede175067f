// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The tasks that cross the JNI boundary as JSON: a request document in, a result document out.
//!
//! Every request has a field `task` and, in `connection`, a [`ConnectionConfig`]. Unknown fields are an error.

mod catalog;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use starrocks_load::RetryPolicy;
use starrocks_types::{Error, ErrorKind, FlinkColumn, Result, StarRocksTable};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::connection::StarRocks;
use crate::lingering::{Lingering, OriginalLabels};
use crate::scan::{ScanOptions, ScanRequest};
use crate::schema::{CheckedSchema, check_schema};
use crate::sink::{Committable, ConnectionConfig, LoadProperties};
use crate::transaction::{TransactionOptions, Wire};
use crate::version::{check_properties, check_shared_transactions};

#[derive(Deserialize)]
#[serde(tag = "task", rename_all = "snake_case", deny_unknown_fields)]
enum Task {
    DescribeTable {
        connection: ConnectionConfig,
        database: String,
        table: String,
    },
    CheckSchema {
        connection: ConnectionConfig,
        database: String,
        table: String,
        columns: Vec<FlinkColumn>,
        #[serde(default)]
        primary_key: Option<Vec<String>>,
        #[serde(default)]
        properties: BTreeMap<String, String>,
        /// Whether loads are part of transactions.
        #[serde(default)]
        in_transaction: bool,
    },
    PlanScan {
        connection: ConnectionConfig,
        request: ScanRequest,
        #[serde(default)]
        options: ScanOptions,
        /// How many splits are wanted at most.
        splits: usize,
    },
    Catalog {
        connection: ConnectionConfig,
        request: catalog::Request,
    },
    ProbeTransactions {
        connection: ConnectionConfig,
    },
    CheckServer {
        connection: ConnectionConfig,
        #[serde(default)]
        properties: BTreeMap<String, String>,
        /// Whether loads are part of transactions.
        #[serde(default)]
        in_transaction: bool,
        /// Whether those are over several tables.
        #[serde(default)]
        shared_transactions: bool,
    },
    LabelState {
        connection: ConnectionConfig,
        database: String,
        label: String,
    },
    Commit {
        connection: ConnectionConfig,
        committables: Vec<Committable>,
        #[serde(default)]
        max_retries: Option<u32>,
        #[serde(default)]
        retry_interval_ms: Option<u64>,
    },
    Abort {
        connection: ConnectionConfig,
        committables: Vec<Committable>,
    },
    AbortOriginal {
        connection: ConnectionConfig,
        labels: Vec<OriginalLabels>,
    },
    AbortLingering {
        connection: ConnectionConfig,
        #[serde(default)]
        database: Option<String>,
        #[serde(default)]
        table: Option<String>,
        label_prefix: String,
        subtask: u32,
        parallelism: u32,
        #[serde(default)]
        restored_checkpoint_id: Option<u64>,
    },
}

#[derive(Serialize)]
struct Described {
    #[serde(flatten)]
    table: StarRocksTable,
    server_version: String,
}

#[derive(Serialize)]
struct Checked {
    #[serde(flatten)]
    schema: CheckedSchema,
    server_version: String,
}

#[derive(Serialize)]
struct Count<'a> {
    #[serde(flatten)]
    counts: BTreeMap<&'a str, u64>,
}

/// Carries out one request. Must run on a tokio runtime with time and I/O.
///
/// | `task` | further fields | result |
/// |---|---|---|
/// | `describe_table` | `database`, `table` | a [`StarRocksTable`] and `server_version` |
/// | `check_schema` | `database`, `table`, `columns`, `primary_key`, `properties`, `in_transaction` | a [`CheckedSchema`] and `server_version` |
/// | `plan_scan` | `request`: a [`ScanRequest`], `options`: [`ScanOptions`], `splits` | `splits`: a list of [`Split`](crate::scan::Split) |
/// | `catalog` | `request`: see the module `catalog` | see there |
/// | `probe_transactions` | | `supported` |
/// | `check_server` | `properties`, `in_transaction`, `shared_transactions` | `server_version`, of a server that is not known to be too old for them |
/// | `label_state` | `database`, `label` | `state` |
/// | `commit` | `committables`, `max_retries`, `retry_interval_ms` | `committed` |
/// | `abort` | `committables` | `aborted` |
/// | `abort_original` | `labels`: where subtasks of the original connector were | `aborted` |
/// | `abort_lingering` | `database` and `table`, or neither for all, `label_prefix`, `subtask`, `parallelism`, `restored_checkpoint_id` | `aborted`, `checked`, `incomplete` |
pub async fn run_task(json: &[u8]) -> Result<Vec<u8>> {
    let task: Task = serde_json::from_slice(json)
        .map_err(|e| Error::new(ErrorKind::InvalidConfig, "the task request cannot be read").caused_by(e))?;
    match task {
        Task::DescribeTable { connection, database, table } => {
            let client = connection.client()?;
            let table = client.describe_table(&database, &table).await?;
            to_json(&Described { table, server_version: client.server_version().await? })
        }
        Task::CheckSchema { connection, database, table, columns, primary_key, properties, in_transaction } => {
            let client = connection.client()?;
            let table = client.describe_table(&database, &table).await?;
            let server_version = client.server_version().await?;
            check_properties(&LoadProperties::new(&properties), &server_version, in_transaction)?;
            let schema = check_schema(&columns, primary_key.as_deref(), &properties, &table)?;
            to_json(&Checked { schema, server_version })
        }
        Task::PlanScan { connection, request, options, splits } => {
            let splits = connection.client()?.scan_splits(&request, &options, splits).await?;
            to_json(&BTreeMap::from([("splits", splits)]))
        }
        Task::Catalog { connection, request } => catalog::run(&connection.client()?, request).await,
        Task::ProbeTransactions { connection } => {
            to_json(&BTreeMap::from([("supported", connection.client()?.probe_transactions().await?)]))
        }
        Task::CheckServer { connection, properties, in_transaction, shared_transactions } => {
            let server_version = connection.client()?.server_version().await?;
            check_properties(&LoadProperties::new(&properties), &server_version, in_transaction)?;
            if shared_transactions {
                check_shared_transactions(&server_version)?;
            }
            to_json(&BTreeMap::from([("server_version", server_version)]))
        }
        Task::LabelState { connection, database, label } => {
            let state = connection.shared_client()?.label_state(&database, &label).await?;
            to_json(&BTreeMap::from([("state", state.word())]))
        }
        Task::Commit { connection, committables, max_retries, retry_interval_ms } => {
            let default = RetryPolicy::default();
            let policy = RetryPolicy {
                max_retries: max_retries.unwrap_or(default.max_retries),
                max_interval_ms: retry_interval_ms.unwrap_or(default.max_interval_ms),
                ..default
            };
            counted("committed", commit(&connection.shared_client()?, committables, policy).await?)
        }
        Task::Abort { connection, committables } => {
            let client = connection.shared_client()?;
            let count = committables.len() as u64;
            for committable in committables {
                client.abort(&committable.database, &committable.table, &committable.label).await?;
            }
            counted("aborted", count)
        }
        Task::AbortOriginal { connection, labels } => {
            let client = connection.shared_client()?;
            let mut aborted = Vec::new();
            for of in labels {
                aborted.extend(client.abort_original(&of).await?.aborted);
            }
            to_json(&BTreeMap::from([("aborted", aborted)]))
        }
        Task::AbortLingering {
            connection,
            database,
            table,
            label_prefix,
            subtask,
            parallelism,
            restored_checkpoint_id,
        } => {
            let table = match (database, table) {
                (Some(database), Some(table)) => Some((database, table)),
                (None, None) => None,
                _ => {
                    let what = "a table needs its database, and a database its table";
                    return Err(Error::new(ErrorKind::InvalidConfig, what).operation("abort lingering transactions"));
                }
            };
            let of = Lingering { table, label_prefix, subtask, parallelism, restored_checkpoint_id };
            to_json(&connection.shared_client()?.abort_lingering(&of).await?)
        }
    }
}

fn counted(what: &str, count: u64) -> Result<Vec<u8>> {
    to_json(&Count { counts: BTreeMap::from([(what, count)]) })
}

fn to_json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value)
        .map_err(|e| Error::new(ErrorKind::Unexpected, "the result cannot be written as JSON").caused_by(e))
}

/// How many commits are under way at once; a restored job may have those of many more writers.
const MAX_COMMITS: usize = 64;

/// Commits all committables. Those of one writer go one after the other, in the order given, because later rows
/// replace earlier ones; writers go in parallel, [`MAX_COMMITS`] at most. All are tried; the first error is reported.
async fn commit(client: &StarRocks, committables: Vec<Committable>, policy: RetryPolicy) -> Result<u64> {
    let mut writers: BTreeMap<(String, String, String), Vec<Committable>> = BTreeMap::new();
    for committable in committables {
        let writer =
            (committable.database.clone(), committable.table.clone(), writer_of(&committable.label).to_owned());
        writers.entry(writer).or_default().push(committable);
    }
    let mut running = JoinSet::new();
    let permits = Arc::new(Semaphore::new(MAX_COMMITS));
    for ((database, table, _), committables) in writers {
        let wire = Wire::new(client.clone(), TransactionOptions { database, table, properties: Vec::new() });
        let permits = Arc::clone(&permits);
        running.spawn(async move {
            let _permit = permits.acquire().await;
            let mut committed = 0;
            for committable in committables {
                let txn_id = (committable.txn_id >= 0).then_some(committable.txn_id);
                wire.commit(&committable.label, txn_id, policy)
                    .await
                    .map_err(|e| e.with("rows", committable.rows).with("bytes", committable.bytes))?;
                committed += 1;
            }
            Ok::<u64, Error>(committed)
        });
    }
    let mut committed = 0;
    let mut first_error = None;
    while let Some(ended) = running.join_next().await {
        match ended {
            Ok(Ok(count)) => committed += count,
            Ok(Err(error)) => {
                first_error.get_or_insert(error);
            }
            Err(error) => {
                first_error
                    .get_or_insert(Error::new(ErrorKind::Panic, "a commit ended without a result").caused_by(error));
            }
        }
    }
    first_error.map_or(Ok(committed), Err)
}

/// `<prefix>-<table>-<subtask>` of a label, or the whole label of others.
fn writer_of(label: &str) -> &str {
    label.rsplitn(4, '-').nth(3).unwrap_or(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_one_writer_go_together() {
        assert_eq!(writer_of("a-b-t-3-17-0r1-1"), "a-b-t-3");
        assert_eq!(writer_of("uuid"), "uuid");
    }

    #[tokio::test]
    async fn requests_that_cannot_be_read_are_refused() {
        for text in ["", "{}", r#"{"task":"dance"}"#, r#"{"task":"probe_transactions","connection":{},"x":1}"#] {
            assert_eq!(run_task(text.as_bytes()).await.unwrap_err().kind(), ErrorKind::InvalidConfig, "{text}");
        }
    }
}
