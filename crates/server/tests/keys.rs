// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Rows that are found by their keys are those that reading the whole table finds.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests panic as tests do")]

#[path = "support/mysql.rs"]
mod mysql;
mod support;

use mysql::{Answer, Client};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use support::TestServer;

fn run(client: &mut Client, sql: &str) -> Vec<Vec<Option<String>>> {
    match client.query(sql) {
        Answer::Ok { .. } => Vec::new(),
        Answer::Rows { rows, .. } => rows,
        error => panic!("{sql}: {error:?}"),
    }
}

/// A column, its type, and literals of values that rows have, or that are compared with it.
type Column = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const COLUMNS: [Column; 8] = [
    ("a", "INT", &["0", "1", "2", "-3"], &["1.0", "'2'", "4000000000", "cast(2 as bigint)", "NULL"]),
    ("b", "VARCHAR(9)", &["''", "'x'", "'xy'", "'it''s'", "'ä'"], &["'X'", "'x '", "\"xy\"", "NULL"]),
    (
        "c",
        "DATE",
        &["'1969-12-31'", "'2024-02-29'"],
        &["'2024-02-29 00:00:00'", "'2024-2-29'", "cast('2024-02-29' as datetime)"],
    ),
    ("d", "DECIMAL(9, 2)", &["0.10", "1.50", "-7.00"], &["1.5", "1.505", "'1.5'", "-7"]),
    ("e", "LARGEINT", &["5", "-5", "170141183460469231731687303715884105727"], &["5.0", "'5'"]),
    ("f", "CHAR(3)", &["'a'", "'ab'", "'abc'"], &["'a  '", "NULL"]),
    (
        "g",
        "DATETIME",
        &["'2024-01-01 00:00:00'", "'2024-01-01 00:00:00.5'"],
        &["'2024-01-01'", "cast('2024-01-01' as date)"],
    ),
    ("h", "TINYINT", &["1", "2"], &["300", "-1", "'2'"]),
];

const KEYS: [&str; 7] = ["a", "ab", "ca", "de", "fgb", "ehc", "gb"];

fn column(name: char) -> &'static Column {
    COLUMNS.iter().find(|c| c.0.starts_with(name)).unwrap()
}

/// A row of keys and a value, as literals.
fn row(keys: &'static str, nulls: bool) -> impl Strategy<Value = String> {
    let literal = move |name| {
        let values = select(column(name).2).prop_map(str::to_owned);
        prop_oneof![6 => values, u32::from(nulls) => Just("NULL".to_owned())].boxed()
    };
    let values: Vec<_> = keys.chars().map(literal).collect();
    (values, 0..3).prop_map(|(keys, v)| format!("({}, {v})", keys.join(", ")))
}

fn condition(keys: &'static str) -> BoxedStrategy<String> {
    let name = select(keys.chars().collect::<Vec<_>>());
    let name = name.prop_map(|name| (name, [column(name).2, column(name).2, column(name).3].concat()));
    let equal = name.clone().prop_flat_map(|(name, values)| {
        (select(values), any::<bool>()).prop_map(move |(value, turned)| match turned {
            true => format!("{value} = {name}"),
            false => format!("t.`{name}` = {value}"),
        })
    });
    let among = name.prop_flat_map(|(name, values)| {
        let count = 1..=values.len();
        subsequence(values, count).prop_map(move |values| format!("{} IN ({})", name.to_uppercase(), values.join(", ")))
    });
    let first = keys.chars().next().unwrap();
    let other =
        select(vec![format!("{first} IS NULL"), format!("{first} > {}", column(first).2[0]), "v = 1".to_owned()]);
    let atom = prop_oneof![6 => equal, 4 => among, 1 => other];
    let nested = |inner: BoxedStrategy<String>| {
        let joined = |word| move |parts: Vec<String>| format!("({})", parts.join(word));
        prop_oneof![
            4 => prop::collection::vec(inner.clone(), 2..4).prop_map(joined(" AND ")),
            4 => prop::collection::vec(inner.clone(), 2..4).prop_map(joined(" OR ")),
            1 => inner.prop_map(|inner| format!("NOT ({inner})")),
        ]
    };
    atom.prop_recursive(3, 16, 3, move |inner| nested(inner.boxed())).boxed()
}

/// Fills `gh.made` of a model, keeps a copy whose key tells nothing, and compares what both give under random conditions.
fn compare(client: &mut Client, runner: &mut TestRunner, model: &str, keys: &'static str) {
    let nulls = model != "PRIMARY";
    let columns: Vec<String> =
        keys.chars().map(|name| format!("{name} {}{}", column(name).1, if nulls { "" } else { " NOT NULL" })).collect();
    let list = keys.chars().map(String::from).collect::<Vec<_>>().join(", ");
    let value = if model == "AGGREGATE" { "v INT SUM" } else { "v INT" };
    let first = keys.chars().next().unwrap();
    let rest = format!("DISTRIBUTED BY HASH({first}) BUCKETS 2 PROPERTIES('replication_num'='1')");
    run(client, &format!("CREATE TABLE gh.made ({}, {value}) {model} KEY({list}) {rest}", columns.join(", ")));
    let mut pick = |strategy: BoxedStrategy<Vec<String>>| strategy.new_tree(runner).unwrap().current();
    // More loads than are kept apart, a large one among them.
    for load in 0..10 {
        let count = if load == 4 { 40 } else { 1 + load % 3 };
        let rows = pick(prop::collection::vec(row(keys, nulls), count).boxed());
        run(client, &format!("INSERT INTO gh.made VALUES {}", rows.join(", ")));
        if model == "PRIMARY" && load % 4 == 3 {
            let gone = pick(condition(keys).prop_map(|c| vec![c.replace("t.", "")]).boxed()).concat();
            run(client, &format!("DELETE FROM gh.made WHERE ({gone}) AND v = 2"));
        }
    }
    run(
        client,
        &format!(
            "CREATE TABLE gh.copied (z INT, {}, v BIGINT) DUPLICATE KEY(z) {}",
            columns.join(", "),
            rest.replacen(first, "z", 1)
        ),
    );
    run(client, &format!("INSERT INTO gh.copied SELECT 0, {list}, v FROM gh.made"));
    for _ in 0..20 {
        let wanted = pick(condition(keys).prop_map(|c| vec![c]).boxed()).concat();
        let rows = |client: &mut Client, table: &str| {
            let mut rows = run(client, &format!("SELECT {list}, v FROM gh.{table} t WHERE {wanted}"));
            rows.sort();
            rows
        };
        assert_eq!(rows(client, "made"), rows(client, "copied"), "{model} KEY({list}) WHERE {wanted}");
    }
    run(client, "DROP TABLE gh.made FORCE");
    run(client, "DROP TABLE gh.copied FORCE");
}

