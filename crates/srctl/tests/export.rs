// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! `srctl export` as a process: files, their rows, and what is left when it fails.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests panic as tests do")]

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// A server with password `pw` and table `d.t` of 500 rows in 8 tablets.
struct Server {
    child: Child,
    fe: String,
    query: String,
    flight: String,
}

impl Server {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_srctl"))
            .args(["server", "--fe-http-port", "0", "--query-port", "0", "--be-http-port", "0", "--be-port", "0"])
            .args(["--password", "pw", "--arrow-flight-port", "0", "--be-arrow-flight-port", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
        let address = |key: &str| ready[key].as_str().unwrap().to_owned();
        let (fe, query, flight) = (address("fe_http"), address("query"), address("arrow_flight"));
        let server = Self { fe, query, flight, child };
        let rows: Vec<String> = (0..500)
            .map(|id| match id % 100 {
                7 => format!("({id},NULL,NULL,NULL,NULL)"),
                _ => format!("({id},'a,\"{id}\"',{id}.25,'2024-01-02 03:04:05',[{id},1])"),
            })
            .collect();
        server.sql(&format!(
            "CREATE DATABASE d; CREATE TABLE d.t (id INT NOT NULL, name VARCHAR(20), price DECIMAL(10,2), at DATETIME, tags ARRAY<INT>) \
             DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 8; INSERT INTO d.t VALUES {}; \
             CREATE VIEW d.v AS SELECT id FROM d.t WHERE id < 10; \
             CREATE TABLE d.e (id INT NOT NULL, name VARCHAR(20)) DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) BUCKETS 2",
            rows.join(",")
        ));
        server
    }

    fn sql(&self, statements: &str) {
        let (host, port) = self.query.split_once(':').unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_srctl"))
            .args(["sql", "--host", host, "--port", port, "--query", statements])
            .env("STARROCKS_PASSWORD", "pw")
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    /// `srctl sql` as `user`, with bytes for standard input.
    fn sql_as(&self, user: &str, input: &[u8], to: Stdio) -> Output {
        let (host, port) = self.query.split_once(':').unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_srctl"))
            .args(["sql", "--host", host, "--port", port, "--user", user])
            .env("STARROCKS_PASSWORD", "pw")
            .stdin(Stdio::piped())
            .stdout(to)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Nobody reads what it prints, should that be a pipe.
        drop(child.stdout.take());
        child.stdin.take().unwrap().write_all(input).unwrap();
        child.wait_with_output().unwrap()
    }

    fn export_as(&self, password: &str, args: &[&str], to: &Path) -> Output {
        Command::new(env!("CARGO_BIN_EXE_srctl"))
            .args(["export", "--fe-http", &self.fe, "--query", &self.query, "-o", to.to_str().unwrap()])
            .args(args)
            .env("STARROCKS_PASSWORD", password)
            .output()
            .unwrap()
    }

    fn export(&self, args: &[&str], to: &Path) -> Output {
        self.export_as("pw", args, to)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Harmless when it has ended already.
        let _gone = self.child.kill();
        let _status = self.child.wait();
    }
}

fn last_line(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap().lines().last().unwrap().to_owned()
}

fn refused(output: &Output, words: &str) {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(text.contains(words), "{words}: {text}");
    assert!(text.lines().last().unwrap().starts_with("srctl: "), "the error is a line: {text}");
    assert!(output.stdout.is_empty(), "{output:?}");
}

/// Names in a directory, hidden ones too.
fn names(directory: &Path) -> BTreeSet<String> {
    fs::read_dir(directory).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect()
}

fn parquet_rows(file: &Path) -> usize {
    let reader = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(file).unwrap()).unwrap().build().unwrap();
    reader.map(|batch| batch.unwrap().num_rows()).sum()
}

#[test]
fn a_table_is_copied_in_every_format() {
    let (server, dir) = (Server::start(), tempfile::tempdir().unwrap());
    let path = |name: &str| dir.path().join(name);

    let csv = server.export(&["--table", "d.t", "--columns", "id,name,price,at", "--format", "csv"], &path("t.csv"));
    assert!(last_line(&csv).starts_with("exported 500 rows to 1 files, "), "{csv:?}");
    let text = fs::read_to_string(path("t.csv")).unwrap();
    let lines: BTreeSet<&str> = text.lines().skip(1).collect();
    assert_eq!((text.lines().next().unwrap(), lines.len()), ("id,name,price,at", 500));
    assert!(
        lines.contains("12,\"a,\"\"12\"\"\",12.25,2024-01-02 03:04:05") && lines.contains("107,\\N,\\N,\\N"),
        "{text}"
    );

    let json = server.export(&["--table", "d.t", "--where", "id >= 490", "--format", "json"], &path("t.json"));
    assert!(last_line(&json).starts_with("exported 10 rows to 1 files, "), "{json:?}");
    let text = fs::read_to_string(path("t.json")).unwrap();
    let rows: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let row = rows.iter().find(|row| row["id"] == 492).unwrap();
    assert_eq!((&row["name"], &row["tags"]), (&"a,\"492\"".into(), &serde_json::json!([492, 1])));
    assert!(
        rows.iter().any(|row| row["id"] == 499 && row["price"].to_string().trim_matches('"') == "499.25"),
        "{text}"
    );

    let parts = server.export(&["--table", "d.t", "--format", "parquet", "--parallel", "3"], &path("parts/"));
    assert!(last_line(&parts).starts_with("exported 500 rows to "), "{parts:?}");
    let files = names(&path("parts"));
    assert!(files.iter().all(|name| name.starts_with("part-0000") && name.ends_with(".parquet")), "{files:?}");
    assert_eq!(files.iter().map(|name| parquet_rows(&path("parts").join(name))).sum::<usize>(), 500);

    let arrow = server.export(&["--table", "d.t", "--format", "arrow"], &path("t.arrow"));
    assert!(last_line(&arrow).starts_with("exported 500 rows to 1 files, "), "{arrow:?}");
    let reader = arrow::ipc::reader::FileReader::try_new(fs::File::open(path("t.arrow")).unwrap(), None).unwrap();
    assert_eq!(reader.map(|batch| batch.unwrap().num_rows()).sum::<usize>(), 500);
}

#[test]
fn statements_and_empty_tables_make_files_too() {
    let (server, dir) = (Server::start(), tempfile::tempdir().unwrap());
    let path = |name: &str| dir.path().join(name);
    let sql = "SELECT count(*) n, max(price) p FROM d.t";
    let output = server.export(&["--sql", sql, "--format", "csv"], &path("n.csv"));
    assert!(last_line(&output).starts_with("exported 1 rows to 1 files, "), "{output:?}");
    assert_eq!(fs::read_to_string(path("n.csv")).unwrap(), "n,p\n500,499.25\n");
    for (args, name) in [
        (&["--table", "d.e", "--format", "csv"][..], "e.csv"),
        (&["--sql", "SELECT * FROM d.e", "--format", "csv"], "q.csv"),
        (&["--table", "d.t", "--columns", "id,name", "--where", "id < 0", "--format", "csv"], "w.csv"),
    ] {
        let output = server.export(args, &path(name));
        assert!(last_line(&output).starts_with("exported 0 rows to 1 files, "), "{output:?}");
        assert_eq!(fs::read_to_string(path(name)).unwrap(), "id,name\n", "{args:?}");
    }
    assert!(server.export(&["--table", "d.e", "--format", "parquet"], &path("e/")).status.success());
    assert_eq!(parquet_rows(&path("e").join("part-00000.parquet")), 0);
}

#[test]
fn statements_over_arrow_flight_sql_make_the_same_files() {
    let (server, dir) = (Server::start(), tempfile::tempdir().unwrap());
    let path = |name: &str| dir.path().join(name);
    let sql = "SELECT id, name, price, at FROM d.t ORDER BY id";
    let flight = ["--arrow-flight", server.flight.as_str()];
    for (args, name) in [(&[][..], "mysql.csv"), (&flight[..], "flight.csv")] {
        let output = server.export(&[args, &["--sql", sql, "--format", "csv"]].concat(), &path(name));
        assert!(last_line(&output).starts_with("exported 500 rows to 1 files, "), "{output:?}");
    }
    assert_eq!(fs::read_to_string(path("flight.csv")).unwrap(), fs::read_to_string(path("mysql.csv")).unwrap());
    let args = ["--sql", "SELECT tags FROM d.t WHERE id = 3", "--format", "json"];
    assert!(server.export(&[&flight[..], &args].concat(), &path("tags.json")).status.success());
    assert_eq!(fs::read_to_string(path("tags.json")).unwrap(), "{\"tags\":[3,1]}\n");
    let args = ["--arrow-flight", server.query.as_str(), "--sql", sql, "--format", "csv"];
    refused(&server.export(&args, &path("n.csv")), "Arrow Flight SQL");
    let args = ["--arrow-flight", server.flight.as_str(), "--table", "d.t", "--format", "csv"];
    assert_eq!(server.export(&args, &path("n.csv")).status.code(), Some(2));
}

#[test]
fn what_fails_says_why_and_leaves_nothing() {
    let (server, dir) = (Server::start(), tempfile::tempdir().unwrap());
    let to = dir.path().join("out");
    let csv = |args: &[&str]| server.export(&[args, &["--format", "csv"]].concat(), &to);
    refused(&csv(&["--table", "d.v"]), "--sql");
    refused(&csv(&["--table", "d.nope"]), "d.nope");
    refused(&csv(&["--table", "d.t"]), "column=tags");
    refused(&csv(&["--table", "d.t", "--columns", "id,name", "--null", "a,\"12\""]), "--null");
    refused(&csv(&["--table", "d.t", "--where", "((\n"]), "check the names of the columns and the filter");
    refused(&csv(&["--sql", "SELECT nope FROM d.t"]), "nope");
    refused(&csv(&["--sql", "SELECT 1; SELECT 2"]), "--sql takes one statement [statements=2]");
    refused(&csv(&["--sql", "# nothing"]), "--sql takes one statement [statements=0]");
    let device = ["--table", "d.e", "--format", "csv", "--overwrite"];
    refused(&server.export(&device, Path::new("/dev/null")), "this is no regular file [path=/dev/null]");
    let wrong = server.export_as("not-this-one", &["--table", "d.t", "--format", "csv"], &to);
    refused(&wrong, "check username and password");
    assert!(!String::from_utf8(wrong.stderr).unwrap().contains("not-this-one"));
    assert_eq!(names(dir.path()), BTreeSet::new());

    fs::write(&to, "mine").unwrap();
    refused(&csv(&["--table", "d.e"]), "--overwrite");
    assert_eq!(fs::read_to_string(&to).unwrap(), "mine");
    assert!(csv(&["--table", "d.e", "--overwrite"]).status.success());
    assert_eq!(fs::read_to_string(&to).unwrap(), "id,name\n");
    refused(&server.export(&["--table", "d.t", "--format", "json"], dir.path()), "not empty");
    assert_eq!(names(dir.path()), ["out".to_owned()].into());
}

#[test]
fn sql_that_does_not_get_through_is_an_error() {
    let server = Server::start();
    let full = || Stdio::from(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    for (user, input, to, words) in [
        ("root", &b"SELECT 1"[..], full(), "standard output cannot be written: No space left"),
        ("root", b"SELECT id FROM d.t", Stdio::piped(), "standard output was closed before all rows were written"),
        ("root", b"SELECT '\xff'", Stdio::piped(), "standard input cannot be read as SQL"),
        ("root", b"SELECT 1; SELEC 2", Stdio::piped(), "statement 2: ERROR 1064"),
        ("nobody", b"SELECT 1", Stdio::piped(), "check --user, --password and --database"),
    ] {
        refused(&server.sql_as(user, input, to), words);
    }
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let args = ["sql", "--port", closed.as_str(), "--query", "SELECT 1"];
    refused(&Command::new(env!("CARGO_BIN_EXE_srctl")).args(args).output().unwrap(), "check --host and --port");
}

#[test]
fn the_password_comes_from_a_file_too_and_the_command_line_is_checked() {
    let (server, dir) = (Server::start(), tempfile::tempdir().unwrap());
    let secret = dir.path().join("secret");
    fs::write(&secret, "pw\nnot the password\n").unwrap();
    let to = dir.path().join("e.json");
    let args = ["--table", "d.e", "--format", "json", "--password-file", secret.to_str().unwrap()];
    let output = server.export_as("wrong", &args, &to);
    assert!(output.status.success(), "{output:?}");
    for args in [
        &["--format", "csv"][..],
        &["--table", "t", "--format", "csv"],
        &["--table", "d.t", "--sql", "SELECT 1", "--format", "csv"],
        &["--sql", "SELECT 1", "--where", "x", "--format", "csv"],
        &["--table", "d.t", "--format", "xml"],
        &["--table", "d.t", "--format", "csv", "--columns", "id,"],
        &["--table", "d.t", "--format", "csv", "--query-timeout", "0"],
    ] {
        assert_eq!(server.export(args, &to).status.code(), Some(2), "{args:?}");
    }
}
