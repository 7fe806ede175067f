// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Lookups by key, against the embedded server and a scripted MySQL port.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "support/mysql.rs"]
mod mysql;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mysql::{MySql, rows};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, OptsBuilder};
use starrocks_client::lookup::{Answers, Lookup, LookupConfig};
use starrocks_server::{Server, ServerConfig};
use starrocks_types::{Error, ErrorKind, Result};
use tokio::runtime::Handle;
use tokio::time::timeout;

const COLUMNS: &str = "id|1|PRI|int|10|0|int(11)|NO|NULL\nname|2||varchar|20|NULL|varchar(20)|YES|NULL\n";

fn open(jdbc_url: &str, more: &str) -> Result<(Lookup, Answers)> {
    let text = format!(
        r#"{{"version":1,"connection":{{"load_urls":["h:1"],"jdbc_url":"{jdbc_url}","username":"root","password":""}},
            "request":{{"database":"d","table":"t","columns":["id","name"]}},
            "columns":[{{"name":"id","type":{{"root":"INTEGER"}}}},{{"name":"name","type":{{"root":"VARCHAR","length":20}}}}],
            "keys":[0]{more}}}"#
    );
    Lookup::open(LookupConfig::from_json(text.as_bytes())?, &Handle::current())
}

/// Key rows of one INT column, as Java writes them.
fn keys(ids: &[Option<i32>]) -> Vec<u8> {
    let mut out = Vec::new();
    for id in ids {
        out.extend_from_slice(&16_u64.to_le_bytes());
        out.extend_from_slice(&[0, u8::from(id.is_none()), 0, 0, 0, 0, 0, 0]);
        out.extend_from_slice(&i64::from(id.unwrap_or(0)).to_le_bytes());
    }
    out
}

/// The ids and short names of records.
fn shown(records: &[u8]) -> Vec<String> {
    let mut shown: Vec<String> = records
        .chunks_exact(32)
        .map(|record| {
            let id = i32::from_le_bytes(record[16..20].try_into().unwrap());
            let length = usize::from(record[31] & 0x7f);
            let null = record[9] & 2 != 0;
            let name = if null { "NULL" } else { std::str::from_utf8(&record[24..24 + length]).unwrap() };
            format!("{id}|{name}")
        })
        .collect();
    shown.sort();
    shown
}

/// The rows of so many requests.
async fn answers(answers: &mut Answers, count: usize) -> Result<BTreeMap<u32, Vec<String>>> {
    let mut found = BTreeMap::new();
    while found.len() < count {
        let answer = timeout(Duration::from_secs(60), answers.next()).await.expect("an answer within a minute")?;
        let rows = shown(&answer.records);
        assert_eq!(rows.len(), answer.rows as usize);
        assert!(found.insert(answer.request, rows).is_none(), "request {} is answered twice", answer.request);
    }
    Ok(found)
}

async fn server(statements: &[&str]) -> (Server, String) {
    let server = Server::start(ServerConfig::default()).await.unwrap();
    let address = server.query();
    let options = OptsBuilder::default()
        .ip_or_hostname("127.0.0.1")
        .tcp_port(address.port())
        .user(Some("root"))
        .prefer_socket(false);
    let mut client = Conn::new(options).await.unwrap();
    client.query_drop("CREATE DATABASE d").await.unwrap();
    for statement in statements {
        client.query_drop(*statement).await.unwrap_or_else(|e| panic!("{statement}: {e}"));
    }
    client.disconnect().await.unwrap();
    (server, format!("jdbc:mysql://{address}"))
}

const CREATE: &str = "CREATE TABLE d.t (id INT, name VARCHAR(20)) DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 3 \
                      PROPERTIES (\"replication_num\" = \"1\")";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_request_gets_the_rows_of_its_key() {
    let rows = "INSERT INTO d.t VALUES (1, 'a'), (2, 'b'), (2, NULL), (2, 'bb'), (-3, ''), (NULL, 'n')";
    let (_server, url) = server(&[CREATE, rows]).await;
    let (lookup, mut results) = open(&url, "").unwrap();
    assert!(lookup.submit(&keys(&[Some(1), Some(2), None, Some(7), Some(2), Some(-3)]), 6, u32::MAX));
    let found = answers(&mut results, 6).await.unwrap();
    let of = |request: u32| found[&request].join(",");
    assert_eq!(of(u32::MAX), "1|a");
    assert_eq!((of(0), of(3)), ("2|NULL,2|b,2|bb".to_owned(), "2|NULL,2|b,2|bb".to_owned()));
    assert_eq!((of(1), of(2), of(4)), (String::new(), String::new(), "-3|".to_owned()));
    let metrics = lookup.metrics();
    assert_eq!((metrics.lookups, metrics.statements, metrics.keys, metrics.rows), (6, 1, 4, 5));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_keys_give_what_single_lookups_give() {
    let values: Vec<String> = (0..3_000).map(|n| format!("({}, 'n{}')", n * 7 % 1_000, n % 10)).collect();
    let insert = format!("INSERT INTO d.t VALUES {}", values.join(", "));
    let (_server, url) = server(&[CREATE, &insert]).await;
    let mut expected: BTreeMap<i32, Vec<String>> = BTreeMap::new();
    for n in 0..3_000 {
        expected.entry(n * 7 % 1_000).or_default().push(format!("{}|n{}", n * 7 % 1_000, n % 10));
    }
    expected.values_mut().for_each(|rows| rows.sort());
    for more in ["", r#","batch_keys":7,"parallel_statements":3"#, r#","batch_keys":1"#, r#","max_result_bytes":200"#] {
        let count = if more.is_empty() { 1_500 } else { 60 };
        let (lookup, mut results) = open(&url, more).unwrap();
        for id in 0..count {
            assert!(lookup.submit(&keys(&[Some(id)]), 1, id as u32));
        }
        let found = answers(&mut results, count as usize).await.unwrap();
        for id in 0..count {
            assert_eq!(found[&(id as u32)], expected.get(&id).cloned().unwrap_or_default(), "{more} {id}");
        }
    }
    let (lookup, mut results) = open(&url, r#","max_result_bytes":90"#).unwrap();
    assert!(lookup.submit(&keys(&[Some(1)]), 1, 0));
    let error = answers(&mut results, 1).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Exhausted);
    names(&error, &["table=d.t", "key_columns=id", "join on more columns"]);
}

fn names(error: &Error, parts: &[&str]) {
    let text = error.to_string();
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in {text}");
    }
}