#[test]
fn conditions_on_keys_leave_out_no_row_and_let_in_no_other() {
    let server = TestServer::start();
    let mut client = Client::connect(server.server().query(), "root");
    let mut runner = TestRunner::deterministic();
    for model in ["DUPLICATE", "UNIQUE", "AGGREGATE", "PRIMARY"] {
        // A primary key has neither DECIMAL nor CHAR.
        for keys in KEYS.into_iter().filter(|keys| model != "PRIMARY" || !keys.contains(['d', 'f'])) {
            compare(&mut client, &mut runner, model, keys);
        }
    }
}

#[test]
fn rows_of_a_key_come_with_the_columns_that_were_asked_for() {
    let server = TestServer::start();
    let mut client = Client::connect(server.server().query(), "root");
    run(
        &mut client,
        "CREATE TABLE gh.k (Id BIGINT NOT NULL, s VARCHAR(9) NOT NULL, v INT) PRIMARY KEY(Id, s) \
         PARTITION BY RANGE(Id) (PARTITION p1 VALUES LESS THAN ('10'), PARTITION p2 VALUES LESS THAN ('20')) \
         DISTRIBUTED BY HASH(Id) BUCKETS 2 PROPERTIES('replication_num'='1')",
    );
    run(&mut client, "INSERT INTO gh.k VALUES (1, 'a', 1), (11, 'a', 2), (1, 'b', 3), (9, 'c', 4)");
    run(&mut client, "UPDATE gh.k SET v = 5 WHERE Id = 1 AND s = 'b'");
    run(&mut client, "DELETE FROM gh.k WHERE Id = 9");
    let mut shown = |sql: &str| {
        let rows = run(&mut client, sql).into_iter();
        rows.map(|row| row.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    };
    assert_eq!(shown("SELECT v, x.S AS q, v FROM gh.k x WHERE ID = 1"), ["1 a 1", "5 b 5"]);
    assert_eq!(shown("SELECT * FROM gh.k WHERE Id IN (11, 9)"), ["11 a 2"]);
    assert_eq!(shown("SELECT gh.k.v FROM gh.k WHERE gh.k.Id = 11"), ["2"]);
    assert_eq!(shown("SELECT v + 1 FROM gh.k WHERE s = 'b' AND Id = 1"), ["6"]);
    assert_eq!(shown("SELECT COUNT(*) FROM gh.k WHERE Id = 1"), ["2"]);
    assert_eq!(
        shown("SELECT v FROM gh.k WHERE Id IN (1, 11) AND ((Id = 1 AND s = 'b') OR (Id = 11 AND s = 'b'))"),
        ["5"]
    );
    assert_eq!(shown("SELECT v FROM gh.k WHERE Id = 1 AND v = 5"), ["5"]);
    assert_eq!(shown("SELECT v FROM gh.k WHERE Id = 1 AND Id = 11"), [""; 0]);
    assert_eq!(shown("SELECT v FROM gh.k WHERE Id = 1 ORDER BY s DESC LIMIT 1"), ["5"]);
    for wrong in
        ["SELECT w FROM gh.k WHERE Id = 1", "SELECT v FROM gh.k WHERE y.Id = 1", "SELECT v FROM gh.no WHERE Id = 1"]
    {
        assert!(matches!(client.query(wrong), Answer::Error { .. }), "{wrong}");
    }
}

#[test]
fn values_in_from_have_names_by_position() {
    let server = TestServer::start();
    let mut client = Client::connect(server.server().query(), "root");
    for (sql, expected) in [
        ("SELECT * FROM (VALUES (1, 'a'), (2, 'b')) v ORDER BY column_0", [["1", "a"], ["2", "b"]]),
        ("SELECT column_1, COLUMN_0 FROM (VALUES (1, 2) UNION ALL SELECT 3, 4) v ORDER BY 1", [["2", "1"], ["4", "3"]]),
        ("WITH v AS (VALUES (1, 2), (3, 4)) SELECT v.column_0, v.column_1 FROM v ORDER BY 1", [["1", "2"], ["3", "4"]]),
    ] {
        let expected = expected.map(|row| row.map(|value| Some(value.to_owned())).to_vec()).to_vec();
        assert_eq!(run(&mut client, sql), expected, "{sql}");
    }
}
