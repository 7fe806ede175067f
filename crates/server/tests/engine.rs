// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The engine as the front ends see it: tables, transactions, labels.

#![allow(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]

use std::sync::Arc;
use std::time::Duration;

use arrow::array::{Array, ArrayRef, AsArray, Int8Array, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Int32Type, Int64Type, Schema};
use starrocks_server::catalog::{AggregateFunction, ColumnDef, DefaultValue, TableDef};
use starrocks_server::clock::Clock;
use starrocks_server::engine::{Committed, Engine, EngineConfig, EngineError, TableWrite};
use starrocks_server::persist::DataDir;
use starrocks_server::storage::Table;
use starrocks_server::txn::{BeginTxn, LoadCounters, LoadSource, TxnState};
use starrocks_types::{StarRocksType, TableModel};

fn engine(columns: Vec<ColumnDef>, model: TableModel) -> Engine {
    let engine = Engine::new(EngineConfig { clock: Clock::frozen_at(1_000_000_000), ..EngineConfig::default() });
    engine.create_database("d").unwrap();
    engine.create_table("d", TableDef::new("t", model, columns)).unwrap();
    engine
}

fn id_and_v(model: TableModel) -> Engine {
    let mut v = ColumnDef::new("v", StarRocksType::BigInt);
    if model == TableModel::Aggregate {
        v.aggregate = Some(AggregateFunction::Sum);
    }
    engine(vec![ColumnDef::key("id", StarRocksType::Int), v], model)
}

fn begin(engine: &Engine, label: &str) -> Result<i64, EngineError> {
    engine.begin(BeginTxn {
        database: "d".into(),
        table: Some("t".into()),
        label: label.into(),
        source: LoadSource::BackendStreaming,
        coordinator: "BE: 127.0.0.1".into(),
        timeout: None,
        idle_timeout: None,
    })
}

fn rows(table: &Table, rows: &[(i32, i64)]) -> RecordBatch {
    let ids: ArrayRef = Arc::new(Int32Array::from_iter_values(rows.iter().map(|r| r.0)));
    let values: ArrayRef = Arc::new(Int64Array::from_iter_values(rows.iter().map(|r| r.1)));
    RecordBatch::try_new(table.schema().clone(), vec![ids, values]).unwrap()
}

fn load(engine: &Engine, label: &str, values: &[(i32, i64)]) {
    let table = engine.table("d", "t").unwrap();
    let txn = begin(engine, label).unwrap();
    let write = TableWrite::rows(&table, vec![rows(&table, values)]);
    engine.stage(txn, vec![write], &LoadCounters::default()).unwrap();
    assert_eq!(engine.commit(txn).unwrap(), Committed::Now);
}

fn read(engine: &Engine) -> Vec<(i32, i64)> {
    let table = engine.table("d", "t").unwrap();
    let batches = table.batches().unwrap();
    let rows: Vec<_> = batches
        .iter()
        .flat_map(|b| {
            let ids = b.column(0).as_primitive::<Int32Type>().values().to_vec();
            let values = b.column(1).as_primitive::<Int64Type>().values().to_vec();
            ids.into_iter().zip(values)
        })
        .collect();
    assert_eq!(table.row_count().unwrap(), rows.len());
    rows
}

#[test]
fn each_model_treats_equal_keys_in_its_own_way() {
    for (model, expected) in [
        (TableModel::Duplicate, vec![(2, 20), (1, 10), (2, 21), (2, 5)]),
        (TableModel::Primary, vec![(1, 10), (2, 5)]),
        (TableModel::Unique, vec![(1, 10), (2, 5)]),
        (TableModel::Aggregate, vec![(1, 10), (2, 46)]),
    ] {
        let engine = id_and_v(model);
        load(&engine, "a", &[(2, 20), (1, 10), (2, 21)]);
        load(&engine, "b", &[(2, 5)]);
        assert_eq!(read(&engine), expected, "{model:?}");
    }
}

#[test]
fn op_1_deletes_the_key_and_rows_apply_in_order() {
    let engine = id_and_v(TableModel::Primary);
    load(&engine, "a", &[(1, 1), (2, 2), (3, 3)]);
    let table = engine.table("d", "t").unwrap();
    let mut fields: Vec<_> = table.schema().fields().iter().cloned().collect();
    fields.push(Arc::new(Field::new("__op", DataType::Int8, false)));
    let mut columns = rows(&table, &[(1, 0), (2, 0), (2, 22), (9, 9), (9, 0)]).columns().to_vec();
    columns.push(Arc::new(Int8Array::from(vec![1, 1, 0, 0, 1])));
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
    let txn = begin(&engine, "b").unwrap();
    let write = TableWrite { has_op: true, ..TableWrite::rows(&table, vec![batch]) };
    engine.stage(txn, vec![write], &LoadCounters::default()).unwrap();
    engine.commit(txn).unwrap();
    assert_eq!(read(&engine), [(2, 22), (3, 3)]);
    assert_eq!(table.row_count().unwrap(), 3, "a table that is held keeps its version");
}

