// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Jobs, loads and transactions.

use super::{Row, columns, filter, some};
use crate::mysql::Column;
use crate::sql::ast::{Filter, Name};
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::text::show_time;
use crate::sql::{Response, Session, Sql};
use crate::txn::{LoadSource, TxnInfo, TxnState};

/// SHOW ALTER TABLE.
pub(super) fn alter_jobs(
    sql: &Sql,
    session: &Session,
    kind: &str,
    database: Option<String>,
    filter: &Filter,
) -> SqlResult<Response> {
    let name = database.map(|name| Name { catalog: None, database: None, name });
    let database = super::database_of(sql, session, name.as_ref())?;
    if kind != "COLUMN" {
        let recorded = if kind == "OPTIMIZE" { "ALTER TABLE OPTIMIZE" } else { "ALTER TABLE ROLLUP" };
        return filter::answer(columns(recorded), Vec::new(), filter);
    }
    sql.finish_alter_jobs();
    let now = sql.engine.clock().now();
    let jobs = sql.shared().jobs.clone();
    let rows = jobs.into_iter().filter(|job| job.database == database).map(|job| {
        vec![
            some(job.id),
            some(&job.table),
            some(show_time(job.created)),
            job.ended().map(show_time),
            some(&job.table),
            some(if job.rewritten { job.id + 1 } else { job.table_id + 1 }),
            some(job.table_id + 1),
            some(format!("{}:{}", job.schema_version, job.table_id.wrapping_mul(2_654_435_761) % 2_147_483_647)),
            some(job.txn_id()),
            some(job.state(now)),
            some(job.message()),
            None,
            some(if job.rewritten { "86400" } else { "1" }),
        ]
    });
    let columns = columns("ALTER TABLE COLUMN");
    let known = |name: &str| columns.iter().any(|c| c.name.eq_ignore_ascii_case(name));
    let refused = |text: String| SqlError::analyzing_coded(5064, "HY000", text);
    const SUPPORTED: [&str; 4] = ["TableName", "CreateTime", "FinishTime", "State"];
    if let Some(condition) = &filter.condition
        && !filter::names(condition)?.iter().all(|name| SUPPORTED.iter().any(|s| s.eq_ignore_ascii_case(name)))
    {
        return Err(refused("The columns of TableName/CreateTime/FinishTime/State are supported.".to_owned()));
    }
    if let Some((unknown, _)) = filter.order_by.iter().find(|(name, _)| !known(name)) {
        return Err(refused(format!("Title name[{unknown}] does not exist")));
    }
    filter::answer(columns.clone(), rows.collect(), filter)
}

fn of_database(sql: &Sql, database: &str) -> Vec<TxnInfo> {
    sql.engine.transactions().into_iter().filter(|t| t.database == database).collect()
}

/// SHOW LOAD: the INSERTs, as the FE lists no stream loads there.
pub(super) fn loads(sql: &Sql, session: &Session, database: Option<String>, filter: &Filter) -> SqlResult<Response> {
    let name = database.map(|name| Name { catalog: None, database: None, name });
    let database = super::database_of(sql, session, name.as_ref())?;
    let inserts = of_database(sql, &database).into_iter().filter(|t| t.source == LoadSource::InsertStreaming);
    let rows = inserts.map(|txn| {
        let (state, progress) = match txn.state {
            TxnState::Visible | TxnState::Committed => ("FINISHED", "ETL:100%; LOAD:100%"),
            TxnState::Aborted => ("CANCELLED", "ETL:N/A; LOAD:N/A"),
            TxnState::Prepare | TxnState::Prepared => ("LOADING", "ETL:100%; LOAD:0%"),
        };
        let begun = show_time(txn.begun);
        let error = if txn.reason.is_empty() { None } else { some(format!("type:LOAD_RUN_FAIL; msg:{}", txn.reason)) };
        vec![
            some(txn.id),
            some(&txn.label),
            some(state),
            some(progress),
            some("INSERT"),
            some("NORMAL"),
            some(txn.counters.total),
            some(txn.counters.filtered),
            some(txn.counters.unselected),
            some(txn.counters.loaded),
            None,
            some(format!("resource:N/A; timeout(s):{}; max_filter_ratio:0.0", txn.timeout.as_secs())),
            error,
            some(&begun),
            some(&begun),
            some(&begun),
            some(&begun),
            txn.finished.map(show_time),
            some(""),
            some(details(&txn)),
            some(""),
        ]
    });
    filter::answer(columns("LOAD"), rows.collect(), filter)
}

/// Files, bytes and rows of a load, for tools that show its progress.
fn details(txn: &TxnInfo) -> serde_json::Value {
    serde_json::json!({
        "All backends": {},
        "FileNumber": 0,
        "FileSize": 0,
        "InternalTableLoadBytes": txn.counters.bytes,
        "InternalTableLoadRows": txn.counters.loaded,
        "ScanBytes": txn.counters.bytes,
        "ScanRows": txn.counters.total,
        "TaskNumber": 1,
        "Unfinished backends": {},
    })
}

