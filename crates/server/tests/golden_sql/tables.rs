// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Recordings that say in one line what became of a table.

use crate::answers::difference;
use crate::client::{Answer, Client};
use crate::recordings::Expected;
use crate::{done, scene};

fn cells(client: &mut Client, sql: &str) -> Vec<Vec<String>> {
    match client.query(sql) {
        Answer::Rows { rows, .. } => {
            let cell = |v: Option<String>| v.map_or_else(|| "NULL".to_owned(), |v| v.replace('\0', "\\0"));
            rows.into_iter().map(|row| row.into_iter().map(cell).collect()).collect()
        }
        other => vec![vec![format!("{sql}: {other:?}")]],
    }
}

fn unequal(wanted: &str, got: &str) -> Option<String> {
    (wanted != got).then(|| format!("{wanted}\n      got {got}"))
}

/// An ALTER of a fresh table: the answer, the states of the jobs that it made and the columns it left.
pub(crate) fn altered(
    client: &mut Client,
    number: usize,
    statement: &str,
    expected: &Expected,
    states: &str,
    columns: &str,
) -> Option<String> {
    let kind = statement.split(' ').nth(2).unwrap();
    let table = format!("{kind}{number}");
    done(client, &scene::altered(kind, number));
    let answer = client.query(&statement.replacen(kind, &table, 1));
    // A column added may be a rollup's that stands for a view of the table; its jobs are listed apart.
    if let Some(why) = difference(statement, expected, &answer) {
        return Some(why);
    }
    if columns.is_empty() || columns == "table renamed" {
        return None;
    }
    let jobs = cells(client, &format!("SHOW ALTER TABLE COLUMN WHERE TableName = '{table}'"));
    let got: Vec<String> = jobs.iter().map(|job| format!("'{}'", job[9])).collect();
    let got = format!("[{}]", got.join(", "));
    let described = cells(client, &format!("DESC {table}"));
    let described: Vec<String> = described
        .iter()
        .map(|row| {
            let null = if row[2] == "YES" { "NULL" } else { "NOT NULL" };
            let key = if row[3] == "true" { " key" } else { "" };
            let default = if row[4] == "NULL" { String::new() } else { format!(" default {}", row[4]) };
            format!("{} {} {null}{key}{default}", row[0], row[1])
        })
        .collect();
    unequal(states, &got).or_else(|| unequal(columns, &described.join(", ")))
}

/// The text of SHOW CREATE TABLE makes the same table in another database.
pub(crate) fn made_again(client: &mut Client, table: &str) -> Option<String> {
    let text = cells(client, &format!("SHOW CREATE TABLE g2.`{table}`"))[0].last().unwrap().clone();
    let create = text.replacen("CREATE TABLE ", "CREATE TABLE again.", 1);
    if let error @ Answer::Error { .. } = client.query(&create) {
        return Some(format!("{error:?}"));
    }
    let again = cells(client, &format!("SHOW CREATE TABLE again.`{table}`"))[0].last().unwrap().clone();
    unequal(&text, &again)
}

/// `name type YES` for each column, with a default where there is one.
pub(crate) fn system_table(client: &mut Client, statement: &str, columns: &[String]) -> Option<String> {
    let rows = cells(client, statement);
    let got: Vec<String> = rows.iter().map(|row| row[..row.len().min(3)].join(" ")).collect();
    let wrong = (0..columns.len().max(got.len())).find(|&i| columns.get(i) != got.get(i));
    wrong.map(|i| format!("{:?}\n      got {:?}", columns.get(i), got.get(i)))
}