#[test]
fn a_label_is_free_again_only_after_an_abort() {
    let engine = id_and_v(TableModel::Duplicate);
    let first = begin(&engine, "l").unwrap();
    assert!(matches!(
        begin(&engine, "l"),
        Err(EngineError::LabelExists { txn_id, state: TxnState::Prepare, .. }) if txn_id == first
    ));
    engine.abort(first, "user said so").unwrap();
    let second = begin(&engine, "l").unwrap();
    let table = engine.table("d", "t").unwrap();
    let write = TableWrite::rows(&table, vec![rows(&table, &[(1, 1)])]);
    engine.stage(second, vec![write], &LoadCounters::default()).unwrap();
    engine.prepare(second, None).unwrap();
    engine.prepare(second, None).unwrap();
    assert!(read(&engine).is_empty(), "prepared rows are invisible");
    assert_eq!(engine.commit(second).unwrap(), Committed::Now);
    assert_eq!(engine.commit(second).unwrap(), Committed::Before);
    assert!(matches!(begin(&engine, "l"), Err(EngineError::LabelExists { state: TxnState::Visible, .. })));
    assert!(matches!(engine.abort(second, "x"), Err(EngineError::TxnState { operation: "abort", .. })));
    assert!(matches!(engine.commit(first), Err(EngineError::TxnState { state: TxnState::Aborted, .. })));
}

#[test]
fn labels_databases_and_tables_are_checked_at_begin() {
    let engine = id_and_v(TableModel::Duplicate);
    assert!(matches!(begin(&engine, "bad label!"), Err(EngineError::InvalidLabel(_))));
    assert!(matches!(begin(&engine, ""), Err(EngineError::InvalidLabel(_))));
    assert_eq!(engine.table("x", "t").unwrap_err().to_string(), "unknown database, database=x");
    assert_eq!(engine.table("d", "x").unwrap_err().to_string(), "unknown table \"d.x\"");
    engine.update_settings(|s| s.max_running_txn_num_per_db = 1).unwrap();
    begin(&engine, "one").unwrap();
    assert_eq!(
        begin(&engine, "two").unwrap_err().to_string(),
        "current running txns on db d is 1, larger than limit 1"
    );
}

#[test]
fn a_transaction_without_rows_is_refused_unless_the_settings_allow_it() {
    let engine = id_and_v(TableModel::Duplicate);
    let txn = begin(&engine, "l").unwrap();
    assert!(matches!(engine.commit(txn), Err(EngineError::EmptyLoad)));
    engine.update_settings(|s| s.empty_load_as_error = false).unwrap();
    engine.commit(txn).unwrap();
}

#[test]
fn time_outs_abort_and_old_labels_are_forgotten() {
    let engine = id_and_v(TableModel::Duplicate);
    let running = begin(&engine, "running").unwrap();
    let prepared = begin(&engine, "prepared").unwrap();
    let table = engine.table("d", "t").unwrap();
    let write = TableWrite::rows(&table, vec![rows(&table, &[(1, 1)])]);
    engine.stage(prepared, vec![write], &LoadCounters::default()).unwrap();
    engine.prepare(prepared, Some(Duration::from_secs(700))).unwrap();
    engine.clock().advance(Duration::from_secs(601));
    engine.sweep();
    let state = |id| engine.transaction_by_id(id).map(|t| (t.state, t.reason));
    assert_eq!(state(running), Some((TxnState::Aborted, "transaction is aborted by timeout 600 seconds.".to_owned())));
    assert_eq!(state(prepared).unwrap().0, TxnState::Prepared);
    engine.clock().advance(Duration::from_secs(100));
    engine.sweep();
    assert_eq!(state(prepared), Some((TxnState::Aborted, "timeout by txn manager".to_owned())));
    engine.clock().advance(Duration::from_secs(43_201));
    engine.sweep();
    assert!(state(running).is_none());
}

#[test]
fn missing_columns_are_filled_and_broken_rows_are_rejected() {
    let mut auto = ColumnDef { nullable: false, ..ColumnDef::new("n", StarRocksType::BigInt) };
    auto.auto_increment = true;
    let mut word = ColumnDef::new("w", StarRocksType::Varchar(3));
    word.nullable = false;
    let mut default = ColumnDef::new("x", StarRocksType::Decimal(5, 2));
    default.default = Some(DefaultValue::Literal("1.5".into()));
    let engine = engine(vec![ColumnDef::key("id", StarRocksType::Int), auto, word, default], TableModel::Duplicate);
    let table = engine.table("d", "t").unwrap();
    let fields = vec![Field::new("w", DataType::Utf8, true), Field::new("id", DataType::Int32, true)];
    let words: ArrayRef = Arc::new(StringArray::from(vec![Some("abc"), None, Some("äß"), Some("d")]));
    let ids: ArrayRef = Arc::new(Int32Array::from(vec![1, 2, 3, 4]));
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), vec![words, ids]).unwrap();
    let done = engine.complete_rows(&table, &[2, 0], &batch, 0).unwrap();
    assert_eq!(done.batch.num_rows(), 2);
    assert_eq!(done.batch.column(1).as_primitive::<Int64Type>().values().to_vec(), [1, 4]);
    assert_eq!(done.batch.column(3).len() - done.batch.column(3).null_count(), 2);
    let reasons: Vec<_> = done.rejected.iter().map(|r| (r.row, r.reason.as_str())).collect();
    assert_eq!(
        reasons,
        [
            (1, "NULL value in non-nullable column 'w'"),
            (2, "String 'äß'(length=4) is too long. The max length of 'w' is 3"),
        ]
    );
    let error = engine.complete_rows(&table, &[0], &batch.project(&[1]).unwrap(), 0).unwrap_err();
    assert_eq!(error.to_string(), "Column has no default value. column: w");
}

