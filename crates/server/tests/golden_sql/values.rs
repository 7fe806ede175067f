// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What no recording tells because a backend computes it: values of functions and of operands of different types, as
//! the StarRocks documentation gives them.

use crate::client::{Answer, Client};

/// Select list over `t`, whose only row is `(1, 'a', '2024-01-31', '2024-01-31 10:20:30', 1.25)`, and its values.
const VALUES: &[(&str, &[&str])] = &[
    // One NULL makes these NULL.
    ("concat('a', NULL), greatest(1, NULL), least(NULL, 'a')", &["NULL", "NULL", "NULL"]),
    ("concat('a', 1, 2.50), concat_ws(',', 'a', NULL, 'b')", &["a12.50", "a,b"]),
    // Texts and numbers, texts and times.
    ("'1' + 1, 'a' + 1, v + 1, TRUE + TRUE", &["2", "NULL", "NULL", "2"]),
    ("k = '1', k = 'x', v = 1, d = '2024-01-31 00:00:00', d = 'x'", &["1", "NULL", "NULL", "1", "NULL"]),
    ("d BETWEEN '2024-01-01' AND '2024-01-31 12:00:00', d IN ('2024-01-31 00:00:00')", &["1", "1"]),
    ("d + 1, coalesce(d, 'x'), ifnull(NULL, k), if(k = 1, 'a', 1)", &["20240132", "2024-01-31", "1", "a"]),
    ("interval 1 day + d, d - interval 1 month", &["2024-02-01 00:00:00", "2023-12-31 00:00:00"]),
    // Texts.
    (
        "substr('hello', 2), substr('hello', -2), substr('hello', 0), substring('hello' FROM 2 FOR 2)",
        &["ello", "lo", "", "el"],
    ),
    ("left('abc', 2), right('abc', 2), left('abc', -1), strleft('abc', 1)", &["ab", "bc", "", "a"]),
    ("locate('b', 'abcb'), locate('b', 'abcb', 3), instr('abc', 'c'), find_in_set('b', 'a,b')", &["2", "4", "3", "2"]),
    (
        "regexp_replace('a1b2', '[0-9]', 'x'), regexp_extract('ab12', '([0-9]+)', 1), regexp_extract('a', '([0-9]+)', 1)",
        &["axbx", "12", ""],
    ),
    (
        "hex('AB'), hex(255), unhex('4142'), to_base64('abc'), from_base64('YWJj'), md5('a')",
        &["4142", "FF", "AB", "YWJj", "abc", "0cc175b9c0f1b6a831c399e269772661"],
    ),
    ("sha2('a', 256)", &["ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"]),
    (
        "space(2), char(65), ascii('A'), crc32('a'), strcmp('a', 'b'), field('b', 'a', 'b'), null_or_empty('')",
        &["  ", "A", "65", "3904355907", "-1", "2", "1"],
    ),
    // Times.
    (
        "dayofweek(d), weekday(d), dayname(d), monthname(d), week(d), weekofyear(d), quarter(d)",
        &["4", "2", "Wednesday", "January", "4", "5", "1"],
    ),
    (
        "months_add(d, 1), hours_sub(dt, 11), date_add(d, 1), timestampadd(MONTH, 1, d)",
        &["2024-02-29 00:00:00", "2024-01-30 23:20:30", "2024-02-01 00:00:00", "2024-02-29 00:00:00"],
    ),
    (
        "datediff('2024-02-01', d), days_diff('2024-02-01', d), timestampdiff(HOUR, d, dt), date_diff('month', '2024-03-31', d)",
        &["1", "1", "10", "2"],
    ),
    (
        "str_to_date('31/01/2024', '%d/%m/%Y'), date_format(d, 'yyyyMMdd'), date_format(dt, '%H:%i'), last_day('2024-02-05')",
        &["2024-01-31 00:00:00", "20240131", "10:20", "2024-02-29"],
    ),
    (
        "to_days(d), from_days(739255), convert_tz(dt, 'UTC', 'Asia/Shanghai')",
        &["739281", "2024-01-05", "2024-01-31 18:20:30"],
    ),
    // Numbers.
    (
        "ceil(-1.5), floor(-1.5), round(2.5), 7 / 2, 7 DIV 2, -7 % 3, 1 / 0, ~1, bitand(5, 3)",
        &["-1", "-2", "3", "3.5", "3", "-1", "NULL", "-2", "1"],
    ),
    // JSON, arrays, maps.
    (
        "json_length(j), json_keys(j), json_exists(j, '$.a'), json_array(1, 'a', NULL), json_query(j, '$.a[1]')",
        &["2", "[\"a\", \"b\"]", "1", "[1, \"a\", null]", "2"],
    ),
    (
        "array_sum([1, 2]), element_at([3, 4], 2), element_at(map{'x':5}, 'x'), array<bigint>[1, 2], typeof(k), typeof(n)",
        &["3", "4", "5", "[1,2]", "int", "decimal64(10, 2)"],
    ),
    (
        "map{1:'a', 2:'b'}[2], map{1:'a'}[k + 1], element_at(map{'x':5}, 'y'), element_at(map{cast('2024-01-31' as date): 7}, d)",
        &["b", "NULL", "NULL", "7"],
    ),
    // Aggregates: without a suffix, those of the whole population.
    ("stddev(k + 0), variance(k), count_if(k > 1), multi_distinct_count(v), sum('2')", &["0", "0", "0", "1", "2"]),
    ("count(DISTINCT k, v), count(DISTINCT k, NULL)", &["1", "0"]),
];

