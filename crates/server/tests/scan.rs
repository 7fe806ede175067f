// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Plans and scanners, as external readers use them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests panic as tests do")]

#[path = "support/mysql.rs"]
mod mysql;
#[path = "support/scanner.rs"]
mod scanner;
mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use arrow::datatypes::DataType;
use scanner::{Arg, Scanner, ask_plan, open_arguments, plan, rows};
use starrocks_server::clock::Clock;
use starrocks_server::engine::EngineConfig;
use starrocks_server::http::HttpConfig;
use support::{ROOT, TestServer, call};

fn sql(server: &TestServer, statement: &str) -> Vec<Vec<Option<String>>> {
    match mysql::Client::connect(server.server().query(), "root").query(statement) {
        mysql::Answer::Ok { .. } => Vec::new(),
        mysql::Answer::Rows { rows, .. } => rows,
        error => panic!("{statement}: {error:?}"),
    }
}

/// `gh.n (k INT, v VARCHAR)`, 1000 rows in 4 tablets.
fn numbers() -> TestServer {
    let server = TestServer::start();
    make_numbers(&server);
    server
}

fn make_numbers(server: &TestServer) {
    sql(server, "CREATE TABLE gh.n (k INT, v VARCHAR(20)) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 4");
    let body: String = (0..1000).map(|i| format!("{i},v{i}\n")).collect();
    assert_eq!(server.load("n", &["column_separator: ,"], body).text("Status"), "Success");
}

fn connect(server: &TestServer) -> Scanner {
    Scanner::connect(server.server().be()[0])
}

#[test]
fn every_row_is_in_one_tablet_and_stays_there() {
    let server = numbers();
    let first = plan(&server, "n", "select `k`,`v` from `gh`.`n`");
    assert_eq!(first.tablets.len(), 4);
    let partition = &first.json["partitions"][first.tablets[0].to_string()];
    assert_eq!(partition["routings"], serde_json::json!([server.server().be()[0].to_string()]));
    assert_eq!(partition["version"], 2);
    let mut scanner = connect(&server);
    let mut by_tablet = Vec::new();
    let mut all = BTreeSet::new();
    for tablet in &first.tablets {
        let found = rows(&scanner.read(&first.blob, &[*tablet], 100));
        assert!(found.len() > 100, "rows are spread: {}", found.len());
        all.extend(found.iter().cloned());
        by_tablet.push(found);
    }
    assert_eq!(all.len(), 1000);
    assert_eq!(by_tablet.iter().map(Vec::len).sum::<usize>(), 1000);
    // Several tablets in one scanner come one after another, in the order asked for.
    let two = rows(&scanner.read(&first.blob, &[first.tablets[2], first.tablets[0]], 65_536));
    assert_eq!(two, [by_tablet[2].clone(), by_tablet[0].clone()].concat());
    // After more loads the rows that were there are where they were, in the same order, and come first.
    server.load("n", &["column_separator: ,"], "5000,x\n5001,x\n5002,x\n5003,x\n");
    let second = plan(&server, "n", "select `k`,`v` from `gh`.`n`");
    assert_eq!(second.tablets, first.tablets);
    for (tablet, before) in second.tablets.iter().zip(&by_tablet) {
        let now = rows(&scanner.read(&second.blob, &[*tablet], 4096));
        assert_eq!(&now[..before.len()], before);
    }
}