/// What becomes of a declared type, and whether such a column can be a key.
pub(crate) fn column_type(client: &mut Client, number: usize, declared: &str, fields: &[String]) -> Option<String> {
    // Places in errors depend on the length of the name, which had two digits from the eighth recorded type on, and
    // three in the last.
    let number = if number > 7 { number + 2 } else { number };
    let table = if declared == "GEOMETRY" { "t100".to_owned() } else { format!("t{number}") };
    let answer =
        client.query(&format!("CREATE TABLE {table} (k INT NOT NULL, c {declared} COMMENT 'cc') DUPLICATE KEY(k)"));
    if let Some(code) = fields[0].strip_prefix("ERROR ") {
        let expected = Expected::Error { code: code.parse().unwrap(), state: None, text: fields[1].clone() };
        return difference("", &expected, &answer);
    }
    if let error @ Answer::Error { .. } = answer {
        return Some(format!("{error:?}"));
    }
    let text = cells(client, &format!("SHOW CREATE TABLE {table}"))[0].last().unwrap().clone();
    let line = text.lines().nth(2).unwrap_or_default().trim().to_owned();
    let described = cells(client, &format!("DESC {table}"))[1].join(",").replace(",NULL,", ",None,");
    let full = cells(client, &format!("SHOW FULL COLUMNS FROM {table}"))[1][1].clone();
    unequal(&fields[0], &line)
        .or_else(|| unequal(&fields[1], &described))
        .or_else(|| unequal(&fields[2], &full))
        .or_else(|| {
            let sql = format!("CREATE TABLE dup{table} (c {declared}, v INT) DUPLICATE KEY(c)");
            as_key(client, &sql, fields[3].trim_start_matches("key"))
        })
        .or_else(|| {
            let sql = format!("CREATE TABLE pri{table} (c {declared} NOT NULL, v INT) PRIMARY KEY(c)");
            as_key(client, &sql, fields[4].trim_start_matches("pk"))
        })
}

/// ` ok`, or an error as Python prints it.
fn as_key(client: &mut Client, sql: &str, recorded: &str) -> Option<String> {
    let expected = match recorded.trim_start_matches(": (").split_once(", ") {
        Some((code, text)) => {
            let text = text[1..text.len() - 2].to_owned();
            Expected::Error { code: code.parse().unwrap(), state: None, text }
        }
        None => Expected::Ok { info: "*".to_owned() },
    };
    difference(sql, &expected, &client.query(sql))
}

/// A row of `information_schema.columns`.
pub(crate) fn schema_column(client: &mut Client, row: &[String], kind: &str) -> Option<String> {
    let [_, database, table, column, ..] = row else { panic!("{row:?}") };
    if database == "ty" && column == "k" {
        return None;
    }
    if database == "ty" {
        // The recording does not tell how the column was declared.
        let declared = match (kind, row[15].as_str()) {
            ("BOOLEAN" | "LARGEINT", _) => kind,
            (_, shown) => shown,
        };
        let declared = declared.replace("DECIMAL64", "DECIMAL");
        if let error @ Answer::Error { .. } = client
            .query(&format!("CREATE TABLE ty.r{table} (k INT NOT NULL, c {declared} COMMENT 'cc') DUPLICATE KEY(k)"))
        {
            return Some(format!("{error:?}"));
        }
    }
    let name = if database == "ty" { format!("r{table}") } else { table.clone() };
    let got = cells(
        client,
        &format!(
            "SELECT * FROM information_schema.columns WHERE table_schema = '{database}' AND table_name = '{name}' \
             AND column_name = '{column}'"
        ),
    );
    let mut got = got.into_iter().next().unwrap_or_default();
    if let Some(shown) = got.get_mut(2) {
        shown.clone_from(table);
    }
    unequal(&row.join("\t"), &got.join("\t"))
}

/// Whether a bare word parses as column, table, select item and alias.
pub(crate) fn word(client: &mut Client, word: &str, bare: &[bool]) -> Option<String> {
    let statements = [
        format!("CREATE TABLE IF NOT EXISTS w ({word} INT)"),
        format!("CREATE TABLE {word} (a INT)"),
        format!("SELECT {word}"),
        format!("SELECT 1 AS {word}"),
    ];
    let parses = |sql: &String| match client.query(sql) {
        Answer::Error { text, .. } => !text.starts_with("Getting syntax error"),
        _ => true,
    };
    let got: Vec<bool> = statements.iter().map(parses).collect();
    unequal(&format!("{bare:?}"), &format!("{got:?}"))
}
