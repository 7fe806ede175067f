// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Table descriptions and the tasks that need them, against a scripted MySQL port.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "support/mysql.rs"]
mod mysql;
#[path = "support/store.rs"]
mod store;
mod support;

use std::time::Duration;

use mysql::{MySql, rows};
use starrocks_client::{Lingering, StarRocks, TransactionOptions, tasks};
use starrocks_types::{Error, ErrorKind, StarRocksType, TableModel};
use store::{State, Store};
use support::{Server, closed_port};

const COLUMNS: &str = "\
name|2||varchar|20|NULL|varchar(20)|NO|x
id|1|PRI|bigint|19|0|bigint(20)|NO|NULL
seq|3||bigint|19|0|bigint(20)|NO|NULL
flag|4||tinyint|NULL|0|tinyint(1)|YES|NULL
big|5||bigint unsigned|39|NULL|bigint(20) unsigned|YES|NULL
tags|6||array|NULL|NULL|array<struct<`a` int(11), `b` decimal(10,2)>>|YES|NULL
old|7||unknown|NULL|NULL|unknown|YES|NULL
sum|8||bigint|19|0|bigint(20)|YES|NULL
";

const CREATE: &str = "CREATE TABLE `t` (\n  `id` bigint(20) NOT NULL COMMENT \"no AUTO_INCREMENT\",\n  `seq` bigint(20) NOT NULL AUTO_INCREMENT COMMENT \"\",\n  `sum` bigint(20) NULL AS `id` + `seq` COMMENT \"\"\n) ENGINE=OLAP";

/// Answers as a server with one table does.
fn one_table(columns: &'static str, config: mysql::Result) -> impl Fn(&str) -> mysql::Result + Send + Sync {
    move |query| {
        if query.contains("`COLUMNS`") {
            rows(columns)
        } else if query.contains("tables_config") {
            config.clone()
        } else if query.starts_with("SHOW CREATE TABLE `d`.`t`") {
            Ok(vec![vec![Some("t".to_owned()), Some(CREATE.to_owned())]])
        } else if query.starts_with("select current_version()") {
            rows("3.5.5-abc")
        } else {
            Err((1064, format!("unexpected: {query}")))
        }
    }
}

fn client(jdbc_url: &str) -> StarRocks {
    StarRocks::builder().load_urls(["h:1"]).jdbc_url(jdbc_url).credentials("u", "secret").build().unwrap()
}

fn names(error: &Error, parts: &[&str]) {
    let text = error.to_string();
    assert!(!text.contains("secret"), "{text}");
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in {text}");
    }
}

#[tokio::test]
async fn a_table_is_described_in_its_order_with_types_defaults_and_model() {
    let server = MySql::start(true, one_table(COLUMNS, rows("PRIMARY_KEYS|`id`"))).await;
    let table = client(&server.url()).describe_table("d", "t").await.unwrap();
    assert_eq!(table.model, TableModel::Primary);
    let shown: Vec<String> = table
        .columns
        .iter()
        .map(|c| {
            format!("{} {} {} {} {:?}", c.name, c.data_type, c.nullable, c.key, c.default.as_deref().unwrap_or("-"))
        })
        .collect();
    assert_eq!(
        shown,
        [
            r#"id BIGINT false true "-""#,
            r#"name VARCHAR(20) false false "x""#,
            r#"seq BIGINT false false "AUTO_INCREMENT""#,
            r#"flag BOOLEAN true false "-""#,
            r#"big LARGEINT true false "-""#,
            r#"tags ARRAY<STRUCT<a INT, b DECIMAL(10, 2)>> true false "-""#,
            r#"old JSON true false "-""#,
            r#"sum BIGINT true false "-""#,
        ]
    );
    assert!(table.columns.iter().all(|c| c.generated == (c.name == "sum")));
    assert_eq!(client(&server.url()).server_version().await.unwrap(), "3.5.5-abc");
}

#[tokio::test]
async fn the_key_is_found_where_only_one_source_tells_it() {
    const NO_KEYS: &str = "id|1||int|10|0|int(11)|NO|NULL\nv|2||int|10|0|int(11)|YES|NULL\n";
    // Shared-data clusters of 3.1 leave COLUMN_KEY empty: taking such a table for one without keys would lose deletes.
    let server = MySql::start(true, one_table(NO_KEYS, rows("PRIMARY_KEYS|`id`"))).await;
    let table = client(&server.url()).describe_table("d", "t").await.unwrap();
    assert_eq!((table.model, table.columns[0].key, table.columns[1].key), (TableModel::Primary, true, false));
    // Old servers have no tables_config.
    let missing = Err((5502, "Unknown table 'tables_config'".to_owned()));
    let server = MySql::start(true, one_table(COLUMNS, missing)).await;
    assert_eq!(client(&server.url()).describe_table("d", "t").await.unwrap().model, TableModel::Primary);
}

#[tokio::test]
async fn names_reach_the_server_as_literals() {
    let server = MySql::start(true, one_table("", rows(""))).await;
    let error = client(&server.url()).describe_table("d'--", "t\\").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    names(&error, &["Couldn't get the sink table's column info.", "table=d'--.t\\", "privileges"]);
    let query = server.queries.lock().unwrap()[0].clone();
    assert!(query.contains(r"`TABLE_SCHEMA`='d''--' and `TABLE_NAME`='t\\'"), "{query}");
}

