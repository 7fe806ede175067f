// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The client against the embedded server: what is written is there, once, and in time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "embedded/connections.rs"]
mod connections;
#[path = "embedded/frontends.rs"]
mod frontends;
#[path = "../examples/load_csv.rs"]
#[allow(dead_code, unreachable_pub, reason = "the example is a program of its own")]
mod load_csv;
#[path = "embedded/restart.rs"]
mod restart;
#[path = "embedded/shared.rs"]
mod shared;
mod support;

#[path = "support/faults.rs"]
mod fault;

use std::io::Write as _;

use fault::faults;
use starrocks_client::sink::{Budget, Committable, FlushMode, Sink, SinkConfig, SinkEncoder, Timing};
use starrocks_client::{LabelState, Lingering, OriginalLabels, StarRocks, tasks};
use starrocks_server::http::HttpConfig;
use starrocks_server::{Server, ServerConfig};
use starrocks_types::{ErrorKind, TableModel};
use tokio::runtime::Handle;

/// A server with database `d` and table `t (id INT, name VARCHAR(10))`.
async fn server(model: TableModel) -> Server {
    let http = HttpConfig { faults: true, ..HttpConfig::default() };
    support::embedded::start(ServerConfig { http, ..ServerConfig::default() }, model, &["t"]).await
}

/// Rows of the table, sorted.
fn rows(server: &Server) -> Vec<String> {
    support::embedded::rows(server, "t")
}

fn connection(urls: &[String]) -> String {
    format!(r#""connection":{{"load_urls":{},"username":"root","password":""}}"#, serde_json::json!(urls))
}

fn open(server: &Server, more: &str) -> (Sink, SinkEncoder) {
    open_at(&[server.fe_http().to_string()], more)
}

fn open_at(urls: &[String], more: &str) -> (Sink, SinkEncoder) {
    let text = format!(
        r#"{{"version":1,{},"database":"d","table":"t",
            "columns":[{{"name":"id","type":{{"root":"INTEGER"}}}},{{"name":"name","type":{{"root":"VARCHAR","length":10}}}}],
            "chunk_bytes":1000,"retry_interval_ms":1{more}}}"#,
        connection(urls)
    );
    Sink::open(SinkConfig::from_json(text.as_bytes()).unwrap(), &Handle::current(), &Budget::new()).unwrap()
}

