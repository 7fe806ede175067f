// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The sink against a scripted server: what arrives, and what is said when it does not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "support/store.rs"]
mod store;
mod support;

use std::collections::VecDeque;
use std::sync::Mutex;

use starrocks_client::sink::{Budget, FlushMode, Sink, SinkConfig, SinkEncoder, Timing};
use starrocks_types::{ErrorKind, Result};
use store::{State, Store};
use support::{Reaction, Seen, Server, closed_port};
use tokio::runtime::Handle;

fn config(urls: &[String], more: &str) -> SinkConfig {
    let urls = serde_json::to_string(urls).unwrap();
    let text = format!(
        r#"{{"version":1,"connection":{{"load_urls":{urls},"username":"u","password":"secret"}},"database":"d","table":"t",
            "chunk_bytes":4,"retry_interval_ms":1{more}}}"#
    );
    SinkConfig::from_json(text.as_bytes()).unwrap()
}

fn open(urls: &[String], more: &str) -> (Sink, SinkEncoder) {
    Sink::open(config(urls, more), &Handle::current(), &Budget::new()).unwrap()
}

async fn write(encoder: &mut SinkEncoder, rows: &[&str]) -> Result<()> {
    for row in rows {
        encoder.write_raw(row.as_bytes(), 1)?;
        encoder.ready().await?;
    }
    Ok(())
}

/// What counts: the bodies of loads whose label ended as visible, in order.
fn visible(server: &Server, store: &Store) -> String {
    let labels = store.labels(State::Visible);
    let requests = server.requests();
    let loads = requests.iter().filter(|s| matches!(s.operation(), "load" | "_stream_load"));
    loads.filter(|s| labels.contains(&s.label())).map(|s| String::from_utf8(s.body.clone()).unwrap()).collect()
}

/// A server on which the first requests of an operation go wrong in the given ways.
async fn faulty(store: &Store, operation: &'static str, faults: impl IntoIterator<Item = Reaction>) -> Server {
    let faults = Mutex::new(faults.into_iter().collect::<VecDeque<_>>());
    let store = store.clone();
    Server::start(move |seen: &Seen| {
        let fault = if seen.operation() == operation { faults.lock().unwrap().pop_front() } else { None };
        match fault {
            // The effect takes place, and the answer is lost.
            Some(fault @ (Reaction::Reset | Reaction::Cut(_) | Reaction::Status(502, _))) => {
                store.react(seen);
                fault
            }
            Some(fault) => fault,
            None => store.react(seen),
        }
    })
    .await
}

/// Waits for something that other tasks bring about.
async fn until(condition: impl Fn() -> bool) {
    let reached = async {
        while !condition() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), reached).await.expect("it never happens");
}

const EXACTLY_ONCE: &str = r#","semantic":"exactly-once","label_prefix":"p","subtask":1,"parallelism":2"#;

#[tokio::test]
async fn at_least_once_commits_at_the_flush() {
    let store = Store::default();
    let server = faulty(&store, "", []).await;
    let (sink, mut encoder) = open(&[server.url()], "");
    write(&mut encoder, &["a\n", "b\n", "c\n"]).await.unwrap();
    let flushed = encoder.start_flush(FlushMode::Commit, Some(1)).unwrap().await.unwrap();
    assert_eq!(flushed, []);
    assert_eq!(visible(&server, &store), "a\nb\nc\n");
    assert_eq!(server.operations(), ["begin", "load", "load", "prepare", "commit"]);
    let metrics = sink.metrics();
    assert_eq!((metrics.rows, metrics.loads, metrics.bytes_out, metrics.buffered_bytes), (3, 2, 6, 0));
    assert_eq!(metrics.oldest_unflushed_ms, 0);
    // Nothing written, nothing sent.
    encoder.start_flush(FlushMode::Commit, Some(2)).unwrap().await.unwrap();
    assert_eq!(server.operations().len(), 5);
    sink.start_close();
    sink.closed().await;
}

