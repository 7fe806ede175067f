// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Random operations on an engine with a data directory and on one in memory. Wherever the log is cut afterwards, the
//! engine that opens it is in the state that the one in memory had after some prefix of the operations, the longest one
//! that the cut log holds.

#![allow(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int8Array, Int32Array, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::util::display::array_value_to_string;
use proptest::prelude::*;
use serde_json::json;
use starrocks_server::catalog::{AggregateFunction, ColumnDef, DefaultValue, TableDef};
use starrocks_server::clock::Clock;
use starrocks_server::engine::{Engine, EngineConfig, EngineError, EngineResult, TableWrite};
use starrocks_server::persist::DataDir;
use starrocks_server::txn::{BeginTxn, LoadCounters, LoadSource, TxnState};
use starrocks_types::{StarRocksType, TableModel};

const MODELS: [TableModel; 4] =
    [TableModel::Duplicate, TableModel::Primary, TableModel::Primary, TableModel::Aggregate];

const RESTARTED: &str = "the server restarted before the transaction was prepared";

/// Small numbers name databases, tables and labels, so that operations meet.
#[derive(Debug, Clone)]
enum Op {
    CreateDatabase(u8),
    DropDatabase(u8),
    CreateTable(u8, u8),
    DropTable(u8, u8),
    RenameTable(u8, u8, u8),
    Truncate(u8, u8),
    AddColumn(u8, u8),
    DropColumn(u8, u8),
    Begin { database: u8, table: u8, label: u8 },
    Stage { label: u8, table: u8, rows: Vec<(i32, i64, bool)>, many: bool },
    Prepare(u8),
    Commit(u8),
    Abort(u8),
    StageOverwrite(u8, u8),
    Settings(usize),
    Metadata(u8, Option<i64>),
    Sweep,
    Restart,
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let (db, t, l) = (0..2u8, 0..3u8, 0..4u8);
    let row = (0..12i32, -5..100i64, prop::bool::weighted(0.3));
    let op = prop_oneof![
        1 => db.clone().prop_map(Op::CreateDatabase),
        1 => db.clone().prop_map(Op::DropDatabase),
        4 => (db.clone(), t.clone()).prop_map(|(d, t)| Op::CreateTable(d, t)),
        1 => (db.clone(), t.clone()).prop_map(|(d, t)| Op::DropTable(d, t)),
        1 => (db.clone(), t.clone(), t.clone()).prop_map(|(d, t, n)| Op::RenameTable(d, t, n)),
        1 => (db.clone(), t.clone()).prop_map(|(d, t)| Op::Truncate(d, t)),
        1 => (db.clone(), t.clone()).prop_map(|(d, t)| Op::AddColumn(d, t)),
        1 => (db.clone(), t.clone()).prop_map(|(d, t)| Op::DropColumn(d, t)),
        8 => (db.clone(), t.clone(), l.clone())
            .prop_map(|(database, table, label)| Op::Begin { database, table, label }),
        12 => (l.clone(), t.clone(), prop::collection::vec(row, 1..8), prop::bool::weighted(0.3))
            .prop_map(|(label, table, rows, many)| Op::Stage { label, table, rows, many }),
        6 => l.clone().prop_map(Op::Prepare),
        8 => l.clone().prop_map(Op::Commit),
        2 => l.clone().prop_map(Op::Abort),
        2 => (l, t).prop_map(|(l, t)| Op::StageOverwrite(l, t)),
        1 => (1..9usize).prop_map(Op::Settings),
        2 => (0..3u8, prop::option::of(any::<i64>())).prop_map(|(k, v)| Op::Metadata(k, v)),
        2 => Just(Op::Sweep),
        1 => Just(Op::Restart),
    ];
    // Without a first table most sequences would do nothing.
    prop::collection::vec(op, 20..80).prop_map(|mut ops| {
        ops.splice(0..0, [Op::CreateDatabase(0), Op::CreateTable(0, 0), Op::CreateTable(0, 1)]);
        ops
    })
}

fn config() -> EngineConfig {
    EngineConfig { clock: Clock::frozen_at(1_000_000_000), ..EngineConfig::default() }
}

fn open(dir: &Path) -> Engine {
    let dir = DataDir { snapshot_bytes: 12_000, inline_bytes: 2_000, ..DataDir::new(dir) };
    Engine::open(config(), dir).unwrap()
}

fn database(n: u8) -> String {
    format!("d{n}")
}

fn table(n: u8) -> String {
    format!("t{n}")
}

/// The newest transaction with that label in either database that is not over, or else any.
fn find(engine: &Engine, label: u8) -> i64 {
    let name = format!("l{label}");
    let txns = engine.transactions();
    let mut named = txns.iter().rev().filter(|txn| txn.label == name);
    named.clone().find(|txn| !txn.state.is_final()).or(named.next()).map_or(0, |txn| txn.id)
}

