// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Queries over Arrow Flight SQL: the rows, types and errors of the MySQL port, from servers of either kind.

use std::net::SocketAddr;

use arrow::compute::concat_batches;
use starrocks_client::StarRocksBuilder;
use starrocks_server::FlightConfig;
use starrocks_server::engine::EngineConfig;
use starrocks_types::{Error, Retry};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// Before and after dates, times and large integers had types of their own.
const VERSIONS: [&str; 2] = ["3.5.5", "4.0.4"];

async fn server(version: &str) -> Server {
    let config = ServerConfig {
        engine: EngineConfig { compat_version: version.to_owned(), ..EngineConfig::default() },
        backends: BackendsConfig { count: 2, ..BackendsConfig::default() },
        flight: Some(FlightConfig { fe_port: 0, be_port: 0 }),
        ..ServerConfig::default()
    };
    let server = Server::start(config).await.unwrap();
    sql(&server, &["CREATE DATABASE d"]).await;
    server
}

fn over_flight(server: &Server) -> StarRocksBuilder {
    StarRocks::builder().arrow_flight_urls([server.arrow_flight().unwrap().0.to_string()])
}

async fn all(client: &StarRocks, sql: &str, options: &QueryOptions) -> Result<RecordBatch> {
    let mut rows = client.query(sql, options.clone()).await?;
    let schema = rows.schema().clone();
    let mut batches = Vec::new();
    while let Some(batch) = rows.next().await? {
        assert!(batch.num_rows() > 0 && batch.num_rows() <= options.batch_rows);
        batches.push(batch);
    }
    Ok(concat_batches(&schema, &batches).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_and_value_is_that_of_the_mysql_port() {
    for version in VERSIONS {
        let server = server(version).await;
        sql(
            &server,
            &[
                "CREATE TABLE d.types (id INT NOT NULL, b BOOLEAN, t TINYINT, s SMALLINT, l BIGINT, h LARGEINT, f FLOAT, \
                 d DOUBLE, n DECIMAL(9,2), m DECIMAL(38,10), c CHAR(5), v VARCHAR(50), day DATE, at DATETIME, j JSON) \
                 DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 2",
                "INSERT INTO d.types VALUES \
                 (1, true, -128, -32768, -9223372036854775808, -170141183460469231731687303715884105727, -1.5, 12345.678, -1234567.89, \
                 -1234567890123456789012345678.0123456789, '', 'grüße', '0001-01-01', '0001-01-01 00:00:00', '{\"k\": [1, null]}'), \
                 (2, false, 127, 32767, 9223372036854775807, 170141183460469231731687303715884105727, 3.25, -0.1, 0.01, \
                 0.0000000001, 'ab', '', '9999-12-31', '9999-12-31 23:59:59.999999', '7'), \
                 (3, null, 0, 0, 0, 0, 0, 0, 0, 0, 'x', 'y', '2024-02-29', '2024-02-29 12:00:00.5', 'null')",
                "INSERT INTO d.types (id) VALUES (4)",
                "CREATE VIEW d.v AS SELECT id, n, day FROM d.types WHERE id > 1",
            ],
        )
        .await;
        let mysql = client(&server);
        let flight = over_flight(&server).build().unwrap();
        let large =
            QueryOptions { types: vec![None, None, None, None, None, Some(DataType::Utf8)], ..QueryOptions::default() };
        for (sql, options) in [
            ("select * from d.types order by id", &large),
            ("select * from d.types order by id", &QueryOptions { batch_rows: 1, ..large.clone() }),
            ("select * from d.v order by id", &QueryOptions::default()),
            (
                "select count(*), sum(n), sum(l), avg(d), min(day), max(at), max(v) from d.types",
                &QueryOptions::default(),
            ),
            ("select s, count(distinct id) c, max(m) from d.types group by s order by s", &QueryOptions::default()),
            (
                "select id + 1, n * 2, cast(day as varchar), null, 'x', 1.25 from d.types order by 1",
                &QueryOptions::default(),
            ),
            ("select * from d.v where id < 0", &QueryOptions::default()),
            (
                "select id, n, day, b from d.types order by id",
                &QueryOptions {
                    types: vec![
                        Some(DataType::Decimal128(12, 3)),
                        Some(DataType::Utf8),
                        Some(DataType::Utf8),
                        Some(DataType::Int8),
                    ],
                    ..QueryOptions::default()
                },
            ),
        ] {
            let expected = all(&mysql, sql, options).await.unwrap();
            let found = all(&flight, sql, options).await.unwrap();
            assert_eq!(found, expected, "{version}: {sql}");
        }
        // A digit more than a decimal has is not cut off.
        let large = all(&flight, "select h from d.types where id = 2", &QueryOptions::default()).await;
        match version {
            "3.5.5" => assert_eq!(texts(&[large.unwrap()]), ["170141183460469231731687303715884105727"]),
            _ => assert_eq!(large.unwrap_err().kind(), ErrorKind::SchemaMismatch),
        }
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nested_values_are_typed_and_so_are_bytes_where_the_server_sends_them() {
    for version in VERSIONS {
        let server = server(version).await;
        sql(
            &server,
            &[
                "CREATE TABLE d.n (id INT, a ARRAY<DATE>, m MAP<INT, DECIMAL(9,2)>, r STRUCT<x DATETIME, y STRING>, \
                 x VARBINARY) DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1",
                "INSERT INTO d.n VALUES (1, ['2024-02-29', null], map{1: 2.5}, row('2024-01-02 03:04:05', 'z'), x'00ff')",
                "INSERT INTO d.n (id) VALUES (2)",
            ],
        )
        .await;
        let flight = over_flight(&server).build().unwrap();
        let options = QueryOptions::default();
        let found = all(&flight, "select a, m, r from d.n order by id", &options).await.unwrap();
        let expected = "[2024-02-29, ]|{1: 2.50}|{x: 2024-01-02 03:04:05, y: z}";
        assert_eq!(texts(&[found]), ["NULL|NULL|NULL", expected], "{version}");
        let bytes = all(&flight, "select x from d.n order by id", &options).await;
        match version {
            "3.5.5" => assert_eq!(bytes.unwrap_err().kind(), ErrorKind::Unsupported),
            _ => assert_eq!(
                bytes.unwrap(),
                all(&client(&server), "select x from d.n order by id", &options).await.unwrap()
            ),
        }
        // As text, which the MySQL port would give.
        let declared = QueryOptions { types: vec![Some(DataType::Utf8)], ..options };
        let error = all(&flight, "select a from d.n", &declared).await.unwrap_err();
        assert!(error.to_string().contains("CAST"), "{error}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_told_as_over_the_mysql_port() {
    for version in VERSIONS {
        let server = server(version).await;
        let fe = server.arrow_flight().unwrap().0;
        sql(&server, &["CREATE TABLE d.t (id INT) DUPLICATE KEY(id)", "CREATE USER reader"]).await;
        let mysql = client(&server);
        let flight = over_flight(&server).build().unwrap();
        let reader = over_flight(&server).credentials("reader", "").build().unwrap();
        let options = QueryOptions::default();
        for (client, sql, kind) in [
            (&flight, "set @a = 1", ErrorKind::InvalidConfig),
            (&flight, "select * from d.nope", ErrorKind::NotFound),
            (&flight, "select * from nope.t", ErrorKind::NotFound),
            (&flight, "selec", ErrorKind::Unsupported),
            (&flight, "select cast('x' as int) + nope from d.t", ErrorKind::Unsupported),
            (&reader, "select * from d.t", ErrorKind::AccessDenied),
        ] {
            let error = client.query(sql, options.clone()).await.unwrap_err();
            assert_eq!(error.kind(), kind, "{version} {sql}: {error}");
            assert!(error.to_string().contains(&fe.to_string()), "{error}");
            if !std::ptr::eq(client, &reader) {
                assert_eq!(mysql.query(sql, options.clone()).await.unwrap_err().kind(), kind, "{sql}");
            }
        }
        let wrong = over_flight(&server).credentials("root", "s3cret").build().unwrap();
        let error = wrong.query("select 1", options.clone()).await.unwrap_err();
        assert_eq!((error.kind(), error.retry_class()), (ErrorKind::Unauthenticated, Retry::Permanent));
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_frontend_is_asked_and_sessions_are_closed() {
    let server = server("3.5.5").await;
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let fe = server.arrow_flight().unwrap().0;
    let urls = [format!("grpc://{closed}"), format!("grpc+tcp://{fe}")];
    let both = StarRocks::builder().arrow_flight_urls(urls).build().unwrap();
    let options = QueryOptions { batch_rows: 1, ..QueryOptions::default() };
    for _ in 0..3 {
        assert_eq!(texts(&[all(&both, "select 7", &options).await.unwrap()]), ["7"]);
    }
    // One that is dropped with rows left, too.
    drop(both.query("select 1 union all select 2", options.clone()).await.unwrap());
    let mysql = client(&server);
    let listed = async || all(&mysql, "show processlist", &QueryOptions::default()).await.unwrap().num_rows();
    let only_this = timeout(Duration::from_secs(30), async {
        while listed().await > 1 {
            tokio::task::yield_now().await;
        }
    });
    only_this.await.expect("the sessions end");
    let none = StarRocks::builder().arrow_flight_urls([closed.to_string()]).build().unwrap();
    let error = none.query("select 1", options.clone()).await.unwrap_err();
    assert_eq!((error.kind(), error.retry_class()), (ErrorKind::Network, Retry::Safe), "{error}");
    assert!(error.to_string().contains(&closed.to_string()), "{error}");
    // A backend that cannot be reached is named, and what can be done about it.
    let be = server.arrow_flight().unwrap().1;
    let mapped = over_flight(&server).host_mapping([format!("{be}={closed}")]).build().unwrap();
    let error = mapped.query("select 1", options.clone()).await.unwrap().next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert!(error.to_string().contains("arrow_flight_proxy_enabled"), "{error}");
    let tls = StarRocks::builder().arrow_flight_urls(["grpcs://127.0.0.1:1"]).build().unwrap();
    assert_eq!(tls.query("select 1", options).await.unwrap_err().kind(), ErrorKind::Unsupported);
    assert!(StarRocks::builder().arrow_flight_urls(["fe"]).build().is_err());
    server.stop().await;
}

/// A way to `target` on which answers break off after so many bytes.
async fn cut(target: SocketAddr, after: u64) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut server = TcpStream::connect(target).await.unwrap();
                let (mut from_client, mut to_client) = client.split();
                let (from_server, mut to_server) = server.split();
                let mut from_server = from_server.take(after);
                tokio::select! {
                    _ = tokio::io::copy(&mut from_client, &mut to_server) => {}
                    _ = tokio::io::copy(&mut from_server, &mut to_client) => {}
                }
                let _ = to_client.shutdown().await;
            });
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_break_off_are_an_error_and_never_an_end() {
    let server = server("3.5.5").await;
    let fe = server.arrow_flight().unwrap().0;
    let be = server.arrow_flight().unwrap().1;
    filled(&server).await;
    let statement = "select id, name, concat(name, repeat('x', 1000)) from d.t order by id";
    let mut failed = 0;
    // In the handshake, in the columns, in the rows, and nearly at the end.
    for after in [10, 200, 1_000, 100_000, 2_000_000, 3_000_000, u64::MAX] {
        for (target, whole) in [(fe, be), (be, fe)] {
            let proxy = cut(target, after).await;
            let builder = if target == fe {
                StarRocks::builder().arrow_flight_urls([proxy.to_string()])
            } else {
                over_flight(&server).host_mapping([format!("{target}={proxy}")])
            };
            let ended: std::result::Result<RecordBatch, Error> =
                all(&builder.build().unwrap(), statement, &QueryOptions::default()).await;
            match ended {
                Ok(batch) => assert_eq!(batch.num_rows(), 3000, "after {after} bytes of {target}, {whole}"),
                Err(error) => {
                    failed += 1;
                    assert_eq!((error.kind(), error.retry_class()), (ErrorKind::Network, Retry::Safe), "{error}");
                }
            }
        }
    }
    assert!(failed >= 6, "{failed}");
    // A split whose rows break off goes on where it was, on a whole way.
    let query = Split {
        id: "q".into(),
        database: "d".into(),
        table: "t".into(),
        query: Some("select id from d.t order by id".into()),
        ..Split::default()
    };
    let client = over_flight(&server).build().unwrap();
    let options = ScanOptions { batch_rows: 700, ..ScanOptions::default() };
    let found = read(&client, &ScanRequest::table("d", "t"), &options, vec![query], |_| ()).await.unwrap();
    assert_eq!(ids(&found), (0..3000).collect::<Vec<_>>());
    server.stop().await;
}
