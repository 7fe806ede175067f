// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Rows of `loads` and `load_tracking_logs`.

use super::{Row, some};
use crate::sql::Sql;
use crate::sql::text::show_time;
use crate::txn::{LoadCounters, LoadSource, TxnInfo, TxnState};

/// A row for each load, and for each table of a transaction over several.
pub(super) fn loads(sql: &Sql) -> Vec<Row> {
    let catalog = sql.engine.catalog();
    let mut rows = Vec::new();
    for txn in sql.engine.transactions() {
        let name = |id: &u64| catalog.table_by_id(*id).map(|(_, table)| table.def().name.clone());
        match txn.table_ids.as_slice() {
            several @ [_, _, ..] => rows.extend(several.iter().map(|id| {
                let counts = txn.by_table.get(id).copied().unwrap_or_default();
                load(&txn, name(id), &counts)
            })),
            one => rows.push(load(&txn, one.first().and_then(name), &txn.counters)),
        }
    }
    rows
}

fn load(txn: &TxnInfo, table: Option<String>, counts: &LoadCounters) -> Row {
    let (state, progress) = match txn.state {
        TxnState::Prepare => ("LOADING", "0%"),
        TxnState::Prepared => ("PREPARED", "100%"),
        TxnState::Committed => ("COMMITED", "100%"),
        TxnState::Visible => ("FINISHED", "100%"),
        TxnState::Aborted => ("CANCELLED", "0%"),
    };
    let kind = match txn.source {
        LoadSource::InsertStreaming => "INSERT",
        LoadSource::FrontendStreaming => "MERGE_COMMIT",
        _ => "STREAM_LOAD",
    };
    let time = |at: Option<i64>| at.map(show_time);
    vec![
        some(txn.id),
        some(&txn.label),
        some(""),
        some(&txn.database),
        table,
        some("root"),
        some("default_warehouse"),
        some(state),
        some(progress),
        some(kind),
        some("NORMAL"),
        some(counts.total),
        some(counts.bytes),
        some(counts.filtered),
        some(counts.unselected),
        some(counts.loaded),
        some("{}"),
        some(show_time(txn.begun)),
        some(show_time(txn.begun)),
        time(txn.committed),
        time(txn.finished),
        some(format!("{{\"timeout\": {}}}", txn.timeout.as_secs())),
        some(&txn.reason),
        some(""),
        None,
        some(txn.id),
    ]
}

/// Rejected rows, a row for each load that has some. A load's job is its transaction, as in `loads`.
pub(super) fn load_tracking_logs(sql: &Sql) -> Vec<Row> {
    let logs = sql.engine.error_logs().into_iter();
    let rows = logs.map(|log| {
        let job = sql.engine.transaction(&log.database, &log.label).ok().flatten().map(|txn| txn.id.to_string());
        vec![job.clone(), job, Some(log.label), Some(log.database), Some(log.text), some("STREAM_LOAD")]
    });
    rows.collect()
}
