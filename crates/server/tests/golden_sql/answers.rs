// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Compares answers with recorded ones, up to what differs from run to run.

use std::fmt::Write as _;

use crate::client::Answer;
use crate::recordings::Expected;

/// Columns whose values are counted up or measured, by the beginning of the statements that show them.
const VARYING: [(&str, &[&str]); 11] = [
    ("SHOW ALTER", &["JobId", "TransactionId", "IndexId", "OriginIndexId", "RollupId", "SchemaVersion"]),
    // What the recorder's backends said of their loads is not counted by them.
    ("SHOW LOAD", &["JobId", "ScanRows", "SinkRows", "JobDetails"]),
    (
        "SHOW TABLET",
        &[
            "BackendId",
            "Version",
            "LstSuccessVersion",
            "DataSize",
            "RowCount",
            "PathHash",
            "MetaUrl",
            "CompactionStatus",
            "DiskRootPath",
        ],
    ),
    ("SHOW PARTITIONS", &["VisibleVersion", "DataSize", "StorageSize", "RowCount", "DataVersion"]),
    ("SHOW PROCESSLIST", &["Host", "Time"]),
    ("SHOW FULL PROCESSLIST", &["Host", "Time"]),
    (
        "SHOW BACKENDS",
        &[
            "IP",
            "LastStartTime",
            "Version",
            "TabletNum",
            "DataUsedCapacity",
            "AvailCapacity",
            "TotalCapacity",
            "UsedPct",
            "MaxDiskUsedPct",
            "DataTotalCapacity",
            "DataUsedPct",
            "MemUsedPct",
            "CpuCores",
        ],
    ),
    ("SHOW FRONTENDS", &["Id", "ClusterId", "ReplayedJournalId"]),
    ("SHOW PROC", &["DbId", "TransactionId"]),
    ("select connection_id()", &["CONNECTION_ID()"]),
    // The recorder's backends held no rows.
    ("SELECT * FROM information_schema.tables", &["TABLE_ROWS", "AVG_ROW_LENGTH", "DATA_LENGTH"]),
];

