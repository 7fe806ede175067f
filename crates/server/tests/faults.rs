// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Faults that tests of clients ask for, and what a client sees of them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests panic as tests do")]

#[path = "faults/frontends.rs"]
mod frontends;
#[path = "support/mysql.rs"]
mod mysql;
#[path = "support/scanner.rs"]
mod scanner;
mod support;

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use scanner::{Scanner, ask_plan, plan, rows};
use starrocks_server::ServerConfig;
use starrocks_server::engine::EngineConfig;
use starrocks_server::http::HttpConfig;
use starrocks_server::persist::DataDir;
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

/// Sends a request to which no reply is expected. Returns how the connection ended.
fn cut(address: SocketAddr, method: &str, path: &str, headers: &[&str], body: &str) -> std::io::Result<()> {
    let mut stream = connect(address);
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n{}\r\n\r\n{body}",
        body.len(),
        headers.join("\r\n")
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut reply = Vec::new();
    let ended = stream.read_to_end(&mut reply);
    assert!(reply.is_empty(), "{}", String::from_utf8_lossy(&reply));
    ended.map(|_| ())
}

fn is_reset(address: SocketAddr, method: &str, path: &str, headers: &[&str], body: &str) -> bool {
    matches!(cut(address, method, path, headers, body), Err(e) if e.kind() == ErrorKind::ConnectionReset)
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

#[test]
fn time_that_passes_ends_transactions_and_labels() {
    let server = server();
    operation(&server, "begin", "c1", "");
    operation(&server, "load", "c1", "1,a,1\n");
    operation(&server, "begin", "c2", "");
    operation(&server, "load", "c2", "2,b,2\n");
    operation(&server, "prepare", "c2", "");
    assert_eq!(ask(&server, r#"{"do":"advance_clock","seconds":601}"#).status, 200);
    assert_eq!(["c1", "c2"].map(|label| state(&server, label)), ["ABORTED", "PREPARED"]);
    let late = operation(&server, "load", "c1", "1,a,1\n");
    assert_eq!(late.text("Status"), "TXN_NOT_EXISTS", "{late:?}");
    assert_eq!(operation(&server, "commit", "c2", "").text("Status"), "OK");
    // The default retention of a load's label is twelve hours.
    ask(&server, r#"{"at":"label_state","do":"advance_clock","seconds":43300}"#);
    assert_eq!(state(&server, "c2"), "UNKNOWN");
    assert_eq!((server.rows("t"), waiting(&server)), (vec!["2|b|2".to_owned()], "[]".to_owned()));
}

#[test]
fn evicted_labels_are_those_of_finished_transactions_of_the_database() {
    let server = server();
    server.engine().create_database("other").unwrap();
    for label in ["done", "open", "prepared"] {
        operation(&server, "begin", label, "");
        operation(&server, "load", label, "1,a,1\n");
    }
    operation(&server, "prepare", "done", "");
    operation(&server, "commit", "done", "");
    operation(&server, "prepare", "prepared", "");
    assert_eq!(ask(&server, r#"{"do":"evict_labels","database":"other"}"#).status, 200);
    assert_eq!(state(&server, "done"), "VISIBLE");
    assert_eq!(ask(&server, r#"{"do":"evict_labels","database":"gh"}"#).status, 200);
    assert_eq!(["done", "open", "prepared"].map(|label| state(&server, label)), ["UNKNOWN", "PREPARE", "PREPARED"]);
    for (body, reason) in [
        (r#"{"do":"evict_labels","database":"nowhere"}"#, "nowhere"),
        (r#"{"do":"advance_clock"}"#, "needs seconds"),
        (r#"{"do":"advance_clock","seconds":315360001}"#, "at most"),
        (r#"{"do":"reset"}"#, "endpoint"),
        (r#"{"at":"commit","do":"reset","seconds":1}"#, "only advance_clock"),
        (r#"{"at":"get_next","do":"evict_labels"}"#, "over HTTP"),
    ] {
        let reply = ask(&server, body);
        assert!(reply.status == 400 && reply.text("message").contains(reason), "{body}: {reply:?}");
    }
}

/// A server of three backends with faults, and `gh.n`, 1000 rows in 4 tablets of two copies each.
fn scanned() -> TestServer {
    let backends = starrocks_server::BackendsConfig { count: 3, ..starrocks_server::BackendsConfig::default() };
    let http = HttpConfig { faults: true, ..HttpConfig::default() };
    let server = TestServer::with_backends(EngineConfig::default(), http, backends);
    let mut client = mysql::Client::connect(server.server().query(), "root");
    let created = client.query(
        "CREATE TABLE gh.n (k INT, v INT) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 4 \
         PROPERTIES('replication_num'='2')",
    );
    assert!(matches!(created, mysql::Answer::Ok { .. }), "{created:?}");
    let body: String = (0..1000).map(|i| format!("{i},{i}\n")).collect();
    assert_eq!(server.load("n", &["column_separator: ,"], body).text("Status"), "Success");
    server
}

fn backend(server: &TestServer, id: u64, state: &str) -> Reply {
    let body = format!(r#"{{"id":{id},"state":"{state}"}}"#);
    call(server.fe(), "POST", "/api/_backends", &[ROOT], body.as_bytes())
}

#[test]
fn scanner_requests_fail_as_they_are_told() {
    let server = scanned();
    let planned = plan(&server, "n", "select k from gh.n");
    let be = server.server().be()[0];
    let mut scanner = Scanner::connect(be);
    let text = r#"{"at":"open_scanner","do":"answer","code":41,"body":"too busy"}"#;
    assert_eq!(ask(&server, text).status, 200);
    let refused = scanner.open(&planned.blob, &planned.tablets, 100).unwrap();
    assert_eq!((refused.code, refused.message.as_str()), (41, "too busy"));
    let id = scanner.open(&planned.blob, &planned.tablets, 100).unwrap().context_id.unwrap();
    assert_eq!(scanner.next(&id, 0).unwrap().code, 0);
    // The work of a reply that is dropped is done: the offset has moved on.
    ask(&server, r#"{"at":"get_next","do":"drop_reply","backend":10001}"#);
    assert!(scanner.next(&id, 100).is_err());
    let mut scanner = Scanner::connect(be);
    assert!(scanner.next(&id, 100).unwrap().message.ends_with("send_offset=100, context_offset=200"));
    assert_eq!(scanner.next(&id, 200).unwrap().code, 0);
    ask(&server, r#"[{"at":"get_next","do":"delay","ms":1},{"at":"get_next","do":"expire"}]"#);
    assert_eq!(scanner.next(&id, 300).unwrap().code, 0);
    assert_eq!(scanner.next(&id, 400).unwrap().message, format!("context_id: {id} not found"));
    // A fault of another backend does not hit this one.
    ask(&server, r#"{"at":"close_scanner","do":"reset","backend":10002}"#);
    assert_eq!(scanner.close(&id).unwrap().code, 0);
    assert!(Scanner::connect(server.server().be()[1]).close(&id).is_err());
    assert_eq!(waiting(&server), "[]");
    ask(&server, r#"{"at":"query_plan","do":"answer","code":500}"#);
    assert_eq!(ask_plan(&server, "n", "select k from gh.n").status, 500);
    assert_eq!(ask_plan(&server, "n", "select k from gh.n").status, 200);
}

#[test]
fn a_compacted_version_is_one_plans_trouble() {
    let server = scanned();
    let planned = plan(&server, "n", "select k from gh.n");
    let mut scanner = Scanner::connect(server.server().be()[0]);
    let open = scanner.open(&planned.blob, &planned.tablets, 100).unwrap().context_id.unwrap();
    ask(&server, r#"{"at":"open_scanner","do":"compact"}"#);
    for _ in 0..2 {
        let id = scanner.open(&planned.blob, &planned.tablets, 100).unwrap().context_id.unwrap();
        let answer = scanner.next(&id, 0).unwrap();
        assert_eq!(answer.code, 45);
        assert!(answer.message.contains("version already been compacted"), "{}", answer.message);
    }
    assert_eq!(scanner.next(&open, 0).unwrap().code, 0, "a scanner that is open has what it reads");
    ask(&server, r#"{"at":"get_next","do":"compact"}"#);
    assert_eq!(scanner.next(&open, 100).unwrap().code, 45);
    let again = plan(&server, "n", "select k from gh.n");
    assert_eq!(rows(&scanner.read(&again.blob, &again.tablets, 100)).len(), 1000);
}

#[test]
fn rows_come_again_as_often_as_asked() {
    let server = scanned();
    let planned = plan(&server, "n", "select k from gh.n");
    ask(&server, r#"{"at":"get_next","do":"again","times":3}"#);
    let all = rows(&Scanner::connect(server.server().be()[0]).read(&planned.blob, &planned.tablets, 100));
    // The first of the three finds nothing to give again.
    assert_eq!(all.len(), 1200);
    assert_eq!(all[..100], all[100..200]);
    let refused = ask(&server, r#"{"at":"open_scanner","do":"again"}"#);
    assert_eq!((refused.status, waiting(&server).as_str()), (400, "[]"));
}

#[test]
fn backends_go_down_and_come_back() {
    let server = scanned();
    let be = server.server().be().to_vec();
    let planned = plan(&server, "n", "select k from gh.n");
    let routings = |planned: &scanner::Plan| {
        let all: Vec<_> = planned.json["partitions"].as_object().unwrap().values().cloned().collect();
        all.iter().map(|p| p["routings"].as_array().unwrap().len()).sum::<usize>()
    };
    assert_eq!(routings(&planned), 8);
    let mut scanner = Scanner::connect(be[1]);
    let id = scanner.open(&planned.blob, &planned.tablets, 100).unwrap().context_id.unwrap();
    assert_eq!(backend(&server, 10_002, "down").status, 200);
    assert!(scanner.next(&id, 0).is_err());
    let refused = (0..600).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        std::net::TcpStream::connect(be[1]).is_err()
    });
    assert!(refused, "the port of a backend that is down is closed");
    // The same plan is read from another backend; new plans leave out the one that is down.
    assert_eq!(rows(&Scanner::connect(be[0]).read(&planned.blob, &planned.tablets, 300)).len(), 1000);
    assert!(routings(&plan(&server, "n", "select k from gh.n")) < 8);
    assert_eq!(call(server.fe(), "GET", "/api/health", &[ROOT], b"").text("online_backend_num"), "2");
    backend(&server, 10_002, "up");
    let mut found = None;
    for _ in 0..600 {
        match std::net::TcpStream::connect(be[1]) {
            Ok(_) => {
                found = Some(Scanner::connect(be[1]));
                break;
            }
            Err(_) => std::thread::sleep(std::time::Duration::from_millis(10)),
        }
    }
    let mut scanner = found.unwrap();
    assert!(scanner.next(&id, 0).unwrap().message.ends_with("not found"), "a restarted backend has no scanners");
    // A paused one answers when it goes on.
    backend(&server, 10_002, "paused");
    scanner.send("close_scanner", &[(1, scanner::Arg::Text(id))]).unwrap();
    assert!(call(server.fe(), "GET", "/api/_backends", &[ROOT], b"").body.contains(r#""state":"paused""#));
    backend(&server, 10_002, "up");
    assert_eq!(scanner.receive().unwrap().code, 0);
    assert_eq!(backend(&server, 1, "up").status, 400);
    assert_eq!(backend(&server, 10_001, "gone").status, 400);
}

/// Waits until the server that was killed serves again.
fn is_back(server: &TestServer) {
    for _ in 0..3000 {
        let mut answer = String::new();
        let asked = TcpStream::connect(server.fe()).and_then(|mut stream| {
            stream.write_all(b"GET /api/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?;
            stream.read_to_string(&mut answer)
        });
        if asked.is_ok() && answer.starts_with("HTTP/1.1 200") {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("the server does not come back");
}

#[test]
fn a_restart_loses_what_was_in_memory_only() {
    let server = server();
    let (http, be) = (server.fe(), server.be());
    operation(&server, "begin", "m1", "");
    let idle = [be, server.server().query(), server.server().be()[0]].map(connect);
    assert_eq!(ask(&server, r#"{"do":"restart"}"#).text("status"), "OK");
    for mut connection in idle {
        let ended = connection.read_to_end(&mut Vec::new());
        assert!(!matches!(ended, Err(e) if e.kind() == ErrorKind::WouldBlock), "{:?}", connection.peer_addr());
    }
    is_back(&server);
    assert_eq!((server.fe(), server.be()), (http, be));
    assert!(!server.engine().catalog().databases().any(|d| d.name == "gh"));
    let mut client = mysql::Client::connect(server.server().query(), "root");
    assert!(matches!(client.query("CREATE DATABASE gh"), mysql::Answer::Ok { .. }));
    assert_eq!(state(&server, "m1"), "UNKNOWN");
    let text = r#"{"do":"restart_after"}"#;
    assert!(ask(&server, text).text("message").contains("endpoint"));
}

#[test]
fn a_restart_keeps_what_the_data_directory_holds() {
    let dir = tempfile::tempdir().unwrap();
    let server = TestServer::with_config(ServerConfig {
        http: HttpConfig { faults: true, ..HttpConfig::default() },
        data_dir: Some(DataDir::new(dir.path())),
        ..ServerConfig::default()
    });
    for label in ["open", "prepared"] {
        operation(&server, "begin", label, "");
        operation(&server, "load", label, "1,a,1\n");
    }
    ask(&server, r#"{"at":"prepare","do":"restart_after","ms":5}"#);
    let _ended = cut(server.be(), "POST", "/api/transaction/prepare", &headers("prepared"), "");
    is_back(&server);
    assert_eq!(state(&server, "prepared"), "PREPARED");
    assert!(["UNKNOWN", "ABORTED"].contains(&state(&server, "open").as_str()));
    ask(&server, r#"{"at":"commit","do":"restart"}"#);
    let _ended = cut(server.fe(), "POST", "/api/transaction/commit", &headers("prepared"), "");
    is_back(&server);
    assert_eq!(state(&server, "prepared"), "PREPARED");
    assert_eq!(operation(&server, "commit", "prepared", "").text("Status"), "OK");
    assert_eq!((server.rows("t"), waiting(&server)), (vec!["1|a|1".to_owned()], "[]".to_owned()));
}
