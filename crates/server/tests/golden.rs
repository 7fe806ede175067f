// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Replays answers recorded from a real FE. Every recording either matches or is on the list of deliberate differences,
//! and the number that match may not fall. Run with `--nocapture` to see which match.
//!
//! Compared are status, headers and body. Not compared anywhere: the order of headers, because the HTTP library puts an
//! empty body's length last; the session cookie of the web console, which the server does not have; host and port in
//! redirects; transaction ids.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests panic as tests do")]

#[path = "support/mysql.rs"]
mod mysql;
mod support;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use starrocks_server::clock::Clock;
use starrocks_server::engine::{
    AccessControl, Credentials, EngineConfig, EngineError, EngineResult, Identity, Object, Privilege, TableWrite,
};
use starrocks_server::http::HttpConfig;
use starrocks_server::txn::{BeginTxn, LoadCounters, LoadSource, TxnState};
use support::{ROOT, TestServer, call};

const RECORDED_HTTP: &str = include_str!("golden/07-http-load.md");
const RECORDED_TXN: &str = include_str!("golden/08-txn-2pc.md");
const RECORDED_OTHERS: &str = include_str!("golden/09-http-query-plan-and-others.md");

/// Recordings that the server answers differently on purpose: a part of the request, and why.
const DIFFERENCES: [(&str, &str); 8] = [
    ("GET /nope", "no web console: another page"),
    ("GET /api/nope", "no web console: another page"),
    ("GET /api/gh/t/_stream_load\n", "no web console: another page"),
    ("GET /api/transaction/begin", "no web console: another page"),
    ("ch2_2525", "parallel channels are not supported; begin says so and nothing follows from it"),
    ("source_type: 11", "bypass writes are not supported; begin says so"),
    ("label=by", "bypass writes are not supported, so their labels are unknown"),
    ("label=ch2_2525", "parallel channels are not supported, so their labels are unknown"),
];

/// Root without password, and `lim`, who may do nothing.
struct Users;

impl AccessControl for Users {
    fn authenticate(&self, user: &str, host: &str, credentials: Credentials<'_>) -> EngineResult<Identity> {
        let Credentials::Password(password) = credentials else { panic!("HTTP sends passwords") };
        if matches!((user, password), ("root", "") | ("lim", "pw")) {
            return Ok(Identity { user: user.into(), host: host.into() });
        }
        Err(EngineError::Unauthenticated { user: user.into(), host: host.into(), with_password: true })
    }

    fn authorize(&self, identity: &Identity, privilege: Privilege, object: Object<'_>) -> EngineResult<()> {
        if identity.user == "root" { Ok(()) } else { Err(object.denied(identity, privilege)) }
    }
}

struct Recording {
    /// The title as recorded, with a line feed at its end.
    title: String,
    method: String,
    path: String,
    headers: Vec<String>,
    body: String,
    answer: String,
}

fn recordings(text: &str) -> Vec<Recording> {
    let mut found = Vec::new();
    for block in text.split("\n**").skip(1) {
        let Some((title, rest)) = block.split_once("\n```\nHTTP/1.1") else { continue };
        let answer = format!("HTTP/1.1{}", rest.split("\n```").next().unwrap());
        let (request, details) = title.split_once("**").unwrap();
        let (method, path) = request.split_once(' ').unwrap();
        let (details, body) = match details.split_once("body `") {
            Some((before, body)) => (before, body.rsplit_once('`').unwrap().0),
            None => (details, ""),
        };
        let mut headers = Vec::new();
        for item in details.split(" — ").flat_map(|part| part.split("; ")).map(str::trim) {
            match item.split_once(": ") {
                Some((name, _)) if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') => {
                    headers.push(item.to_owned());
                }
                _ => {}
            }
        }
        if !details.contains("(no auth)") && !headers.iter().any(|h| h.starts_with("Authorization")) {
            headers.push(ROOT.to_owned());
        }
        found.push(Recording {
            title: format!("{request}{details}\n"),
            method: method.into(),
            path: path.into(),
            headers,
            body: body.into(),
            answer,
        });
    }
    found
}