fn transaction_columns() -> Vec<Column> {
    [
        "TransactionId",
        "Label",
        "Coordinator",
        "TransactionStatus",
        "LoadJobSourceType",
        "PrepareTime",
        "PreparedTime",
        "CommitTime",
        "PublishTime",
        "FinishTime",
        "Reason",
        "ErrorReplicasCount",
        "ListenerId",
        "TimeoutMs",
        "PreparedTimeoutMs",
        "ErrMsg",
    ]
    .map(|name| Column::varchar(name, 30))
    .to_vec()
}

fn transaction_row(txn: &TxnInfo) -> Row {
    let time = |at: Option<i64>| at.map(show_time);
    vec![
        some(txn.id),
        some(&txn.label),
        some(&txn.coordinator),
        some(txn.state.name()),
        some(txn.source.name()),
        some(show_time(txn.begun)),
        time(txn.prepared),
        time(txn.committed),
        time(txn.committed),
        time(txn.finished),
        some(&txn.reason),
        some("0"),
        some("-1"),
        some(txn.timeout.as_millis()),
        some(txn.prepared_timeout.as_millis()),
        some(""),
    ]
}

/// SHOW TRANSACTION.
pub(super) fn transaction(
    sql: &Sql,
    session: &Session,
    database: Option<String>,
    id: Option<i64>,
) -> SqlResult<Response> {
    let name = database.map(|name| Name { catalog: None, database: None, name });
    let database = super::database_of(sql, session, name.as_ref())?;
    let id = id.ok_or_else(|| SqlError::analyzing("should supply condition like: ID = $transaction_id"))?;
    let found = of_database(sql, &database).into_iter().find(|t| t.id == id);
    let found = found.ok_or_else(|| SqlError::analyzing(format_args!("transaction with id {id} does not exist")))?;
    Ok(Response::texts(transaction_columns(), vec![transaction_row(&found)]))
}

/// SHOW PROC: the root, databases and transactions.
pub(super) fn proc(sql: &Sql, session: &Session, path: &str) -> SqlResult<Response> {
    let parts: Vec<&str> = path.trim_matches('/').split('/').filter(|p| !p.is_empty()).collect();
    let unknown = || SqlError::plain(format!("Proc path '{path}' doesn't exist"));
    match parts.as_slice() {
        [] => {
            let names = ["backends", "dbs", "frontends", "transactions"].map(|n| vec![some(n)]);
            Ok(Response::texts(vec![Column::varchar("name", 30)], names.to_vec()))
        }
        ["frontends"] => super::cluster::fixed(sql, session, "FRONTENDS"),
        ["backends"] => super::cluster::fixed(sql, session, "BACKENDS"),
        ["dbs"] => {
            let names = ["DbId", "DbName", "TableNum", "Quota", "LastConsistencyCheckTime", "ReplicaQuota"];
            let catalog = sql.engine.catalog();
            let rows = catalog.databases().map(|d| {
                let tables = d.tables().count();
                vec![some(d.id), some(&d.name), some(tables), some("8388608.000 TB"), None, some(i64::MAX)]
            });
            Ok(Response::texts(names.map(|n| Column::varchar(n, 30)).to_vec(), rows.collect()))
        }
        ["transactions"] => {
            let catalog = sql.engine.catalog();
            let rows = catalog.databases().map(|d| vec![some(d.id), some(&d.name)]).collect();
            Ok(Response::texts(["DbId", "DbName"].map(|n| Column::varchar(n, 30)).to_vec(), rows))
        }
        ["transactions", database, rest @ ..] => {
            let catalog = sql.engine.catalog();
            let home = catalog
                .databases()
                .find(|d| d.name == *database || d.id.to_string() == *database)
                .ok_or_else(unknown)?;
            let all = of_database(sql, &home.name);
            let (running, finished): (Vec<_>, Vec<_>) = all.into_iter().partition(|t| !t.state.is_final());
            match rest {
                [] => {
                    let rows =
                        vec![vec![some("running"), some(running.len())], vec![some("finished"), some(finished.len())]];
                    Ok(Response::texts(["State", "Number"].map(|n| Column::varchar(n, 30)).to_vec(), rows))
                }
                ["running"] => {
                    Ok(Response::texts(transaction_columns(), running.iter().map(transaction_row).collect()))
                }
                ["finished"] => {
                    // The newest first, as the FE lists them.
                    let rows = finished.iter().rev().map(transaction_row).collect();
                    Ok(Response::texts(transaction_columns(), rows))
                }
                _ => Err(unknown()),
            }
        }
        _ => Err(unknown()),
    }
}
