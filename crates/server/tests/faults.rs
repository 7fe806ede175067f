// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Faults that tests of clients ask for, and what a client sees of them.

#![allow(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]

mod support;

use std::io::{ErrorKind, Read, Write};

use starrocks_server::engine::EngineConfig;
use starrocks_server::http::HttpConfig;
use support::{ROOT, Reply, TestServer, call, connect};

fn server() -> TestServer {
    TestServer::with(EngineConfig::default(), HttpConfig { faults: true, ..HttpConfig::default() })
}

fn ask(server: &TestServer, faults: &str) -> Reply {
    call(server.fe(), "POST", "/api/_faults", &[ROOT], faults.as_bytes())
}

fn waiting(server: &TestServer) -> String {
    call(server.fe(), "GET", "/api/_faults", &[ROOT], b"").body
}

fn operation(server: &TestServer, operation: &str, label: &str, body: &str) -> Reply {
    let to = if operation == "commit" { server.fe() } else { server.be() };
    call(to, "POST", &format!("/api/transaction/{operation}"), &headers(label), body.as_bytes())
}

fn headers(label: &str) -> Vec<&str> {
    let label: &'static str = Box::leak(format!("label: {label}").into_boxed_str());
    vec![ROOT, "db: gh", "table: t", "column_separator: ,", label]
}

fn state(server: &TestServer, label: &str) -> String {
    call(server.fe(), "GET", &format!("/api/gh/get_load_state?label={label}"), &[ROOT], b"").text("state")
}

/// Sends a request whose reply is expected to be a reset connection.
fn is_reset(address: std::net::SocketAddr, method: &str, path: &str, headers: &[&str], body: &str) -> bool {
    let mut stream = connect(address);
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n{}\r\n\r\n{body}",
        body.len(),
        headers.join("\r\n")
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut reply = Vec::new();
    let ended = stream.read_to_end(&mut reply);
    reply.is_empty() && matches!(ended, Err(e) if e.kind() == ErrorKind::ConnectionReset)
}

#[test]
fn without_the_flag_there_is_no_such_path() {
    let server = TestServer::start();
    assert_eq!(ask(&server, r#"{"at":"commit","do":"reset"}"#).status, 501);
    assert_eq!(call(server.fe(), "GET", "/api/_faults", &[ROOT], b"").status, 404);
}

#[test]
fn faults_are_listed_counted_down_and_removed() {
    let server = server();
    let asked = ask(
        &server,
        r#"[{"at":"label_state","do":"answer","code":503,"body":"busy","times":2},{"at":"begin","do":"pass"}]"#,
    );
    assert_eq!((asked.status, asked.text("status")), (200, "OK".into()));
    for left in ["\"times\":1", "\"begin\""] {
        let reply = call(server.fe(), "GET", "/api/gh/get_load_state?label=x", &[ROOT], b"");
        assert_eq!((reply.status, reply.body.as_str()), (503, "busy"));
        assert!(waiting(&server).contains(left), "{}", waiting(&server));
    }
    assert_eq!(state(&server, "x"), "UNKNOWN");
    assert_eq!(waiting(&server), r#"[{"at":"begin","do":"pass","times":1}]"#);
    call(server.fe(), "DELETE", "/api/_faults", &[ROOT], b"");
    assert_eq!(waiting(&server), "[]");
}

#[test]
fn what_is_no_fault_is_refused_whole() {
    let server = server();
    for (body, reason) in [
        ("nonsense", "no JSON"),
        (r#"{"at":"nowhere","do":"reset"}"#, "nowhere"),
        (r#"{"at":"commit","do":"explode"}"#, "explode"),
        (r#"{"at":"commit","do":"delay","ms":700000}"#, "at most 600000"),
        (r#"{"at":"commit","do":"reset","times":0}"#, "at least 1"),
        (r#"[{"at":"commit","do":"reset"},{"at":"commit","do":"answer","code":99}]"#, "200 to 599"),
    ] {
        let reply = ask(&server, body);
        assert_eq!(reply.status, 400, "{body}");
        assert!(reply.text("message").contains(reason), "{reply:?}");
    }
    assert_eq!(waiting(&server), "[]");
    assert_eq!(call(server.fe(), "POST", "/api/_faults", &[], b"{}").status, 401);
}

#[test]
fn a_reset_before_the_work_does_nothing() {
    let server = server();
    ask(&server, r#"{"at":"begin","do":"reset"}"#);
    assert!(is_reset(server.be(), "POST", "/api/transaction/begin", &headers("r1"), ""));
    assert_eq!(state(&server, "r1"), "UNKNOWN");
    assert_eq!(operation(&server, "begin", "r1", "").text("Status"), "OK");
}

#[test]
fn a_dropped_reply_hides_work_that_was_done() {
    let server = server();
    operation(&server, "begin", "d1", "");
    ask(&server, r#"[{"at":"load","do":"pass"},{"at":"load","do":"drop_reply"},{"at":"commit","do":"drop_reply"}]"#);
    assert_eq!(operation(&server, "load", "d1", "1,a,1\n").text("Status"), "OK");
    assert!(is_reset(server.be(), "PUT", "/api/transaction/load", &headers("d1"), "2,b,2\n"));
    assert_eq!(operation(&server, "prepare", "d1", "").text("NumberLoadedRows"), "2");
    assert!(is_reset(server.fe(), "POST", "/api/transaction/commit", &headers("d1"), ""));
    assert_eq!(state(&server, "d1"), "VISIBLE");
    assert_eq!(server.rows("t"), ["1|a|1", "2|b|2"]);
}

#[test]
fn an_answer_replaces_the_work_and_a_delay_only_holds_it_up() {
    let server = server();
    ask(
        &server,
        r#"[{"at":"stream_load","do":"answer","body":"{\"Status\":\"Fail\",\"Message\":\"disk full\"}"},
            {"at":"stream_load","do":"delay","ms":1}]"#,
    );
    let load = || server.load("t", &["column_separator: ,", "label: s1"], "1,a,1\n");
    assert_eq!(load().text("Message"), "disk full");
    assert_eq!(state(&server, "s1"), "UNKNOWN");
    assert_eq!(load().text("Status"), "Success");
    assert_eq!(waiting(&server), "[]");
}

#[test]
fn a_redirect_uses_up_no_fault() {
    let server = server();
    ask(&server, r#"{"at":"commit","do":"answer","code":500}"#);
    operation(&server, "begin", "f1", "");
    operation(&server, "load", "f1", "1,a,1\n");
    // The commit of a transaction that is not prepared is the backend's.
    assert_eq!(operation(&server, "commit", "f1", "").status, 307);
    assert_eq!(call(server.be(), "POST", "/api/transaction/commit", &headers("f1"), b"").status, 500);
}