fn normal_recorded(answer: &str) -> String {
    let (head, body) = answer.split_once("\n\n").unwrap_or((answer, ""));
    normal(head, body)
}

fn normal(head: &str, body: &str) -> String {
    let mut lines = head.trim_end().lines().filter(|l| !l.starts_with("set-cookie"));
    let status = lines.next().unwrap().to_owned();
    let length = format!("content-length: {}", body.len());
    let body = without_ids(body);
    // A body's length follows its ids, so it is compared once they are gone.
    let line =
        |line: &str| if line == length { format!("content-length: {}", body.len()) } else { redirect_path(line) };
    let mut headers: Vec<String> = lines.map(line).collect();
    headers.sort();
    format!("{status}\n{}\n\n{body}", headers.join("\n"))
}

/// The text with `#` for each transaction id.
fn without_ids(text: &str) -> String {
    let mut text = text.to_owned();
    for marker in ["\"TxnId\": ", "ransaction ", "txnId: "] {
        let parts: Vec<&str> = text.split(marker).collect();
        let mut out = parts[0].to_owned();
        for part in &parts[1..] {
            let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
            out.push_str(marker);
            out.push_str(if rest.len() < part.len() { "#" } else { "" });
            out.push_str(rest);
        }
        text = out;
    }
    text
}

fn redirect_path(line: &str) -> String {
    match line.strip_prefix("location: http://") {
        Some(rest) => format!("location: {}", &rest[rest.find('/').unwrap()..]),
        None => line.to_owned(),
    }
}

#[test]
fn the_http_side_answers_as_recorded() {
    // The recorded FE has everything up to 4.1.
    let config = EngineConfig { compat_version: "4.1.0".to_owned(), ..EngineConfig::default() };
    let server = TestServer::with(config, HttpConfig::default());
    server.engine().set_access_control(Arc::new(Users));
    let (mut matching, mut different, mut wrong) = (0, Vec::new(), Vec::new());
    for recording in recordings(RECORDED_HTTP) {
        let headers: Vec<&str> = recording.headers.iter().map(String::as_str).collect();
        // A chunked body is recorded with its framing; the client makes its own.
        let reply = call(server.fe(), &recording.method, &recording.path, &headers, recording.body.as_bytes());
        let (is, should) = (normal(&reply.head, &reply.body), normal_recorded(&recording.answer));
        let reason = DIFFERENCES.iter().find(|(part, _)| recording.title.contains(part));
        match (is == should, reason) {
            (true, _) => matching += 1,
            (false, Some((_, why))) => different.push(format!("{}: {why}", recording.title.trim())),
            (false, None) => wrong.push(format!("{}\n--- recorded\n{should}\n--- got\n{is}", recording.title)),
        }
    }
    println!("{matching} recordings match; {} differ on purpose:", different.len());
    for difference in &different {
        println!("  {difference}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n======\n"));
    assert!(matching >= MATCHING, "{matching} match, {MATCHING} did before");
}

/// Recordings that match; more is better.
const MATCHING: usize = 96;

/// Requests of the file of other endpoints that this server answers too.
const OTHERS: [&str; 10] = [
    "GET /api/health\n",
    "GET /api/health —",
    "GET /api/gh/qp/_schema\n",
    "GET /api/gh/nope/_schema\n",
    "GET /api/nodb/qp/_schema\n",
    "GET /api/gh/qp/_count\n",
    "DELETE /api/health\n",
    "OPTIONS /api/health\n",
    "GET /api/v2/nope\n",
    "GET /api/_nope\n",
];

