// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Partitions: which rows a load may write, and which partitions appear by themselves.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests panic as tests do")]

#[path = "support/mysql.rs"]
mod mysql;
mod support;

use mysql::{Answer, Client};
use support::{Reply, TestServer, call};

const CSV: &str = "column_separator: ,";
const OUT: &str = "The row is out of partition ranges. Please add a new partition.";

fn run(client: &mut Client, sql: &str) -> Vec<Vec<Option<String>>> {
    match client.query(sql) {
        Answer::Ok { .. } => Vec::new(),
        Answer::Rows { rows, .. } => rows,
        error => panic!("{sql}: {error:?}"),
    }
}

/// A server with the table `gh.p` of `(id INT, d DATE, city VARCHAR(20))` and this clause.
fn server(partition_by: &str) -> (TestServer, Client) {
    let server = TestServer::start();
    let mut client = Client::connect(server.server().query(), "root");
    run(
        &mut client,
        &format!(
            "CREATE TABLE gh.p (id INT, d DATE, city VARCHAR(20)) DUPLICATE KEY(id) {partition_by} \
             DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES('replication_num'='1')"
        ),
    );
    (server, client)
}

fn load(server: &TestServer, more: &[&str], body: &str) -> Reply {
    let mut headers = vec![CSV, "max_filter_ratio: 1"];
    headers.extend(more);
    server.load("p", &headers, body)
}

fn counts(reply: &Reply) -> [String; 4] {
    ["Total", "Loaded", "Filtered", "Unselected"].map(|k| reply.text(&format!("Number{k}Rows")))
}

fn error_log(server: &TestServer, reply: &Reply) -> Vec<String> {
    let url = reply.text("ErrorURL");
    let path = url.strip_prefix(&format!("http://{}", server.be())).unwrap().to_owned();
    call(server.be(), "GET", &path, &[], b"").body.lines().map(str::to_owned).collect()
}

fn partition_names(client: &mut Client) -> Vec<String> {
    let mut names: Vec<String> =
        run(client, "SHOW PARTITIONS FROM gh.p").into_iter().filter_map(|row| row.into_iter().nth(1)?).collect();
    names.sort();
    names
}

#[test]
fn a_row_outside_all_ranges_is_rejected() {
    let (server, _client) = server(
        "PARTITION BY RANGE(d) (PARTITION p1 VALUES [('2024-01-01'), ('2024-02-01')), \
         PARTITION p3 VALUES [('2024-03-01'), ('2024-04-01')))",
    );
    let body = "1,2024-01-01,a\n2,2024-01-31,b\n3,2024-02-01,c\n4,2024-03-31,d\n5,2024-04-01,e\n6,\\N,f\n";
    let reply = load(&server, &[], body);
    assert_eq!(counts(&reply), ["6", "3", "3", "0"], "{reply:?}");
    assert_eq!(
        error_log(&server, &reply),
        [
            format!("Error: {OUT}. Row: [3, 2024-02-01, 'c']"),
            format!("Error: {OUT}. Row: [5, 2024-04-01, 'e']"),
            format!("Error: {OUT}. Row: [6, NULL, 'f']"),
        ]
    );
    assert_eq!(server.rows("p").len(), 3);
    let strict = server.load("p", &[CSV], "7,2025-01-01,g\n");
    assert_eq!(strict.text("Message"), "too many filtered rows");
}

#[test]
fn ranges_have_open_ends_and_compare_numbers_as_numbers() {
    let (server, mut client) = server(
        "PARTITION BY RANGE(id) (PARTITION low VALUES LESS THAN ('9'), PARTITION high VALUES LESS THAN MAXVALUE)",
    );
    let reply = load(&server, &[], "-5,2024-01-01,a\n10,2024-01-01,b\n\\N,2024-01-01,c\n");
    assert_eq!(counts(&reply), ["3", "3", "0", "0"], "{reply:?}");
    run(&mut client, "ALTER TABLE gh.p DROP PARTITION high FORCE");
    assert_eq!(server.rows("p"), ["-5|2024-01-01|a", "NULL|2024-01-01|c"], "its rows go with a partition");
    assert_eq!(counts(&load(&server, &[], "10,2024-01-01,b\n")), ["1", "0", "1", "0"]);
}

