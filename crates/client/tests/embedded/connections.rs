// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The connections of sinks and of those who commit for them.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

use starrocks_client::sink::{Budget, FlushMode, Sink, SinkConfig};
use starrocks_client::tasks;
use tokio::runtime::Handle;

use super::support::{Reaction, Seen, Server};

const SINKS: usize = 12;

fn answer(seen: &Seen) -> Reaction {
    Reaction::Answer(format!(r#"{{"Status":"OK","Label":"{}","TxnId":7,"Message":""}}"#, seen.label()))
}

fn connection(server: &Server, user: &str) -> String {
    format!(r#""connection":{{"load_urls":["{}"],"username":"{user}","password":""}}"#, server.address)
}

/// Commits what has these labels, each of a table of its own.
async fn commit(server: &Server, user: &str, committables: &str) {
    let task = format!(r#"{{"task":"commit",{},"committables":{committables}}}"#, connection(server, user));
    tasks::run_task(task.as_bytes()).await.unwrap();
}

#[tokio::test]
async fn all_tables_and_their_commits_share_connections_until_the_last_sink_is_closed() {
    let server = Server::start(answer).await;
    let mut sinks = Vec::new();
    for number in 0..SINKS {
        let text = format!(
            r#"{{"version":1,{},"database":"d","table":"t{number}","semantic":"exactly-once","label_prefix":"p"}}"#,
            connection(&server, "u")
        );
        let config = SinkConfig::from_json(text.as_bytes()).unwrap();
        sinks.push(Sink::open(config, &Handle::current(), &Budget::new()).unwrap());
    }
    for checkpoint in 1..4 {
        let mut flushes = Vec::new();
        for (_, encoder) in &mut sinks {
            encoder.write_raw(b"1\n", 1).unwrap();
            encoder.ready().await.unwrap();
            flushes.push(encoder.start_flush(FlushMode::Prepare, Some(checkpoint)).unwrap());
        }
        let mut committables = Vec::new();
        for flush in flushes {
            committables.extend(flush.await.unwrap());
        }
        commit(&server, "u", &serde_json::to_string(&committables).unwrap()).await;
    }
    let requests = server.requests();
    assert_eq!(requests.len(), 3 * 4 * SINKS, "begin, load, prepare, commit");
    let used: BTreeSet<usize> = requests.iter().map(|seen| seen.connection).collect();
    assert!(used.len() <= SINKS, "no more than are in use at once: {used:?}");

    // Another user has connections of its own.
    let before = used.last().copied();
    let other = r#"[{"database":"d","table":"t","label":"x","txn_id":1,"rows":0,"bytes":0}]"#;
    commit(&server, "someone else", other).await;
    assert!(server.requests().last().map(|seen| seen.connection) > before);

    for (sink, _) in &sinks {
        sink.start_close();
        sink.closed().await;
    }
    drop(sinks);
    let all_closed = async {
        while server.open.load(Ordering::SeqCst) > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), all_closed).await.expect("connections outlive the sinks");
}

#[tokio::test]
async fn many_commits_are_all_done_with_a_bounded_number_under_way() {
    let server = Server::start(answer).await;
    let many: Vec<String> = (0..200)
        .map(|n| format!(r#"{{"database":"d","table":"t{n}","label":"l{n}","txn_id":{n},"rows":1,"bytes":1}}"#))
        .collect();
    commit(&server, "u", &format!("[{}]", many.join(","))).await;
    let requests = server.requests();
    let labels: BTreeSet<String> = requests.iter().map(Seen::label).collect();
    assert_eq!((requests.len(), labels.len()), (200, 200));
    let used = requests.iter().map(|seen| seen.connection).max();
    assert!(used <= Some(64), "{used:?} connections");
}
