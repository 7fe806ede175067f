// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Scans and queries against the embedded server: every type, many tablets, and servers that go away while rows come.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../examples/scan.rs"]
#[allow(dead_code, unreachable_pub, reason = "the example is a program of its own")]
mod example;
#[path = "scan_embedded/flight.rs"]
mod flight;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use arrow::array::AsArray;
use arrow::datatypes::{DataType, Int64Type};
use arrow::record_batch::RecordBatch;
use arrow::util::display::array_value_to_string;
use mysql_async::prelude::Queryable;
use starrocks_client::StarRocks;
use starrocks_client::query::QueryOptions;
use starrocks_client::scan::{ColumnPath, ScanEvent, ScanOptions, ScanReader, ScanRequest, Split};
use starrocks_server::http::HttpConfig;
use starrocks_server::{BackendsConfig, Server, ServerConfig};
use starrocks_types::{ErrorKind, Result};
use tokio::time::timeout;

/// Three backends, faults on demand, and database `d`.
async fn server() -> Server {
    let config = ServerConfig {
        http: HttpConfig { faults: true, ..HttpConfig::default() },
        backends: BackendsConfig { count: 3, ..BackendsConfig::default() },
        ..ServerConfig::default()
    };
    let server = Server::start(config).await.unwrap();
    sql(&server, &["CREATE DATABASE d"]).await;
    server
}

async fn sql(server: &Server, statements: &[&str]) {
    let address = server.query();
    let options = mysql_async::OptsBuilder::default()
        .ip_or_hostname(address.ip().to_string())
        .tcp_port(address.port())
        .user(Some("root"))
        .prefer_socket(false);
    let mut connection = mysql_async::Conn::new(options).await.unwrap();
    for statement in statements {
        connection.query_drop(*statement).await.unwrap_or_else(|e| panic!("{statement}: {e}"));
    }
    connection.disconnect().await.unwrap();
}

/// Table `d.t (id BIGINT, name VARCHAR)` in 12 tablets with two replicas, and 3000 rows.
async fn filled(server: &Server) {
    let values: Vec<String> = (0..3000).map(|id| format!("({id},'n{id}')")).collect();
    sql(
        server,
        &[
            "CREATE TABLE d.t (id BIGINT NOT NULL, name VARCHAR(20)) DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 12 \
             PROPERTIES ('replication_num' = '2')",
            &format!("INSERT INTO d.t VALUES {}", values.join(",")),
        ],
    )
    .await;
}

fn client(server: &Server) -> StarRocks {
    StarRocks::builder()
        .load_urls([server.fe_http().to_string()])
        .jdbc_url(format!("jdbc:mysql://{}", server.query()))
        .build()
        .unwrap()
}

fn post(to: SocketAddr, path: &str, body: &str) {
    tokio::task::block_in_place(|| post_blocking(to, path, body));
}

