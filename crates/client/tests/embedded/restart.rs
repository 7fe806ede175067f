// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The server is killed while the sink writes, and comes back.

use starrocks_client::sink::FlushMode;
use starrocks_client::tasks;
use starrocks_server::http::HttpConfig;
use starrocks_server::persist::DataDir;
use starrocks_server::{Server, ServerConfig};
use starrocks_types::{ErrorKind, TableModel};

use super::fault::{faults, waiting};
use super::{expected, open, rows, run_task, support, task, write};

const PATIENT: &str = r#","max_retries":100000"#;

async fn server(data_dir: Option<DataDir>) -> Server {
    let http = HttpConfig { faults: true, ..HttpConfig::default() };
    let config = ServerConfig { http, data_dir, ..ServerConfig::default() };
    support::embedded::start(config, TableModel::Duplicate, &["t"]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_are_there_once_whatever_edge_the_server_is_killed_at() {
    let edges = ["begin", "load", "prepare", "commit"].map(|at| [(at, "restart"), (at, "restart_after")]);
    for (at, kind) in edges.into_iter().flatten() {
        for exactly_once in [false, true] {
            let case = format!("{at} {kind} exactly-once={exactly_once}");
            let dir = tempfile::tempdir().unwrap();
            let server = server(Some(DataDir::new(dir.path()))).await;
            faults(&server, &format!(r#"{{"at":"{at}","do":"{kind}","ms":20}}"#)).await;
            let semantic = if exactly_once { r#","semantic":"exactly-once","label_prefix":"p""# } else { "" };
            let (sink, mut encoder) = open(&server, &format!(r#"{PATIENT},"use_transaction":true{semantic}"#));
            write(&mut encoder, 0..100).await;
            let mode = if exactly_once { FlushMode::Prepare } else { FlushMode::Commit };
            let committables = encoder.start_flush(mode, Some(1)).unwrap().await;
            let committables = committables.unwrap_or_else(|e| panic!("{case}: {e}"));
            if exactly_once {
                assert_eq!(rows(&server), Vec::<String>::new(), "{case}");
                let list = format!(r#""committables":{}"#, serde_json::to_string(&committables).unwrap());
                // Flink would fail over and commit again what it has in its checkpoint.
                while tasks::run_task(task(&server, "commit", &list).as_bytes()).await.is_err() {}
                run_task(&server, "commit", &list).await;
            }
            assert_eq!(rows(&server), expected(0..100), "{case}");
            assert_eq!(waiting(&server).await, "[]", "{case}");
            sink.start_close();
            sink.closed().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_server_without_a_disk_has_lost_is_named() {
    let server = server(None).await;
    let (sink, mut encoder) = open(&server, r#","semantic":"exactly-once","label_prefix":"p","max_retries":3"#);
    write(&mut encoder, 0..100).await;
    let committables = encoder.start_flush(FlushMode::Prepare, Some(1)).unwrap().await.unwrap();
    faults(&server, r#"{"at":"commit","do":"restart"}"#).await;
    let list = format!(r#""committables":{}"#, serde_json::to_string(&committables).unwrap());
    let error = loop {
        let error = tasks::run_task(task(&server, "commit", &list).as_bytes()).await.unwrap_err();
        if error.kind() != ErrorKind::Network {
            break error;
        }
    };
    let text = error.to_string();
    for part in [committables[0].label.as_str(), "unknown database, database=d", "rows=100", "check database-name"] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    sink.start_close();
    sink.closed().await;
}
