// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The data directory: what is there after a restart, and which directories are refused.

#![allow(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arrow::array::{ArrayRef, AsArray, Int8Array, Int32Array, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Int64Type, Schema};
use serde_json::json;
use starrocks_server::catalog::{ColumnDef, TableDef};
use starrocks_server::clock::Clock;
use starrocks_server::engine::{Committed, Engine, EngineConfig, EngineError, TableWrite};
use starrocks_server::persist::{DataDir, OpenError};
use starrocks_server::txn::{BeginTxn, LoadCounters, LoadSource, TxnState};
use starrocks_types::{StarRocksType, TableModel};

fn open(dir: &Path) -> Result<Engine, OpenError> {
    open_with(DataDir::new(dir))
}

fn open_with(dir: DataDir) -> Result<Engine, OpenError> {
    Engine::open(EngineConfig { clock: Clock::frozen_at(1_000_000_000), ..EngineConfig::default() }, dir)
}

fn create_table(engine: &Engine, model: TableModel) {
    let columns = vec![ColumnDef::key("id", StarRocksType::Int), ColumnDef::new("v", StarRocksType::BigInt)];
    engine.create_database("d").unwrap();
    engine.create_table("d", TableDef::new("t", model, columns)).unwrap();
}

fn begin(engine: &Engine, label: &str) -> i64 {
    let begin = BeginTxn {
        database: "d".into(),
        table: Some("t".into()),
        label: label.into(),
        source: LoadSource::BackendStreaming,
        coordinator: "BE: 127.0.0.1".into(),
        timeout: None,
        idle_timeout: None,
    };
    engine.begin(begin).unwrap()
}

fn stage(engine: &Engine, txn: i64, rows: impl Iterator<Item = (i32, i64)>, deletes: Option<i8>) {
    let table = engine.table("d", "t").unwrap();
    let (ids, values): (Vec<i32>, Vec<i64>) = rows.unzip();
    let count = ids.len();
    let mut columns: Vec<ArrayRef> = vec![Arc::new(Int32Array::from(ids)), Arc::new(Int64Array::from(values))];
    let mut fields: Vec<_> = table.schema().fields().iter().cloned().collect();
    if let Some(op) = deletes {
        columns.push(Arc::new(Int8Array::from(vec![op; count])));
        fields.push(Arc::new(Field::new("__op", DataType::Int8, false)));
    }
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
    let write = TableWrite { has_op: deletes.is_some(), ..TableWrite::rows(&table, vec![batch]) };
    let counters = LoadCounters { total: count as u64, loaded: count as u64, ..LoadCounters::default() };
    engine.stage(txn, vec![write], &counters).unwrap();
}

fn load(engine: &Engine, label: &str, rows: impl Iterator<Item = (i32, i64)>) -> i64 {
    let txn = begin(engine, label);
    stage(engine, txn, rows, None);
    engine.commit(txn).unwrap();
    txn
}

fn read(engine: &Engine) -> Vec<(i32, i64)> {
    let batches = engine.table("d", "t").unwrap().batches().unwrap();
    let rows = batches.iter().flat_map(|batch| {
        let ids = batch.column(0).as_primitive::<arrow::datatypes::Int32Type>().values().to_vec();
        ids.into_iter().zip(batch.column(1).as_primitive::<Int64Type>().values().to_vec())
    });
    rows.collect()
}

fn state(engine: &Engine, label: &str) -> Option<TxnState> {
    engine.transaction("d", label).unwrap().map(|txn| txn.state)
}

fn files(dir: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == extension));
    files.sort();
    files
}

