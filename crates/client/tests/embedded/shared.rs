// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Transactions over several tables: all of their rows count, or none.

use starrocks_client::sink::{Budget, FlushMode, Sink, SinkConfig, SinkEncoder};
use starrocks_client::tasks;
use starrocks_server::engine::EngineConfig;
use starrocks_server::http::HttpConfig;
use starrocks_server::{Server, ServerConfig};
use starrocks_types::{ErrorKind, Result, TableModel};
use tokio::runtime::Handle;

use super::fault::faults;
use super::support::embedded::{create, rows, start};

const TABLES: [&str; 3] = ["a", "b", "c"];
const ENDS: u32 = 1 << 31;

async fn server(version: &str) -> Server {
    let engine = EngineConfig { compat_version: version.to_owned(), ..EngineConfig::default() };
    let http = HttpConfig { faults: true, ..HttpConfig::default() };
    start(ServerConfig { engine, http, ..ServerConfig::default() }, TableModel::Duplicate, &TABLES).await
}

fn document(server: &Server, database: &str, table: &str, more: &str) -> String {
    format!(
        r#"{{"version":1,"connection":{{"load_urls":["http://{}"],"jdbc_url":"jdbc:mysql://{}","username":"root","password":""}},
            "database":"{database}","table":"{table}","retry_interval_ms":1,"shared_transactions":{{"buffer_bytes":100}},
            "properties":{{"column_separator":","}}{more}}}"#,
        server.fe_http(),
        server.query()
    )
}

fn config(server: &Server, table: &str, more: &str) -> Result<SinkConfig> {
    SinkConfig::from_json(document(server, "d", table, more).as_bytes())
}

fn open(server: &Server, more: &str) -> (Sink, SinkEncoder) {
    let config = |table| config(server, table, more).unwrap();
    let (sink, mut encoder) = Sink::open(config(TABLES[0]), &Handle::current(), &Budget::new()).unwrap();
    for table in &TABLES[1..] {
        encoder.add_table(&config(table)).unwrap();
    }
    (sink, encoder)
}

fn segment(table: u32, partition: i32, rows: u32, text: &str) -> Vec<u8> {
    let header = [table, partition as u32, rows, text.len() as u32].map(u32::to_le_bytes);
    [header.concat(), text.as_bytes().to_vec()].concat()
}

/// Rows of no source transaction: `id` goes to table `id % 3`.
async fn write(encoder: &mut SinkEncoder, ids: std::ops::Range<u32>) {
    for id in ids {
        encoder.write_segments(&segment(id % 3, -1, 1, &format!("{id},n{id}\n"))).unwrap();
        encoder.ready().await.unwrap();
    }
}

async fn flush(encoder: &mut SinkEncoder) -> Result<()> {
    encoder.start_flush(FlushMode::Commit, Some(1))?.await.map(|committables| assert_eq!(committables, []))
}

fn counts(server: &Server) -> [usize; 3] {
    TABLES.map(|table| rows(server, table).len())
}

