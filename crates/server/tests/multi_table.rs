// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Multi-table transactions, from outside.

#![allow(clippy::panic, reason = "helpers of tests panic as tests do")]

#[path = "support/mysql.rs"]
mod mysql;
mod support;

use mysql::{Answer, Client};
use starrocks_server::engine::EngineConfig;
use starrocks_server::http::HttpConfig;
use support::{ROOT, Reply, TestServer, call, follow};

const MULTI: &str = "transaction_type: multi";

fn server() -> TestServer {
    let engine = EngineConfig { compat_version: "4.0.0".to_owned(), ..EngineConfig::default() };
    TestServer::with(engine, HttpConfig::default())
}

fn operation(server: &TestServer, operation: &str, label: &str) -> Reply {
    let label = format!("label: {label}");
    call(server.fe(), "POST", &format!("/api/transaction/{operation}"), &[ROOT, "db: gh", MULTI, &label], b"")
}

fn load(server: &TestServer, label: &str, table: &str, more: &[&str], body: &str) -> Reply {
    let (label, table) = (format!("label: {label}"), format!("table: {table}"));
    let mut headers = vec![ROOT, "Expect: 100-continue", "db: gh", MULTI, "column_separator: ,", &label, &table];
    headers.extend(more);
    follow(server, "PUT", "/api/transaction/load", &headers, body.as_bytes())
}

fn state(server: &TestServer, label: &str) -> String {
    call(server.fe(), "GET", &format!("/api/gh/get_load_state?label={label}"), &[ROOT], b"").text("state")
}

#[test]
fn all_tables_become_visible_at_once() {
    let server = server();
    assert_eq!(operation(&server, "begin", "m").text("Status"), "OK");
    assert_eq!(state(&server, "m"), "UNKNOWN", "nobody knows the label before the first load");
    for (table, body) in [("t", "1,a,1\n"), ("d", "1,x,1\n"), ("t", "2,b,2\n")] {
        let reply = load(&server, "m", table, &[], body);
        assert_eq!((reply.text("Status"), reply.text("LoadBytes")), ("OK".into(), body.len().to_string()), "{reply:?}");
    }
    assert_eq!(state(&server, "m"), "PREPARE");
    assert!(server.rows("t").is_empty() && server.rows("d").is_empty());
    assert!(operation(&server, "prepare", "m").text("Message").ends_with("Unsupported operation: TXN_PREPARE"));
    let commit = operation(&server, "commit", "m");
    let keys: Vec<&str> = commit.body.lines().filter_map(|l| l.trim().strip_prefix('"')?.split('"').next()).collect();
    assert_eq!(keys, ["Label", "Status", "TxnId", "ChannelId", "Message", "Prepared Channel Num"]);
    assert_eq!((server.rows("t").len(), server.rows("d").len()), (2, 1));
    assert_eq!(state(&server, "m"), "VISIBLE");
    let id = commit.text("TxnId");
    let again = operation(&server, "commit", "m");
    assert_eq!(again.text("Message"), format!("Transaction {id} has already committed, label is m"));
    let rollback = operation(&server, "rollback", "m");
    assert_eq!(rollback.text("Message"), format!("Can not abort VISIBLE transaction {id}, label is m"));
    let begin = operation(&server, "begin", "m");
    assert_eq!(
        (begin.text("Status"), begin.text("Message")),
        ("LABEL_ALREADY_EXISTS".into(), "Label [m] has already been used.".into())
    );
    let late = load(&server, "m", "t", &[], "3,c,3\n");
    assert_eq!(late.text("Message"), "stream load task m has already been commited");
}

#[test]
fn a_table_that_fails_takes_the_others_with_it() {
    let server = server();
    operation(&server, "begin", "f");
    assert_eq!(load(&server, "f", "t", &[], "1,a,1\n").text("Status"), "OK");
    assert_ne!(load(&server, "f", "d", &["format: json"], "hello").text("Status"), "OK");
    let commit = operation(&server, "commit", "f");
    assert_eq!(commit.text("Status"), "FAILED");
    assert!(commit.text("Message").starts_with("Can not commit CANCELLED transaction "), "{commit:?}");
    assert!(load(&server, "f", "t", &[], "1,a,1\n").text("Message").contains("has already been cancelled: "));
    assert_eq!(state(&server, "f"), "ABORTED");
    assert!(server.rows("t").is_empty());
    let begin = operation(&server, "begin", "f");
    assert_eq!(
        (begin.text("Status"), begin.text("ExistingJobStatus")),
        ("LABEL_ALREADY_EXISTS".into(), "CANCELLED".into())
    );
}

#[test]
fn a_table_whose_rows_are_all_rejected_fails_the_commit() {
    let server = server();
    operation(&server, "begin", "r");
    load(&server, "r", "t", &[], "1,a,1\n");
    assert_eq!(load(&server, "r", "d", &[], "1,\\N,1\n").text("Status"), "OK");
    let commit = operation(&server, "commit", "r");
    assert_eq!(commit.text("Status"), "FAILED");
    assert!(commit.text("Message").contains("Failed to load table d"), "{commit:?}");
    assert!(commit.text("Message").contains("/api/_load_error_log?file="), "{commit:?}");
    assert_eq!((state(&server, "r"), server.rows("t").len()), ("ABORTED".into(), 0));
}

#[test]
fn rolling_back_is_idempotent_and_unknown_labels_are_named() {
    let server = server();
    operation(&server, "begin", "b");
    load(&server, "b", "t", &[], "1,a,1\n");
    assert_eq!(operation(&server, "rollback", "b").text("Message"), "stream load b abort");
    assert!(operation(&server, "rollback", "b").text("Message").contains("has already aborted, label is b"));
    for name in ["commit", "rollback"] {
        assert!(operation(&server, name, "nosuch").text("Message").ends_with("stream load task nosuch does not exist"));
    }
    let begin = call(server.be(), "POST", "/api/transaction/begin", &[ROOT, "db: gh", "label: x", MULTI], b"");
    assert!(begin.text("Message").starts_with("Multi-statement transaction requests can only be sent to FE"));
}

#[test]
fn loads_list_each_table_with_its_own_rows() {
    let server = server();
    operation(&server, "begin", "each");
    for (table, body) in [("t", "1,a,1\n"), ("d", "1,x,1\n"), ("t", "2,b,2\n")] {
        assert_eq!(load(&server, "each", table, &[], body).text("Status"), "OK");
    }
    operation(&server, "commit", "each");
    let mut client = Client::connect(server.server().query(), "root");
    let sql = "SELECT TABLE_NAME, STATE, SCAN_ROWS, SINK_ROWS, SCAN_BYTES FROM information_schema.loads \
               WHERE LABEL = 'each' ORDER BY TABLE_NAME";
    let Answer::Rows { rows, .. } = client.query(sql) else { panic!("no rows") };
    let rows: Vec<Vec<String>> = rows.into_iter().map(|row| row.into_iter().flatten().collect()).collect();
    assert_eq!(rows, [["d", "FINISHED", "1", "1", "6"], ["t", "FINISHED", "2", "2", "12"]]);
}