#[test]
fn projection_and_filter_are_those_of_the_statement() {
    let server = numbers();
    let planned = plan(&server, "n", "select `v`,`k` from `gh`.`n` where (k >= 10) and (k < 13)");
    let batches = connect(&server).read(&planned.blob, &planned.tablets, 2);
    let schema = batches[0].schema();
    assert_eq!((schema.field(0).name().as_str(), schema.field(1).name().as_str()), ("v", "k"));
    assert_eq!(
        rows(&batches).into_iter().collect::<BTreeSet<_>>(),
        ["v10|10", "v11|11", "v12|12"].map(String::from).into()
    );
    let computed = plan(&server, "n", "select k + 1 from gh.n where k = 41");
    assert_eq!(rows(&connect(&server).read(&computed.blob, &computed.tablets, 10)), ["42"]);
    let nothing = ask_plan(&server, "n", "select k from gh.n where 1=0");
    assert_eq!(nothing.body, r#"{"partitions":{},"opaqued_query_plan":"","status":200}"#);
}

#[test]
fn a_scan_reads_the_version_that_was_planned() {
    let server = numbers();
    let planned = plan(&server, "n", "select k from gh.n where k >= 999");
    server.load("n", &["column_separator: ,"], "1000,x\n");
    sql(&server, "DELETE FROM gh.n WHERE k = 999");
    assert_eq!(rows(&connect(&server).read(&planned.blob, &planned.tablets, 10)), ["999"]);
    // Plans of more than eight newer versions push it out.
    for i in 0..8 {
        server.load("n", &["column_separator: ,"], format!("{},x\n", 2000 + i));
        plan(&server, "n", "select k from gh.n");
    }
    let mut scanner = connect(&server);
    let opened = scanner.open(&planned.blob, &planned.tablets, 10).unwrap();
    assert_eq!(opened.code, 0, "a backend finds out when it reads");
    let answer = scanner.next(&opened.context_id.unwrap(), 0).unwrap();
    assert_eq!(answer.code, 45);
    assert!(answer.message.contains("version already been compacted. tablet_id: "), "{}", answer.message);
    sql(&server, "DROP TABLE gh.n");
    let gone = scanner.open(&planned.blob, &planned.tablets, 10).unwrap();
    assert_eq!(gone.code, 6);
    assert!(gone.message.contains("tablet does not exist"), "{}", gone.message);
}

#[test]
fn offsets_must_be_those_of_the_scanner() {
    let server = numbers();
    let planned = plan(&server, "n", "select k from gh.n");
    let mut scanner = connect(&server);
    let id = scanner.open(&planned.blob, &planned.tablets, 400).unwrap().context_id.unwrap();
    let first = scanner.next(&id, 0).unwrap().batch().num_rows();
    let again = scanner.next(&id, 0).unwrap();
    assert_eq!((again.code, again.message), (31, format!("context_id={id}, send_offset=0, context_offset={first}")));
    // Another connection may go on with it.
    let mut other = connect(&server);
    let mut offset = first;
    while offset < 1000 {
        offset += other.next(&id, offset).unwrap().batch().num_rows();
    }
    for _ in 0..2 {
        let end = scanner.next(&id, 1000).unwrap();
        assert_eq!((end.code, end.eos, end.rows), (0, Some(true), None));
    }
    assert_eq!(scanner.close(&id).unwrap().code, 0);
    assert_eq!(scanner.close(&id).unwrap().code, 0, "closing twice is no error");
    let closed = scanner.next(&id, 1000).unwrap();
    assert_eq!((closed.code, closed.message), (31, format!("context_id: {id} not found")));
}

#[test]
fn what_is_wrong_with_an_open_is_in_its_status() {
    let server = numbers();
    let planned = plan(&server, "n", "select k from gh.n");
    let mut scanner = connect(&server);
    for (batch_size, text) in [(0, "batch_size is out of range"), (-1, "out of range"), (65_537, "out of range")] {
        let refused = scanner.open(&planned.blob, &planned.tablets, batch_size).unwrap();
        assert_eq!(refused.code, 33);
        assert!(refused.message.contains(text), "{}", refused.message);
        assert!(refused.context_id.is_some(), "there is a context even so");
    }
    let mut unset = open_arguments(&planned.blob, &planned.tablets, 10);
    unset.retain(|(id, _)| *id != 6);
    assert_eq!(scanner.call("open_scanner", &unset).unwrap().code, 33);
    let unknown = scanner.open(&planned.blob, &[planned.tablets[0], 1], 10).unwrap();
    assert_eq!((unknown.code, unknown.message.as_str()), (31, "tablet_id: 1 not found"));
    for blob in ["", "no base64!", "bm8gcGxhbg=="] {
        assert_eq!(scanner.open(blob, &planned.tablets, 10).unwrap().code, 33, "{blob}");
    }
    let mut missing = open_arguments(&planned.blob, &planned.tablets, 10);
    missing.remove(4);
    let error = scanner.call("open_scanner", &missing).unwrap_err();
    assert!(format!("{error:?}").contains("required member"), "{error:?}");
    let error = scanner.call("execute_command", &[]).unwrap_err();
    assert!(format!("{error:?}").contains("Invalid method name: 'execute_command'"), "{error:?}");
    assert_eq!(scanner.open(&planned.blob, &planned.tablets, 10).unwrap().code, 0, "the connection still works");
}

#[test]
fn scanners_expire_and_queries_time_out() {
    let clock = Clock::frozen_at(1_800_000_000_000_000);
    let config = EngineConfig { clock: clock.clone(), ..EngineConfig::default() };
    let server = TestServer::with(config, HttpConfig::default());
    make_numbers(&server);
    let planned = plan(&server, "n", "select k from gh.n");
    let mut scanner = connect(&server);
    let id = scanner.open(&planned.blob, &planned.tablets, 10).unwrap().context_id.unwrap();
    assert_eq!(scanner.next(&id, 0).unwrap().code, 0);
    clock.advance(Duration::from_secs(599));
    assert_eq!(scanner.next(&id, 10).unwrap().code, 0);
    clock.advance(Duration::from_secs(2));
    let late = scanner.next(&id, 20).unwrap();
    assert_eq!(late.code, 8);
    assert!(late.message.contains("timeout of 600 seconds"), "{}", late.message);
    let id = scanner.open(&planned.blob, &planned.tablets, 10).unwrap().context_id.unwrap();
    clock.advance(Duration::from_secs(601));
    // The sweep runs by itself. A wrong offset does not keep a scanner alive.
    let gone = (0..600).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        scanner.next(&id, 7).unwrap().message.ends_with("not found")
    });
    assert!(gone, "an expired scanner is forgotten");
}

