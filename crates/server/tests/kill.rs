// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! `kill -9` in the middle of commits: what the process acknowledged is there, whole, and nothing else is there in part.
//!
//! The test starts itself as the process that is killed.

#![allow(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]
#![allow(clippy::print_stdout, reason = "the acknowledgements go to standard output")]

use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int32Array, RecordBatch};
use arrow::datatypes::Int32Type;
use starrocks_server::catalog::{ColumnDef, TableDef};
use starrocks_server::engine::{Engine, EngineConfig, TableWrite};
use starrocks_server::persist::DataDir;
use starrocks_server::txn::{BeginTxn, LoadCounters, LoadSource, TxnState};
use starrocks_types::{StarRocksType, TableModel};

const VICTIM: &str = "KILL_TEST_DIRECTORY";
const WRITERS: i32 = 3;
const ROUNDS: i32 = 6;

/// Small sizes, so that files and snapshots are in play too.
fn open(dir: &Path) -> Engine {
    let dir = DataDir { snapshot_bytes: 30_000, inline_bytes: 500, ..DataDir::new(dir) };
    Engine::open(EngineConfig::default(), dir).unwrap()
}

fn main() {
    match env::var_os(VICTIM) {
        Some(dir) => victim(&open(Path::new(&dir))),
        None => kills(),
    }
}

/// Loads for ever with a few threads, each into its own table, or the last into two at once, and says what has been acknowledged.
fn victim(engine: &Engine) {
    if engine.catalog().database("d").is_none() {
        engine.create_database("d").unwrap();
    }
    // The check asks for every label.
    engine.update_settings(|settings| settings.label_keep_max_num = 1_000_000).unwrap();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            scope.spawn(move || write(engine, writer));
        }
    });
}

fn tables(writer: i32) -> Vec<String> {
    let prefixes: &[&str] = if is_shared(writer) { &["t", "u"] } else { &["t"] };
    prefixes.iter().map(|prefix| format!("{prefix}{writer}")).collect()
}

/// Whether the writer's transactions are over several tables.
fn is_shared(writer: i32) -> bool {
    writer == WRITERS - 1
}

fn write(engine: &Engine, writer: i32) {
    let (names, shared) = (tables(writer), is_shared(writer));
    for name in names.iter().filter(|name| engine.table("d", name).is_err()) {
        let columns = vec![ColumnDef::key("id", StarRocksType::Int), ColumnDef::new("n", StarRocksType::Int)];
        let model = if writer == 0 { TableModel::Primary } else { TableModel::Duplicate };
        engine.create_table("d", TableDef::new(name, model, columns)).unwrap();
    }
    let tables: Vec<_> = names.iter().map(|name| engine.table("d", name).unwrap()).collect();
    let first = engine.transactions().iter().filter_map(|txn| number(&txn.label)).max().map_or(0, |n| n + 1);
    for n in first.. {
        let label = format!("w{writer}-{n}");
        let txn = engine
            .begin(BeginTxn {
                database: "d".into(),
                table: names.first().filter(|_| !shared).cloned(),
                label: label.clone(),
                source: if shared { LoadSource::MultiStatementStreaming } else { LoadSource::BackendStreaming },
                coordinator: "BE: 127.0.0.1".into(),
                timeout: None,
                idle_timeout: None,
            })
            .unwrap();
        // The load number `n` has `size(n)` rows with keys of its own.
        let ids: ArrayRef = Arc::new(Int32Array::from_iter_values((0..size(n)).map(|row| n * 1000 + row)));
        let numbers: ArrayRef = Arc::new(Int32Array::from(vec![n; size(n) as usize]));
        for table in &tables {
            let columns = vec![Arc::clone(&ids), Arc::clone(&numbers)];
            let batch = RecordBatch::try_new(table.schema().clone(), columns).unwrap();
            engine.stage(txn, vec![TableWrite::rows(table, vec![batch])], &LoadCounters::default()).unwrap();
        }
        if n % 2 == 0 && !shared {
            engine.prepare(txn, None).unwrap();
            say(&format!("prepared {label}"));
        }
        if n % 8 == 4 {
            engine.abort(txn, "for a change").unwrap();
            say(&format!("aborted {label}"));
        } else if n % 8 != 6 {
            engine.commit(txn).unwrap();
            say(&format!("committed {label}"));
        }
        engine.sweep();
    }
}

fn size(n: i32) -> i32 {
    if n % 5 == 0 { 300 } else { 3 }
}

fn number(label: &str) -> Option<i32> {
    label.split_once('-')?.1.parse().ok()
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).unwrap();
}

fn kills() {
    let dir = tempfile::tempdir().unwrap();
    // What was last said about each label, over all rounds.
    let mut said: BTreeMap<String, String> = BTreeMap::new();
    for round in 0..ROUNDS {
        let mut child =
            Command::new(env::current_exe().unwrap()).env(VICTIM, dir.path()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut note = |line: String| {
            let (what, label) = line.split_once(' ').unwrap();
            said.insert(label.to_owned(), what.to_owned());
        };
        for line in lines.by_ref().take(40 + 37 * round as usize) {
            note(line.unwrap());
        }
        child.kill().unwrap();
        assert!(!child.wait().unwrap().success());
        lines.for_each(|line| note(line.unwrap()));
        check(&open(dir.path()), &said, round);
    }
    println!("kill: {ROUNDS} rounds, {} labels acknowledged and found", said.len());
}

fn check(engine: &Engine, said: &BTreeMap<String, String>, round: i32) {
    for (label, what) in said {
        let state = engine.transaction("d", label).unwrap().map(|txn| txn.state);
        let expected: &[TxnState] = match what.as_str() {
            "committed" => &[TxnState::Visible],
            "aborted" => &[TxnState::Aborted],
            // The next step may have been done without being said.
            _ => &[TxnState::Prepared, TxnState::Visible, TxnState::Aborted],
        };
        assert!(state.is_some_and(|s| expected.contains(&s)), "round {round}: {label} was {what}, is {state:?}");
        let open = number(label).unwrap() % 8 == 6;
        assert!(!open || state == Some(TxnState::Prepared), "round {round}: {label} was prepared, is {state:?}");
    }
    for (writer, name) in (0..WRITERS).flat_map(|writer| tables(writer).into_iter().map(move |name| (writer, name))) {
        let Ok(table) = engine.table("d", &name) else { continue };
        let mut found: BTreeMap<i32, i32> = BTreeMap::new();
        for batch in table.batches().unwrap().iter() {
            for &n in batch.column(1).as_primitive::<Int32Type>().values() {
                *found.entry(n).or_default() += 1;
            }
        }
        for txn in engine.transactions().iter().filter(|txn| txn.label.starts_with(&format!("w{writer}-"))) {
            let n = number(&txn.label).unwrap();
            let expected = (txn.state == TxnState::Visible).then(|| size(n));
            assert_eq!(found.remove(&n), expected, "round {round}: rows of {} in {:?}", txn.label, txn.state);
        }
        assert!(found.is_empty(), "round {round}: rows of unknown loads {found:?}");
    }
}