fn run(engine: &Engine, op: &Op) -> EngineResult<()> {
    match op {
        Op::CreateDatabase(d) => engine.create_database(&database(*d)).map(|_| ()),
        Op::DropDatabase(d) => engine.drop_database(&database(*d)),
        Op::CreateTable(d, t) => {
            let model = MODELS[usize::from(d * 3 + t) % MODELS.len()];
            let mut value = ColumnDef::new("v", StarRocksType::BigInt);
            value.aggregate = (model == TableModel::Aggregate).then_some(AggregateFunction::Sum);
            let columns = vec![ColumnDef::key("id", StarRocksType::Int), value];
            engine.create_table(&database(*d), TableDef::new(table(*t), model, columns)).map(|_| ())
        }
        Op::DropTable(d, t) => engine.drop_table(&database(*d), &table(*t)),
        Op::RenameTable(d, t, new) => engine.rename_table(&database(*d), &table(*t), &table(*new)),
        Op::Truncate(d, t) => engine.truncate_table(&database(*d), &table(*t)),
        Op::AddColumn(d, t) => {
            let add = |def: &mut TableDef| {
                let mut column = ColumnDef::new(format!("c{}", def.next_column_id), StarRocksType::Varchar(10));
                column.id = u32::MAX;
                column.default = Some(DefaultValue::Literal("hi".into()));
                column.aggregate = (def.model == TableModel::Aggregate).then_some(AggregateFunction::Max);
                def.columns.insert(1, column);
                Ok(())
            };
            engine.alter_table(&database(*d), &table(*t), add).map(|_| ())
        }
        Op::DropColumn(d, t) => {
            let drop = |def: &mut TableDef| {
                let added = def.columns.iter().position(|c| c.name.starts_with('c'));
                def.columns.remove(added.ok_or_else(|| EngineError::Invalid("nothing to drop".into()))?);
                Ok(())
            };
            engine.alter_table(&database(*d), &table(*t), drop).map(|_| ())
        }
        Op::Begin { database: d, table: t, label } => {
            let begin = BeginTxn {
                database: database(*d),
                table: Some(table(*t)),
                label: format!("l{label}"),
                source: LoadSource::BackendStreaming,
                coordinator: "BE: 127.0.0.1".into(),
                timeout: None,
                idle_timeout: None,
            };
            engine.begin(begin).map(|_| ())
        }
        Op::Stage { label, table: t, rows, many } => {
            let id = find(engine, *label);
            let Some(txn) = engine.transaction_by_id(id) else { return Err(EngineError::UnknownTransaction(id)) };
            let table = engine.table(&txn.database, &table(*t))?;
            let write = write(engine, &table, rows, *many)?;
            let counters = LoadCounters { loaded: rows.len() as u64, ..LoadCounters::default() };
            engine.stage(id, vec![write], &counters)
        }
        Op::Prepare(label) => engine.prepare(find(engine, *label), None),
        Op::Commit(label) => engine.commit(find(engine, *label)).map(|_| ()),
        Op::Abort(label) => engine.abort(find(engine, *label), "test"),
        // All rows of the table again, in one segment of the same arrays if it has one.
        Op::StageOverwrite(label, t) => {
            let id = find(engine, *label);
            let Some(txn) = engine.transaction_by_id(id) else { return Err(EngineError::UnknownTransaction(id)) };
            let table = engine.table(&txn.database, &table(*t))?;
            let write = TableWrite::overwrite(&table, table.batches()?.to_vec());
            engine.stage(id, vec![write], &LoadCounters::default())
        }
        Op::Settings(n) => engine.update_settings(|s| s.max_running_txn_num_per_db = *n),
        Op::Metadata(key, value) => engine.set_metadata(&format!("k/{key}"), value.map(|v| json!({ "v": v }))),
        Op::Sweep => {
            engine.sweep();
            Ok(())
        }
        Op::Restart => Ok(()),
    }
}

fn write(
    engine: &Engine,
    table: &starrocks_server::storage::Table,
    rows: &[(i32, i64, bool)],
    many: bool,
) -> EngineResult<TableWrite> {
    // Enough for a file of its own.
    let repeat = if many { 60 } else { 1 };
    let rows = || (0..repeat).flat_map(|n| rows.iter().map(move |&(id, v, delete)| (id + n * 7, v, delete)));
    let ids: ArrayRef = Arc::new(Int32Array::from_iter_values(rows().map(|r| r.0)));
    let values: ArrayRef = Arc::new(Int64Array::from_iter_values(rows().map(|r| r.1)));
    let given = RecordBatch::try_from_iter([("id", ids), ("v", values)])?;
    let last = table.def().columns.len() - 1;
    let whole = engine.complete_rows(table, &[0, last], &given, 0)?.batch;
    if table.def().model != TableModel::Primary {
        return Ok(TableWrite::rows(table, vec![whole]));
    }
    let mut fields: Vec<_> = table.schema().fields().iter().cloned().collect();
    fields.push(Arc::new(Field::new("__op", DataType::Int8, false)));
    let mut columns = whole.columns().to_vec();
    columns.push(Arc::new(Int8Array::from_iter_values(rows().map(|r| i8::from(r.2)))));
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?;
    Ok(TableWrite { has_op: true, ..TableWrite::rows(table, vec![batch]) })
}

