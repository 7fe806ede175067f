// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Merge commit, from outside.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests panic as tests do")]

#[path = "support/mysql.rs"]
mod mysql;
mod support;

use mysql::{Answer, Client};
use support::{ROOT, Reply, TestServer, call, follow};

const CSV: &str = "column_separator: ,";
/// Long enough that no test sees the end of it.
const LONG: &str = "merge_commit_interval_ms: 600000";
const SHORT: &str = "merge_commit_interval_ms: 1";

fn load(server: &TestServer, more: &[&str], body: &str) -> Reply {
    let mut headers = vec![ROOT, "Expect: 100-continue", CSV, "enable_merge_commit: true", "merge_commit_parallel: 1"];
    headers.extend(more);
    follow(server, "PUT", "/api/gh/t/_stream_load", &headers, body.as_bytes())
}

fn state(server: &TestServer, label: &str) -> String {
    call(server.fe(), "GET", &format!("/api/gh/get_load_state?label={label}"), &[ROOT], b"").text("state")
}

#[test]
fn a_load_waits_until_its_window_is_visible() {
    let server = TestServer::start();
    let reply = load(&server, &[SHORT, "label: mine"], "1,a,1\n");
    assert_eq!(reply.text("Status"), "Success", "{reply:?}");
    let keys: Vec<&str> = reply.body.lines().filter_map(|l| l.trim().strip_prefix('"')?.split('"').next()).collect();
    assert_eq!(
        keys,
        [
            "TxnId",
            "Label",
            "Status",
            "Message",
            "RequestId",
            "LoadBytes",
            "LoadTimeMs",
            "ReadDataTimeMs",
            "PendingTimeMs",
            "WaitPlanTimeMs",
            "WriteDataTimeMs",
            "WaitFinishTimeMs",
            "LeftMergeTimeMs"
        ]
    );
    assert_eq!((reply.text("RequestId"), reply.text("LoadBytes")), ("mine".into(), "6".into()));
    let label = reply.text("Label");
    assert!(label.starts_with("merge_commit_"), "{label}");
    assert_eq!(server.rows("t"), ["1|a|1"]);
    assert_eq!((state(&server, &label), state(&server, "mine")), ("VISIBLE".into(), "UNKNOWN".into()));
    // The same label again is no conflict: it only names the request.
    assert_eq!(load(&server, &[SHORT, "label: mine"], "2,b,2\n").text("Status"), "Success");
}

#[test]
fn loads_with_the_same_parameters_share_a_transaction() {
    let server = TestServer::start();
    let asynchronous = "merge_commit_async: true";
    let labels: Vec<String> = ["1,a,1\n", "2,b,2\n"]
        .iter()
        .map(|body| {
            let reply = load(&server, &[LONG, asynchronous], body);
            assert_eq!(reply.text("Status"), "Success", "{reply:?}");
            reply.text("Label")
        })
        .collect();
    assert_eq!(labels[0], labels[1]);
    let other = load(&server, &[LONG, asynchronous, "columns: id,name,v"], "3,c,3\n").text("Label");
    assert_ne!(other, labels[0], "other parameters, another window");
    assert_eq!(state(&server, &labels[0]), "PREPARE");
    assert!(server.rows("t").is_empty());
}

#[test]
fn rejected_rows_fail_the_window() {
    let server = TestServer::start();
    let headers = [SHORT, "strict_mode: true"];
    let reply = load(&server, &headers, "x,a,1\n");
    assert_eq!(reply.text("Status"), "Fail");
    let message = reply.text("Message");
    assert!(message.starts_with("Load is aborted, reason: There is a data quality issue."), "{message}");
    assert!(message.contains("/api/_load_error_log?file="), "{message}");
    assert_eq!(state(&server, &reply.text("Label")), "ABORTED");
    let (_, query) = message.split_once("Tracking SQL: ").unwrap();
    let answer = Client::connect(server.server().query(), "root").query(query);
    let Answer::Rows { rows, .. } = answer else { panic!("{answer:?}") };
    assert_eq!(rows, [[Some("Error: Value 'x' is out of range. The type of 'id' is INT. Row: x,a,1".to_owned())]]);
    let broken = load(&server, &[SHORT, "format: json"], "hello");
    assert_eq!(broken.text("Message"), "Load is aborted, reason: illegal json started with h");
    assert!(server.rows("t").is_empty());
}

#[test]
fn wrong_parameters_are_named() {
    let server = TestServer::start();
    for (headers, text) in [
        (vec![], "Batch write interval must be set positive, but is null"),
        (vec!["merge_commit_interval_ms: -1"], "Batch write interval must be set positive, but is -1"),
    ] {
        let reply = load(&server, &headers, "1,a,1\n");
        assert_eq!((reply.text("code"), reply.text("message")), ("INVALID_ARGUMENT".into(), text.into()));
    }
    let reply = load(&server, &[SHORT, "merge_commit_async: maybe"], "1,a,1\n");
    assert_eq!(
        reply.text("Message"),
        "Invalid parameter merge_commit_async. The value must be bool type, but is maybe"
    );
    let reply = server.load("nope", &[CSV, SHORT, "merge_commit_parallel: 1", "enable_merge_commit: true"], "1");
    assert_eq!((reply.text("Status"), reply.text("Message")), ("Fail".into(), "unknown table \"gh.nope\"".into()));
}