/// A port whose lookups fail as told before they give rows.
async fn failing(times: usize, code: u16, message: &'static str) -> (MySql, &'static AtomicUsize) {
    let left: &AtomicUsize = Box::leak(Box::new(AtomicUsize::new(times)));
    let answer = move |query: &str| {
        if query.contains("`COLUMNS`") {
            rows(COLUMNS)
        } else if query.contains("`d`.`t` where") {
            match left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)) {
                Ok(_) => Err((code, message.to_owned())),
                Err(_) => rows("4711|a\n5|server's own idea\n"),
            }
        } else {
            rows("")
        }
    };
    (MySql::start(true, answer).await, left)
}

#[tokio::test]
async fn statements_that_fail_are_sent_again() {
    let (server, left) = failing(2, 1064, "rpc failed").await;
    let (lookup, mut results) = open(&server.url(), "").unwrap();
    assert!(lookup.submit(&keys(&[Some(4711)]), 1, 9));
    let found = answers(&mut results, 1).await.unwrap();
    assert_eq!(found[&9], ["4711|a"], "rows of other keys answer nothing");
    assert_eq!((left.load(Ordering::SeqCst), lookup.metrics().retries, lookup.metrics().statements), (0, 2, 3));
}

#[tokio::test]
async fn errors_name_table_and_key_columns_and_show_no_keys() {
    let (server, _) = failing(9, 1064, "cannot compare 4711 with 'secret'").await;
    let (lookup, mut results) = open(&server.url(), r#","max_retries":1"#).unwrap();
    assert!(lookup.submit(&keys(&[Some(4711)]), 1, 0));
    let error = answers(&mut results, 1).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::QueryFailed);
    names(&error, &["table=d.t", "key_columns=id", "code=1064", "attempts=2", "cannot compare"]);
    assert!(!error.to_string().contains("4711") && !error.to_string().contains("secret"), "{error}");
    // Nothing is tried again that cannot help.
    let (server, left) = failing(9, 1142, "denied").await;
    let (lookup, mut results) = open(&server.url(), "").unwrap();
    assert!(lookup.submit(&keys(&[Some(4711)]), 1, 0));
    assert_eq!(answers(&mut results, 1).await.unwrap_err().kind(), ErrorKind::AccessDenied);
    assert_eq!(left.load(Ordering::SeqCst), 8);
}

#[tokio::test]
async fn broken_keys_and_configurations_are_refused() {
    let (server, _) = failing(0, 0, "").await;
    let (lookup, mut results) = open(&server.url(), "").unwrap();
    assert!(lookup.submit(&keys(&[Some(1)])[..20], 1, 0));
    let error = answers(&mut results, 1).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRow);
    assert_eq!(results.next().await.unwrap_err().kind(), ErrorKind::Closed);
    for more in [r#","batch_keys":0"#, r#","parallel_statements":0"#, r#","unknown":1"#, r#","keys":[2]"#] {
        assert!(open(&server.url(), more).is_err(), "{more}");
    }
    let (lookup, mut results) = open(&server.url(), r#","time_zone":"Mars/Olympus""#).unwrap();
    assert!(lookup.submit(&keys(&[Some(1)]), 1, 0));
    assert_eq!(answers(&mut results, 1).await.unwrap_err().kind(), ErrorKind::InvalidConfig);
}

#[tokio::test]
async fn keys_are_refused_while_too_many_wait() {
    let (server, _) = failing(0, 0, "").await;
    let (lookup, mut results) = open(&server.url(), "").unwrap();
    let batch = keys(&vec![None; 500_000]);
    assert!(lookup.submit(&batch, 500_000, 0));
    assert!(!lookup.submit(&batch, 500_000, 500_000), "16 MiB may wait");
    assert!(timeout(Duration::from_secs(60), results.next()).await.unwrap().is_ok());
}
