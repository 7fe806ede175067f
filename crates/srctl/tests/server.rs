// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! `srctl server` as a process: its ready line, its end, and what outlives a kill.

#![allow(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]

#[path = "../../server/tests/support/mod.rs"]
mod support;

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use starrocks_server::catalog::{ColumnDef, TableDef};
use starrocks_server::engine::{Engine, EngineConfig};
use starrocks_server::persist::DataDir;
use starrocks_types::{StarRocksType, TableModel};
use support::{ROOT, Reply, call};

struct Process {
    child: Child,
    fe: SocketAddr,
    be: SocketAddr,
}

impl Process {
    fn start(args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_srctl"))
            .args(["server", "--fe-http-port", "0", "--query-port", "0", "--be-http-port", "0", "--be-port", "0"])
            .args(args)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
        let address = |key: &str| ready[key].as_str().unwrap().parse().unwrap();
        Self { fe: address("fe_http"), be: address("be_http"), child }
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    fn transaction(&self, to: SocketAddr, operation: &str, label: &str, body: &str) -> Reply {
        let method = if operation == "load" { "PUT" } else { "POST" };
        let label = format!("label: {label}");
        let headers = [ROOT, "db: gh", "table: t", "column_separator: ,", &label];
        let reply = call(to, method, &format!("/api/transaction/{operation}"), &headers, body.as_bytes());
        assert_eq!(reply.text("Status"), "OK", "{operation}: {reply:?}");
        reply
    }

    fn state(&self, label: &str) -> String {
        call(self.fe, "GET", &format!("/api/gh/get_load_state?label={label}"), &[ROOT], b"").text("state")
    }

    fn count(&self) -> String {
        call(self.fe, "GET", "/api/gh/t/_count", &[ROOT], b"").text("size")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Harmless when it has ended already.
        let _gone = self.child.kill();
        let _status = self.child.wait();
    }
}

fn prepare_dir(dir: &Path) {
    let engine = Engine::open(EngineConfig::default(), DataDir::new(dir)).unwrap();
    engine.create_database("gh").unwrap();
    let columns = vec![ColumnDef::key("id", StarRocksType::Int), ColumnDef::new("v", StarRocksType::Int)];
    engine.create_table("gh", TableDef::new("t", TableModel::Primary, columns)).unwrap();
}

#[test]
fn committed_rows_labels_and_prepared_transactions_outlive_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    prepare_dir(dir.path());
    let args = ["--data-dir", dir.path().to_str().unwrap()];
    let mut first = Process::start(&args);
    let headers = [ROOT, "Expect: 100-continue", "column_separator: ,", "label: plain"];
    let reply = call(first.be, "PUT", "/api/gh/t/_stream_load", &headers, b"1,1\n2,2\n");
    assert_eq!(reply.text("Status"), "Success", "{reply:?}");
    for label in ["prepared", "open"] {
        first.transaction(first.be, "begin", label, "");
        first.transaction(first.be, "load", label, "2,22\n3,33\n");
    }
    first.transaction(first.be, "prepare", "prepared", "");
    first.signal("-KILL");
    first.child.wait().unwrap();

    let second = Process::start(&args);
    assert_eq!(["plain", "prepared", "open"].map(|l| second.state(l)), ["VISIBLE", "PREPARED", "ABORTED"]);
    assert_eq!(second.count(), "2");
    second.transaction(second.fe, "commit", "prepared", "");
    assert_eq!(second.count(), "3");
    let reply = call(second.be, "PUT", "/api/gh/t/_stream_load", &headers, b"9,9\n");
    assert_eq!(reply.text("Status"), "Label Already Exists", "{reply:?}");
}

#[test]
fn sigterm_ends_it_with_success() {
    let mut process = Process::start(&[]);
    let health = call(process.fe, "GET", "/api/health", &[], b"");
    assert_eq!(health.text("status"), "OK");
    process.signal("-TERM");
    assert!(process.child.wait().unwrap().success());
}

#[test]
fn a_sink_hole_checks_framing_counts_bytes_and_keeps_nothing() {
    let dir = tempfile::tempdir().unwrap();
    prepare_dir(dir.path());
    let process = Process::start(&["--sink-hole", "--data-dir", dir.path().to_str().unwrap()]);
    process.transaction(process.be, "begin", "h", "");
    let load = process.transaction(process.be, "load", "h", "1,1\n2,2\n");
    assert_eq!(load.text("LoadBytes"), "8");
    process.transaction(process.be, "load", "h", "3,3");
    let prepare = process.transaction(process.be, "prepare", "h", "");
    assert_eq!((prepare.text("NumberLoadedRows"), prepare.text("LoadBytes")), ("3".into(), "11".into()));
    process.transaction(process.fe, "commit", "h", "");
    assert_eq!((process.count(), process.state("h")), ("0".into(), "VISIBLE".into()));

    let load = |headers: &[&str], body: &[u8]| {
        let headers: Vec<&str> = [&[ROOT], headers].concat();
        call(process.be, "PUT", "/api/gh/t/_stream_load", &headers, body)
    };
    let json = load(&["format: json", "Transfer-Encoding: chunked"], br#"{"id":1}"#);
    assert_eq!((json.text("Status"), json.text("LoadBytes")), ("Success".into(), "8".into()));
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(b"1,1\n").unwrap();
    let lz4 = encoder.finish().unwrap();
    assert_eq!(load(&["format: lz4"], &lz4).text("LoadBytes"), lz4.len().to_string());
    let cut = load(&["format: lz4"], &lz4[..lz4.len() - 1]);
    assert_eq!((cut.text("Status"), cut.text("Message")), ("Fail".into(), "the body ends within an LZ4 frame".into()));
    let plain = load(&["compression: gzip", "label: plain"], b"1,1\n");
    assert_eq!(plain.text("Message"), "the body does not begin as gzip does");
    assert_eq!(process.state("plain"), "ABORTED");
    assert_eq!(load(&["label: h"], b"1,1\n").text("Status"), "Label Already Exists");
}

#[test]
fn faults_are_there_only_when_asked_for() {
    for (args, status) in [(&[][..], 404), (&["--faults"], 200)] {
        let process = Process::start(args);
        assert_eq!(call(process.fe, "GET", "/api/_faults", &[ROOT], b"").status, status, "{args:?}");
    }
}

#[test]
fn a_version_that_is_none_is_refused() {
    let args = ["server", "--compat-version", "latest"];
    let output = Command::new(env!("CARGO_BIN_EXE_srctl")).args(args).output().unwrap();
    assert!(!output.status.success());
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("'latest' is no version of StarRocks; write it as 3.5.5"), "{text}");
}
