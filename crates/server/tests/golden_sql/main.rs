// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Replays answers recorded from a real FE (`tests/golden`, see the README there) over a real socket and compares error
//! code, SQL state, text, column names, wire types and values. Every recording must match, but for those that
//! `golden/differences.txt` lists with a reason; and those must not match.
//!
//! `GOLDEN_DIFFERENCES=file` writes down what differs and how.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests panic as tests do"
)]

mod answers;
#[path = "../support/mysql.rs"]
mod client;
mod differences;
mod recordings;
mod scene;
mod tables;
mod values;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;

use starrocks_server::http::HttpConfig;
use starrocks_server::{BackendsConfig, Server, ServerConfig};

use client::{Answer, Client};
use differences::Differences;
use recordings::{Check, Expected, Recording};

/// In the order in which they were recorded: later ones use what earlier ones made.
const FILES: [&str; 11] = [
    "01-session.md",
    "02-create-table.md",
    "02b-column-types.tsv",
    "03-information-schema.md",
    "03c-information-schema-columns.tsv",
    "04-errors.tsv",
    "05-alter.md",
    "06-constant-selects.tsv",
    "10-show-users-results.md",
    "11-connector-statements.md",
    "12-keywords.tsv",
];

/// A server with as many backends as the recorder's.
async fn server() -> Server {
    let config = ServerConfig {
        http: HttpConfig { fe_port: 0, be_port: 0, ..HttpConfig::default() },
        backends: BackendsConfig { count: 3, ..BackendsConfig::default() },
        ..ServerConfig::default()
    };
    Server::start(config).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn recorded_answers_are_given_again() {
    let server = server().await;
    let address = server.query();
    let report = tokio::task::spawn_blocking(move || Replay { address }.run()).await.unwrap();
    server.stop().await;
    println!("{}", report.counts);
    if let Some(path) = std::env::var_os("GOLDEN_DIFFERENCES") {
        std::fs::write(path, &report.different).unwrap();
    }
    assert!(
        report.unlisted.is_empty(),
        "recordings that do not match and are not in differences.txt:\n{}",
        report.unlisted
    );
    assert!(report.needless.is_empty(), "recordings that differences.txt lists and that match:\n{}", report.needless);
}

#[derive(Default)]
struct Report {
    counts: String,
    /// All that differ, with how they differ.
    different: String,
    /// Those of them that the list does not hold.
    unlisted: String,
    /// What the list holds and should not.
    needless: String,
}

struct Replay {
    address: SocketAddr,
}

impl Replay {
    fn run(&self) -> Report {
        let files: Vec<(&str, Vec<Recording>)> = FILES.iter().map(|file| (*file, recordings::read(file))).collect();
        let all: Vec<Recording> = FILES.iter().flat_map(|file| recordings::read(file)).collect();
        let list = Differences::read(&all);
        let mut report = Report::default();
        // The recorder's FE had the default, while one backend is this server's.
        self.root().query("ADMIN SET FRONTEND CONFIG ('default_replication_num' = '3')");
        for (file, recordings) in &files {
            let mut client = self.root();
            for statement in scene::opening(file) {
                done(&mut client, statement);
            }
            let mut counts: BTreeMap<bool, usize> = BTreeMap::new();
            for recording in recordings {
                for statement in scene::before(recording) {
                    done(&mut client, statement);
                }
                let difference = match scene::is_alone(recording) {
                    true => self.ask(&mut self.root(), recording),
                    false => self.ask(&mut client, recording),
                };
                let line = differences::line(recording);
                *counts.entry(difference.is_none()).or_default() += 1;
                if let Some(why) = difference {
                    let text = format!("{line}\n      {why}\n");
                    report.different.push_str(&text);
                    if !list.lists(recording) {
                        report.unlisted.push_str(&text);
                    }
                } else if list.lists(recording) {
                    writeln!(report.needless, "{line}").unwrap();
                }
            }
            let count = |matches: bool| counts.get(&matches).copied().unwrap_or(0);
            writeln!(report.counts, "{file}: {} of {} recordings match", count(true), recordings.len()).unwrap();
        }
        writeln!(report.counts, "different on purpose:\n{}", list.counts().join("\n")).unwrap();
        report
    }

    fn root(&self) -> Client {
        Client::connect(self.address, "root")
    }

    /// Asks again; says how the answer differs.
    fn ask(&self, client: &mut Client, recording: &Recording) -> Option<String> {
        let subject = recording.subject.as_str();
        let compare = |expected: &Expected, answer: &Answer| answers::difference(subject, expected, answer);
        match &recording.check {
            Check::Answer(expected) => compare(expected, &client.query(subject)),
            Check::AnswerAsAlice(expected) => {
                let alice = Client::login(self.address, "alice", "secret", "", 33);
                compare(expected, &alice.map_or_else(|refused| refused, |mut alice| alice.query(subject)))
            }
            Check::Prepare(expected) => compare(expected, &client.prepare(subject)),
            Check::Login(expected) => {
                let (user, password, database, charset) = who(subject);
                let answer = match Client::login(self.address, user, password, database, charset) {
                    Ok(_) => Answer::Ok { info: String::new() },
                    Err(error) => error,
                };
                compare(expected, &answer)
            }
            Check::Greeting => {
                let greeting = Client::greeting(self.address);
                (!greeting.iter().any(|line| subject.starts_with(line.as_str()))).then(|| format!("{greeting:?}"))
            }
            Check::Altered { number, expected, states, columns } => {
                tables::altered(client, *number, subject, expected, states, columns)
            }
            Check::RoundTrip => tables::made_again(client, subject),
            Check::SystemTable(columns) => tables::system_table(client, subject, columns),
            Check::ColumnType(number, fields) => tables::column_type(client, *number, subject, fields),
            Check::SchemaColumn { row, kind } => tables::schema_column(client, row, kind),
            Check::Word(bare) => tables::word(client, subject, bare),
        }
    }
}

/// User, password, database and collation of a recorded login.
fn who(subject: &str) -> (&'static str, &'static str, &'static str, u8) {
    match subject.trim_start_matches("login ") {
        "unknown user" => ("nobody", "x", "", 33),
        "bad password" => ("alice", "x", "", 33),
        "empty password" => ("alice", "", "", 33),
        "alice good" => ("alice", "secret", "", 33),
        "alice to gh" => ("alice", "secret", "gh", 33),
        "alice to g2 (no privilege)" => ("alice", "secret", "g2", 33),
        "root to nodb" => ("root", "", "nodb", 33),
        "root to catalog.db" => ("root", "", "default_catalog.gh", 33),
        // Drivers send SET NAMES; the collation of the login alone decides nothing.
        "root charset latin1" => ("root", "", "", 8),
        other => panic!("unknown login: {other}"),
    }
}

/// Sends a statement that must not fail.
fn done(client: &mut Client, statement: &str) {
    let answer = client.query(statement);
    assert!(!matches!(answer, Answer::Error { .. }), "{statement}: {answer:?}");
}
