// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Frontends of which the first one named is a follower, and whose leader goes.

use bytes::Bytes;
use starrocks_client::scan::{ScanEvent, ScanOptions, ScanReader, ScanRequest};
use starrocks_client::sink::FlushMode;
use starrocks_client::{LabelState, StarRocks, TransactionOptions, tasks};
use starrocks_server::http::HttpConfig;
use starrocks_server::{FrontendPorts, Server, ServerConfig};
use starrocks_types::TableModel;

use super::fault::admin;
use super::support::{self, Reaction};
use super::{connection, expected, open_at, rows, write};

/// A leader, two followers, and the URLs of all with the leader last.
async fn cluster() -> (Server, Vec<String>) {
    let config = ServerConfig {
        http: HttpConfig { faults: true, ..HttpConfig::default() },
        followers: vec![FrontendPorts::default(); 2],
        ..ServerConfig::default()
    };
    let server = support::embedded::start(config, TableModel::Duplicate, &["t"]).await;
    let urls = server.frontends().iter().rev().map(|frontend| frontend.http.to_string()).collect();
    (server, urls)
}

/// Kills the first frontend, which the last one is told.
async fn kill_leader(server: &Server) {
    let last = server.frontends().last().unwrap().http;
    let left = admin(last, "POST", "_frontends", r#"{"id":1,"state":"down"}"#).await;
    assert!(left.contains(r#""leader":true,"query""#), "{left}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_are_there_once_when_the_leader_goes_between_flushes() {
    for more in [r#","use_transaction":true"#, r#","use_transaction":false"#] {
        let (server, urls) = cluster().await;
        let (sink, mut encoder) = open_at(&urls, more);
        for (checkpoint, ids) in [(1, 0..100), (2, 100..200)] {
            write(&mut encoder, ids).await;
            if checkpoint == 2 {
                kill_leader(&server).await;
            }
            let flushed = encoder.start_flush(FlushMode::Commit, Some(checkpoint)).unwrap().await;
            flushed.unwrap_or_else(|e| panic!("{more}: {e}"));
        }
        assert_eq!(rows(&server), expected(0..200), "{more}");
        sink.start_close();
        sink.closed().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_prepared_is_committed_at_the_new_leader() {
    let (server, urls) = cluster().await;
    let (sink, mut encoder) = open_at(&urls, r#","semantic":"exactly-once","label_prefix":"p""#);
    write(&mut encoder, 0..100).await;
    let committables = encoder.start_flush(FlushMode::Prepare, Some(1)).unwrap().await.unwrap();
    kill_leader(&server).await;
    let task = format!(
        r#"{{"task":"commit",{},"committables":{}}}"#,
        connection(&urls),
        serde_json::to_string(&committables).unwrap()
    );
    for _ in 0..2 {
        tasks::run_task(task.as_bytes()).await.unwrap();
    }
    assert_eq!(rows(&server), expected(0..100));
    sink.start_close();
    sink.closed().await;
}

/// A follower that has not heard of the new leader yet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follower_that_redirects_to_the_dead_leader_is_passed_over() {
    let (server, mut urls) = cluster().await;
    let dead = urls.last().unwrap().clone();
    kill_leader(&server).await;
    let stale = support::Server::start(move |seen| Reaction::Redirect(format!("http://{dead}{}", seen.path))).await;
    urls.insert(0, stale.address.clone());
    let client = || StarRocks::builder().load_urls(&urls).build().unwrap();
    // Each client asks the first frontend first.
    assert!(client().probe_transactions().await.unwrap());
    let options = TransactionOptions { database: "d".into(), table: "t".into(), properties: Vec::new() };
    let mut transaction = client().begin(options, "l").await.unwrap();
    transaction.load(1, vec![Bytes::from_static(b"1\tn1\n")]).await.unwrap();
    transaction.prepare().await.unwrap();
    assert_eq!(client().label_state("d", "l").await.unwrap(), LabelState::Prepared);
    let committable = r#"[{"database":"d","table":"t","label":"l","txn_id":-1,"rows":1,"bytes":5}]"#;
    let task = format!(r#"{{"task":"commit",{},"committables":{committable}}}"#, connection(&urls));
    tasks::run_task(task.as_bytes()).await.unwrap();
    assert_eq!(rows(&server), expected(1..2));
    assert_eq!(stale.operations(), ["begin", "begin", "get_load_state", "commit"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scan_is_planned_by_any_frontend() {
    let (server, urls) = cluster().await;
    let (sink, mut encoder) = open_at(&urls, "");
    write(&mut encoder, 0..50).await;
    encoder.start_flush(FlushMode::Commit, Some(1)).unwrap().await.unwrap();
    let client = StarRocks::builder().load_urls(urls).build().unwrap();
    let request = ScanRequest::table("d", "t");
    for leader_goes in [false, true] {
        if leader_goes {
            kill_leader(&server).await;
        }
        let options = ScanOptions::default();
        let splits = client.plan_scan(&request, &options).await.unwrap().splits(1);
        let mut reader = ScanReader::new(client.clone(), request.clone(), options).unwrap();
        for split in splits {
            reader.add_split(split).unwrap();
        }
        let mut rows = 0;
        while let Some(event) = reader.next().await.unwrap() {
            if let ScanEvent::Batch(batch) = event {
                rows += batch.batch.num_rows();
            }
        }
        reader.close().await;
        assert_eq!(rows, 50, "leader_goes={leader_goes}");
    }
    sink.start_close();
    sink.closed().await;
}
