// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Follower frontends, and a leader that goes.

use std::io::{ErrorKind, Read};
use std::net::SocketAddr;

use starrocks_server::http::HttpConfig;
use starrocks_server::{FrontendPorts, ServerConfig};

use super::mysql::{Answer, Client};
use super::support::{ROOT, Reply, TestServer, call, connect};
use super::{headers, operation};

/// A leader, and two followers.
fn cluster() -> TestServer {
    TestServer::with_config(ServerConfig {
        http: HttpConfig { faults: true, ..HttpConfig::default() },
        followers: vec![FrontendPorts::default(); 2],
        ..ServerConfig::default()
    })
}

fn set(at: SocketAddr, id: u64, state: &str) -> Reply {
    let body = format!(r#"{{"id":{id},"state":"{state}"}}"#);
    call(at, "POST", "/api/_frontends", &[ROOT], body.as_bytes())
}

fn query(at: SocketAddr, statement: &str) -> Vec<Vec<Option<String>>> {
    match Client::connect(at, "root").query(statement) {
        Answer::Rows { rows, .. } => rows,
        Answer::Ok { .. } => Vec::new(),
        Answer::Error { text, .. } => panic!("{statement}: {text}"),
    }
}

/// Ports, role and whether it is alive, of each frontend.
fn shown(at: SocketAddr) -> Vec<String> {
    let columns = |row: &Vec<Option<String>>| [4, 5, 7, 10].map(|at| row[at].clone().unwrap()).join(" ");
    query(at, "SHOW FRONTENDS").iter().map(columns).collect()
}

#[test]
fn a_follower_redirects_what_only_the_leader_knows() {
    let server = cluster();
    let [leader, follower, _] = server.server().frontends() else { panic!("three frontends") };
    let target = |method: &str, path: &str, more: &[&str]| {
        let mut all = headers("f1");
        all.extend(more);
        let reply = call(follower.http, method, path, &all, b"");
        assert_eq!(reply.status, 307, "{path}: {reply:?}");
        reply.header("location").unwrap().to_owned()
    };
    let to = |at: SocketAddr, path: &str| format!("http://{at}{path}");
    for path in ["begin", "load", "prepare", "commit", "rollback"].map(|name| format!("/api/transaction/{name}")) {
        assert_eq!(target("POST", &path, &[]), to(leader.http, &path));
    }
    let label = "/api/gh/get_load_state?label=f1";
    assert_eq!(target("GET", label, &[]), to(leader.http, label));
    assert_eq!(target("POST", "/api/gh/t/_cancel?label=f1", &[]), to(leader.http, "/api/gh/t/_cancel?label=f1"));
    let (load, expect) = ("/api/gh/t/_stream_load", "Expect: 100-continue");
    assert_eq!(target("PUT", load, &[expect]), to(server.be(), load));
    assert_eq!(target("PUT", load, &[expect, "enable_merge_commit: true"]), to(leader.http, load));
    let nodes = call(follower.http, "GET", "/api/gh/t/_stream_load_meta?type=nodes", &[ROOT], b"");
    assert_eq!(nodes.json()["nodes"]["http"], server.be().to_string());
    let refused = call(follower.http, "POST", "/api/transaction/begin", &[], b"");
    assert_eq!(refused.status, 401, "the password is checked before the redirect");
    let plan = br#"{"sql":"select id from gh.t"}"#;
    assert_eq!(call(follower.http, "POST", "/api/gh/t/_query_plan", &[ROOT], plan).status, 200);
}

#[test]
fn every_frontend_shows_all_and_takes_statements() {
    let server = cluster();
    let [leader, follower, other] = server.server().frontends() else { panic!("three frontends") };
    query(follower.query, "INSERT INTO gh.t VALUES (1, 'a', 1)");
    assert_eq!(query(leader.query, "SELECT id FROM gh.t"), [[Some("1".to_owned())]]);
    let line = |at: &starrocks_server::FrontendAddresses, role: &str| {
        format!("{} {} {role} true", at.http.port(), at.query.port())
    };
    let expected = [line(leader, "LEADER"), line(follower, "FOLLOWER"), line(other, "FOLLOWER")];
    for at in [leader, follower, other] {
        assert_eq!(shown(at.query), expected);
    }
    let names = query(other.query, "SHOW FRONTENDS").into_iter().map(|row| row[1].clone().unwrap());
    assert_eq!(names.collect::<std::collections::BTreeSet<_>>().len(), 3);
}

#[test]
fn a_new_leader_goes_on_with_what_was_prepared() {
    let server = cluster();
    let [leader, follower, other] = server.server().frontends() else { panic!("three frontends") };
    for label in ["open", "prepared"] {
        operation(&server, "begin", label, "");
        operation(&server, "load", label, "1,a,1\n");
    }
    operation(&server, "prepare", "prepared", "");
    let idle = [leader.http, leader.query].map(connect);
    assert_eq!(set(other.http, 1, "down").status, 200);
    for mut connection in idle {
        let ended = connection.read_to_end(&mut Vec::new());
        assert!(!matches!(ended, Err(e) if e.kind() == ErrorKind::WouldBlock));
    }
    let roles = |at: SocketAddr| {
        let shown = shown(at);
        shown
            .iter()
            .map(|line| line.split_once(' ').unwrap().1.split_once(' ').unwrap().1.to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(roles(other.query), ["FOLLOWER false", "LEADER true", "FOLLOWER true"]);
    for label in ["open", "prepared"] {
        let reply = call(other.http, "POST", "/api/transaction/commit", &headers(label), b"");
        assert_eq!(reply.header("location"), Some(format!("http://{}/api/transaction/commit", follower.http).as_str()));
    }
    let commit = |label| call(follower.http, "POST", "/api/transaction/commit", &headers(label), b"").text("Status");
    assert_eq!([commit("open"), commit("prepared")], ["FAILED", "OK"]);
    let late = call(server.be(), "PUT", "/api/transaction/load", &headers("open"), b"2,b,2\n");
    assert_eq!(late.text("Status"), "TXN_NOT_EXISTS", "{late:?}");
    assert_eq!(set(other.http, 1, "up").status, 200);
    assert_eq!(roles(other.query), ["FOLLOWER true", "LEADER true", "FOLLOWER true"]);
    assert_eq!(server.rows("t"), ["1|a|1"]);
}

#[test]
fn without_a_majority_nothing_changes() {
    let server = cluster();
    let [first, _, last] = server.server().frontends() else { panic!("three frontends") };
    operation(&server, "begin", "p", "");
    operation(&server, "load", "p", "1,a,1\n");
    operation(&server, "prepare", "p", "");
    assert_eq!([1, 2].map(|id| set(last.http, id, "down").status), [200, 200]);
    assert!(shown(last.query).iter().all(|line| !line.contains("LEADER")));
    let refused = Client::connect(last.query, "root").query("INSERT INTO gh.t VALUES (2, 'b', 2)");
    assert!(
        matches!(&refused, Answer::Error { text, .. } if text.contains("no frontend is the leader")),
        "{refused:?}"
    );
    let refused = server.load("t", &["column_separator: ,"], "3,c,3\n");
    assert!(refused.text("Status") == "Fail" && refused.text("Message").contains("leader"), "{refused:?}");
    assert_eq!(
        call(server.be(), "POST", "/api/transaction/begin", &headers("q"), b"").text("Status"),
        "THRIFT_RPC_ERROR"
    );
    assert!(query(last.query, "SELECT * FROM gh.t").is_empty());
    assert_eq!(set(last.http, 1, "up").status, 200);
    let commit = call(first.http, "POST", "/api/transaction/commit", &headers("p"), b"");
    assert_eq!(commit.text("Status"), "OK", "two of three have elected the first again: {commit:?}");
    assert_eq!(server.rows("t"), ["1|a|1"]);
    assert_eq!(set(first.http, 1, "down").text("status"), "OK", "it answers before it goes");
    for (body, reason) in [(r#"{"id":4,"state":"up"}"#, "no frontend 4"), (r#"{"id":1,"state":"gone"}"#, "gone")] {
        let reply = call(last.http, "POST", "/api/_frontends", &[ROOT], body.as_bytes());
        assert!(reply.status == 400 && reply.text("message").contains(reason), "{reply:?}");
    }
}