#[tokio::test]
async fn exactly_once_prepares_and_leaves_the_commit_to_others() {
    let store = Store::default();
    let server = faulty(&store, "", []).await;
    let (sink, mut encoder) = open(&[server.url()], EXACTLY_ONCE);
    write(&mut encoder, &["a\n", "b\n", "c\n"]).await.unwrap();
    let committables = encoder.start_flush(FlushMode::Prepare, Some(5)).unwrap().await.unwrap();
    assert_eq!(committables.len(), 1);
    assert_eq!((committables[0].txn_id, committables[0].rows, committables[0].bytes), (7, 3, 6));
    assert!(committables[0].label.starts_with("p-t-1-0-"), "{}", committables[0].label);
    assert_eq!(store.labels(State::Prepared), [committables[0].label.clone()]);
    // Rows after the flush belong to the next checkpoint, and a close takes them back, but not what was handed over.
    write(&mut encoder, &["dddd\n"]).await.unwrap();
    let wrong = encoder.start_flush(FlushMode::Commit, Some(6)).unwrap_err();
    assert_eq!(wrong.kind(), ErrorKind::InvalidConfig);
    let second = encoder.start_flush(FlushMode::Prepare, Some(6)).unwrap().await.unwrap();
    assert!(second[0].label.starts_with("p-t-1-5-"), "{}", second[0].label);
    write(&mut encoder, &["eeee\n"]).await.unwrap();
    sink.start_close();
    sink.closed().await;
    assert_eq!(store.labels(State::Prepared).len(), 2);
    assert_eq!(store.labels(State::Prepare), Vec::<String>::new());
    assert_eq!(encoder.write_raw(b"x\n", 1).unwrap_err().kind(), ErrorKind::Closed);
}

