// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Replays answers recorded from a real FE (`tests/golden`, see the README there) over a real socket and compares error
//! code, SQL state, text, column names, wire types and values. `golden/matching-sql.txt` lists the recordings that must
//! match; those that need not, and why, are in `docs/design/server-fidelity.md`. With `GOLDEN_UPDATE=1` the list is
//! written anew.

#![allow(clippy::unwrap_used, clippy::type_complexity, reason = "helpers of tests panic as tests do")]

#[path = "support/mysql.rs"]
mod client;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use starrocks_server::http::HttpConfig;
use starrocks_server::{MysqlConfig, Server, ServerConfig};

use client::{Answer, Client};

/// A statement and what the FE answered.
struct Recording {
    statement: String,
    expected: Expected,
}

#[derive(Debug)]
enum Expected {
    Ok { info: String },
    Error { code: u16, state: Option<String>, text: String },
    Rows { columns: Option<Vec<String>>, body: Option<Vec<String>> },
}

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn read(file: &str) -> String {
    std::fs::read_to_string(directory().join(file)).unwrap()
}

/// Reads a Markdown recording: a statement in backquotes on a line of its own, then the answer.
fn markdown(file: &str) -> Vec<Recording> {
    let text = read(file);
    let mut recordings: Vec<Recording> = Vec::new();
    let mut current: Option<(String, Option<Vec<String>>, Option<Vec<String>>, Option<Expected>)> = None;
    let mut finish = |current: &mut Option<(String, Option<Vec<String>>, Option<Vec<String>>, Option<Expected>)>| {
        if let Some((statement, columns, body, expected)) = current.take() {
            let expected =
                expected.or((columns.is_some() || body.is_some()).then_some(Expected::Rows { columns, body }));
            recordings.extend(expected.map(|expected| Recording { statement, expected }));
        }
    };
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line == "```" {
            let body: Vec<String> = lines.by_ref().take_while(|l| *l != "```").map(str::to_owned).collect();
            if let Some((_, _, slot, _)) = &mut current {
                *slot = Some(body);
            }
        } else if line.starts_with('#') || line.starts_with("- ") {
            finish(&mut current);
        } else if let Some(statement) =
            line.strip_prefix('`').and_then(|l| l.strip_suffix('`').or_else(|| l.rsplit_once("` (").map(|(s, _)| s)))
        {
            finish(&mut current);
            current = Some((statement.to_owned(), None, None, None));
        } else if let Some(columns) =
            line.split_once("decimals): ").map(|(_, c)| c).filter(|_| line.starts_with("columns ("))
        {
            if let Some((_, slot, _, _)) = &mut current {
                *slot = Some(columns.split("; ").map(str::to_owned).collect());
            }
        } else if let Some(error) = line.strip_prefix("> ERROR ") {
            let (code, text) = error.split_once(": ").unwrap();
            let expected = Expected::Error { code: code.parse().unwrap(), state: None, text: text.to_owned() };
            if let Some((_, _, _, slot)) = &mut current {
                *slot = Some(expected);
            }
        } else if let Some(ok) = line.strip_prefix("> OK ") {
            let info = ok.split_once("info=").map_or("", |(_, i)| i).trim_matches(['\'', '"']).to_owned();
            if let Some((_, _, _, slot)) = &mut current {
                *slot = Some(Expected::Ok { info });
            }
        }
    }
    finish(&mut current);
    recordings
}

/// `statement, code, SQL state, text`
fn errors(file: &str) -> Vec<Recording> {
    let parse = |line: &str| {
        let mut fields = line.split('\t').map(str::to_owned);
        let statement = fields.next()?;
        let code = fields.next()?;
        let state = fields.next();
        let expected = match code.as_str() {
            "OK" => Expected::Ok { info: "*".to_owned() },
            code => Expected::Error { code: code.parse().ok()?, state, text: fields.next().unwrap_or_default() },
        };
        Some(Recording { statement, expected })
    };
    read(file).lines().skip(1).filter_map(parse).collect()
}

/// `expression, column name, type, charset, length, flags, decimals, value`
fn constants(file: &str) -> Vec<Recording> {
    let parse = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [expression, name, kind, charset, length, flags, decimals, value] = fields.as_slice() else { return None };
        let expected = if let Some(error) = value.strip_prefix("ERROR ") {
            let (code, text) = error.split_once(' ')?;
            Expected::Error { code: code.parse().ok()?, state: None, text: text.to_owned() }
        } else {
            // Numbers that the FE computed itself print otherwise than those of a backend, so values are not compared.
            Expected::Rows {
                columns: Some(vec![format!("{name}: {kind}/{charset}/{length}/{flags}/{decimals}")]),
                body: None,
            }
        };
        Some(Recording { statement: format!("SELECT {expression}"), expected })
    };
    read(file).lines().skip(1).filter_map(parse).collect()
}