#[test]
fn types_are_those_of_a_backend() {
    let server = TestServer::start();
    sql(
        &server,
        "CREATE TABLE gh.a (k INT, b BOOLEAN, t TINYINT, s SMALLINT, bi BIGINT, li LARGEINT, f FLOAT, d DOUBLE, \
         n DECIMAL(9,2), m DECIMAL(38,10), c CHAR(5), v VARCHAR(20), dt DATE, dtm DATETIME, js JSON, ar ARRAY<DATE>, \
         mp MAP<INT,DATETIME>, sr STRUCT<a LARGEINT, b STRING>, vb VARBINARY) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) \
         BUCKETS 3",
    );
    sql(
        &server,
        "INSERT INTO gh.a VALUES (1, true, -128, 32767, 9, -17014118346046923173168730371588410572, 1.5, 2.25, 1.20, \
         1234567890.0123456789, 'c', 'v', '0001-01-01', '2024-02-29 23:59:59.000001', '{\"a\": [1, 2]}', \
         ['2024-01-01', null], map{1: '2024-01-01 00:00:00'}, row(7, 'x'), 'y')",
    );
    sql(&server, "INSERT INTO gh.a (k) VALUES (2)");
    let planned = plan(&server, "a", "select * from gh.a");
    let mut scanner = connect(&server);
    let opened = scanner.open(&planned.blob, &planned.tablets, 10).unwrap();
    let codes: Vec<i32> = opened.columns.iter().map(|(_, code)| *code).collect();
    assert_eq!(codes, [5, 2, 3, 4, 6, 14, 7, 8, 21, 23, 13, 15, 9, 10, 24, 0, 0, 0, 26]);
    let batches = scanner.read(&planned.blob, &planned.tablets, 10);
    let mut found = rows(&batches);
    found.sort();
    assert_eq!(
        found,
        [
            "1|true|-128|32767|9|-17014118346046923173168730371588410572|1.5|2.25|1.20|1234567890.0123456789|c|v|\
             0001-01-01|2024-02-29 23:59:59.000001|{\"a\": [1, 2]}|[2024-01-01, ]|{1: 2024-01-01 00:00:00}|\
             {a: 7, b: x}|79",
            "2|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL",
        ]
    );
    let schema = batches[0].schema();
    let kind = |name: &str| schema.field_with_name(name).unwrap().data_type().clone();
    for name in ["li", "dt", "dtm", "js", "v", "c"] {
        assert_eq!(kind(name), DataType::Utf8, "{name}");
    }
    assert_eq!((kind("n"), kind("m")), (DataType::Decimal128(9, 2), DataType::Decimal128(38, 10)));
    let DataType::List(item) = kind("ar") else { panic!() };
    assert_eq!((item.data_type(), item.is_nullable()), (&DataType::Utf8, true));
    assert!(schema.fields().iter().all(|f| f.metadata().is_empty()));
}