#[test]
fn a_restart_keeps_what_was_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(dir.path()).unwrap();
    create_table(&engine, TableModel::Primary);
    load(&engine, "one", [(1, 10), (2, 20), (3, 30)].into_iter());
    let deletes = begin(&engine, "deletes");
    stage(&engine, deletes, [(2, 0)].into_iter(), Some(1));
    engine.commit(deletes).unwrap();
    // Many rows, which go to a file, and few, which go into the log.
    let prepared = begin(&engine, "prepared");
    stage(&engine, prepared, (100..40_100).map(|i| (i, 1)), None);
    stage(&engine, prepared, [(1, 11)].into_iter(), None);
    engine.prepare(prepared, Some(Duration::from_secs(77))).unwrap();
    let running = begin(&engine, "running");
    stage(&engine, running, [(9, 9)].into_iter(), None);
    let rolled_back = begin(&engine, "rolled back".replace(' ', "_").as_str());
    stage(&engine, rolled_back, [(8, 8)].into_iter(), None);
    engine.prepare(rolled_back, None).unwrap();
    engine.abort(rolled_back, "because").unwrap();
    engine.update_settings(|s| s.label_keep_max_num = 17).unwrap();
    engine.set_metadata("user/a", Some(json!({"grants": [1, 2]}))).unwrap();
    engine.set_metadata("user/b", Some(json!(null))).unwrap();
    engine.set_metadata("user/b", None).unwrap();
    let before = engine.table("d", "t").unwrap();
    drop(engine);

    let engine = open(dir.path()).unwrap();
    assert_eq!(read(&engine), [(1, 10), (3, 30)]);
    let table = engine.table("d", "t").unwrap();
    assert_eq!((table.def(), table.version()), (before.def(), before.version()));
    assert_eq!(state(&engine, "one"), Some(TxnState::Visible));
    let txn = engine.transaction("d", "prepared").unwrap().unwrap();
    assert_eq!((txn.state, txn.prepared_timeout), (TxnState::Prepared, Duration::from_secs(77)));
    assert_eq!(txn.counters.loaded, 40_001);
    let txn = engine.transaction("d", "running").unwrap().unwrap();
    assert_eq!(txn.state, TxnState::Aborted);
    assert_eq!(txn.reason, "the server restarted before the transaction was prepared");
    assert_eq!(engine.transaction("d", "rolled_back").unwrap().unwrap().reason, "because");
    assert_eq!(engine.settings().label_keep_max_num, 17);
    assert_eq!(engine.metadata("user/"), BTreeMap::from([("user/a".to_owned(), json!({"grants": [1, 2]}))]));

    assert_eq!(engine.commit(prepared).unwrap(), Committed::Now);
    let rows = read(&engine);
    assert_eq!((rows.len(), rows[0]), (40_002, (1, 11)));
    let blocks = files(&dir.path().join("blocks"), "arrow");
    assert_eq!(blocks.len(), 1, "the commit refers to the rows that the prepare wrote");
    assert!(begin(&engine, "running") > rolled_back, "ids are not used again");
    drop(engine);
    assert_eq!(read(&open(dir.path()).unwrap()), rows);
}

#[test]
fn a_renamed_database_is_kept_with_its_rows_and_labels() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(dir.path()).unwrap();
    create_table(&engine, TableModel::Duplicate);
    load(&engine, "kept", (0..3).map(|i| (i, 0)));
    engine.rename_database("d", "other").unwrap();
    drop(engine);
    let engine = open(dir.path()).unwrap();
    assert!(engine.database("d").is_err());
    assert_eq!(engine.table("other", "t").unwrap().row_count().unwrap(), 3);
    assert_eq!(engine.transaction("other", "kept").unwrap().map(|txn| txn.database), Some("other".to_owned()));
}

#[test]
fn ids_and_auto_increments_go_on_where_they_were() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(dir.path()).unwrap();
    engine.create_database("d").unwrap();
    let mut auto = ColumnDef { nullable: false, ..ColumnDef::new("n", StarRocksType::BigInt) };
    auto.auto_increment = true;
    let columns = vec![ColumnDef::key("id", StarRocksType::Int), auto];
    let first = engine.create_table("d", TableDef::new("t", TableModel::Duplicate, columns)).unwrap();
    let add = |engine: &Engine, label: &str, prepare: bool| {
        let table = engine.table("d", "t").unwrap();
        let ids: ArrayRef = Arc::new(Int32Array::from(vec![0; 5]));
        let given = RecordBatch::try_from_iter([("id", ids)]).unwrap();
        let rows = engine.complete_rows(&table, &[0], &given, 0).unwrap().batch;
        let txn = begin(engine, label);
        engine.stage(txn, vec![TableWrite::rows(&table, vec![rows])], &LoadCounters::default()).unwrap();
        if prepare { engine.prepare(txn, None) } else { engine.commit(txn).map(|_| ()) }.unwrap();
    };
    add(&engine, "a", false);
    add(&engine, "b", true);
    drop(engine);
    let engine = open(dir.path()).unwrap();
    add(&engine, "c", false);
    engine.commit(engine.transaction("d", "b").unwrap().unwrap().id).unwrap();
    let mut numbers: Vec<i64> = read(&engine).into_iter().map(|row| row.1).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=15).collect::<Vec<_>>());
    let columns = vec![ColumnDef::new("x", StarRocksType::Int)];
    let second = engine.create_table("d", TableDef::new("u", TableModel::Duplicate, columns)).unwrap();
    assert!(second.id() > first.id());
}

#[test]
fn snapshots_replace_the_log_and_free_what_nothing_needs() {
    let dir = tempfile::tempdir().unwrap();
    let small = || DataDir { snapshot_bytes: 20_000, inline_bytes: 1_000, ..DataDir::new(dir.path()) };
    let engine = open_with(small()).unwrap();
    create_table(&engine, TableModel::Duplicate);
    let prepared = begin(&engine, "prepared");
    stage(&engine, prepared, [(-1, -1)].into_iter(), None);
    engine.prepare(prepared, None).unwrap();
    for round in 0..40 {
        load(&engine, &format!("few{round}"), (0..20).map(|i| (i, round)));
        load(&engine, &format!("many{round}"), (0..500).map(|i| (i, round)));
        if round % 10 == 9 {
            engine.truncate_table("d", "t").unwrap();
        }
        let logs: u64 = files(dir.path(), "log").iter().map(|path| fs::metadata(path).unwrap().len()).sum();
        assert!(logs < 40_000, "{logs} bytes of log");
    }
    load(&engine, "last", [(1, 2)].into_iter());
    drop(engine);
    let engine = open_with(small()).unwrap();
    assert_eq!(read(&engine), [(1, 2)]);
    assert_eq!(state(&engine, "few3"), Some(TxnState::Visible));
    // The truncated rows are in no table; what is left holds the prepared row at most.
    assert!(files(&dir.path().join("blocks"), "arrow").len() <= 1);
    assert_eq!(files(dir.path(), "snapshot").len(), 1);
    engine.commit(prepared).unwrap();
    assert_eq!(read(&engine), [(1, 2), (-1, -1)]);
    drop(engine);
    assert_eq!(read(&open_with(small()).unwrap()), [(1, 2), (-1, -1)]);
}