/// Replaces what differs from run to run: times, ids, labels, ports, versions, suggestions.
fn variable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_inclusive(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | ':' | '_' | '.'))) {
        let core = word.trim_end_matches(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | ':' | '_' | '.')));
        let digits = core.chars().filter(char::is_ascii_digit).count();
        let date = core.len() == 10 && core.matches('-').count() == 2 && digits == 8;
        let clock = core.len() == 8 && core.matches(':').count() == 2 && digits == 6;
        let uuid = core.len() >= 36 && core.matches('-').count() >= 4;
        let id = core.len() >= 4 && core.chars().all(|c| c.is_ascii_digit() || c == ':') && digits >= 4;
        let shown = if date && core.starts_with("2026") {
            "<date>"
        } else if clock {
            "<time>"
        } else if uuid {
            "<uuid>"
        } else if id {
            "<id>"
        } else if core == "UNKNOWN-UNKNOWN" || core.ends_with("-embedded") {
            "<version>"
        } else {
            core
        };
        out.push_str(shown);
        out.push_str(&word[core.len()..]);
    }
    for marker in ["the most similar input is {", "the most similar variables are {"] {
        if let Some((head, tail)) = out.clone().split_once(marker) {
            let rest = tail.rsplit_once('}').map_or("", |(_, rest)| rest);
            out = format!("{head}{marker}…}}{rest}");
        }
    }
    out
}

/// A transaction's id and the length byte before the text vary.
fn info_of(text: &str) -> String {
    let text = text.find('{').map_or(text, |at| &text[at..]);
    let label = text.contains("'label'");
    if !label {
        text.to_owned()
    } else {
        text.split("'status'").nth(1).map_or("", |s| s.split(',').next().unwrap_or("")).to_owned()
    }
}

/// Rows as the recordings print them.
fn body_of(names: &[String], rows: &[Vec<Option<String>>]) -> Vec<String> {
    let cell = |v: &Option<String>| v.clone().unwrap_or_else(|| "NULL".to_owned());
    if rows.iter().flatten().flatten().any(|v| v.contains('\n')) {
        let mut text = String::new();
        for (i, row) in rows.iter().enumerate() {
            writeln!(text, "--- row {}", i + 1).unwrap();
            for (name, value) in names.iter().zip(row) {
                writeln!(text, "{name}: {}", cell(value)).unwrap();
            }
        }
        return text.lines().map(str::to_owned).collect();
    }
    let mut lines = vec![names.join("\t")];
    lines.extend(rows.iter().map(|r| r.iter().map(cell).collect::<Vec<_>>().join("\t")));
    lines
}

/// Why the answer is not the recorded one.
fn difference(recording: &Recording, answer: &Answer) -> Option<String> {
    match (&recording.expected, answer) {
        (Expected::Error { code, state, text }, Answer::Error { code: c, state: s, text: t }) => {
            let same = code == c && state.as_ref().is_none_or(|w| w == s) && variable(text) == variable(t);
            (!same).then(|| format!("{code} {text}\n      got {c} ({s}) {t}"))
        }
        (Expected::Ok { info }, Answer::Ok { info: got }) => {
            (info != "*" && info_of(info) != info_of(got)).then(|| format!("{info} got {got}"))
        }
        (Expected::Ok { info }, Answer::Rows { .. }) if info == "*" => None,
        (Expected::Rows { columns, body }, Answer::Rows { columns: got, names, rows }) => {
            if let Some(columns) = columns.as_ref().filter(|c| *c != got) {
                let first = columns.iter().zip(got).find(|(a, b)| a != b);
                return Some(format!("columns {first:?} of {} and {}", columns.len(), got.len()));
            }
            let body = body.as_ref()?;
            let ours = body_of(names, rows);
            // The recorder's backends held no rows: a query without rows tells its columns only.
            let query = recording.statement.trim_start().to_ascii_lowercase().starts_with("select");
            if query && body.len() <= 1 {
                return None;
            }
            let cut = body.iter().position(|l| l.starts_with("… "));
            let (body, ours) = match cut {
                Some(at) => (&body[..at], &ours[..at.min(ours.len())]),
                None => (&body[..], &ours[..]),
            };
            let wrong = (0..body.len().max(ours.len()))
                .find(|&i| body.get(i).map(|l| variable(l)) != ours.get(i).map(|l| variable(l)));
            wrong.map(|i| format!("row {:?}\n      got {:?}", body.get(i), ours.get(i)))
        }
        (expected, answer) => Some(format!("{expected:?}\n      got {answer:?}").chars().take(400).collect()),
    }
}

