// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Merge commit against the embedded server and a scripted one: nothing is lost, whatever happens to requests and answers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "support/faults.rs"]
mod fault;
mod support;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use fault::faults;
use starrocks_client::sink::{Budget, FlushMode, Sink, SinkConfig, SinkEncoder};
use starrocks_client::tasks;
use starrocks_server::http::HttpConfig;
use starrocks_server::{Server, ServerConfig};
use starrocks_types::{Error, ErrorKind, Result, TableModel};
use support::{Reaction, Seen};
use tokio::runtime::Handle;

const UNORDERED: &str = "{}";
const ORDERED: &str = r#"{"max_concurrent_requests":1}"#;

/// A server with database `d` and table `t (id INT, name VARCHAR(10))` that takes faults.
async fn server(model: TableModel) -> Server {
    let http = HttpConfig { faults: true, ..HttpConfig::default() };
    support::embedded::start(ServerConfig { http, ..ServerConfig::default() }, model, &["t"]).await
}

fn rows(server: &Server) -> Vec<String> {
    support::embedded::rows(server, "t")
}

/// Chunks of one row each; `primary` tells the sink that the table has a primary key.
fn open(address: &str, merge: &str, primary: bool, more: &str) -> (Sink, SinkEncoder) {
    let text = format!(
        r#"{{"version":1,"connection":{{"load_urls":["http://{address}"],"username":"root","password":"","publish_timeout_ms":1}},
            "database":"d","table":"t","chunk_bytes":1,"retry_interval_ms":1,"upsert_delete":{primary},
            "properties":{{"enable_merge_commit":"true","merge_commit_interval_ms":"20","column_separator":","{more}}},
            "merge_commit":{merge}}}"#
    );
    let mut config = SinkConfig::from_json(text.as_bytes()).unwrap();
    let merge = config.merge_commit.as_mut().unwrap();
    (merge.first_check_ms, merge.check_interval_ms) = (1, 5);
    Sink::open(config, &Handle::current(), &Budget::new()).unwrap()
}

async fn write(encoder: &mut SinkEncoder, rows: &[&str]) {
    for row in rows {
        encoder.write_raw(format!("{row}\n").as_bytes(), 1).unwrap();
        encoder.ready().await.unwrap();
    }
}

async fn flush(encoder: &mut SinkEncoder) -> Result<()> {
    encoder.start_flush(FlushMode::Commit, Some(1))?.await.map(|committables| assert_eq!(committables, []))
}

async fn end(sink: Sink) {
    sink.start_close();
    sink.closed().await;
    assert_eq!(sink.metrics().buffered_bytes, 0);
}