#[test]
fn a_row_in_no_list_is_rejected_and_where_comes_first() {
    let (server, mut client) = server(
        "PARTITION BY LIST(city) (PARTITION north VALUES IN ('oslo', 'bergen'), PARTITION south VALUES IN ('rome'))",
    );
    let body = "1,2024-01-01,oslo\n2,2024-01-01,rome\n3,2024-01-01,paris\n4,2024-01-01,lyon\n";
    let reply = load(&server, &["where: city <> 'lyon'"], body);
    assert_eq!(counts(&reply), ["4", "2", "1", "1"], "{reply:?}");
    assert_eq!(error_log(&server, &reply), [format!("Error: {OUT}. Row: [3, 2024-01-01, 'paris']")]);
    let insert = client.query("INSERT INTO gh.p VALUES (9, '2024-01-01', 'paris')");
    assert!(matches!(&insert, Answer::Error { text, .. } if text.contains(OUT)), "{insert:?}");
}

#[test]
fn the_partitions_header_limits_a_load() {
    let (server, _client) = server(
        "PARTITION BY LIST(city) (PARTITION north VALUES IN ('oslo', 'bergen'), PARTITION south VALUES IN ('rome'))",
    );
    let reply = load(&server, &["partitions: north"], "1,2024-01-01,oslo\n2,2024-01-01,rome\n");
    assert_eq!(counts(&reply), ["2", "1", "1", "0"], "{reply:?}");
    assert_eq!(server.rows("p"), ["1|2024-01-01|oslo"]);
    assert!(load(&server, &["partitions: west"], "1,2024-01-01,oslo\n").text("Message").contains("west"));
}

#[test]
fn expressions_create_partitions_with_the_rows() {
    let (server, mut client) = server("PARTITION BY date_trunc('month', d)");
    let reply = load(&server, &[], "1,2024-01-05,a\n2,2024-01-31,b\n3,2024-03-01,c\n");
    assert_eq!(counts(&reply), ["3", "3", "0", "0"], "{reply:?}");
    assert_eq!(partition_names(&mut client), ["p202401", "p202403"]);
    let shown = run(&mut client, "SHOW PARTITIONS FROM gh.p");
    let range = shown[0][7].clone().unwrap();
    assert!(range.contains("2024-01-01") && range.contains("2024-02-01"), "{range}");
    run(&mut client, "INSERT INTO gh.p VALUES (4, '2024-12-31', 'd')");
    assert_eq!(partition_names(&mut client), ["p202401", "p202403", "p202412"]);
    let reply = load(&server, &["partitions: p202403"], "5,2024-03-02,e\n6,2024-01-02,f\n");
    assert_eq!(counts(&reply), ["2", "1", "1", "0"], "{reply:?}");
}

#[test]
fn columns_create_partitions_too_and_a_failed_load_creates_none() {
    let (server, mut client) = server("PARTITION BY (d, city)");
    let failed = server.load("p", &[CSV], "1,2024-01-01,oslo\n2\n");
    assert_eq!(failed.text("Status"), "Fail");
    assert!(partition_names(&mut client).is_empty());
    assert_eq!(counts(&load(&server, &[], "1,2024-01-01,oslo\n2,2024-01-01,\\N\n")), ["2", "2", "0", "0"]);
    assert_eq!(partition_names(&mut client), ["p20240101_NULL", "p20240101_oslo"]);
}

#[test]
fn truncated_partitions_lose_their_rows_and_no_others() {
    let (server, mut client) = server(
        "PARTITION BY RANGE(d) (PARTITION p1 VALUES LESS THAN ('2024-02-01'), \
         PARTITION p2 VALUES LESS THAN ('2024-03-01'), PARTITION p3 VALUES LESS THAN ('2024-04-01'))",
    );
    let body = "1,2024-01-01,a\n2,2024-02-01,b\n3,2024-03-01,c\n";
    load(&server, &[], body);
    let ids = |client: &mut Client| -> Vec<String> {
        run(client, "SELECT id FROM gh.p ORDER BY id").into_iter().filter_map(|row| row.into_iter().next()?).collect()
    };
    run(&mut client, "TRUNCATE TABLE gh.p PARTITION (P1, p3)");
    assert_eq!(ids(&mut client), ["2"]);
    load(&server, &[], body);
    assert_eq!(ids(&mut client), ["1", "2", "2", "3"], "the partitions are still there");
    run(&mut client, "ALTER TABLE gh.p TRUNCATE PARTITION p2");
    assert_eq!(ids(&mut client), ["1", "3"]);
    for sql in ["TRUNCATE TABLE gh.p PARTITION (p1, nope)", "ALTER TABLE gh.p TRUNCATE PARTITION nope"] {
        let Answer::Error { text, .. } = client.query(sql) else { panic!("{sql} is no error") };
        assert!(text.contains("Partition nope does not exist"), "{text}");
    }
    assert_eq!(ids(&mut client), ["1", "3"], "a statement that fails does nothing");
    assert_eq!(partition_names(&mut client), ["p1", "p2", "p3"]);
}