#[tokio::test]
async fn lost_answers_neither_lose_nor_double_rows() {
    let html = || Reaction::Status(502, "<html>Bad Gateway</html>".to_owned());
    for operation in ["begin", "load", "prepare", "commit", "_stream_load"] {
        for fault in [
            Reaction::Reset,
            Reaction::Cut("{\"Status\":\"OK\"".to_owned()),
            html(),
            Reaction::Early(503, "busy".to_owned()),
        ] {
            let store = Store::default();
            let server = faulty(&store, operation, [fault.clone()]).await;
            let more = if operation == "_stream_load" { r#","use_transaction":false"# } else { "" };
            let (sink, mut encoder) = open(&[server.url()], more);
            write(&mut encoder, &["aaaa\n", "bbbb\n", "cc\n"]).await.unwrap();
            let flushed = encoder.start_flush(FlushMode::Commit, Some(1)).unwrap().await;
            flushed.unwrap_or_else(|error| panic!("{operation} {fault:?}: {error}"));
            let body = visible(&server, &store);
            // A lost answer of a plain load shows the same body twice in the log, but the label counts once.
            let body = if operation == "_stream_load" { body.replacen("aaaa\naaaa\n", "aaaa\n", 1) } else { body };
            assert_eq!(body, "aaaa\nbbbb\ncc\n", "{operation} {fault:?}");
            assert!(sink.metrics().retries > 0 || operation == "commit");
            sink.start_close();
            sink.closed().await;
        }
    }
}

#[tokio::test]
async fn rejected_rows_name_their_reason_and_are_not_sent_again() {
    let log = Server::start(|_| {
        Reaction::Answer("Error: NULL value in non-nullable column 'c2'. Row: [1, NULL]\n".to_owned())
    })
    .await;
    let body = format!(
        r#"{{"Status":"INTERNAL_ERROR","Message":"too many filtered rows","NumberTotalRows":3,"NumberFilteredRows":1,"ErrorURL":"http://{}/api/_load_error_log?file=x"}}"#,
        log.address
    );
    let store = Store::default();
    let server = faulty(&store, "prepare", [Reaction::Answer(body)]).await;
    let (sink, mut encoder) = open(&[server.url()], "");
    write(&mut encoder, &["a\n"]).await.unwrap();
    let error = encoder.start_flush(FlushMode::Commit, Some(1)).unwrap().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RowsRejected);
    let text = error.to_string();
    for part in [
        "errorLog: Error: NULL value in non-nullable column 'c2'",
        "table=d.t",
        "label=flink-t-0-",
        "filtered_rows=1",
        &server.address,
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert!(!text.contains("secret"), "{text}");
    assert_eq!(log.requests()[0].header("authorization"), "", "the error log gets no password");
    sink.closed().await;
    assert_eq!(server.operations(), ["begin", "load", "prepare", "rollback"]);
    assert_eq!(encoder.write_raw(b"x\n", 1).unwrap_err().kind(), ErrorKind::RowsRejected, "a failure stays");
    assert_eq!(sink.metrics().failures, 1);
}

#[tokio::test]
async fn what_cannot_help_is_not_tried_again() {
    let cases = [
        (
            401,
            r#"{"status":"FAILED","code":"1","msg":"Access denied for u@1","message":"Access denied for u@1"}"#,
            ErrorKind::Unauthenticated,
        ),
        (
            200,
            r#"{"Status":"FAILED","Message":"class com.starrocks.common.StarRocksException: Database[d] does not exist."}"#,
            ErrorKind::NotFound,
        ),
        (200, r#"{"Status":"ANALYSIS_ERROR","Message":"unknown column"}"#, ErrorKind::LoadFailed),
    ];
    for (status, body, kind) in cases {
        let server = Server::start(move |_| Reaction::Status(status, body.to_owned())).await;
        let (sink, mut encoder) = open(&[server.url()], "");
        write(&mut encoder, &["a\n"]).await.unwrap();
        let error = encoder.start_flush(FlushMode::Commit, Some(1)).unwrap().await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains("table=d.t"), "{error}");
        sink.closed().await;
        assert_eq!(server.operations(), ["begin"]);
    }
}

#[tokio::test]
async fn an_unreachable_cluster_is_an_error_that_names_it() {
    let address = closed_port().await;
    let (sink, mut encoder) = open(std::slice::from_ref(&address), r#","max_retries":2"#);
    write(&mut encoder, &["a\n"]).await.unwrap();
    let error = encoder.start_flush(FlushMode::Commit, None).unwrap().await.unwrap_err();
    let text = error.to_string();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert!(text.contains(&address) && text.contains("attempts=3") && text.contains("load_url"), "{text}");
    sink.closed().await;
}

#[tokio::test]
async fn rows_are_committed_at_the_interval_without_any_flush() {
    let store = Store::default();
    let server = faulty(&store, "", []).await;
    let mut config = config(&[server.url()], r#","flush_interval_ms":1"#);
    config.chunk_bytes = 1000;
    let (sink, mut encoder) = Sink::open(config, &Handle::current(), &Budget::new()).unwrap();
    write(&mut encoder, &["a\n"]).await.unwrap();
    until(|| !store.labels(State::Visible).is_empty()).await;
    assert_eq!(visible(&server, &store), "a\n");
    sink.start_close();
    sink.closed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_stay_in_order_while_the_interval_and_full_chunks_compete() {
    let store = Store::default();
    let server = faulty(&store, "", []).await;
    let (sink, mut encoder) = open(&[server.url()], r#","flush_interval_ms":1"#);
    let mut expected = String::new();
    for row in 0..3000 {
        let text = format!("{row}\n");
        write(&mut encoder, &[&text]).await.unwrap();
        expected.push_str(&text);
    }
    encoder.start_flush(FlushMode::Commit, Some(1)).unwrap().await.unwrap();
    assert_eq!(visible(&server, &store), expected);
    assert_eq!(sink.metrics().buffered_bytes, 0);
    sink.start_close();
    sink.closed().await;
}

#[tokio::test]
async fn a_full_budget_makes_the_writer_wait_and_the_sink_make_room() {
    let store = Store::default();
    let server = faulty(&store, "", []).await;
    let (sink, mut encoder) = open(&[server.url()], &format!(r#"{EXACTLY_ONCE},"native_memory_bytes":100"#));
    let row = format!("{}\n", "x".repeat(39));
    for _ in 0..50 {
        write(&mut encoder, &[&row]).await.unwrap();
        assert!(sink.metrics().buffered_bytes <= 200);
    }
    let committables = encoder.start_flush(FlushMode::Prepare, Some(1)).unwrap().await.unwrap();
    assert!(committables.len() > 10, "a transaction that fills the budget is prepared and the next one begun");
    assert_eq!(committables.iter().map(|c| c.rows).sum::<u64>(), 50);
    assert_eq!(sink.metrics().buffered_bytes, 0);
    sink.start_close();
    sink.closed().await;
}

#[tokio::test]
async fn a_dropped_sink_rolls_back() {
    let store = Store::default();
    let server = faulty(&store, "", []).await;
    let (sink, mut encoder) = open(&[server.url()], "");
    write(&mut encoder, &["aaaa\n"]).await.unwrap();
    until(|| sink.metrics().loads == 1).await;
    drop((sink, encoder));
    until(|| store.labels(State::Aborted).len() == 1).await;
}

/// Hundreds of tables through one process: what they hold together stays within the budget, and every row arrives.
#[tokio::test]
async fn five_hundred_sinks_stay_within_the_budget() {
    const SINKS: usize = 500;
    const ROWS: usize = 64;
    const BUDGET: u64 = 8 << 20;
    let store = Store::default();
    let server = faulty(&store, "", []).await;
    let budget = Budget::new();
    let row = "x".repeat(1023) + "\n";
    let mut config = config(&[server.url()], &format!(r#","native_memory_bytes":{BUDGET}"#));
    config.chunk_bytes = 8 << 20;
    let mut sinks: Vec<_> =
        (0..SINKS).map(|_| Sink::open(config.clone(), &Handle::current(), &budget).unwrap()).collect();
    let mut most = 0;
    for _ in 0..ROWS {
        for (_, encoder) in &mut sinks {
            write(encoder, &[&row]).await.unwrap();
            most = most.max(budget.used());
        }
    }
    // A sink may be one batch above its share before it waits.
    assert!(most <= BUDGET + (SINKS * row.len()) as u64, "{most}");
    let flushes: Vec<_> =
        sinks.iter_mut().map(|(_, encoder)| encoder.start_flush(FlushMode::Commit, Some(1)).unwrap()).collect();
    for flush in flushes {
        flush.await.unwrap();
    }
    assert_eq!(visible(&server, &store).len(), SINKS * ROWS * row.len());
    assert_eq!(budget.used(), 0);
}

#[tokio::test]
async fn loads_without_transaction_are_as_large_as_allowed() {
    for (chunk_bytes, chunk_rows, max_bytes, loads) in
        [(1000, Some(2), 1000, 3), (1000, None, 1000, 1), (1000, None, 4, 3), (4, None, 1000, 3)]
    {
        let store = Store::default();
        let server = faulty(&store, "", []).await;
        let config =
            SinkConfig { chunk_bytes, chunk_rows, max_bytes, ..config(&[server.url()], r#","use_transaction":false"#) };
        let (sink, mut encoder) = Sink::open(config, &Handle::current(), &Budget::new()).unwrap();
        write(&mut encoder, &["a\n", "b\n", "c\n", "d\n", "e\n"]).await.unwrap();
        encoder.start_flush(FlushMode::Commit, Some(1)).unwrap().await.unwrap();
        assert_eq!(server.operations(), vec!["_stream_load"; loads], "{chunk_bytes} {chunk_rows:?} {max_bytes}");
        assert_eq!(visible(&server, &store), "a\nb\nc\nd\ne\n");
        sink.start_close();
        sink.closed().await;
    }
}

#[tokio::test]
async fn the_wait_for_room_ends_with_an_error() {
    let server = Server::start(|_| Reaction::Silence).await;
    let (sink, mut encoder) =
        open(&[server.url()], r#","use_transaction":false,"native_memory_bytes":20,"room_timeout_ms":50"#);
    let error = write(&mut encoder, &["aaaaaaaaa\n"; 3]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    for part in ["Timeout while offering data to flushQueue", "table=d.t", "timeout_ms=50", "enqueue-timeout-ms"] {
        assert!(error.to_string().contains(part), "{part} is missing in {error}");
    }
    assert_eq!(encoder.write_raw(b"x\n", 1).unwrap_err().kind(), ErrorKind::Timeout, "a failure stays");
    sink.closed().await;
}

#[tokio::test]
async fn time_outs_of_prepare_and_commit_reach_the_server() {
    let headers = |server: &Server, operation: &str, name: &str| {
        let requests = server.requests();
        requests.iter().find(|s| s.operation() == operation).unwrap().header(name).to_owned()
    };
    for (more, prepared, publish) in [
        ("", "180", ""),
        (r#","properties":{"prepared_timeout":"77","timeout":"99"}"#, "77", ""),
        (r#","properties":{"prepared_timeout":"77"}"#, "77", "2"),
    ] {
        let store = Store::default();
        let server = faulty(&store, "", []).await;
        let mut config = config(&[server.url()], more);
        config.connection.publish_timeout_ms = if publish.is_empty() { -1 } else { 2000 };
        let (sink, mut encoder) = Sink::open(config, &Handle::current(), &Budget::new()).unwrap();
        write(&mut encoder, &["a\n"]).await.unwrap();
        encoder.start_flush(FlushMode::Commit, Some(1)).unwrap().await.unwrap();
        assert_eq!(headers(&server, "prepare", "prepared_timeout"), prepared);
        assert_eq!(headers(&server, "commit", "timeout"), publish);
        sink.start_close();
        sink.closed().await;
    }
}

#[tokio::test]
async fn failed_loads_and_rejected_rows_are_counted() {
    for (more, operation, rejected) in
        [("", "load", "prepare"), (r#","use_transaction":false"#, "_stream_load", "_stream_load")]
    {
        let store = Store::default();
        let failed = std::sync::atomic::AtomicBool::new(false);
        let reactions = store.clone();
        let server = Server::start(move |seen: &Seen| {
            if seen.operation() == operation && !failed.swap(true, std::sync::atomic::Ordering::SeqCst) {
                return Reaction::Answer(r#"{"Status":"FAILED","Message":"too many versions"}"#.to_owned());
            }
            match reactions.react(seen) {
                Reaction::Answer(body) if seen.operation() == rejected => {
                    Reaction::Answer(body.replacen('{', r#"{"NumberFilteredRows":2,"#, 1))
                }
                other => other,
            }
        })
        .await;
        let (sink, mut encoder) = open(&[server.url()], more);
        write(&mut encoder, &["aaaa\n"]).await.unwrap();
        encoder.start_flush(FlushMode::Commit, Some(1)).unwrap().await.unwrap();
        let metrics = sink.metrics();
        assert_eq!((metrics.loads, metrics.failed_loads, metrics.retries), (1, 1, 1), "{more}");
        assert_eq!((metrics.rows_out, metrics.rows_filtered, metrics.full_bodies), (1, 2, 1));
        assert_eq!((metrics.in_flight_loads, metrics.in_flight_rows, metrics.in_flight_bytes), (0, 0, 0));
        assert_eq!((sink.samples(Timing::FlushRetry), sink.samples(Timing::Offer).0), ((1, vec![1]), 1));
        let (with, without) = (sink.samples(Timing::FlushWithRetry).1[0], sink.samples(Timing::Flush).1[0]);
        assert!(with > without, "{with} {without}: the time of the attempt that failed counts as well");
        write(&mut encoder, &["bbbb\n"]).await.unwrap();
        encoder.start_flush(FlushMode::Commit, Some(2)).unwrap().await.unwrap();
        assert_eq!(sink.samples(Timing::FlushRetry), (2, vec![1, 0]), "{more}");
        sink.start_close();
        sink.closed().await;
    }
}

/// What a backend says when a tablet has as many versions as it may have.
fn too_many_versions() -> Reaction {
    let message = "Failed to load data into tablet 10021, because of too many versions, current/limit: 1001/1000. You can reduce \
        the loading job concurrency, or increase loading data batch size.";
    Reaction::Answer(format!(r#"{{"Status":"INTERNAL_ERROR","Message":"{message}"}}"#))
}

#[tokio::test]
async fn a_table_with_too_many_versions_is_waited_for_without_spending_retries() {
    for (more, operation) in
        [(r#","max_retries":0"#, "load"), (r#","max_retries":0,"use_transaction":false"#, "_stream_load")]
    {
        let store = Store::default();
        let server = faulty(&store, operation, [too_many_versions()]).await;
        let (sink, mut encoder) = open(&[server.url()], &format!(r#"{more},"flush_interval_ms":100000"#));
        write(&mut encoder, &["a\n"]).await.unwrap();
        encoder.start_flush(FlushMode::Commit, Some(1)).unwrap().await.unwrap();
        assert_eq!(store.labels(State::Visible).len(), 1, "{operation}");
        let metrics = sink.metrics();
        assert_eq!((metrics.version_refusals, metrics.flush_interval_ms), (1, 200_000), "{operation}");
        assert_eq!((metrics.loads, metrics.failed_loads), (1, 1), "{operation}");
    }
    let server = faulty(&Store::default(), "load", (0..9).map(|_| too_many_versions())).await;
    let (_sink, mut encoder) = open(&[server.url()], r#","max_retries":0,"version_wait_ms":0"#);
    write(&mut encoder, &["a\n"]).await.unwrap();
    let error = encoder.start_flush(FlushMode::Commit, Some(1)).unwrap().await.unwrap_err();
    assert!(error.to_string().contains("current/limit: 1001/1000"), "{error}");
    assert!(error.to_string().contains("commit less often"), "{error}");
}

#[tokio::test]
async fn commits_by_time_are_no_more_frequent_than_allowed() {
    let more = r#","flush_interval_ms":1000,"subtask":1,"parallelism":4,"versions_per_minute":10"#;
    let store = Store::default();
    let server = faulty(&store, "", []).await;
    let (sink, mut encoder) = open(&[server.url()], more);
    write(&mut encoder, &["a\n"]).await.unwrap();
    encoder.start_flush(FlushMode::Commit, Some(1)).unwrap().await.unwrap();
    assert_eq!(sink.metrics().flush_interval_ms, 24_000, "four subtasks, ten commits a minute");
}

#[tokio::test]
async fn flushes_are_counted_by_their_reasons_and_loads_are_timed_and_reported() {
    for (more, rows, reasons) in [
        ("", 3, [0, 0, 0, 1, 0, 1]),
        (r#","max_bytes":4"#, 2, [1, 0, 0, 1, 0, 1]),
        (r#","use_transaction":false,"chunk_rows":2"#, 4, [0, 2, 0, 1, 0, 1]),
        (r#","flush_interval_ms":1"#, 1, [0, 0, 1, 0, 0, 0]),
    ] {
        let interval = reasons[2] == 1;
        let store = Store::default();
        let server = faulty(&store, "", []).await;
        let (sink, mut encoder) = open(&[server.url()], &format!(r#"{more},"samples":2,"report_loads":true"#));
        for _ in 0..rows {
            write(&mut encoder, &["a\n"]).await.unwrap();
        }
        if interval || more.contains("max_bytes") {
            until(|| store.labels(State::Visible).len() == 1).await;
        }
        for checkpoint in [Some(1), None] {
            if !interval {
                write(&mut encoder, &["b\n"]).await.unwrap();
            }
            encoder.start_flush(FlushMode::Commit, checkpoint).unwrap().await.unwrap();
        }
        let m = sink.metrics();
        let counted = [
            m.flushes_by_size,
            m.flushes_by_rows,
            m.flushes_by_interval,
            m.flushes_by_checkpoint,
            m.flushes_by_memory,
            m.flushes_by_close,
        ];
        assert_eq!(counted, reasons, "{more}");
        let (total, latest) = sink.samples(Timing::Flush);
        assert_eq!((total, latest.len()), (m.loads, usize::try_from(m.loads.min(2)).unwrap()), "{more}");
        let reports = sink.take_reports();
        assert_eq!(reports.len() as u64, m.loads);
        assert!(reports.iter().all(|load| load.error.is_none() && load.rows > 0 && !load.label.is_empty()));
        assert!(sink.take_reports().is_empty());
    }
}

#[tokio::test]
async fn labels_of_the_user_are_used_and_asked_for() {
    let store = Store::default();
    let server = faulty(&store, "", []).await;
    let (sink, mut encoder) = open(&[server.url()], r#","labels_given":true"#);
    assert_eq!(sink.give_labels(vec![]).unwrap(), 4);
    assert_eq!(sink.give_labels(vec!["no label".to_owned()]).unwrap_err().kind(), ErrorKind::InvalidConfig);
    write(&mut encoder, &["a\n"]).await.unwrap();
    let flush = encoder.start_flush(FlushMode::Commit, Some(1)).unwrap();
    sink.give_labels(vec!["mine-1".to_owned(), "mine-2".to_owned()]).unwrap();
    flush.await.unwrap();
    assert_eq!(store.labels(State::Visible), ["mine-1"]);
    assert_eq!(sink.give_labels(vec![]).unwrap(), 3);
}