async fn close(sink: Sink) {
    sink.start_close();
    sink.closed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_of_all_tables_become_visible_with_one_label() {
    let server = server("4.0.0").await;
    let (sink, mut encoder) = open(&server, "");
    write(&mut encoder, 0..300).await;
    assert_eq!(counts(&server), [0; 3]);
    flush(&mut encoder).await.unwrap();
    assert_eq!(counts(&server), [100; 3]);
    assert_eq!(rows(&server, "b")[..2], ["100|n100", "103|n103"]);
    let metrics = sink.metrics();
    assert_eq!((metrics.rows, metrics.rows_out, metrics.loads, metrics.transactions), (300, 300, 3, 1));
    // A table that appears later joins the next transaction.
    create(&server, "new", TableModel::Duplicate);
    encoder.add_table(&config(&server, "new", r#","format":"json""#).unwrap()).unwrap();
    encoder.write_segments(&segment(3, -1, 2, r#"{"id":1},{"id":2,"name":"x"}"#)).unwrap();
    write(&mut encoder, 0..3).await;
    flush(&mut encoder).await.unwrap();
    assert_eq!((rows(&server, "new"), counts(&server)), (vec!["1|NULL".into(), "2|x".into()], [101; 3]));
    close(sink).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_answers_neither_lose_nor_double_rows_of_any_table() {
    let server = server("4.0.0").await;
    let (sink, mut encoder) = open(&server, r#","max_retries":9"#);
    let mut expected = 0;
    for at in ["begin", "load", "commit"] {
        for fault in [r#""do":"drop_reply""#, r#""do":"reset""#] {
            faults(&server, &format!(r#"{{"at":"{at}",{fault}}}"#)).await;
            write(&mut encoder, 0..9).await;
            flush(&mut encoder).await.unwrap_or_else(|error| panic!("{at} {fault}: {error}"));
            expected += 3;
            assert_eq!(counts(&server), [expected; 3], "{at} {fault}");
        }
    }
    close(sink).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_that_fails_takes_the_others_with_it() {
    let server = server("4.0.0").await;
    let (sink, mut encoder) = open(&server, "");
    write(&mut encoder, 0..9).await;
    encoder.write_segments(&segment(1, -1, 1, "not a number,x\n")).unwrap();
    let error = flush(&mut encoder).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RowsRejected, "{error}");
    assert!(error.to_string().contains("load table b"), "{error}");
    assert_eq!(counts(&server), [0; 3]);
    close(sink).await;

    let (sink, mut encoder) = open(&server, "");
    encoder.add_table(&config(&server, "nosuch", "").unwrap()).unwrap();
    write(&mut encoder, 0..9).await;
    encoder.write_segments(&segment(3, -1, 1, "1,x\n")).unwrap();
    let error = flush(&mut encoder).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    assert!(error.to_string().contains("table=d.nosuch"), "{error}");
    assert_eq!(counts(&server), [0; 3]);
    close(sink).await;
}

/// A bound on memory ends a transaction too, but never between the rows of a source transaction.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn source_transactions_stay_whole_whatever_ends_a_transaction() {
    let server = server("4.0.0").await;
    let (sink, mut encoder) = open(&server, r#","max_bytes":40,"chunk_bytes":8"#);
    for id in 0..30_u32 {
        // Two partitions whose rows alternate.
        for partition in [1, 2] {
            for table in 0..2 {
                encoder.write_segments(&segment(table, partition, 1, &format!("{id},p{partition}\n"))).unwrap();
                encoder.ready().await.unwrap();
            }
        }
        encoder.write_segments(&segment(2, 1, 1 | ENDS, &format!("{id},p1\n"))).unwrap();
        encoder.ready().await.unwrap();
        encoder.write_segments(&segment(u32::MAX, 2, ENDS, "")).unwrap();
        encoder.ready().await.unwrap();
        if id == 9 {
            // More than 40 bytes: a transaction ends although nobody asks for it.
            for _ in 0..10_000 {
                if sink.metrics().transactions > 0 {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
            let [a, b, c] = counts(&server);
            // Partition 1, which alone has rows of the third table, may be one source transaction ahead.
            assert!(a > 0 && a == b && c == a.div_ceil(2), "{a} {b} {c}");
        }
    }
    flush(&mut encoder).await.unwrap();
    assert_eq!(counts(&server), [60, 60, 30]);
    assert!(sink.metrics().transactions > 1);
    close(sink).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flush_within_a_source_transaction_and_one_that_is_too_large_end_the_sink() {
    let server = server("4.0.0").await;
    let (sink, mut encoder) = open(&server, "");
    encoder.write_segments(&segment(0, 7, 1, "1,x\n")).unwrap();
    let error = flush(&mut encoder).await.unwrap_err().to_string();
    assert!(error.contains("partitions=7") && error.contains("table=d.*"), "{error}");
    close(sink).await;
    let (sink, mut encoder) = open(&server, "");
    let row = format!("1,{}\n", "x".repeat(50));
    encoder.write_segments(&segment(0, 7, 1, &row)).unwrap();
    let error = encoder.write_segments(&segment(0, 8, 1, &row)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Exhausted);
    let text = error.to_string();
    assert!(text.contains("limit=100") && text.contains("partitions=7"), "{text}");
    close(sink).await;
    assert_eq!(counts(&server), [0; 3]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_share_a_transaction_is_refused() {
    let server = server("4.0.0").await;
    for more in [
        r#","semantic":"exactly-once""#,
        r#","use_transaction":false"#,
        r#","columns":[{"name":"id","type":{"root":"INTEGER"}}]"#,
    ] {
        assert_eq!(config(&server, "a", more).unwrap_err().kind(), ErrorKind::InvalidConfig, "{more}");
    }
    let other = document(&server, "e", "a", "");
    for (document, told) in [(other, "one database"), (document(&server, "d", "a", ""), "unique keys")] {
        let (sink, mut encoder) = open(&server, "");
        let error = encoder.add_table(&SinkConfig::from_json(document.as_bytes()).unwrap()).unwrap_err();
        assert!(error.to_string().contains(told), "{error}");
        close(sink).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_too_old_is_named() {
    let server = server("3.5.5").await;
    let (sink, mut encoder) = open(&server, "");
    write(&mut encoder, 0..3).await;
    let error = flush(&mut encoder).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    assert!(error.to_string().contains("need StarRocks 4.0"), "{error}");
    close(sink).await;
    let connection = format!(
        r#"{{"load_urls":["{}"],"jdbc_url":"jdbc:mysql://{}","username":"root","password":""}}"#,
        server.fe_http(),
        server.query()
    );
    let task = format!(r#"{{"task":"check_server","connection":{connection},"shared_transactions":true}}"#);
    let error = tasks::run_task(task.as_bytes()).await.unwrap_err().to_string();
    assert!(error.contains("server_version=3.5.5"), "{error}");
}