#[test]
fn sketches_cannot_be_read() {
    let server = TestServer::start();
    sql(&server, "CREATE TABLE gh.s (k INT, b BITMAP BITMAP_UNION) AGGREGATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 1");
    sql(&server, "INSERT INTO gh.s (k) VALUES (1)");
    let planned = plan(&server, "s", "select k, b from gh.s");
    let refused = connect(&server).open(&planned.blob, &planned.tablets, 10).unwrap();
    assert_eq!(refused.code, 33);
    assert!(refused.message.contains("Unknown logical type"), "{}", refused.message);
    let without = plan(&server, "s", "select k from gh.s");
    assert_eq!(rows(&connect(&server).read(&without.blob, &without.tablets, 10)), ["1"]);
}

#[test]
fn partitions_have_tablets_of_their_own() {
    let server = TestServer::start();
    sql(
        &server,
        "CREATE TABLE gh.p (d DATE, v INT) DUPLICATE KEY(d) PARTITION BY RANGE(d) (PARTITION p1 VALUES LESS THAN \
         ('2024-01-01'), PARTITION p2 VALUES LESS THAN ('2025-01-01')) DISTRIBUTED BY HASH(v) BUCKETS 2",
    );
    sql(&server, "INSERT INTO gh.p VALUES ('2023-05-05', 1), ('2023-05-06', 2), ('2024-05-05', 3), ('2024-05-06', 4)");
    let planned = plan(&server, "p", "select v from gh.p");
    assert_eq!(planned.tablets.len(), 4);
    let mut scanner = connect(&server);
    let mut read = |range: std::ops::Range<usize>| {
        let mut found = rows(&scanner.read(&planned.blob, &planned.tablets[range], 10));
        found.sort();
        found
    };
    assert_eq!((read(0..2), read(2..4)), (vec!["1".into(), "2".into()], vec!["3".into(), "4".into()]));
    let shown = sql(&server, "SHOW TABLET FROM gh.p");
    let ids: Vec<i64> = shown.iter().map(|row| row[0].as_ref().unwrap().parse().unwrap()).collect();
    assert_eq!(ids, planned.tablets);
}

#[test]
fn an_answer_may_not_exceed_the_memory_that_was_asked_for() {
    let server = numbers();
    let planned = plan(&server, "n", "select k, v from gh.n");
    let mut arguments = open_arguments(&planned.blob, &planned.tablets, 1000);
    arguments.retain(|(id, _)| *id != 13);
    arguments.push((13, Arg::Long(1000)));
    let mut scanner = connect(&server);
    let id = scanner.call("open_scanner", &arguments).unwrap().context_id.unwrap();
    let refused = scanner.next(&id, 0).unwrap();
    assert_eq!(refused.code, 5, "{refused:?}");
}