#[test]
fn other_endpoints_answer_as_recorded() {
    let server = TestServer::start();
    let mut client = mysql::Client::connect(server.server().query(), "root");
    let created = client.query(
        "CREATE TABLE gh.qp (k INT, b BOOLEAN, t TINYINT, s SMALLINT, bi BIGINT, li LARGEINT, f FLOAT, d DOUBLE, \
         n DECIMAL(10,2), c CHAR(5), v VARCHAR(20), st STRING, dt DATE, dtm DATETIME, js JSON, ar ARRAY<INT>, \
         mp MAP<INT,INT>, sr STRUCT<a INT>, vb VARBINARY) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 1 \
         PROPERTIES('replication_num'='1')",
    );
    assert!(matches!(created, mysql::Answer::Ok { .. }), "{created:?}");
    let mut seen = 0;
    for recording in recordings(RECORDED_OTHERS) {
        if !OTHERS.iter().any(|title| recording.title.starts_with(title)) {
            continue;
        }
        seen += 1;
        let headers: Vec<&str> = recording.headers.iter().map(String::as_str).collect();
        let reply = call(server.fe(), &recording.method, &recording.path, &headers, b"");
        let (head, body) = recording.answer.split_once("\n\n").unwrap();
        assert_eq!(reply.head.lines().next(), head.lines().next(), "{}", recording.title);
        // The FE writes the members of these objects in no order; it had three backends.
        let body = body.replace("backend_num\":3", "backend_num\":1");
        if let Ok(json) = serde_json::from_str::<Value>(&body) {
            assert_eq!(reply.json(), json, "{}", recording.title);
        }
    }
    assert_eq!(seen, OTHERS.len());
}

/// Plans that this server makes otherwise on purpose.
const OTHER_PLANS: [(&str, &str); 1] = [("union all", "refused as what is no scan, without the name of a Java class")];