/// Writes rows and flushes; what a sink says at the end.
async fn run(address: &str, merge: &str, primary: bool, more: &str, rows: &[&str]) -> Result<(), Error> {
    let (sink, mut encoder) = open(address, merge, primary, more);
    for row in rows {
        encoder.write_raw(format!("{row}\n").as_bytes(), 1)?;
        encoder.ready().await?;
    }
    let flushed = flush(&mut encoder).await;
    sink.start_close();
    sink.closed().await;
    flushed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flush_waits_until_every_row_is_visible() {
    for merge in [UNORDERED, ORDERED, r#"{"max_concurrent_requests":3,"nodes_interval_ms":1000}"#] {
        for more in ["", r#","merge_commit_async":"false""#] {
            let server = server(TableModel::Duplicate).await;
            let (sink, mut encoder) = open(&server.fe_http().to_string(), merge, false, more);
            let mut expected = Vec::new();
            for round in 0..3 {
                for id in 0..10 {
                    write(&mut encoder, &[&format!("{id},r{round}")]).await;
                    expected.push(format!("{id}|r{round}"));
                }
                flush(&mut encoder).await.unwrap_or_else(|e| panic!("{merge} {more}: {e}"));
                expected.sort();
                assert_eq!(rows(&server), expected, "{merge} {more}");
            }
            assert_eq!((sink.metrics().loads, sink.metrics().rows, sink.metrics().in_flight_bytes), (30, 30, 0));
            end(sink).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_request_at_a_time_keeps_the_order_of_updates() {
    let server = server(TableModel::Primary).await;
    let (sink, mut encoder) = open(&server.fe_http().to_string(), ORDERED, true, "");
    for n in 0..20 {
        write(&mut encoder, &[&format!("1,v{n}")]).await;
    }
    flush(&mut encoder).await.unwrap();
    assert_eq!(rows(&server), ["1|v19"]);
    end(sink).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_count_at_the_interval_without_any_flush() {
    let server = server(TableModel::Duplicate).await;
    let text = format!(
        r#"{{"version":1,"connection":{{"load_urls":["{}"],"username":"root","password":""}},"database":"d","table":"t","flush_interval_ms":1,
            "properties":{{"enable_merge_commit":"true","merge_commit_interval_ms":"1","column_separator":","}},"merge_commit":{{}}}}"#,
        server.fe_http()
    );
    let config = SinkConfig::from_json(text.as_bytes()).unwrap();
    let (sink, mut encoder) = Sink::open(config, &Handle::current(), &Budget::new()).unwrap();
    write(&mut encoder, &["1,a"]).await;
    let visible = async {
        while rows(&server).is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), visible).await.expect("the rows never arrive");
    end(sink).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_with_too_many_versions_is_written_to_less_often() {
    let server = server(TableModel::Duplicate).await;
    faults(&server, r#"{"at":"stream_load","do":"too_many_versions","times":2}"#).await;
    let (sink, mut encoder) = open(&server.fe_http().to_string(), UNORDERED, false, "");
    write(&mut encoder, &["1,a", "2,b"]).await;
    flush(&mut encoder).await.unwrap();
    assert_eq!(rows(&server), ["1|a", "2|b"]);
    // Of five minutes the first refusal makes ten, which is the most.
    assert_eq!((sink.metrics().version_refusals, sink.metrics().flush_interval_ms), (2, 600_000));
    end(sink).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_request_or_answer_is_made_good_where_a_row_replaces_its_like() {
    for fault in [
        r#"{"at":"stream_load","do":"reset"}"#,
        r#"{"at":"stream_load","do":"drop_reply"}"#,
        r#"{"at":"stream_load","do":"answer","code":502,"body":"<html>Bad Gateway</html>"}"#,
        r#"{"at":"label_state","do":"reset","times":2}"#,
        r#"{"at":"label_state","do":"drop_reply"}"#,
        r#"{"at":"label_state","do":"answer","code":500,"body":"<html>"}"#,
    ] {
        for merge in [UNORDERED, ORDERED] {
            let server = server(TableModel::Primary).await;
            faults(&server, fault).await;
            let address = server.fe_http().to_string();
            run(&address, merge, true, "", &["1,a", "2,b", "3,c"]).await.unwrap_or_else(|e| panic!("{fault}: {e}"));
            assert_eq!(rows(&server), ["1|a", "2|b", "3|c"], "{fault}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_is_an_error_where_the_rows_could_double() {
    for fault in ["reset", "drop_reply"] {
        let server = server(TableModel::Duplicate).await;
        faults(&server, &format!(r#"{{"at":"stream_load","do":"{fault}"}}"#)).await;
        let error = run(&server.fe_http().to_string(), ORDERED, false, "", &["1,a", "2,b"]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Network);
        for part in ["stream load", "primary key", "table=d.t", "label=flink-t-0-", &server.be_http().to_string()] {
            assert!(error.to_string().contains(part), "{part} is missing in {error}");
        }
    }
    // A question is harmless, whatever the table.
    let server = server(TableModel::Duplicate).await;
    faults(&server, r#"{"at":"label_state","do":"reset","times":2}"#).await;
    run(&server.fe_http().to_string(), ORDERED, false, "", &["1,a", "2,b"]).await.unwrap();
    assert_eq!(rows(&server), ["1|a", "2|b"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rejected_rows_are_explained() {
    for more in ["", r#","merge_commit_async":"false""#] {
        let server = server(TableModel::Duplicate).await;
        let error =
            run(&server.fe_http().to_string(), UNORDERED, false, more, &["x,much too long for it"]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RowsRejected, "{more}: {error}");
        assert!(error.to_string().contains("errorLog: Error:"), "{more}: {error}");
        assert_eq!(rows(&server), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_sink_writes_to_its_own_cluster() {
    let (a, b) = (server(TableModel::Duplicate).await, server(TableModel::Duplicate).await);
    let (sink_a, mut encoder_a) = open(&a.fe_http().to_string(), UNORDERED, false, "");
    let (sink_b, mut encoder_b) = open(&b.fe_http().to_string(), UNORDERED, false, "");
    write(&mut encoder_a, &["1,a"]).await;
    write(&mut encoder_b, &["2,b"]).await;
    flush(&mut encoder_a).await.unwrap();
    flush(&mut encoder_b).await.unwrap();
    assert_eq!((rows(&a), rows(&b)), (vec!["1|a".to_owned()], vec!["2|b".to_owned()]));
    end(sink_a).await;
    end(sink_b).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_server_is_told_at_planning() {
    let mut config = ServerConfig::default();
    config.engine.compat_version = "3.3.0".to_owned();
    let server = support::embedded::start(config, TableModel::Duplicate, &["t"]).await;
    let request = format!(
        r#"{{"task":"check_schema","connection":{{"load_urls":["{}"],"jdbc_url":"jdbc:mysql://{}","username":"root","password":""}},
            "database":"d","table":"t","columns":[{{"name":"id","type":{{"root":"INTEGER"}}}}],
            "properties":{{"enable_merge_commit":"true"}}}}"#,
        server.fe_http(),
        server.query()
    );
    let error = tasks::run_task(request.as_bytes()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("merge commit needs StarRocks 3.4"), "{error}");
}

/// Answers as a server that merges every request into a transaction `m<n>`, whose states are as told.
async fn scripted(states: &'static [&'static str]) -> (support::Server, support::Server) {
    let n = AtomicUsize::new(0);
    let asked = Mutex::new(0);
    let be = support::Server::start(move |_: &Seen| {
        let n = n.fetch_add(1, Ordering::SeqCst);
        Reaction::Answer(format!(r#"{{"Status":"Success","TxnId":{n},"Label":"m{n}","LeftMergeTimeMs":0}}"#))
    })
    .await;
    let backend = be.address.clone();
    let fe = support::Server::start(move |seen: &Seen| match seen.operation() {
        "_stream_load_meta" => Reaction::Answer(format!(r#"{{"status":"OK","nodes":{{"http":"{backend}"}}}}"#)),
        "get_load_state" => {
            let mut asked = asked.lock().unwrap();
            let state = states.get(*asked).unwrap_or(&"VISIBLE");
            *asked += 1;
            Reaction::Answer(format!(r#"{{"state":"{state}","reason":"too many versions","status":"OK"}}"#))
        }
        _ => Reaction::Redirect(format!("http://{backend}{}", seen.path)),
    })
    .await;
    (fe, be)
}

#[tokio::test]
async fn an_aborted_transaction_is_loaded_again_and_an_unknown_one_is_not() {
    let (fe, be) = scripted(&["PREPARE", "PREPARED", "ABORTED", "COMMITTED"]).await;
    run(&fe.address, UNORDERED, false, "", &["1,a"]).await.unwrap();
    let requests = be.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!((&requests[0].body, requests[0].header("label")), (&requests[1].body, requests[1].header("label")));
    assert_eq!(requests[0].header("merge_commit_parallel"), "3");
    assert_eq!(requests[0].header("merge_commit_async"), "true");
    let labels: Vec<String> =
        fe.requests().iter().filter(|s| s.operation() == "get_load_state").map(Seen::label).collect();
    assert_eq!(&labels[..4], ["m0", "m0", "m0", "m1"]);

    let (fe, _be) = scripted(&["ABORTED"; 9]).await;
    let error = run(&fe.address, UNORDERED, false, "", &["1,a"]).await.unwrap_err();
    for part in ["too many versions", "attempts=4", "merged_label=m0"] {
        assert!(error.to_string().contains(part), "{part} is missing in {error}");
    }
    let (fe, be) = scripted(&["UNKNOWN"]).await;
    let error = run(&fe.address, UNORDERED, false, "", &["1,a"]).await.unwrap_err();
    assert_eq!((error.kind(), be.requests().len()), (ErrorKind::TransactionUnknown, 1));
}

#[tokio::test]
async fn loads_may_go_to_the_backends_without_the_fe() {
    let (fe, be) = scripted(&[]).await;
    run(&fe.address, r#"{"nodes_interval_ms":600000}"#, false, "", &["1,a", "2,b"]).await.unwrap();
    assert_eq!(be.operations(), ["_stream_load", "_stream_load"]);
    let asked = fe.operations();
    assert_eq!(asked.iter().filter(|o| *o == "_stream_load_meta").count(), 1);
    assert!(!asked.contains(&"_stream_load".to_owned()), "{asked:?}");
}

#[tokio::test]
async fn no_more_requests_are_under_way_than_allowed() {
    let (most, now) = (std::sync::Arc::new(AtomicUsize::new(0)), std::sync::Arc::new(AtomicUsize::new(0)));
    let (seen_most, seen_now) = (most.clone(), now.clone());
    let server = support::Server::start(move |seen: &Seen| match seen.operation() {
        "get_load_state" => {
            seen_now.fetch_sub(1, Ordering::SeqCst);
            Reaction::Answer(r#"{"state":"VISIBLE","status":"OK"}"#.to_owned())
        }
        _ => {
            let under_way = seen_now.fetch_add(1, Ordering::SeqCst) + 1;
            seen_most.fetch_max(under_way, Ordering::SeqCst);
            Reaction::Answer(r#"{"Status":"Success","TxnId":1,"Label":"m"}"#.to_owned())
        }
    })
    .await;
    for (merge, allowed) in [(ORDERED, 1), (r#"{"max_concurrent_requests":2}"#, 2)] {
        most.store(0, Ordering::SeqCst);
        run(&server.address, merge, false, "", &["1,a", "2,b", "3,c", "4,d", "5,e"]).await.unwrap();
        assert!(most.load(Ordering::SeqCst) <= allowed, "{merge}");
        assert_eq!(now.load(Ordering::SeqCst), 0);
    }
}

#[tokio::test]
async fn a_black_hole_swallows_everything() {
    let server = support::Server::start(|_: &Seen| Reaction::Reset).await;
    run(&server.address, r#"{"blackhole":true}"#, false, "", &["1,a", "2,b"]).await.unwrap();
    assert_eq!(server.requests().len(), 0);
}