#[tokio::test]
async fn hosts_are_tried_in_order_and_errors_name_them() {
    let server = MySql::start(true, one_table(COLUMNS, rows(""))).await;
    let closed = closed_port().await;
    let url = format!("jdbc:mysql://{closed},{}/d?useSSL=false", server.address);
    assert_eq!(client(&url).server_version().await.unwrap(), "3.5.5-abc");
    let error = client(&format!("jdbc:mysql://{closed}")).server_version().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    names(&error, &[&closed, "jdbc-url"]);
    let refusing = MySql::start(false, |_| rows("")).await;
    let error = client(&refusing.url()).describe_table("d", "t").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    names(&error, &[&refusing.address, "using password"]);
    let error = client("").server_version().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
}

#[tokio::test]
async fn a_server_that_is_silent_or_talks_nonsense_is_an_error_in_time() {
    let impatient = |url: &str| {
        StarRocks::builder()
            .load_urls(["h:1"])
            .jdbc_url(url)
            .connect_timeout(Duration::from_millis(50))
            .socket_timeout(Some(Duration::from_millis(50)))
            .build()
            .unwrap()
    };
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("jdbc:mysql://{}", silent.local_addr().unwrap());
    assert_eq!(impatient(&url).server_version().await.unwrap_err().kind(), ErrorKind::Timeout);
    // An HTTP port waits for a request; a garbled greeting is refused.
    let garbled = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("jdbc:mysql://{}", garbled.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (mut stream, _) = garbled.accept().await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    });
    let error = client(&url).server_version().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Protocol | ErrorKind::Network), "{error:?}");
    task.await.unwrap();
}

fn task(name: &str, jdbc_url: &str, load_url: &str, more: &str) -> String {
    format!(
        r#"{{"task":"{name}","connection":{{"load_urls":["{load_url}"],"jdbc_url":"{jdbc_url}","username":"u","password":"secret",
            "connect_timeout_ms":30000,"socket_timeout_ms":-1}},"database":"d","table":"t"{more}}}"#
    )
}

async fn run(request: &str) -> Result<serde_json::Value, Error> {
    tasks::run_task(request.as_bytes()).await.map(|json| serde_json::from_slice(&json).unwrap())
}

#[tokio::test]
async fn the_planning_tasks_answer_in_json() {
    let server = MySql::start(true, one_table(COLUMNS, rows("PRIMARY_KEYS|`id`"))).await;
    let described = run(&task("describe_table", &server.url(), "h:1", "")).await.unwrap();
    assert_eq!((&described["model"], &described["server_version"]), (&"Primary".into(), &"3.5.5-abc".into()));
    assert_eq!(described["columns"][1]["data_type"]["Varchar"], 20);

    let columns = r#","columns":[{"name":"ID","type":{"root":"BIGINT","nullable":false}},{"name":"flag","type":{"root":"BOOLEAN"}}]"#;
    let good = format!(r#"{columns},"primary_key":["ID"],"properties":{{"format":"json"}}"#);
    let checked = run(&task("check_schema", &server.url(), "h:1", &good)).await.unwrap();
    assert_eq!((&checked["upsert_delete"], &checked["send_columns_header"]), (&true.into(), &true.into()));
    assert_eq!((&checked["primary_key"][0], &checked["columns"][0]["name"]), (&0.into(), &"id".into()));
    assert_eq!(checked["properties"]["partial_update"], "true");
    let types: Vec<Option<StarRocksType>> = serde_json::from_value(checked["starrocks_types"].clone()).unwrap();
    assert_eq!(types, [Some(StarRocksType::BigInt), Some(StarRocksType::Boolean)]);

    let error = run(&task("check_schema", &server.url(), "h:1", columns)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SchemaMismatch);
    names(&error, &["table=d.t", "primary_key=id"]);
}

#[tokio::test]
async fn only_transactions_that_no_state_can_hold_are_ended() {
    const EPOCH: &str = "0r00000001";
    let labels: Vec<String> = [
        "p-t-0-7", // as old as the checkpoint
        "p-t-0-6", // in the checkpoint's state
        "p-t-2-9", // of a subtask that is no more, looked after by subtask 0
        "p-t-1-7", // of another subtask
        "p-u-0-7", // of another table
        "q-t-0-7", // of another prefix
    ]
    .map(|label| format!("{label}-{EPOCH}-1"))
    .into();
    let store = Store::default();
    let answers = store.clone();
    let http = Server::start(move |seen| answers.react(seen)).await;
    let listed = labels.join("\n");
    let mysql = MySql::start(true, move |query| {
        assert!(query.contains(r"`LABEL` like 'p-%'") && query.contains("`DB_NAME`='d'"), "{query}");
        rows(&listed)
    })
    .await;
    let client = StarRocks::builder().load_urls([http.url()]).jdbc_url(mysql.url()).build().unwrap();
    for label in &labels {
        let options = TransactionOptions { database: "d".into(), table: "t".into(), properties: Vec::new() };
        client.begin(options, label).await.unwrap().prepare().await.unwrap();
    }
    let of = Lingering {
        table: Some(("d".into(), "t".into())),
        label_prefix: "p".into(),
        subtask: 0,
        parallelism: 2,
        restored_checkpoint_id: Some(7),
    };
    let report = client.abort_lingering(&of).await.unwrap();
    assert_eq!(report.aborted, [labels[0].clone(), labels[2].clone()]);
    assert_eq!(store.labels(State::Prepared).len(), 4);

    // A server that gives no list: nothing is touched, and the result says so.
    let mute = MySql::start(true, |_| Err((5203, "Access denied".to_owned()))).await;
    let request = task(
        "abort_lingering",
        &mute.url(),
        &http.url(),
        r#","label_prefix":"p","subtask":1,"parallelism":2,"restored_checkpoint_id":null"#,
    );
    let report = run(&request).await.unwrap();
    assert!(report["incomplete"].as_str().unwrap().contains("Access denied"), "{report}");
    assert_eq!(store.labels(State::Prepared).len(), 4);
}