/// What the recorder had made before each file.
fn setup(file: &str) -> Vec<&'static str> {
    match file {
        "04-errors.tsv" => vec![
            "CREATE DATABASE ge",
            "USE ge",
            "CREATE TABLE t (id INT, name VARCHAR(10), d DATE, n DECIMAL(10,2)) PRIMARY KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1",
            "CREATE TABLE d (id INT NOT NULL, name VARCHAR(10) NOT NULL, v INT) DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1",
            "CREATE TABLE a (id INT, s BIGINT SUM) AGGREGATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1",
            "CREATE VIEW vv AS SELECT * FROM t",
        ],
        "05-alter.md" => vec![
            "CREATE DATABASE gl",
            "USE gl",
            "CREATE TABLE pk1 (id INT, name VARCHAR(10), d DATE, n DECIMAL(10,2), i INT, f FLOAT) PRIMARY KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1",
            "CREATE TABLE nofse107 (id INT, name VARCHAR(10)) PRIMARY KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1 PROPERTIES('fast_schema_evolution'='false')",
        ],
        "10-show-users-results.md" => vec![
            "CREATE DATABASE gh",
            "USE gh",
            "CREATE TABLE t (id INT, name VARCHAR(10), v INT) PRIMARY KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 2",
            "CREATE TABLE d (id INT, dt DATE, x DOUBLE) DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 1",
            "CREATE TABLE one (k INT, v VARCHAR(10)) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 1",
            "CREATE TABLE qp (k INT, b BOOLEAN, t TINYINT, s SMALLINT, bi BIGINT, li LARGEINT, f FLOAT, d DOUBLE, \
             n DECIMAL(10,2), c CHAR(5), v VARCHAR(20), st STRING, dt DATE, dtm DATETIME, js JSON, ar ARRAY<INT>, \
             mp MAP<INT,STRING>, sr STRUCT<a INT, b STRING>, vb VARBINARY) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 1",
            "CREATE VIEW vw AS SELECT id FROM t",
        ],
        _ => Vec::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn recorded_answers_are_given_again() {
    let server = Server::start(ServerConfig {
        http: HttpConfig { fe_port: 0, be_port: 0, ..HttpConfig::default() },
        mysql: MysqlConfig { backends: 3, ..MysqlConfig::default() },
        ..ServerConfig::default()
    })
    .await
    .unwrap();
    let address = server.query();
    let report = tokio::task::spawn_blocking(move || replay(address)).await.unwrap();
    server.stop().await;
    let list = directory().join("matching-sql.txt");
    if std::env::var_os("GOLDEN_UPDATE").is_some() {
        std::fs::write(&list, report.matching.iter().map(|m| format!("{m}\n")).collect::<String>()).unwrap();
    }
    let listed: BTreeSet<String> = std::fs::read_to_string(&list).unwrap().lines().map(str::to_owned).collect();
    let lost: Vec<&String> = listed.difference(&report.matching).collect();
    println!("{}", report.counts);
    assert!(!listed.is_empty(), "no recording is listed as matching in {}", list.display());
    assert!(lost.is_empty(), "recordings that matched and do not any more: {lost:#?}\n{}", report.differences);
}

struct Report {
    matching: BTreeSet<String>,
    counts: String,
    differences: String,
}

fn replay(address: std::net::SocketAddr) -> Report {
    type Reader = fn(&str) -> Vec<Recording>;
    let files: [(&str, Reader); 8] = [
        ("01-session.md", markdown),
        ("02-create-table.md", markdown),
        ("03-information-schema.md", markdown),
        ("04-errors.tsv", errors),
        ("05-alter.md", markdown),
        ("06-constant-selects.tsv", constants),
        ("10-show-users-results.md", markdown),
        ("11-connector-statements.md", markdown),
    ];
    let mut report = Report { matching: BTreeSet::new(), counts: String::new(), differences: String::new() };
    Client::connect(address, "root").query("ADMIN SET FRONTEND CONFIG ('default_replication_num' = '3')");
    for (file, reader) in files {
        let mut client = Client::connect(address, "root");
        for statement in setup(file) {
            let answer = client.query(statement);
            assert!(!matches!(answer, Answer::Error { .. }), "{file}: {statement}: {answer:?}");
        }
        let recordings = reader(file);
        let mut matched = 0;
        for (i, recording) in recordings.iter().enumerate() {
            let answer = client.query(&recording.statement);
            match difference(recording, &answer) {
                None => {
                    matched += 1;
                    report.matching.insert(format!("{file}#{}", i + 1));
                }
                Some(why) => {
                    let statement: String = recording.statement.chars().take(160).collect();
                    writeln!(report.differences, "{file}#{} {statement}\n      {why}", i + 1).unwrap();
                }
            }
        }
        writeln!(report.counts, "{file}: {matched} of {} recordings match", recordings.len()).unwrap();
    }
    if let Some(path) = std::env::var_os("GOLDEN_DIFFERENCES") {
        std::fs::write(path, &report.differences).unwrap();
    }
    report
}