/// What a restart does to running transactions.
fn abort_running(engine: &Engine) {
    for txn in engine.transactions().iter().filter(|txn| txn.state == TxnState::Prepare) {
        engine.abort(txn.id, RESTARTED).unwrap();
    }
}

/// Everything that can be seen of an engine.
fn describe(engine: &Engine) -> String {
    let mut text = String::new();
    for database in engine.catalog().databases() {
        writeln!(text, "database {} {} {}", database.id, database.name, database.created).unwrap();
        for table in database.tables() {
            writeln!(text, "{:?} version {} at {}", table.def(), table.version(), table.version_time()).unwrap();
            for batch in table.batches().unwrap().iter() {
                for row in 0..batch.num_rows() {
                    let values = batch.columns().iter().map(|column| array_value_to_string(column, row).unwrap());
                    writeln!(text, "{:?}", values.collect::<Vec<_>>()).unwrap();
                }
            }
        }
    }
    for mut txn in engine.transactions() {
        if txn.reason == RESTARTED {
            // What it staged left no trace.
            txn.counters = LoadCounters::default();
            txn.by_table.clear();
            txn.table_ids = Vec::new();
        }
        writeln!(text, "{txn:?}").unwrap();
    }
    writeln!(text, "{:?} {:?}", engine.settings(), engine.metadata("")).unwrap();
    text
}

/// Length of a log without records: its header.
const EMPTY_LOG: u64 = 16;

/// The last log and its length.
fn log_end(dir: &Path) -> (PathBuf, u64) {
    let paths = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let last = paths.filter(|path| path.extension().is_some_and(|e| e == "log")).max().unwrap();
    let length = fs::metadata(&last).unwrap().len();
    (last, length)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_log_cut_anywhere_holds_the_operations_before_the_cut(ops in ops(), cuts in prop::collection::vec(0.0..1.0f64, 4)) {
        let dir = tempfile::tempdir().unwrap();
        let mut engine = open(dir.path());
        let model = Engine::new(config());
        // After each operation: where the log ended and how many operations that is.
        let mut ends = vec![(log_end(dir.path()), 0)];
        // What was there when the directory was opened is durable, and so is the removal of blocks that it no longer needs.
        let mut durable = (PathBuf::new(), 0);
        for (done, op) in ops.iter().enumerate() {
            let expected = run(&model, op).map_err(|e| e.to_string());
            prop_assert_eq!(run(&engine, op).map_err(|e| e.to_string()), expected, "{:?}", op);
            if let Op::Restart = op {
                abort_running(&model);
                drop(engine);
                engine = open(dir.path());
                durable = log_end(dir.path());
            }
            prop_assert_eq!(describe(&engine), describe(&model), "after {:?}", op);
            let (log, length) = log_end(dir.path());
            // An operation that ends with a snapshot is in it, and so does not depend on the empty log behind it.
            let in_snapshot = length == EMPTY_LOG && ends.last().is_some_and(|((before, _), _)| *before != log);
            ends.push(((log, if in_snapshot { 0 } else { length }), done + 1));
        }
        drop(engine);
        let (log, length) = log_end(dir.path());
        let bytes = fs::read(&log).unwrap();
        for cut in cuts {
            let kept = if durable.0 == log { durable.1 } else { 0 };
            let cut = kept + ((length - kept) as f64 * cut) as u64;
            fs::write(&log, &bytes[..cut as usize]).unwrap();
            let whole = ends.iter().filter(|((path, end), _)| *path < log || *end <= cut);
            let done = whole.map(|(_, done)| *done).max().unwrap_or(0);
            let model = Engine::new(config());
            for op in &ops[..done] {
                let _ = run(&model, op);
                if let Op::Restart = op {
                    abort_running(&model);
                }
            }
            abort_running(&model);
            // Opening removes what only the cut records need, so each cut has its own copy.
            let copy = copy_of(dir.path());
            let engine = open(copy.path());
            prop_assert_eq!(describe(&engine), describe(&model), "cut at {} of {}, {} operations", cut, length, done);
            for txn in model.transactions().iter().filter(|txn| txn.state == TxnState::Prepared) {
                let expected = model.commit(txn.id).map_err(|e| e.to_string());
                prop_assert_eq!(engine.commit(txn.id).map_err(|e| e.to_string()), expected);
            }
            drop(engine);
            prop_assert_eq!(describe(&open(copy.path())), describe(&model), "prepared rows after the cut at {}", cut);
        }
    }
}

fn copy_of(dir: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for sub in ["", "blocks"] {
        fs::create_dir_all(copy.path().join(sub)).unwrap();
        for entry in fs::read_dir(dir.join(sub)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                fs::copy(&path, copy.path().join(sub).join(path.file_name().unwrap())).unwrap();
            }
        }
    }
    copy
}