#[test]
fn plans_are_made_and_refused_as_recorded() {
    let server = TestServer::start();
    let mut client = mysql::Client::connect(server.server().query(), "root");
    let columns = "k INT, b BOOLEAN, t TINYINT, s SMALLINT, bi BIGINT, li LARGEINT, f FLOAT, d DOUBLE, n DECIMAL(10,2), \
                   c CHAR(5), v VARCHAR(20), st STRING, dt DATE, dtm DATETIME, js JSON, ar ARRAY<INT>, mp MAP<INT,INT>, \
                   sr STRUCT<a INT>, vb VARBINARY";
    for statement in [
        &format!("CREATE TABLE gh.qp ({columns}) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 3"),
        "CREATE TABLE gh.one (k INT NOT NULL, v VARCHAR(10)) PRIMARY KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 1",
        "CREATE TABLE gh.empty_t (k INT) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 1",
        "CREATE VIEW gh.vw AS SELECT id FROM gh.t",
        "INSERT INTO gh.qp (k) VALUES (1), (2), (3)",
        "CREATE USER lim IDENTIFIED BY 'pw'",
    ] {
        let done = client.query(statement);
        assert!(matches!(done, mysql::Answer::Ok { .. }), "{statement}: {done:?}");
    }
    let (mut matching, mut wrong) = (0, Vec::new());
    for recording in recordings(RECORDED_OTHERS).iter().filter(|r| r.path.ends_with("/_query_plan")) {
        let headers: Vec<&str> = recording.headers.iter().map(String::as_str).collect();
        let reply = call(server.fe(), &recording.method, &recording.path, &headers, recording.body.as_bytes());
        let (head, body) = recording.answer.split_once("\n\n").unwrap();
        let is = if body.contains("\"routings\"") {
            let recorded = body.matches("\"routings\"").count();
            let tablets = reply.json()["partitions"].as_object().map_or(0, serde_json::Map::len);
            // The recorder cut one plan off within its tablets.
            reply.status == 200 && (tablets == recorded || !body.contains("\"opaqued") && tablets > recorded)
        } else {
            normal(&reply.head, &reply.body) == normal(head, body)
        };
        match OTHER_PLANS.iter().any(|(part, _)| recording.body.contains(part)) {
            true => assert!(!is, "{} matches but is listed", recording.title),
            false if is => matching += 1,
            false => wrong.push(format!("{}\n--- recorded\n{head}\n{body}\n--- got\n{reply:?}", recording.title)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n======\n"));
    assert_eq!(matching, 38);
}

/// The recorder played the backend over thrift; here the engine's own calls play it.
#[test]
fn transactions_go_through_the_recorded_states() {
    let clock = Clock::frozen_at(1_800_000_000_000_000);
    let config = EngineConfig { clock: clock.clone(), ..EngineConfig::default() };
    let server = TestServer::with(config, HttpConfig::default());
    let mut ids: HashMap<i64, i64> = HashMap::new();
    let (mut matching, mut skipped, mut wrong) = (0, 0, Vec::new());
    let mut section = "";
    for line in RECORDED_TXN.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            section = title;
            if title.starts_with("The prepared one after its timeout") {
                clock.advance(Duration::from_secs(4));
                server.engine().sweep();
            }
        }
        let outcome = match line.trim_start().strip_prefix("- ") {
            Some(step) if step.starts_with("**") => backend_step(&server, section, step, &mut ids),
            Some(step) => http_step(&server, step, &ids),
            None => continue,
        };
        match outcome {
            Step::Match => matching += 1,
            Step::Skip => skipped += 1,
            Step::Differs(is) => wrong.push(format!("{section}\n{line}\n--- got\n{is}")),
        }
    }
    println!("{matching} recorded steps match, {skipped} have no counterpart in one process");
    assert!(wrong.is_empty(), "{}", wrong.join("\n======\n"));
    assert!(matching >= 80, "{matching} match");
}

enum Step {
    Match,
    /// Replica sets, users of the recorder, and plans exist on a real cluster only.
    Skip,
    Differs(String),
}

fn backend_step(server: &TestServer, section: &str, step: &str, ids: &mut HashMap<i64, i64>) -> Step {
    let (call_text, answer) = step.split_once(" -> ").unwrap();
    let (name, arguments) = call_text.trim_start_matches("**").split_once("** ").unwrap();
    let arguments: Value = serde_json::from_str(arguments).unwrap();
    let recorded: Vec<String> = answer
        .split_once("\"error_msgs\": ")
        .and_then(|(_, list)| serde_json::Deserializer::from_str(list).into_iter::<Vec<String>>().next())
        .map_or_else(Vec::new, |list| list.unwrap());
    let engine = server.engine();
    let txn = arguments["txnId"].as_i64().map(|id| ids.get(&id).copied().unwrap_or(id));
    let result: Result<(), EngineError> = match name {
        "loadTxnBegin" => {
            let text = |key: &str| arguments[key].as_str().unwrap().to_owned();
            if text("label").is_empty() || recorded.iter().any(|m| m.starts_with("Access denied")) {
                return Step::Skip;
            }
            let begun = engine.begin(BeginTxn {
                database: text("db"),
                table: Some(text("tbl")),
                label: text("label"),
                source: LoadSource::BackendStreaming,
                coordinator: "BE: 127.0.0.1".into(),
                timeout: arguments["timeout"].as_u64().map(Duration::from_secs),
                idle_timeout: None,
            });
            if let (Ok(id), Some((_, rest))) = (&begun, answer.split_once("\"txnId\": ")) {
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                ids.insert(digits.parse().unwrap(), *id);
            }
            if let Err(EngineError::LabelExists { state, .. }) = &begun {
                let status = format!("\"job_status\": \"{}\"", state.job_status());
                if !answer.contains(&status) {
                    return Step::Differs(status);
                }
            }
            begun.map(|_| ())
        }
        "streamLoadPut" if section == "Put errors" => return put_step(server, &arguments, &recorded),
        "streamLoadPut" => stage(server, txn.unwrap()),
        "loadTxnPrepare" => {
            let timeout = arguments["prepared_timeout_second"].as_u64().map(Duration::from_secs);
            engine.prepare(txn.unwrap(), timeout)
        }
        "loadTxnCommit" if arguments["commitInfos"] == "6 replicas" && !step.contains("999999999") => {
            if section == "Commit errors" {
                return Step::Skip;
            }
            engine.commit(txn.unwrap()).map(|_| ())
        }
        "loadTxnRollback" => engine.abort(txn.unwrap(), arguments["reason"].as_str().unwrap()),
        "getLoadTxnStatus" => {
            let info = engine.transaction_by_id(txn.unwrap());
            let (state, reason) = info.map_or(("UNKNOWN", None), |t| (t.state.name(), Some(t.reason)));
            let status = match reason {
                Some(reason) => format!("{{\"status\": \"{state}\", \"reason\": \"{reason}\"}}"),
                None => format!("{{\"status\": \"{state}\"}}"),
            };
            return if answer == format!("`{status}`") { Step::Match } else { Step::Differs(status) };
        }
        _ => return Step::Skip,
    };
    match (result, recorded.first()) {
        (Ok(()), None) => Step::Match,
        (Err(error), Some(recorded)) if error.to_string() == *recorded => Step::Match,
        // The thrift layer words the end of a transaction in its own way; the state is what counts, and
        // `get_load_state` compares it.
        (Err(EngineError::TxnState { .. }), Some(_)) => Step::Skip,
        (Ok(()), Some(recorded)) if recorded.starts_with("transaction not found") => Step::Skip,
        (result, _) => Step::Differs(format!("{result:?}")),
    }
}

/// What the backend refuses to plan, through a Stream Load with the same headers.
fn put_step(server: &TestServer, arguments: &Value, recorded: &[String]) -> Step {
    let Some(recorded) = recorded.first() else { return Step::Skip };
    let known = ["columns", "columnSeparator", "partial_update", "partitions", "merge_condition"];
    let mut headers = Vec::new();
    for key in known {
        if let Some(value) = arguments.get(key) {
            let name = if key == "columnSeparator" { "column_separator" } else { key };
            headers.push(format!("{name}: {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
        }
    }
    if headers.is_empty() || arguments["columns"].as_str().is_some_and(|c| c.contains("nofunc")) {
        return Step::Skip;
    }
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let message = server.load(arguments["tbl"].as_str().unwrap(), &headers, "1").text("Message");
    if message == *recorded { Step::Match } else { Step::Differs(message) }
}

fn stage(server: &TestServer, txn: i64) -> Result<(), EngineError> {
    use arrow::array::{ArrayRef, Int32Array, RecordBatch};
    let table = server.engine().table("gh", "t").unwrap();
    let ids: ArrayRef = Arc::new(Int32Array::from(vec![1]));
    let batch = RecordBatch::try_from_iter([("id", ids)]).unwrap();
    let rows = server.engine().complete_rows(&table, &[0], &batch, 0).unwrap();
    server.engine().stage(txn, vec![TableWrite::rows(&table, vec![rows.batch])], &LoadCounters::default())
}

fn http_step(server: &TestServer, step: &str, ids: &HashMap<i64, i64>) -> Step {
    let (request, recorded) = step.split_once(": ").unwrap();
    let (operation, label) = request.trim_end_matches(')').split_once('(').unwrap();
    let is = if operation == "get_load_state" {
        let txn = server.engine().transaction("gh", label).unwrap();
        if label.starts_with("ce_") && txn.is_some_and(|t| t.state != TxnState::Visible) {
            return Step::Skip;
        }
        format!("`{}`", call(server.fe(), "GET", &format!("/api/gh/get_load_state?label={label}"), &[ROOT], b"").body)
    } else {
        let path = format!("/api/{}", operation.trim_start_matches("POST "));
        let label = format!("label: {label}");
        let reply = call(server.fe(), "POST", &path, &[ROOT, "db: gh", "table: t", &label], b"");
        let location = reply.header("location").map_or_else(String::new, |l| format!("location: {l}"));
        let body = reply.body.split_whitespace().collect::<Vec<_>>().join(" ");
        format!("{} {location} `{body}`", reply.head.lines().next().unwrap())
    };
    let mut recorded = recorded.to_owned();
    for (old, new) in ids {
        for text in [format!("\"TxnId\": {old}"), format!("ransaction {old}")] {
            recorded = recorded.replace(&text, &text.replace(&old.to_string(), &format!("#{new}")));
        }
    }
    let plain = |text: &str| {
        let text = text.replace('#', "");
        match text.split_once("location: http://") {
            Some((before, after)) => format!("{before}location: {}", &after[after.find('/').unwrap()..]),
            None => text,
        }
    };
    if plain(&is) == plain(&recorded) { Step::Match } else { Step::Differs(is) }
}