#[test]
fn a_directory_has_one_server_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(dir.path()).unwrap();
    let error = open(dir.path()).map(|_| ()).unwrap_err();
    let expected = format!(
        "data directory {} is used by another server (process {}); stop it first",
        dir.path().display(),
        std::process::id()
    );
    assert_eq!(error.to_string(), expected);
    drop(engine);
    open(dir.path()).unwrap();
}

#[test]
fn foreign_directories_and_other_formats_are_refused_untouched() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("thesis.txt"), "precious").unwrap();
    let error = open(dir.path()).map(|_| ()).unwrap_err();
    assert!(matches!(&error, OpenError::Foreign { found, .. } if found.contains("thesis.txt")), "{error}");
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()).unwrap());
    fs::write(dir.path().join("format"), "embedded server data directory, format 2\n").unwrap();
    let error = open(dir.path()).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("format 1: file `format` says \"embedded server data directory, format 2\""), "{error}");
    let file = dir.path().join("format");
    let error = open(&file).map(|_| ()).unwrap_err();
    assert!(matches!(error, OpenError::Io { path, .. } if path == file));
}

#[test]
fn damage_is_refused_by_file_and_offset() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(dir.path()).unwrap();
    create_table(&engine, TableModel::Duplicate);
    load(&engine, "a", (0..40_000).map(|i| (i, 0)));
    load(&engine, "b", (0..10).map(|i| (i, 0)));
    load(&engine, "c", (0..10).map(|i| (i, 0)));
    drop(engine);
    let [log] = files(dir.path(), "log").try_into().unwrap();
    let [block] = files(&dir.path().join("blocks"), "arrow").try_into().unwrap();

    let intact = fs::read(&block).unwrap();
    let mut damaged = intact.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    fs::write(&block, damaged).unwrap();
    let error = open(dir.path()).map(|_| ()).unwrap_err();
    let is_checksum = |p: &Path, e: &OpenError| matches!(e, OpenError::Corrupt { path, reason, .. } if path == p && reason.contains("checksum"));
    assert!(is_checksum(&block, &error), "{error}");
    fs::remove_file(&block).unwrap();
    let error = open(dir.path()).map(|_| ()).unwrap_err();
    assert!(matches!(&error, OpenError::Corrupt { path, .. } if *path == block), "{error}");
    fs::write(&block, intact).unwrap();

    let intact = fs::read(&log).unwrap();
    let mut damaged = intact.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    fs::write(&log, damaged).unwrap();
    let error = open(dir.path()).map(|_| ()).unwrap_err();
    assert!(is_checksum(&log, &error), "{error}");
    let OpenError::Corrupt { offset, .. } = error else { unreachable!() };
    assert!((16..=middle as u64).contains(&offset));
    fs::write(&log, intact).unwrap();
    assert_eq!(read(&open(dir.path()).unwrap()).len(), 40_020);

    fs::rename(&log, dir.path().join("000000000002.log")).unwrap();
    let error = open(dir.path()).map(|_| ()).unwrap_err();
    assert!(
        matches!(&error, OpenError::Corrupt { path, reason, .. } if *path == log && reason == "the file is missing")
    );
}

#[test]
fn what_cannot_be_written_is_refused_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(dir.path()).unwrap();
    create_table(&engine, TableModel::Duplicate);
    load(&engine, "a", [(1, 1)].into_iter());
    let txn = begin(&engine, "b");
    // Few rows are still in memory only; that they cannot become a file shows when they have to.
    stage(&engine, txn, (0..20_000).map(|i| (i, 0)), None);
    stage(&engine, txn, (0..20_000).map(|i| (i, 0)), None);
    let blocks = dir.path().join("blocks");
    fs::remove_dir_all(&blocks).unwrap();
    let error = engine.prepare(txn, None).unwrap_err();
    assert!(matches!(error, EngineError::Io(_)), "{error}");
    assert!(error.to_string().contains(&blocks.display().to_string()), "{error}");
    assert_eq!(state(&engine, "b"), Some(TxnState::Prepare));
    assert!(matches!(engine.commit(txn), Err(EngineError::Io(_))));
    assert_eq!(read(&engine), [(1, 1)]);
    engine.abort(txn, "disk").unwrap();
    load(&engine, "c", [(2, 2)].into_iter());
    assert_eq!(read(&engine), [(1, 1), (2, 2)]);
}
