// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What `--compat-version` takes away: each gate from both sides.

#![allow(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]

mod support;

use std::io::Write;

use starrocks_server::engine::EngineConfig;
use starrocks_server::http::HttpConfig;
use support::{ROOT, Reply, TestServer, call};

const EXPECT: &str = "Expect: 100-continue";
const CSV: &str = "column_separator: ,";

fn version(version: &str) -> TestServer {
    TestServer::with(
        EngineConfig { compat_version: version.to_owned(), ..EngineConfig::default() },
        HttpConfig::default(),
    )
}

fn transaction(server: &TestServer, operation: &str, more: &[&str], body: &str) -> Reply {
    let mut headers = vec![ROOT, CSV, "db: gh", "table: t"];
    headers.extend(more);
    call(server.be(), "POST", &format!("/api/transaction/{operation}"), &headers, body.as_bytes())
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn transactions_came_with_2_4() {
    let old = version("2.3.9");
    let begin = call(old.fe(), "POST", "/api/transaction/begin", &[ROOT, "db: gh", "table: t", "label: a"], b"");
    assert_eq!(begin.status, 501);
    assert!(begin.json().get("Status").is_none(), "clients tell by this that there are no transactions: {begin:?}");
    assert_eq!(transaction(&old, "begin", &["label: a"], "").status, 404);
    assert_eq!(old.load("t", &[CSV], "1,a,1\n").text("Status"), "Success");
    assert_eq!(transaction(&version("2.4.0"), "begin", &["label: a"], "").text("Status"), "OK");
}

#[test]
fn conditional_updates_came_with_2_5() {
    for (number, kept) in [("2.4.5", "1|b|1"), ("2.5.0", "1|a|5")] {
        let server = version(number);
        server.load("t", &[CSV], "1,a,5\n");
        server.load("t", &[CSV, "merge_condition: v"], "1,b,1\n");
        assert_eq!(server.rows("t"), [kept], "{number}");
    }
}

#[test]
fn csv_parameters_came_with_3_0() {
    for (number, rows) in [("2.5.22", ["0|head|0", "1|'a'|1"].as_slice()), ("3.0.0", &["1|a|1"])] {
        let server = version(number);
        let reply = server.load("t", &[CSV, "skip_header: 1", "enclose: '"], "0,head,0\n1,'a',1\n");
        assert_eq!(reply.text("Status"), "Success", "{reply:?}");
        assert_eq!(server.rows("t"), rows, "{number}");
    }
}

#[test]
fn column_mode_and_a_thousand_transactions_came_with_3_1() {
    for (number, rows, limit) in [("3.0.9", ["1|a|NULL", "9|NULL|9"].as_slice(), 100), ("3.1.0", &["1|a|NULL"], 1000)] {
        let server = version(number);
        server.load("t", &[CSV, "columns: id,name"], "1,a\n");
        let headers = [CSV, "columns: id,v", "partial_update: true", "partial_update_mode: column"];
        assert_eq!(server.load("t", &headers, "9,9\n").text("Status"), "Success");
        assert_eq!(server.rows("t"), rows, "{number}");
        assert_eq!(server.engine().settings().max_running_txn_num_per_db, limit);
    }
    let old = version("3.0.9");
    assert_eq!(old.load("t", &[CSV, "log_rejected_record_num: -2"], "1,a,1\n").text("Status"), "Success");
}

#[test]
fn compression_by_header_came_with_3_2_7() {
    let json = ["format: json", "compression: gzip"];
    let (old, new) = (version("3.2.6"), version("3.2.7"));
    let reply = old.load("t", &json, gzip("{\"id\":1}"));
    assert_eq!(reply.text("Status"), "Fail", "{reply:?}");
    assert!(reply.text("Message").starts_with("illegal json started with"), "{reply:?}");
    assert_eq!(new.load("t", &json, gzip("{\"id\":1}")).text("Status"), "Success");
    let reply = old.load("t", &["format: gzip", CSV], gzip("2,b,2\n"));
    assert_eq!((reply.text("Status"), old.rows("t")), ("Success".into(), vec!["2|b|2".to_owned()]));
}

#[test]
fn reasons_and_merge_commit_came_with_3_4() {
    let merge = [ROOT, EXPECT, "enable_merge_commit: true"];
    let state = |server: &TestServer| {
        server.load("t", &[CSV, "label: l"], "1,a,1\n");
        call(server.fe(), "GET", "/api/gh/get_load_state?label=l", &[ROOT], b"")
    };
    let (old, new) = (version("3.3.11"), version("3.4.0"));
    assert!(state(&old).json().get("reason").is_none());
    assert_eq!(state(&new).text("reason"), "");
    assert_eq!(call(old.fe(), "PUT", "/api/gh/t/_stream_load", &merge, b"x").status, 307);
    let refused = call(new.fe(), "PUT", "/api/gh/t/_stream_load", &merge, b"x");
    assert_eq!(refused.text("code"), "INVALID_ARGUMENT");
}

#[test]
fn a_prepared_timeout_came_with_3_5_4() {
    for (number, status) in [("3.5.3", "OK"), ("3.5.4", "INVALID_ARGUMENT")] {
        let server = version(number);
        transaction(&server, "begin", &["label: p"], "");
        transaction(&server, "load", &["label: p"], "1,a,1\n");
        let prepare = transaction(&server, "prepare", &["label: p", "prepared_timeout: 0"], "");
        assert_eq!(prepare.text("Status"), status, "{number}");
    }
}

#[test]
fn multi_table_transactions_came_with_4_0() {
    let headers = [ROOT, "db: gh", "label: m", "transaction_type: multi"];
    let begin = |server: &TestServer| call(server.fe(), "POST", "/api/transaction/begin", &headers, b"");
    assert_eq!(begin(&version("3.5.9")).status, 307);
    assert_eq!(begin(&version("4.0.0")).text("Status"), "OK");
}
