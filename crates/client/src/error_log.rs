// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The reasons of rejected rows, fetched into the message of the error.

use std::time::Duration;

use hyper::StatusCode;
use starrocks_load::Failure;
use starrocks_protocol::{Method, RequestHead, excerpt};
use starrocks_types::{Error, ErrorKind};
use tokio::time::timeout;

use crate::endpoint::Endpoint;
use crate::hosts::HostMapping;
use crate::transport::{Connections, Limits, MAX_REPLY_BYTES};

/// The log explains a failure; it must not delay it for long.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);

/// As much as the original connector quotes.
const QUOTED_BYTES: usize = 3000;

/// Adds the beginning of the error log to an error about rejected rows. Without credentials: the log needs none, and
/// its address comes from a reply.
pub(crate) async fn explain(
    connections: &Connections,
    hosts: &HostMapping,
    named_by: &Endpoint,
    failure: Failure,
    sanitize: bool,
) -> Failure {
    let url = failure.error.context().iter().find(|(key, _)| *key == "error_url").map(|(_, url)| url.clone());
    let Some(url) = url.filter(|_| failure.error.kind() == ErrorKind::RowsRejected) else { return failure };
    let log = read(connections, hosts, named_by, &url).await;
    let error = match log {
        Some(log) => {
            let log = if sanitize { without_row_data(&log) } else { log };
            failure.error.caused_by(Error::new(
                ErrorKind::RowsRejected,
                format!("errorLog: {}", excerpt(log.as_bytes(), QUOTED_BYTES)),
            ))
        }
        None => failure.error.with("error_log", "could not be read from here; see host-mapping"),
    };
    Failure { error, ..failure }
}

/// The rows of a log, each with the reason and, where the server tells it, the row.
pub(crate) fn entries(log: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    log.split("Error: ").map(str::trim).filter(|entry| !entry.is_empty()).map(|entry| match entry.split_once("Row: ") {
        Some((reason, row)) => (reason.trim_end().trim_end_matches('.'), Some(row)),
        None => (entry, None),
    })
}

/// The column that a reason names, if it does.
pub(crate) fn column(reason: &str) -> Option<&str> {
    for (start, end) in [("max length of '", "'"), ("non-nullable column '", "'"), ("column=", ","), ("type of '", "'")]
    {
        if let Some(rest) = reason.split(start).nth(1) {
            return rest.split(end).next().map(str::trim).filter(|name| !name.is_empty());
        }
    }
    None
}

/// The text of an error log, if it can be read.
pub(crate) async fn read(
    connections: &Connections,
    hosts: &HostMapping,
    named_by: &Endpoint,
    url: &str,
) -> Option<String> {
    timeout(FETCH_TIMEOUT, fetch(connections, hosts, named_by, url)).await.ok().flatten()
}

async fn fetch(connections: &Connections, hosts: &HostMapping, named_by: &Endpoint, url: &str) -> Option<String> {
    let endpoint = hosts.resolve(Endpoint::parse(url).ok()?, named_by);
    let (_, rest) = url.split_once("://")?;
    let path = rest.find('/').and_then(|at| rest.get(at..))?;
    let head = RequestHead { method: Method::Get, path: path.to_owned(), headers: Vec::new() };
    let limits = Limits {
        wait_for_continue: FETCH_TIMEOUT,
        idle: FETCH_TIMEOUT,
        reply_bytes: MAX_REPLY_BYTES,
        slow_hint: "the error log can be read later",
    };
    let answer = connections.exchange(&endpoint, &head, None, &[], limits).await.ok()?;
    (answer.status == StatusCode::OK && !answer.body.is_empty())
        .then(|| String::from_utf8_lossy(&answer.body).into_owned())
}

/// Keeps the reasons and drops the values: `Value '…'`, `String '…'(length=` and everything after `Row:`. A value may hold
/// quotes, so the last one that may end it does.
fn without_row_data(log: &str) -> String {
    let mut lines = Vec::new();
    for line in log.lines() {
        let mut line = line.split("Row:").next().unwrap_or_default().trim().to_owned();
        for (start, end) in
            [("Value '", "'"), ("Value \"", "\""), ("String '", "'(length="), ("String \"", "\"(length=")]
        {
            while let Some(from) = line.find(start) {
                let value = from + start.len();
                let to = line.get(value..).and_then(|rest| rest.rfind(end)).map_or(line.len(), |at| value + at + 1);
                line.replace_range(from..to, "column value");
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
    }
    if lines.is_empty() { "the row data has been redacted".to_owned() } else { lines.join("\n") }
}

#[cfg(test)]
mod tests {
    use super::{column, entries, without_row_data};

    #[test]
    fn entries_are_told_apart_with_their_columns() {
        let log = "Error: NULL value in non-nullable column 'id'. Row: [NULL, 'x\ny']\n\
                   Error: String 'long'(length=4) is too long. The max length of 'name' is 3. Row: [1, 'long']\n\
                   Error: Value is overflow. column=n, value=300\n";
        let told: Vec<_> = entries(log).map(|(reason, row)| (column(reason), row)).collect();
        assert_eq!(
            told,
            [(Some("id"), Some("[NULL, 'x\ny']")), (Some("name"), Some("[1, 'long']")), (Some("n"), None)]
        );
        assert_eq!(entries("").count(), 0);
        assert_eq!(entries("something else").next(), Some(("something else", None)));
        assert_eq!(column("no column here"), None);
    }

    #[test]
    fn sanitizing_keeps_reasons_and_drops_values() {
        let log = "Error: Value 'it''s secret' is out of range. The type of 'c1' is INT. Row: [1, secret]\n\nError: NULL value in non-nullable column 'c2'. Row: [2, secret]\n";
        let text = without_row_data(log);
        assert!(!text.contains("secret"), "{text}");
        assert!(text.contains("NULL value in non-nullable column 'c2'."), "{text}");
        assert!(!without_row_data("Row: [secret]").contains("secret"));
        let long = "Error: String 'it's 'secret''(length=20) is too long. The max length of 'c1' is 5. Row: [secret]";
        assert_eq!(without_row_data(long), "Error: column value(length=20) is too long. The max length of 'c1' is 5.");
    }
}