/// Replaces what differs from run to run: times, ids, labels, ports, versions, suggestions.
pub(crate) fn steady(text: &str) -> String {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '-' | ':' | '_' | '.');
    let mut out = String::with_capacity(text.len());
    for word in text.split_inclusive(|c: char| !part(c)) {
        let core = word.trim_end_matches(|c: char| !part(c));
        let digits = core.chars().filter(char::is_ascii_digit).count();
        let date = core.len() == 10 && core.matches('-').count() == 2 && digits == 8;
        let of_today = date && (2026..2100).contains(&core[..4].parse::<u32>().unwrap_or(0));
        let clock = core.len() == 8 && core.matches(':').count() == 2 && digits == 6;
        let uuid = core.len() >= 36 && core.matches('-').count() >= 4;
        let id = digits >= 4 && core.chars().all(|c| c.is_ascii_digit() || c == ':');
        let shown = if of_today {
            "<date>"
        } else if clock {
            "<time>"
        } else if uuid {
            "<uuid>"
        } else if id {
            "<id>"
        } else if core == "UNKNOWN-UNKNOWN" || core.ends_with("-embedded") {
            "<version>"
        } else if core.contains("_9010_") {
            "<server>"
        } else if core.starts_with("127.0.0.1:") {
            "<address>"
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

/// The state in the OK packet of an INSERT and the like: label and id vary, and so does the length byte in front.
fn info(text: &str) -> &str {
    let text = text.find('{').map_or(text, |at| &text[at..]);
    match text.split_once("'status'") {
        Some((_, status)) => status.split(',').next().unwrap_or(""),
        None => text,
    }
}

/// Rows as the recordings print them.
fn lines(names: &[String], rows: &[Vec<Option<String>>]) -> Vec<String> {
    let cell = |v: &Option<String>| v.as_ref().map_or_else(|| "NULL".to_owned(), |v| v.replace('\0', "\\0"));
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

/// Rows as Python prints a tuple of tuples.
fn tuples(rows: &[Vec<Option<String>>]) -> String {
    let cell = |v: &Option<String>| match v {
        None => "None".to_owned(),
        Some(text) if text.contains('\'') && !text.contains('"') => format!("\"{}\"", text.replace('\n', "\\n")),
        Some(text) => format!("'{}'", text.replace('\n', "\\n").replace('\'', "\\'")),
    };
    let tuple = |items: Vec<String>| match items.as_slice() {
        [one] => format!("({one},)"),
        many => format!("({})", many.join(", ")),
    };
    tuple(rows.iter().map(|row| tuple(row.iter().map(cell).collect())).collect())
}

/// A line of a result without the cells that vary.
fn steady_cells(statement: &str, names: &[String], line: &str) -> String {
    let cells: Vec<&str> = line.split('\t').collect();
    if cells.len() != names.len() || cells.iter().zip(names).all(|(cell, name)| cell == name) {
        return steady(line);
    }
    let varying = VARYING.iter().find(|(beginning, _)| statement.starts_with(beginning)).map_or(&[][..], |(_, c)| c);
    let shown = |(cell, name): (&&str, &String)| match varying.contains(&name.as_str()) {
        true => "…".to_owned(),
        false => steady(cell),
    };
    cells.iter().zip(names).map(shown).collect::<Vec<_>>().join("\t")
}

/// Statements that list in the order of a hash table, on which nobody can rely.
const UNORDERED: [&str; 2] = ["SHOW TABLE STATUS", "SHOW DATA"];

fn in_order(statement: &str, mut lines: Vec<String>) -> Vec<String> {
    if UNORDERED.iter().any(|beginning| statement.starts_with(beginning)) {
        lines[1..].sort();
    }
    lines
}

/// Why the answer is not the recorded one.
pub(crate) fn difference(statement: &str, expected: &Expected, answer: &Answer) -> Option<String> {
    match (expected, answer) {
        (Expected::Error { code, state, text }, Answer::Error { code: c, state: s, text: t }) => {
            let same = code == c && state.as_ref().is_none_or(|w| w == s) && steady(text) == steady(t);
            (!same).then(|| format!("{code} {text}\n      got {c} ({s}) {t}"))
        }
        (Expected::Ok { info: wanted }, Answer::Ok { info: got }) => {
            (wanted != "*" && info(wanted) != info(got)).then(|| format!("{wanted} got {got}"))
        }
        (Expected::Ok { info }, Answer::Rows { .. }) if info == "*" => None,
        (Expected::Tuples(wanted), Answer::Rows { rows, .. }) => {
            let got = tuples(rows);
            // Long ones were cut.
            let same = match wanted.ends_with(')') {
                true => steady(wanted) == steady(&got),
                false => wanted.rsplit_once(' ').is_some_and(|(kept, _)| steady(&got).starts_with(&steady(kept))),
            };
            (!same).then(|| format!("{wanted}\n      got {got}"))
        }
        (Expected::Rows { columns, body }, Answer::Rows { columns: got, names, rows }) => {
            // Recordings of single values tell the first column, or a later one of that name.
            let one = columns.as_ref().filter(|c| c.len() == 1 && !got.is_empty()).map(|c| &c[0]);
            let column = one.and_then(|c| got.iter().position(|g| g == c));
            if let Some(columns) = columns.as_ref().filter(|c| *c != got && column.is_none()) {
                let first = columns.iter().zip(got).find(|(a, b)| a != b);
                return Some(format!("columns {first:?} of {} and {}", columns.len(), got.len()));
            }
            let body = body.as_ref()?;
            let ours = match column {
                Some(at) => lines(&names[at..=at], &rows.iter().map(|r| r[at..=at].to_vec()).collect::<Vec<_>>()),
                None => lines(names, rows),
            };
            // The recorder's backends held no rows: a query without rows tells its columns only. SHOW with WHERE may be a
            // query of information_schema.
            let upper = statement.trim_start().to_ascii_uppercase();
            let query = upper.starts_with("SELECT") || (upper.starts_with("SHOW") && upper.contains(" WHERE "));
            if query && body.len() <= 1 {
                return None;
            }
            let (body, ours) = (in_order(&upper, body.clone()), in_order(&upper, ours));
            let cut = body.iter().position(|l| l.starts_with("… "));
            let (body, ours) = match cut {
                Some(at) => (&body[..at], &ours[..at.min(ours.len())]),
                None => (&body[..], &ours[..]),
            };
            let shown = |lines: &[String], i: usize| lines.get(i).map(|line| steady_cells(statement, names, line));
            let wrong = (0..body.len().max(ours.len())).find(|&i| shown(body, i) != shown(ours, i));
            wrong.map(|i| format!("row {:?}\n      got {:?}", body.get(i), ours.get(i)))
        }
        (expected, answer) => Some(format!("{expected:?}\n      got {answer:?}").chars().take(600).collect()),
    }
}