/// A row batch of `(id, name)` rows with their kinds, as Java writes it; names of up to 7 bytes.
fn batch(rows: &[(u8, i32, Option<&str>)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (kind, id, name) in rows {
        out.extend_from_slice(&24_u32.to_le_bytes());
        out.extend_from_slice(&[0; 4]);
        let nulls = if name.is_none() { 1 << 1 } else { 0 };
        out.extend_from_slice(&[*kind, nulls, 0, 0, 0, 0, 0, 0]);
        out.extend_from_slice(&i64::from(*id).to_le_bytes());
        let mut slot = [0_u8; 8];
        let name = name.unwrap_or_default().as_bytes();
        slot[..name.len()].copy_from_slice(name);
        slot[7] = 0x80 + name.len() as u8;
        out.extend_from_slice(&slot);
    }
    out
}

async fn write(encoder: &mut SinkEncoder, ids: std::ops::Range<i32>) {
    for id in ids {
        let name = format!("n{id}");
        encoder.encode(&batch(&[(0, id, Some(&name))]), 1).unwrap();
        encoder.ready().await.unwrap();
    }
}

fn expected(ids: std::ops::Range<i32>) -> Vec<String> {
    let mut rows: Vec<String> = ids.map(|id| format!("{id}|n{id}")).collect();
    rows.sort();
    rows
}

fn task(server: &Server, name: &str, more: &str) -> String {
    format!(
        r#"{{"task":"{name}","connection":{{"load_urls":["{}"],"username":"root","password":""}},{more}}}"#,
        server.fe_http()
    )
}

async fn run_task(server: &Server, name: &str, more: &str) -> serde_json::Value {
    serde_json::from_slice(&tasks::run_task(task(server, name, more).as_bytes()).await.unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_arrive_in_every_format_and_way() {
    for more in [
        r#","use_transaction":true"#,
        r#","use_transaction":false"#,
        r#","format":"json""#,
        r#","format":"json","use_transaction":false,"properties":{"compression":"lz4_frame"}"#,
        r#","properties":{"compression":"lz4_frame","column_separator":"\\x01","row_delimiter":"\\x02"}"#,
        r#","properties":{"compression":"gzip"}"#,
        r#","properties":{"compression":"zstd","column_separator":"\t"},"send_columns_header":true"#,
    ] {
        let server = server(TableModel::Duplicate).await;
        let (sink, mut encoder) = open(&server, more);
        write(&mut encoder, 0..500).await;
        encoder.start_flush(FlushMode::Commit, Some(1)).unwrap().await.unwrap_or_else(|e| panic!("{more}: {e}"));
        assert_eq!(rows(&server), expected(0..500), "{more}");
        assert!(sink.metrics().loads > 1 || more.contains("compression"), "{more}");
        sink.start_close();
        sink.closed().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exactly_once_shows_nothing_before_the_commit_and_commits_as_often_as_asked() {
    let server = server(TableModel::Duplicate).await;
    let (sink, mut encoder) = open(&server, r#","semantic":"exactly-once","label_prefix":"p","max_bytes":2000"#);
    write(&mut encoder, 0..1000).await;
    let committables = encoder.start_flush(FlushMode::Prepare, Some(1)).unwrap().await.unwrap();
    assert!(committables.len() > 1, "a checkpoint may cover several transactions");
    assert_eq!(committables.iter().map(|c| c.rows).sum::<u64>(), 1000);
    assert_eq!(rows(&server), Vec::<String>::new());
    let list = format!(r#""committables":{}"#, serde_json::to_string(&committables).unwrap());
    let committed = run_task(&server, "commit", &list).await;
    assert_eq!(committed["committed"], committables.len());
    run_task(&server, "commit", &list).await;
    assert_eq!(rows(&server), expected(0..1000));
    let state =
        run_task(&server, "label_state", &format!(r#""database":"d","label":"{}""#, committables[0].label)).await;
    assert_eq!(state["state"], "VISIBLE");
    sink.start_close();
    sink.closed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_primary_key_table_takes_upserts_and_deletes() {
    let server = server(TableModel::Primary).await;
    let (sink, mut encoder) = open(&server, r#","upsert_delete":true,"send_columns_header":true"#);
    let (insert, before, after, delete) = (0, 1, 2, 3);
    let changes =
        [(insert, 1, Some("a")), (insert, 2, None), (before, 1, Some("a")), (after, 1, Some("b")), (delete, 2, None)];
    encoder.encode(&batch(&changes), 5).unwrap();
    encoder.ready().await.unwrap();
    encoder.start_flush(FlushMode::Commit, Some(1)).unwrap().await.unwrap();
    assert_eq!(rows(&server), ["1|b"]);
    assert_eq!((sink.metrics().rows, sink.metrics().rows_skipped), (4, 1));
    sink.start_close();
    sink.closed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_times_out_before_its_commit_is_replayed_once() {
    let server = server(TableModel::Duplicate).await;
    faults(&server, r#"{"at":"commit","do":"advance_clock","seconds":259201}"#).await;
    let (sink, mut encoder) = open(&server, r#","use_transaction":true"#);
    write(&mut encoder, 0..100).await;
    encoder.start_flush(FlushMode::Commit, Some(1)).unwrap().await.unwrap();
    assert_eq!(rows(&server), expected(0..100));
    assert!(server.engine().transactions().iter().any(|txn| txn.reason.contains("time")));
    sink.start_close();
    sink.closed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_label_is_forgotten_fails_and_names_it() {
    let server = server(TableModel::Duplicate).await;
    let (sink, mut encoder) = open(&server, r#","semantic":"exactly-once","label_prefix":"p""#);
    write(&mut encoder, 0..100).await;
    let committables = encoder.start_flush(FlushMode::Prepare, Some(1)).unwrap().await.unwrap();
    // The answer is lost, and nobody can be asked any more.
    faults(&server, r#"[{"at":"commit","do":"drop_reply"},{"at":"label_state","do":"evict_labels","database":"d"}]"#)
        .await;
    let list = format!(r#""committables":{}"#, serde_json::to_string(&committables).unwrap());
    let failed = tasks::run_task(task(&server, "commit", &list).as_bytes()).await.unwrap_err().to_string();
    assert!(failed.contains(&committables[0].label) && failed.contains("UNKNOWN"), "{failed}");
    assert_eq!(rows(&server), expected(0..100));
    sink.start_close();
    sink.closed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_with_too_many_versions_takes_its_rows_once_when_it_can() {
    for (at, more) in [
        ("load", r#","max_retries":0"#),
        ("load", r#","max_retries":0,"semantic":"exactly-once","label_prefix":"p""#),
        ("stream_load", r#","max_retries":0,"use_transaction":false"#),
    ] {
        let server = server(TableModel::Duplicate).await;
        faults(&server, &format!(r#"{{"at":"{at}","do":"too_many_versions"}}"#)).await;
        let (sink, mut encoder) = open(&server, more);
        write(&mut encoder, 0..100).await;
        let exactly_once = more.contains("exactly-once");
        let mode = if exactly_once { FlushMode::Prepare } else { FlushMode::Commit };
        let committables = encoder.start_flush(mode, Some(1)).unwrap().await.unwrap_or_else(|e| panic!("{at}: {e}"));
        if exactly_once {
            let list = format!(r#""committables":{}"#, serde_json::to_string(&committables).unwrap());
            run_task(&server, "commit", &list).await;
        }
        assert_eq!(rows(&server), expected(0..100), "{at} {more}");
        let metrics = sink.metrics();
        assert_eq!(
            (metrics.version_refusals, metrics.flushes_by_checkpoint, metrics.failures),
            (1, 1, 0),
            "{at} {more}"
        );
        for timing in [Timing::Flush, Timing::WaitBuffer, Timing::Load, Timing::Write, Timing::Publish] {
            assert!(sink.samples(timing).0 > 0, "{at} {more} {timing:?}");
        }
        sink.start_close();
        sink.closed().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prepared_transaction_can_be_aborted_and_then_not_committed() {
    let server = server(TableModel::Duplicate).await;
    let (sink, mut encoder) = open(&server, r#","semantic":"exactly-once""#);
    write(&mut encoder, 0..3).await;
    let committables: Vec<Committable> = encoder.start_flush(FlushMode::Prepare, Some(1)).unwrap().await.unwrap();
    let list = format!(r#""committables":{}"#, serde_json::to_string(&committables).unwrap());
    assert_eq!(run_task(&server, "abort", &list).await["aborted"], 1);
    assert_eq!(run_task(&server, "abort", &list).await["aborted"], 1, "aborting twice is fine");
    let error = tasks::run_task(task(&server, "commit", &list).as_bytes()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LoadFailed);
    let text = error.to_string();
    for part in [committables[0].label.as_str(), "ABORTED", "table=d.t", "rows=3"] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    sink.start_close();
    sink.closed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rejected_row_is_explained_by_its_error_log() {
    let server = server(TableModel::Duplicate).await;
    let (sink, mut encoder) = open(&server, "");
    encoder.write_raw(b"1\tok\nnot a number\tx\n", 2).unwrap();
    encoder.ready().await.unwrap();
    let error = encoder.start_flush(FlushMode::Commit, Some(1)).unwrap().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RowsRejected, "{error}");
    assert!(error.to_string().contains("errorLog: Error:"), "{error}");
    assert_eq!(rows(&server), Vec::<String>::new());
    sink.closed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transactions_of_the_original_connector_are_found_and_ended() {
    let server = server(TableModel::Duplicate).await;
    let client = StarRocks::builder().load_urls([server.fe_http().to_string()]).build().unwrap();
    let options =
        || starrocks_client::TransactionOptions { database: "d".into(), table: "t".into(), ..Default::default() };
    for label in ["p-t-0-8", "p-t-0-9", "p-t-1-8"] {
        client.begin(options(), label).await.unwrap();
    }
    let of = Lingering {
        table: Some(("d".into(), "t".into())),
        label_prefix: "p".into(),
        subtask: 0,
        parallelism: 2,
        restored_checkpoint_id: Some(7),
    };
    let report = client.abort_lingering(&of).await.unwrap();
    assert_eq!(report.aborted, ["p-t-0-8", "p-t-0-9"]);
    assert_eq!(client.label_state("d", "p-t-0-8").await.unwrap(), LabelState::Aborted);
    assert_eq!(client.label_state("d", "p-t-1-8").await.unwrap(), LabelState::Prepare, "that is another subtask's");

    // Its state tells where its labels ended, however many checkpoints went by without rows.
    for label in ["p-t-1-20", "p-t-1-21", "p-t-1-23"] {
        client.begin(options(), label).await.unwrap();
    }
    let of = OriginalLabels {
        database: "d".into(),
        table: "t".into(),
        label_prefix: "p".into(),
        subtask: 1,
        next_number: 20,
    };
    assert_eq!(client.abort_original(&of).await.unwrap().aborted, ["p-t-1-20", "p-t-1-21"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lingering_transactions_are_found_whatever_their_table() {
    let server = server(TableModel::Duplicate).await;
    let client = StarRocks::builder()
        .load_urls([server.fe_http().to_string()])
        .jdbc_url(format!("jdbc:mysql://{}", server.query()))
        .build()
        .unwrap();
    let options =
        || starrocks_client::TransactionOptions { database: "d".into(), table: "t".into(), ..Default::default() };
    let ours = ["p-t-0-8-0r0000000a-1", "p-t-2-9-0r0000000a-1"];
    // Older than the checkpoint, another subtask's, another prefix that begins like ours, no label of ours at all.
    let others = ["p-t-0-6-0r0000000a-1", "p-t-1-8-0r0000000a-1", "p-x-t-0-8-0r0000000a-1", "p-anything"];
    for label in ours.iter().chain(&others) {
        client.begin(options(), *label).await.unwrap();
    }
    let of = Lingering {
        table: None,
        label_prefix: "p".into(),
        subtask: 0,
        parallelism: 2,
        restored_checkpoint_id: Some(7),
    };
    let mut aborted = client.abort_lingering(&of).await.unwrap().aborted;
    aborted.sort();
    assert_eq!(aborted, ours);
    for label in others {
        assert_eq!(client.label_state("d", label).await.unwrap(), LabelState::Prepare, "{label}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_are_described_through_the_mysql_port() {
    for model in [TableModel::Primary, TableModel::Duplicate] {
        let server = server(model).await;
        let client = StarRocks::builder()
            .load_urls([server.fe_http().to_string()])
            .jdbc_url(format!("jdbc:mysql://{}/d?useSSL=false", server.query()))
            .build()
            .unwrap();
        let table = client.describe_table("d", "t").await.unwrap();
        assert_eq!(table.model, model);
        let shown: Vec<String> =
            table.columns.iter().map(|c| format!("{} {} {} {}", c.name, c.data_type, c.nullable, c.key)).collect();
        assert_eq!(shown, ["id INT false true", "name VARCHAR(10) true false"]);
        assert!(client.server_version().await.unwrap().starts_with("3.5.5"));
        let error = client.describe_table("d", "T").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "names are case-sensitive: {error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_loads_a_file_once_however_often_it_runs() {
    let server = server(TableModel::Duplicate).await;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    // More than one chunk, and no newline at the end.
    let count = 600_000;
    let text: Vec<String> = (0..count).map(|id| format!("{id},name {}", id % 1000)).collect();
    file.write_all(text.join("\n").as_bytes()).unwrap();
    let arguments: Vec<String> =
        [&server.fe_http().to_string(), "root", "", "d", "t", file.path().to_str().unwrap()].map(String::from).into();
    let message = load_csv::run(&arguments).await.unwrap();
    assert!(message.starts_with("600000 rows loaded as load_csv-"), "{message}");
    let again = load_csv::run(&arguments).await.unwrap();
    assert!(again.starts_with("already loaded"), "{again}");
    assert_eq!(rows(&server).len(), count);
    let missing: Vec<String> = arguments[..5].iter().cloned().chain(["/nonexistent".to_owned()]).collect();
    assert_eq!(load_csv::run(&missing).await.unwrap_err().kind(), ErrorKind::InvalidConfig);
    assert_eq!(load_csv::run(&arguments[..2]).await.unwrap_err().kind(), ErrorKind::InvalidConfig);
}