#[test]
fn altering_keeps_values_by_column_id() {
    let engine = id_and_v(TableModel::Primary);
    load(&engine, "a", &[(1, 10)]);
    let altered = engine
        .alter_table("d", "t", |def| {
            def.columns[1].name = "w".into();
            let mut new = ColumnDef::new("s", StarRocksType::Varchar(10));
            new.id = u32::MAX;
            new.default = Some(DefaultValue::Literal("hi".into()));
            def.columns.insert(1, new);
            Ok(())
        })
        .unwrap();
    let batches = altered.batches().unwrap();
    assert_eq!(batches[0].column(1).as_string::<i32>().value(0), "hi");
    assert_eq!(batches[0].column(2).as_primitive::<Int64Type>().value(0), 10);
    assert_eq!(altered.def().column("S").unwrap().1.id, 2);
}

#[test]
fn overwriting_needs_the_version_it_was_computed_from() {
    let engine = id_and_v(TableModel::Duplicate);
    load(&engine, "a", &[(1, 10)]);
    let old = engine.table("d", "t").unwrap();
    load(&engine, "b", &[(2, 20)]);
    let txn = begin(&engine, "c").unwrap();
    let write = TableWrite::overwrite(&old, vec![rows(&old, &[(9, 9)])]);
    engine.stage(txn, vec![write], &LoadCounters::default()).unwrap();
    assert!(matches!(engine.commit(txn), Err(EngineError::Conflict { .. })));
    let now = engine.table("d", "t").unwrap();
    let txn = begin(&engine, "e").unwrap();
    let write = TableWrite::overwrite(&now, vec![rows(&now, &[(9, 9)])]);
    engine.stage(txn, vec![write], &LoadCounters::default()).unwrap();
    engine.commit(txn).unwrap();
    assert_eq!(read(&engine), [(9, 9)]);
}

/// Loads `count` times the rows that `values` gives and returns the largest number of segments there was.
fn load_often(engine: &Engine, count: i32, values: impl Fn(i32) -> Vec<(i32, i64)>) -> usize {
    let mut most = 0;
    for i in 0..count {
        load(engine, &format!("l{i}"), &values(i));
        most = most.max(engine.table("d", "t").unwrap().segment_count());
        if i % 500 == 0 {
            engine.sweep();
        }
    }
    most
}

#[test]
fn ten_thousand_small_loads_leave_few_segments() {
    let duplicate = id_and_v(TableModel::Duplicate);
    let most = load_often(&duplicate, 10_000, |i| vec![(i, 1), (i, 2)]);
    assert!(most <= 40, "{most} segments");
    let in_order = (0..10_000).flat_map(|i| [(i, 1), (i, 2)]).collect::<Vec<_>>();
    assert!(read(&duplicate) == in_order, "a duplicate-key table keeps the order of its loads");

    let primary = id_and_v(TableModel::Primary);
    // Every load adds a key and changes one of the hundred before.
    let most = load_often(&primary, 10_000, |i| vec![(i, i64::from(i)), ((i * 7 % 100).max(i - 99), -i64::from(i))]);
    assert!(most <= 40, "{most} segments");
    let mut expected = std::collections::BTreeMap::new();
    for i in 0..10_000 {
        expected.insert(i, i64::from(i));
        expected.insert((i * 7 % 100).max(i - 99), -i64::from(i));
    }
    assert!(read(&primary) == expected.into_iter().collect::<Vec<_>>());
}

#[test]
fn merged_segments_outlive_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let open = || Engine::open(EngineConfig::default(), DataDir::new(dir.path())).unwrap();
    let engine = open();
    engine.create_database("d").unwrap();
    let columns = vec![ColumnDef::key("id", StarRocksType::Int), ColumnDef::new("v", StarRocksType::BigInt)];
    engine.create_table("d", TableDef::new("t", TableModel::Primary, columns)).unwrap();
    load_often(&engine, 100, |i| vec![(i % 30, i64::from(i)), (1000 + i, 0)]);
    let before = read(&engine);
    drop(engine);
    let engine = open();
    assert_eq!(read(&engine), before);
    load(&engine, "after", &[(0, -1)]);
    assert_eq!((read(&engine).len(), read(&engine)[0]), (130, (0, -1)));
}