#[tokio::test(flavor = "multi_thread")]
async fn values_are_those_of_the_documentation() {
    let server = crate::server().await;
    let address = server.query();
    tokio::task::spawn_blocking(move || {
        let mut client = Client::connect(address, "root");
        for statement in [
            "CREATE DATABASE v",
            "USE v",
            "CREATE TABLE t (k INT NOT NULL, v VARCHAR(10), d DATE, dt DATETIME, n DECIMAL(10, 2), j JSON) DUPLICATE KEY(k)",
            "INSERT INTO t VALUES (1, 'a', '2024-01-31', '2024-01-31 10:20:30', 1.25, '{\"a\": [1, 2], \"b\": null}')",
        ] {
            crate::done(&mut client, statement);
        }
        let mut wrong = Vec::new();
        for (list, wanted) in VALUES {
            let got = match client.query(&format!("SELECT {list} FROM t")) {
                Answer::Rows { rows, .. } => {
                    let row = rows.into_iter().next().unwrap_or_default();
                    row.into_iter().map(|v| v.unwrap_or_else(|| "NULL".to_owned())).collect::<Vec<_>>()
                }
                other => vec![format!("{other:?}")],
            };
            if got != *wanted {
                wrong.push(format!("{list}: {wanted:?}, got {got:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        done_in_zone(&mut client);
    })
    .await
    .unwrap();
    server.stop().await;
}

/// A privilege on tables is none on views, and one on a view is enough to read it.
#[tokio::test(flavor = "multi_thread")]
async fn views_have_privileges_of_their_own() {
    let server = crate::server().await;
    let address = server.query();
    tokio::task::spawn_blocking(move || {
        let mut root = Client::connect(address, "root");
        for statement in [
            "CREATE DATABASE v",
            "CREATE TABLE v.t (k INT) DUPLICATE KEY(k) PROPERTIES('replication_num'='1')",
            "CREATE VIEW v.w AS SELECT k FROM v.t",
            "CREATE USER of_tables",
            "CREATE USER of_view",
            "GRANT SELECT ON ALL TABLES IN DATABASE v TO USER of_tables",
            "GRANT SELECT ON VIEW v.w TO USER of_view",
        ] {
            crate::done(&mut root, statement);
        }
        for (user, readable, hidden, kind) in [("of_tables", "t", "w", "VIEW"), ("of_view", "w", "t", "TABLE")] {
            let mut client = Client::connect(address, user);
            crate::done(&mut client, &format!("SELECT * FROM v.{readable}"));
            match client.query(&format!("SELECT * FROM v.{hidden}")) {
                Answer::Error { code: 5203, text, .. } => {
                    assert!(text.contains(&format!("the SELECT privilege(s) on {kind} {hidden}")), "{text}");
                }
                other => panic!("{user}: {other:?}"),
            }
            match client.query("SHOW TABLES FROM v") {
                Answer::Rows { rows, .. } => assert_eq!(rows, [[Some(readable.to_owned())]], "{user}"),
                other => panic!("{user}: {other:?}"),
            }
        }
    })
    .await
    .unwrap();
    server.stop().await;
}

/// Seconds since the epoch are told in the session's time zone.
fn done_in_zone(client: &mut Client) {
    crate::done(client, "SET time_zone = 'Asia/Shanghai'");
    match client.query("SELECT from_unixtime(0), unix_timestamp('1970-01-01 08:00:01'), from_unixtime(0, '%H')") {
        Answer::Rows { rows, .. } => {
            let wanted = ["1970-01-01 08:00:00", "1", "08"].map(|text| Some(text.to_owned()));
            assert_eq!(rows, [wanted.to_vec()]);
        }
        other => panic!("{other:?}"),
    }
}