#[test]
fn plans_are_made_for_those_who_may_read() {
    let server = numbers();
    sql(&server, "CREATE USER reader IDENTIFIED BY ''");
    let ask = || {
        let headers = ["Authorization: Basic cmVhZGVyOg=="];
        call(server.fe(), "POST", "/api/gh/n/_query_plan", &headers, br#"{"sql":"select k from gh.n"}"#).status
    };
    assert_eq!(ask(), 401);
    sql(&server, "GRANT SELECT ON TABLE gh.n TO USER reader");
    assert_eq!(ask(), 200);
    let warehouse = ["warehouse: w", ROOT];
    let refused = call(server.fe(), "POST", "/api/gh/n/_query_plan", &warehouse, br#"{"sql":"select k from gh.n"}"#);
    assert_eq!(refused.status, 400, "{refused:?}");
}

/// How many tablets a plan has; the rows in them must be those that SQL finds.
fn tablets(server: &TestServer, table: &str, condition: &str) -> usize {
    let statement = format!("select `k` from `gh`.`{table}` where {condition}");
    let mut wanted: Vec<String> =
        sql(server, &statement).into_iter().filter_map(|row| row.into_iter().next()?).collect();
    let plan = plan(server, table, &statement);
    let mut found = Vec::new();
    if !plan.tablets.is_empty() {
        found = rows(&connect(server).read(&plan.blob, &plan.tablets, 4096));
    }
    wanted.sort();
    found.sort();
    assert_eq!(found, wanted, "{condition}");
    plan.tablets.len()
}

#[test]
fn tablets_that_cannot_have_a_key_are_left_out() {
    let server = numbers();
    for (condition, count) in
        [("`k` = 5", 1), ("`k` = 5 AND `v` = 'v5'", 1), ("`k` = 5 AND `k` = 6", 0), ("`v` = 'v5'", 4)]
    {
        assert_eq!(tablets(&server, "n", condition), count, "{condition}");
    }
    assert!(tablets(&server, "n", "`k` IN (5, 6)") <= 2);
    assert_eq!(tablets(&server, "n", "`k` = 5 OR `v` = 'v6'"), 4);
    assert_eq!(tablets(&server, "n", "`k` > 5"), 4);
    let many: Vec<String> = (0..101).map(|k| (k * 4).to_string()).collect();
    assert_eq!(tablets(&server, "n", &format!("`k` IN ({})", many.join(","))), 4);
    sql(
        &server,
        "CREATE TABLE gh.two (a INT, k VARCHAR(20), v INT) DUPLICATE KEY(a, k) DISTRIBUTED BY HASH(k, a) BUCKETS 8",
    );
    sql(&server, "INSERT INTO gh.two VALUES (1, 'x', 1), (2, 'x', 2), (1, 'y', 3), (3, 'z', 4)");
    assert_eq!(tablets(&server, "two", "`k` = 'x'"), 8, "half of the distribution columns tells nothing");
    assert_eq!(tablets(&server, "two", "`k` = 'x' AND `a` = 1 AND `v` > 0"), 1);
    assert!(tablets(&server, "two", "(`k` = 'x' AND `a` = 1) OR (`k` = 'z' AND `a` = 3)") <= 2);
}

#[test]
fn partitions_that_cannot_have_a_value_are_left_out() {
    let server = TestServer::start();
    let create = |name: &str, by: &str| {
        let columns = "k INT, d DATE, c VARCHAR(10)";
        let rest = "DISTRIBUTED BY HASH(k) BUCKETS 2";
        sql(&server, &format!("CREATE TABLE gh.{name} ({columns}) DUPLICATE KEY(k) PARTITION BY {by} {rest}"));
        let rows = "(1, '2024-01-31', 'a'), (2, '2024-02-01', 'b'), (3, '2024-02-29', 'c'), (4, '2024-03-01', 'a')";
        sql(&server, &format!("INSERT INTO gh.{name} VALUES {rows}"));
    };
    create(
        "ranges",
        "RANGE(d) (PARTITION p1 VALUES LESS THAN ('2024-02-01'), PARTITION p2 VALUES LESS THAN ('2024-03-01'), \
         PARTITION p3 VALUES LESS THAN (MAXVALUE))",
    );
    for (condition, count) in [
        ("`d` = '2024-02-01'", 2),
        ("`d` = '2024-02-01' AND `k` = 2", 1),
        ("`d` >= '2024-02-01'", 4),
        ("`d` < '2024-02-01'", 2),
        ("`d` BETWEEN '2024-02-10' AND '2024-02-20'", 2),
        ("`d` > '2024-02-01' AND `d` < '2024-02-01'", 0),
        ("`d` IS NULL", 6),
        ("`c` = 'a'", 6),
    ] {
        assert!(tablets(&server, "ranges", condition) <= count, "{condition}");
    }
    create("lists", "LIST(c) (PARTITION p1 VALUES IN ('a', 'c'), PARTITION p2 VALUES IN ('b'))");
    assert_eq!(tablets(&server, "lists", "`c` = 'b'"), 2);
    assert_eq!(tablets(&server, "lists", "`c` = 'nowhere'"), 0);
    assert_eq!(tablets(&server, "lists", "`c` > 'b'"), 2);
    assert_eq!(tablets(&server, "lists", "`c` IN ('a', 'b') AND `k` = 4"), 2);
    create("months", "date_trunc('month', d)");
    assert_eq!(tablets(&server, "months", "`d` = '2024-02-07'"), 2);
    assert_eq!(tablets(&server, "months", "`d` >= '2024-02-01' AND `d` < '2024-03-01'"), 2);
    create("columns", "(c)");
    assert_eq!(tablets(&server, "columns", "`c` = 'a'"), 2);
    assert_eq!(tablets(&server, "columns", "`c` > 'a'"), 6, "only values that are named are looked up");
}
