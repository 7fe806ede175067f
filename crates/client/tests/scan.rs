// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Scans against backends that fail in every way: each row comes once, or the scan fails and says why.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "support/backend.rs"]
mod backend;
mod support;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use arrow::array::AsArray;
use arrow::datatypes::Int32Type;
use arrow::record_batch::RecordBatch;
use backend::{Act, Backend, Call, rows};
use starrocks_client::StarRocks;
use starrocks_client::scan::{ColumnHash, RowHash, ScanEvent, ScanOptions, ScanReader, ScanRequest, Split};
use starrocks_types::{Error, ErrorKind, Result};
use support::{Reaction, Server, closed_port};
use tokio::time::timeout;

/// The answer of a frontend: plan `plan`, tablets with their backends.
fn plan(plan: &str, version: i64, tablets: &[(i64, &[&str])]) -> String {
    let partitions: serde_json::Map<_, _> = tablets
        .iter()
        .map(|(id, backends)| {
            (id.to_string(), serde_json::json!({"routings": backends, "version": version, "schemaHash": 1}))
        })
        .collect();
    serde_json::json!({"status": 200, "opaqued_query_plan": plan, "partitions": partitions}).to_string()
}

fn client(frontends: &[&str]) -> StarRocks {
    StarRocks::builder().load_urls(frontends.iter().copied()).credentials("root", "secret").build().unwrap()
}

fn request() -> ScanRequest {
    ScanRequest::table("d", "t").columns(["id", "name"])
}

fn options() -> ScanOptions {
    ScanOptions { batch_rows: 10, ..ScanOptions::default() }
}

/// Ids of all rows by tablet, in order, after reading all splits of a new plan.
async fn read(client: &StarRocks, options: &ScanOptions) -> Result<BTreeMap<i64, Vec<i32>>> {
    let splits = client.plan_scan(&request(), options).await?.splits(4);
    read_splits(client, options, splits).await
}

async fn read_splits(client: &StarRocks, options: &ScanOptions, splits: Vec<Split>) -> Result<BTreeMap<i64, Vec<i32>>> {
    let mut reader = ScanReader::new(client.clone(), request(), options.clone())?;
    let mut open = splits.len();
    for split in splits {
        reader.add_split(split)?;
    }
    let mut found: BTreeMap<i64, Vec<i32>> = BTreeMap::new();
    let reading = async {
        while let Some(event) = reader.next().await? {
            match event {
                ScanEvent::Batch(batch) => {
                    found.entry(batch.tablet).or_default().extend(ids(&batch.batch));
                }
                ScanEvent::TabletDone { tablet, rows, .. } => {
                    let count = found.entry(tablet).or_default().len() as u64;
                    assert!(count <= rows, "{count} of {rows} rows");
                }
                ScanEvent::SplitDone { .. } => open -= 1,
            }
        }
        Ok::<(), Error>(())
    };
    let ended = timeout(Duration::from_secs(60), reading).await.expect("the scan ends");
    reader.close().await;
    ended?;
    assert_eq!(open, 0, "every split tells its end");
    Ok(found)
}

fn ids(batch: &RecordBatch) -> Vec<i32> {
    batch.column(0).as_primitive::<Int32Type>().values().to_vec()
}

/// Tablet n has the 25 rows from 100 n.
fn tablet(id: i64) -> RecordBatch {
    let first = i32::try_from(id).unwrap() * 100;
    rows(first..first + 25)
}

fn expected(tablets: &[i64]) -> BTreeMap<i64, Vec<i32>> {
    tablets.iter().map(|id| (*id, ids(&tablet(*id)))).collect()
}

/// A script that does `act` at the nth `get_next` of the backend, counted from 0, and nothing else.
fn at_next(number: usize, act: Act) -> impl Fn(&Call) -> Act + Send + Sync + 'static {
    let count = AtomicUsize::new(0);
    move |call| match call.method.as_str() {
        "get_next" if count.fetch_add(1, Ordering::SeqCst) == number => act.clone(),
        _ => Act::Serve,
    }
}