fn post_blocking(to: SocketAddr, path: &str, body: &str) {
    let mut stream = TcpStream::connect(to).unwrap();
    let length = body.len();
    // root without a password
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic cm9vdDo=\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// All rows; `at` is called with each batch before the next is asked for.
async fn read(
    client: &StarRocks,
    request: &ScanRequest,
    options: &ScanOptions,
    splits: Vec<Split>,
    mut at: impl FnMut(usize),
) -> Result<Vec<RecordBatch>> {
    let mut reader = ScanReader::new(client.clone(), request.clone(), options.clone())?;
    for split in splits {
        reader.add_split(split)?;
    }
    let mut batches = Vec::new();
    let ended = timeout(Duration::from_secs(120), async {
        while let Some(event) = reader.next().await? {
            if let ScanEvent::Batch(batch) = event {
                batches.push(batch.batch.clone());
                at(batches.len());
            }
        }
        Ok(())
    });
    let ended = ended.await.expect("the scan ends");
    reader.close().await;
    ended.map(|()| batches)
}

async fn read_all(client: &StarRocks, request: &ScanRequest, options: &ScanOptions) -> Result<Vec<RecordBatch>> {
    let splits = client.plan_scan(request, options).await?.splits(5);
    read(client, request, options, splits, |_| ()).await
}

/// Rows as text, sorted.
fn texts(batches: &[RecordBatch]) -> Vec<String> {
    let mut rows = Vec::new();
    for batch in batches {
        for row in 0..batch.num_rows() {
            let value = |c: &arrow::array::ArrayRef| match c.is_null(row) {
                true => "NULL".to_owned(),
                false => array_value_to_string(c, row).unwrap(),
            };
            rows.push(batch.columns().iter().map(value).collect::<Vec<_>>().join("|"));
        }
    }
    rows.sort();
    rows
}

fn ids(batches: &[RecordBatch]) -> Vec<i64> {
    let mut ids: Vec<i64> =
        batches.iter().flat_map(|batch| batch.column(0).as_primitive::<Int64Type>().values().to_vec()).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn many_tablets_are_read_with_columns_and_filter() {
    let server = server().await;
    filled(&server).await;
    let client = client(&server);
    for batch_rows in [1, 100, 65_536] {
        let options = ScanOptions { batch_rows, ..ScanOptions::default() };
        let request = ScanRequest::table("d", "t").columns(["name", "id"]).filter("id >= 2900 and name <> 'n2950'");
        let found = texts(&read_all(&client, &request, &options).await.unwrap());
        let mut expected: Vec<_> = (2900..3000).filter(|n| *n != 2950).map(|n| format!("n{n}|{n}")).collect();
        expected.sort();
        assert_eq!(found, expected, "{batch_rows}");
    }
    let all = read_all(&client, &ScanRequest::table("d", "t"), &ScanOptions::default()).await.unwrap();
    assert_eq!(ids(&all), (0..3000).collect::<Vec<_>>());
    let counted = example::count(client.clone(), ScanRequest::table("d", "t")).await.unwrap();
    assert_eq!((counted.len(), counted.values().sum::<u64>()), (12, 3000));
    let none = ScanRequest::table("d", "t").filter("1 = 0");
    assert!(read_all(&client, &none, &ScanOptions::default()).await.unwrap().is_empty());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_of_structs_are_read_alone() {
    let server = server().await;
    sql(
        &server,
        &[
            "CREATE TABLE d.f (k INT NOT NULL, s STRUCT<a LARGEINT, Deep STRUCT<b DATE, `x.y` VARCHAR(9)>>, \
             r ARRAY<STRUCT<a INT>>) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 3",
            "INSERT INTO d.f VALUES (1, row(7, row('2024-02-29', 'p')), [row(1)]), (2, row(8, NULL), []), (3, NULL, NULL)",
        ],
    )
    .await;
    let client = client(&server);
    for (columns, expected) in [
        (r#"["k",["s",1,0],["s",0]]"#, ["1|2024-02-29|7", "2|NULL|8", "3|NULL|NULL"]),
        (r#"[["s","deep","x.y"],["s","DEEP",1],"r"]"#, ["NULL|NULL|NULL", "NULL|NULL|[]", "p|p|[{a: 1}]"]),
    ] {
        let columns: Vec<ColumnPath> = serde_json::from_str(columns).unwrap();
        let request = ScanRequest::table("d", "f").columns(columns).filter("k > 0");
        assert_eq!(texts(&read_all(&client, &request, &ScanOptions::default()).await.unwrap()), expected);
    }
    let missing: Vec<ColumnPath> = serde_json::from_str(r#"[["s",2]]"#).unwrap();
    let request = ScanRequest::table("d", "f").columns(missing);
    let error = client.plan_scan(&request, &ScanOptions::default()).await.unwrap_err();
    assert!(error.kind() == ErrorKind::SchemaMismatch && error.to_string().contains("s.2"), "{error}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_is_read() {
    let server = server().await;
    sql(
        &server,
        &[
            "CREATE TABLE d.a (k INT NOT NULL, b BOOLEAN, t TINYINT, s SMALLINT, i BIGINT, l LARGEINT, f FLOAT, d DOUBLE, \
             de DECIMAL(20,3), da DATE, dt DATETIME, c CHAR(5), v VARCHAR(20), j JSON, vb VARBINARY, ar ARRAY<INT>, \
             m MAP<VARCHAR(5),INT>, st STRUCT<x INT, y VARCHAR(5)>) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 3",
            "INSERT INTO d.a VALUES (1, true, -7, -300, 9223372036854775807, '170141183460469231731687303715884105727', 1.5, -2.25, \
             '12345678901234567.125', '2024-02-29', '2024-02-29 12:34:56.789012', 'c', 'ü', '{\"a\": 1}', 'y', [1,NULL,3], \
             map{'k':1}, row(1,'y')), (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
        ],
    )
    .await;
    let client = client(&server);
    let found = read_all(&client, &ScanRequest::table("d", "a"), &ScanOptions::default()).await.unwrap();
    let rows = texts(&found);
    assert_eq!(rows.len(), 2, "{rows:?}");
    let first: Vec<&str> = rows[0].split('|').collect();
    let expected = [
        "1",
        "true",
        "-7",
        "-300",
        "9223372036854775807",
        "170141183460469231731687303715884105727",
        "1.5",
        "-2.25",
        "12345678901234567.125",
        "2024-02-29",
        "2024-02-29 12:34:56.789012",
        "c",
        "ü",
        "{\"a\": 1}",
        "79",
        "[1, , 3]",
        "{k: 1}",
        "{x: 1, y: y}",
    ];
    assert_eq!(first, expected);
    assert_eq!(rows[1], format!("2{}", "|NULL".repeat(17)));
    let types: Vec<DataType> = found[0].schema().fields().iter().map(|f| f.data_type().clone()).collect();
    assert_eq!((&types[5], &types[8], &types[9]), (&DataType::Utf8, &DataType::Decimal128(20, 3), &DataType::Utf8));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_that_goes_down_in_the_middle_is_replaced() {
    let server = server().await;
    filled(&server).await;
    let client = client(&server);
    let (request, options) = (ScanRequest::table("d", "t"), ScanOptions { batch_rows: 20, ..ScanOptions::default() });
    let backends = r#"{"id":ID,"state":"down"}"#;
    let splits = client.plan_scan(&request, &options).await.unwrap().splits(6);
    let fe = server.fe_http();
    let found = read(&client, &request, &options, splits, |batch| {
        if batch == 10 {
            post(fe, "/api/_backends", &backends.replace("ID", "10001"));
        }
    });
    assert_eq!(ids(&found.await.unwrap()), (0..3000).collect::<Vec<_>>());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_scanners_lose_and_double_nothing() {
    let server = server().await;
    filled(&server).await;
    let client = client(&server);
    let (request, options) = (ScanRequest::table("d", "t"), ScanOptions { batch_rows: 50, ..ScanOptions::default() });
    for fault in [
        r#"{"at":"get_next","do":"expire","times":3}"#,
        r#"{"at":"get_next","do":"compact","times":1}"#,
        r#"{"at":"open_scanner","do":"compact","times":1}"#,
        r#"{"at":"get_next","do":"reset","times":2}"#,
        r#"{"at":"get_next","do":"drop_reply","times":2}"#,
        r#"{"at":"open_scanner","do":"reset","times":2}"#,
        r#"{"at":"get_next","do":"answer","code":6,"body":"internal error","times":2}"#,
        r#"{"at":"query_plan","do":"reset","times":2}"#,
    ] {
        post(server.fe_http(), "/api/_faults", fault);
        let found = read_all(&client, &request, &options).await.unwrap_or_else(|e| panic!("{fault}: {e}"));
        assert_eq!(ids(&found), (0..3000).collect::<Vec<_>>(), "{fault}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_say_what_to_do() {
    let server = server().await;
    filled(&server).await;
    sql(&server, &["CREATE VIEW d.v AS SELECT id FROM d.t WHERE id < 10"]).await;
    let good = client(&server);
    let options = ScanOptions::default();
    let wrong =
        StarRocks::builder().load_urls([server.fe_http().to_string()]).credentials("root", "wrong").build().unwrap();
    for (client, request, kind, words) in [
        (&wrong, ScanRequest::table("d", "t"), ErrorKind::Unauthenticated, "check username and password"),
        (&good, ScanRequest::table("d", "nope"), ErrorKind::NotFound, "table=d.nope"),
        (&good, ScanRequest::table("nope", "t"), ErrorKind::NotFound, "table=nope.t"),
        (
            &good,
            ScanRequest::table("d", "t").columns(["nope"]),
            ErrorKind::InvalidConfig,
            "check the names of the columns",
        ),
        (&good, ScanRequest::table("d", "v"), ErrorKind::Unsupported, "with a query"),
        (&good, ScanRequest::table("d", "t").sql("select count(*) from d.t"), ErrorKind::Unsupported, "with a query"),
    ] {
        let error = client.plan_scan(&request, &options).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(words), "{words}: {error}");
    }
    // The view, as a query that is read like a split.
    let query = Split {
        id: "0".into(),
        database: "d".into(),
        table: "v".into(),
        query: Some("select id from d.v order by id".into()),
        ..Split::default()
    };
    let request = ScanRequest::table("d", "v");
    let some = request.clone().columns(["id"]).filter("id > 3");
    let splits = good.scan_splits(&some, &options, 4).await.unwrap();
    let found = read(&good, &some, &options, splits, |_| ()).await.unwrap();
    assert_eq!(ids(&found), (4..10).collect::<Vec<_>>());
    let aggregate = ScanRequest::table("d", "t").sql("select count(*) from d.t");
    assert_eq!(good.scan_splits(&aggregate, &options, 4).await.unwrap_err().kind(), ErrorKind::Unsupported);
    let found = read(&good, &request, &options, vec![query.clone()], |_| ()).await.unwrap();
    assert_eq!(ids(&found), (0..10).collect::<Vec<_>>());
    let mut begun = query;
    (begun.rows, begun.fingerprint) = (4, {
        use starrocks_client::scan::{ColumnHash, RowHash};
        ColumnHash.extend(0, &found[0].slice(0, 4)).unwrap()
    });
    let rest = read(&good, &request, &options, vec![begun], |_| ()).await.unwrap();
    assert_eq!(ids(&rest), (4..10).collect::<Vec<_>>());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_stream_their_rows() {
    let server = server().await;
    filled(&server).await;
    let client = client(&server);
    let options = QueryOptions { batch_rows: 700, ..QueryOptions::default() };
    let mut rows = client.query("select id, name from d.t order by id", options.clone()).await.unwrap();
    assert_eq!(rows.schema().field(0).data_type(), &DataType::Int64);
    let mut found = Vec::new();
    while let Some(batch) = rows.next().await.unwrap() {
        assert!(batch.num_rows() <= 700);
        found.push(batch);
    }
    assert_eq!(ids(&found), (0..3000).collect::<Vec<_>>());
    // What the rows shall be.
    let declared =
        QueryOptions { types: vec![Some(DataType::Decimal128(10, 2)), Some(DataType::Boolean)], ..options.clone() };
    let mut rows = client.query("select count(*), max(id) > 5 from d.t", declared).await.unwrap();
    assert_eq!(texts(&[rows.next().await.unwrap().unwrap()]), ["3000.00|true"]);
    assert!(rows.next().await.unwrap().is_none());
    let mut rows = client
        .query("select cast(1.25 as decimal(9,2)), cast('2024-01-02' as date), null", options.clone())
        .await
        .unwrap();
    assert_eq!(texts(&[rows.next().await.unwrap().unwrap()]), ["1.25|2024-01-02|NULL"]);
    // No rows, no result, no table; and a stream that nobody reads to its end.
    let mut none = client.query("select id from d.t where id < 0", options.clone()).await.unwrap();
    assert_eq!((none.schema().fields().len(), none.next().await.unwrap().is_none()), (1, true));
    for (statement, kind) in [
        ("set @a = 1", ErrorKind::InvalidConfig),
        ("select * from d.nope", ErrorKind::NotFound),
        ("selec", ErrorKind::Unsupported),
    ] {
        let error = client.query(statement, options.clone()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(&server.query().to_string()), "{error}");
    }
    drop(client.query("select id from d.t", QueryOptions { batch_rows: 1, ..options }).await.unwrap());
    server.stop().await;
}