async fn frontend(answer: String) -> Server {
    Server::start(move |_| Reaction::Answer(answer.clone())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn many_tablets_are_read_and_their_scanners_closed() {
    let (a, b) = (Backend::healthy(tablet), Backend::healthy(tablet));
    let holders: [&str; 2] = [&a.address, &b.address];
    let tablets: Vec<(i64, &[&str])> = (1..=20).map(|id| (id, &holders[..])).collect();
    let fe = frontend(plan("p", 2, &tablets)).await;
    let found = read(&client(&[&fe.address]), &options()).await.unwrap();
    assert_eq!(found, expected(&(1..=20).collect::<Vec<_>>()));
    for backend in [&a, &b] {
        assert_eq!(backend.open(), 0, "scanners are closed");
        assert_eq!(backend.calls("open_scanner").len(), 10, "tablets are spread");
    }
    let asked = &fe.requests()[0];
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/api/d/t/_query_plan"));
    assert_eq!(asked.body, br#"{"sql":"select `id`,`name` from `d`.`t`"}"#);
    let open = &a.calls("open_scanner")[0];
    let text = |id: i16| open.strings.get(&id).map(String::as_str);
    assert_eq!((text(2), text(3), text(5), text(9)), (Some("d"), Some("t"), Some("p"), Some("root")));
    assert_eq!(text(10), None, "the password stays here");
    let numbers = [6, 11, 12, 13].map(|id| open.numbers[&id]);
    assert_eq!(numbers, [10, 10, 600, 1 << 30]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_plan_has_no_rows() {
    let fe = frontend(r#"{"partitions":{},"opaqued_query_plan":"","status":200}"#.to_owned()).await;
    let client = client(&[&fe.address]);
    assert_eq!(read(&client, &options()).await.unwrap(), BTreeMap::new());
    let mut reader = ScanReader::new(client, request(), options()).unwrap();
    for _ in 0..2 {
        reader.add_split(Split { database: "d".into(), table: "t".into(), ..Split::default() }).unwrap();
    }
    assert!(matches!(reader.next().await.unwrap(), Some(ScanEvent::SplitDone { split: 0 })));
    assert!(matches!(reader.next().await.unwrap(), Some(ScanEvent::SplitDone { split: 1 })));
    assert!(reader.next().await.unwrap().is_none());
    let other = Split { database: "d".into(), table: "other".into(), ..Split::default() };
    assert_eq!(reader.add_split(other).unwrap_err().kind(), ErrorKind::InvalidConfig);
}

/// One backend fails at each of its calls in turn, in each way; the replica elsewhere, or another scanner, goes on.
#[tokio::test(flavor = "multi_thread")]
async fn every_row_comes_once_whatever_fails_and_when() {
    let failures = [
        Act::Hang,
        Act::Die,
        Act::Status(31, "context_id: x not found".into()),
        Act::Status(6, "internal error".into()),
        Act::Status(8, "query timeout".into()),
        Act::Noise(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()),
        Act::Silence,
    ];
    for act in failures {
        for number in 0..4 {
            let failing = Backend::start(tablet, at_next(number, act.clone()));
            let healthy = Backend::healthy(tablet);
            let fe = frontend(plan("p", 2, &[(1, &[&failing.address, &healthy.address])])).await;
            let options = ScanOptions { read_timeout_ms: Some(300), ..options() };
            let found = read(&client(&[&fe.address]), &options).await;
            assert_eq!(found.unwrap(), expected(&[1]), "{act:?} at {number}");
            assert_eq!(healthy.open(), 0);
            // A forgotten scanner is opened again where it was.
            let moved = healthy.calls("open_scanner").len();
            assert_eq!(moved, usize::from(!matches!(act, Act::Status(31, _))), "{act:?} at {number}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_that_is_down_from_the_start_is_passed_over() {
    let healthy = Backend::healthy(tablet);
    let down = closed_port().await;
    let fe = frontend(plan("p", 2, &[(1, &[&down, &healthy.address]), (2, &[&down, &healthy.address])])).await;
    assert_eq!(read(&client(&[&fe.address]), &options()).await.unwrap(), expected(&[1, 2]));
}

#[tokio::test(flavor = "multi_thread")]
async fn when_nothing_helps_the_error_names_everything() {
    let down = closed_port().await;
    let fe = frontend(plan("p", 7, &[(11, &[&down])])).await;
    let options = ScanOptions { max_retries: 1, ..options() };
    let error = read(&client(&[&fe.address]), &options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    let text = error.to_string();
    for word in ["scan:", "table=d.t", "tablet=11", "version=7", &format!("be={down}"), "attempts=2", "be_port"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    assert!(!text.contains("secret"), "{text}");
    assert_eq!(fe.requests().len(), 2, "a new plan might name other backends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_is_gone_is_planned_again() {
    for begun in [0, 1, 2] {
        let count = AtomicUsize::new(0);
        let backend = Backend::start(tablet, move |call| {
            let stale = call.plan == "old" && call.method == "open_scanner" && begun == 0;
            let stale = stale || (call.method == "get_next" && count.fetch_add(1, Ordering::SeqCst) + 1 == begun);
            if stale { Act::Status(6, "version 2 already been compacted".into()) } else { Act::Serve }
        });
        let address = backend.address.clone();
        let asked = AtomicUsize::new(0);
        let fe = Server::start(move |_| {
            let first = asked.fetch_add(1, Ordering::SeqCst) == 0;
            Reaction::Answer(plan(if first { "old" } else { "new" }, if first { 2 } else { 3 }, &[(1, &[&address])]))
        })
        .await;
        assert_eq!(read(&client(&[&fe.address]), &options()).await.unwrap(), expected(&[1]), "{begun}");
        let plans: Vec<String> = backend.calls("open_scanner").into_iter().map(|c| c.plan).collect();
        assert_eq!(plans, ["old", "new"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tablet_that_is_gone_fails() {
    let backend = Backend::start(tablet, |_| Act::Status(31, "tablet is not in the plan".into()));
    let address = backend.address.clone();
    let asked = AtomicUsize::new(0);
    let fe = Server::start(move |_| {
        let id = if asked.fetch_add(1, Ordering::SeqCst) == 0 { 1 } else { 2 };
        Reaction::Answer(plan(&format!("plan {id}"), 2, &[(id, &[&address])]))
    })
    .await;
    let error = read(&client(&[&fe.address]), &options()).await.unwrap_err();
    assert!(error.to_string().contains("not in the new plan") && error.to_string().contains("tablet=1"), "{error}");
    assert!(backend.calls("close_scanner").iter().any(|c| c.context == "failed"), "a refused scanner is closed too");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_in_another_order_are_never_taken_for_those_read() {
    for (name, other) in
        [("reversed", rows((100..125).rev())), ("changed", rows((100..105).chain(906..926))), ("fewer", rows(100..105))]
    {
        let failing = Backend::start(tablet, at_next(1, Act::Hang));
        let compacted = Backend::healthy(move |_| other.clone());
        let fe = frontend(plan("p", 2, &[(1, &[&failing.address, &compacted.address])])).await;
        let error = read(&client(&[&fe.address]), &options()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::QueryFailed, "{name}: {error}");
        assert!(error.to_string().contains("start the job again"), "{name}: {error}");
    }
    // What was not given out yet may differ.
    let failing = Backend::start(tablet, at_next(1, Act::Hang));
    let compacted = Backend::healthy(|_| rows((100..110).chain(700..720)));
    let fe = frontend(plan("p", 2, &[(1, &[&failing.address, &compacted.address])])).await;
    let found = read(&client(&[&fe.address]), &options()).await.unwrap();
    assert_eq!(found[&1], (100..110).chain(700..720).collect::<Vec<_>>());
}

/// A checkpoint in the middle of a tablet: a split with what was taken goes on behind it, also in other batches.
#[tokio::test(flavor = "multi_thread")]
async fn a_split_goes_on_behind_what_was_taken() {
    let backend = Backend::healthy(tablet);
    let fe = frontend(plan("p", 2, &[(1, &[&backend.address])])).await;
    let client = client(&[&fe.address]);
    let split = client.plan_scan(&request(), &options()).await.unwrap().splits(1).remove(0);
    for taken in [0, 1, 9, 10, 11, 24, 25] {
        for batch_rows in [1, 7, 10, 65_536] {
            let mut split = split.clone();
            split.tablets[0].rows = taken as u64;
            split.tablets[0].fingerprint = ColumnHash.extend(0, &tablet(1).slice(0, taken)).unwrap();
            let text = serde_json::to_string(&split).unwrap();
            let split = serde_json::from_str(&text).unwrap();
            let options = ScanOptions { batch_rows, ..options() };
            let found = read_splits(&client, &options, vec![split]).await.unwrap();
            assert_eq!(found[&1], (100 + taken as i32..125).collect::<Vec<_>>(), "{taken} {batch_rows}");
        }
    }
    let mut wrong = split;
    (wrong.tablets[0].rows, wrong.tablets[0].fingerprint) = (3, 7);
    assert_eq!(read_splits(&client, &options(), vec![wrong]).await.unwrap_err().kind(), ErrorKind::QueryFailed);
}

/// A program with rows and fingerprints of its own: they are asked for only when a tablet is read again.
struct Sum;

impl RowHash for Sum {
    fn extend(&self, fingerprint: u64, batch: &RecordBatch) -> Result<u64> {
        Ok(ids(batch).iter().fold(fingerprint, |hash, id| hash.wrapping_mul(31).wrapping_add(*id as u64)))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_that_are_taken_by_hand_are_resumed() {
    let failing = Backend::start(tablet, at_next(2, Act::Hang));
    let healthy = Backend::healthy(tablet);
    let fe = frontend(plan("p", 2, &[(1, &[&failing.address, &healthy.address])])).await;
    let client = client(&[&fe.address]);
    let plan = client.plan_scan(&request(), &options()).await.unwrap();
    let mut reader = ScanReader::with_hash(client, request(), options(), Arc::new(Sum)).unwrap();
    reader.add_split(plan.splits(1).remove(0)).unwrap();
    let (mut found, mut fingerprint) = (Vec::new(), 0);
    while let Some(event) = reader.next().await.unwrap() {
        if let ScanEvent::Batch(batch) = event {
            assert_eq!((batch.first_row, batch.fingerprint()), (found.len() as u64, fingerprint));
            fingerprint = Sum.extend(fingerprint, &batch.batch).unwrap();
            found.extend(ids(&batch.take(fingerprint)));
        }
    }
    assert_eq!(found, ids(&tablet(1)));
    assert_eq!(healthy.calls("open_scanner").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_nobody_accounted_for_cannot_be_resumed() {
    let failing = Backend::start(tablet, at_next(1, Act::Hang));
    let fe = frontend(plan("p", 2, &[(1, &[&failing.address])])).await;
    let client = client(&[&fe.address]);
    let plan = client.plan_scan(&request(), &options()).await.unwrap();
    let mut reader = ScanReader::with_hash(client, request(), options(), Arc::new(Sum)).unwrap();
    reader.add_split(plan.splits(1).remove(0)).unwrap();
    assert!(matches!(reader.next().await.unwrap(), Some(ScanEvent::Batch(_))));
    let error = reader.next().await.unwrap_err();
    assert!(error.to_string().contains("accounted"), "{error}");
    assert_eq!(reader.next().await.unwrap_err().to_string(), error.to_string(), "a failure stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_no_rows_fail() {
    let text = StringBytes::latin1();
    for (act, words) in [
        (Act::Rows(Vec::new()), "no rows"),
        (Act::Rows(backend::ipc(&rows([]))), "no rows"),
        (Act::Rows(b"garbage that is no stream at all".to_vec()), "not an Arrow stream"),
        (Act::Rows(text), "not an Arrow stream"),
        (Act::Status(33, "batch_size is wrong".into()), "INVALID_ARGUMENT"),
        (Act::Exception(1), "be_port"),
    ] {
        let backend = Backend::start(tablet, at_next(0, act));
        let fe = frontend(plan("p", 2, &[(1, &[&backend.address])])).await;
        let options = ScanOptions { max_retries: 0, ..options() };
        let error = read(&client(&[&fe.address]), &options).await.unwrap_err();
        assert!(error.to_string().contains(words), "{words}: {error}");
        assert!(error.to_string().contains("scanner=scanner-1"), "{error}");
        assert_eq!(backend.open(), 0);
    }
}

/// An Arrow stream whose text is not UTF-8, as HLL columns come.
struct StringBytes;

impl StringBytes {
    fn latin1() -> Vec<u8> {
        let marker = "n101".as_bytes();
        let mut bytes = backend::ipc(&rows([101]));
        let at = bytes.windows(marker.len()).rposition(|w| w == marker).unwrap();
        bytes[at] = 0xff;
        bytes
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_come_in_the_order_of_the_request() {
    // An old server gives the columns of the table, and those of the filter as well.
    let backend = Backend::healthy(tablet);
    let fe = frontend(plan("p", 2, &[(1, &[&backend.address])])).await;
    let client = client(&[&fe.address]);
    for (columns, good) in [(&["NAME", "id"][..], true), (&["name"], true), (&["x", "y"], true), (&["x"], false)] {
        let request = ScanRequest::table("d", "t").columns(columns.iter().copied());
        let plan = client.plan_scan(&request, &options()).await.unwrap();
        let mut reader = ScanReader::new(client.clone(), request, options()).unwrap();
        reader.add_split(plan.splits(1).remove(0)).unwrap();
        match reader.next().await {
            Ok(Some(ScanEvent::Batch(batch))) => {
                let names: Vec<_> =
                    batch.batch.schema().fields().iter().map(|f| f.name().to_ascii_lowercase()).collect();
                let wanted: Vec<_> = columns.iter().map(|c| c.to_ascii_lowercase()).collect();
                assert!(good && (names == wanted || columns == ["x", "y"]), "{names:?}");
            }
            other => assert!(!good, "{columns:?}: {other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_backend_has_to_be_mapped() {
    let backend = Backend::healthy(tablet);
    let fe = frontend(plan("p", 2, &[(1, &["be1.internal:9060"])])).await;
    let mapped = ScanOptions { be_host_mapping: format!("{},be1.internal:9060", backend.address), ..options() };
    assert_eq!(read(&client(&[&fe.address]), &mapped).await.unwrap(), expected(&[1]));
    let other = ScanOptions { be_host_mapping: "out:1,be2.internal:9060".to_owned(), ..options() };
    let error = read(&client(&[&fe.address]), &other).await.unwrap_err();
    assert!(error.to_string().contains("be1.internal:9060"), "{error}");
    // The rules for loads serve where there is no such list.
    let rules = StarRocks::builder()
        .load_urls([&fe.address])
        .host_mapping([format!("be1.internal:9060={}", backend.address)])
        .build()
        .unwrap();
    assert_eq!(read(&rules, &options()).await.unwrap(), expected(&[1]));
}

#[tokio::test(flavor = "multi_thread")]
async fn frontends_are_tried_in_turn_and_again() {
    let backend = Backend::healthy(tablet);
    let answer = plan("p", 2, &[(1, &[&backend.address])]);
    let down = closed_port().await;
    let gateway = Server::start(|_| Reaction::Status(502, "<html>Bad Gateway</html>".into())).await;
    let reset = Server::start(|_| Reaction::Reset).await;
    let good = frontend(answer.clone()).await;
    let none = ScanOptions { max_retries: 0, ..options() };
    let client_of = client(&[&down, &gateway.address, &reset.address, &good.address]);
    assert_eq!(read(&client_of, &none).await.unwrap(), expected(&[1]));
    // Down for a moment.
    let asked = AtomicUsize::new(0);
    let restarted = Server::start(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => Reaction::Reset,
        _ => Reaction::Answer(answer.clone()),
    })
    .await;
    assert_eq!(read(&client(&[&restarted.address]), &options()).await.unwrap(), expected(&[1]));
    let error = read(&client(&[&down]), &none).await.unwrap_err();
    assert!(error.to_string().contains("plan scan") && error.to_string().contains(&down), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_told_at_once() {
    for (status, body, kind, words) in [
        (
            401,
            r#"{"status":"FAILED","code":"1","msg":"Access denied for root@127.0.0.1"}"#,
            ErrorKind::Unauthenticated,
            "password",
        ),
        (
            403,
            r#"{"exception":"Only support OlapTable, CloudNativeTable and MaterializedView currently","status":403}"#,
            ErrorKind::Unsupported,
            "with a query",
        ),
        (404, r#"{"exception":"Table [t] does not exists","status":404}"#, ErrorKind::NotFound, "table-name"),
    ] {
        let fe = Server::start(move |_| Reaction::Status(status, body.to_owned())).await;
        let error = read(&client(&[&fe.address, &fe.address]), &options()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(words) && error.to_string().contains("table=d.t"), "{error}");
        assert_eq!(fe.requests().len(), 1, "another attempt cannot help");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_is_dropped_closes_its_scanners() {
    let backend = Backend::healthy(tablet);
    let tablets: Vec<(i64, &[&str])> = vec![(1, &[]), (2, &[]), (3, &[])];
    let address = [backend.address.as_str()];
    let tablets: Vec<(i64, &[&str])> = tablets.into_iter().map(|(id, _)| (id, &address[..])).collect();
    let fe = frontend(plan("p", 2, &tablets)).await;
    let client = client(&[&fe.address]);
    let plan = client.plan_scan(&request(), &options()).await.unwrap();
    let mut reader = ScanReader::new(client, request(), options()).unwrap();
    for split in plan.splits(3) {
        reader.add_split(split).unwrap();
    }
    let mut seen = std::collections::BTreeSet::new();
    while seen.len() < 3 {
        if let Some(ScanEvent::Batch(batch)) = reader.next().await.unwrap() {
            seen.insert(batch.tablet);
        }
    }
    reader.close().await;
    assert_eq!(backend.open(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanner_that_is_opened_too_late_is_closed() {
    let meeting = Arc::new(Barrier::new(2));
    let at = Arc::clone(&meeting);
    let backend = Backend::start(tablet, move |call| match call.method.as_str() {
        "open_scanner" => Act::Wait(Arc::clone(&at)),
        _ => Act::Serve,
    });
    let fe = frontend(plan("p", 2, &[(1, &[&backend.address])])).await;
    let client = client(&[&fe.address]);
    let plan = client.plan_scan(&request(), &options()).await.unwrap();
    let mut reader = ScanReader::new(client, request(), options()).unwrap();
    for split in plan.splits(1) {
        reader.add_split(split).unwrap();
    }
    tokio::task::block_in_place(|| meeting.wait());
    // The backend answers when nobody waits for the scanner any more.
    let late = async {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        tokio::task::block_in_place(|| meeting.wait());
    };
    tokio::join!(reader.close(), late);
    assert_eq!((backend.calls("close_scanner").len(), backend.open()), (1, 0));
}
