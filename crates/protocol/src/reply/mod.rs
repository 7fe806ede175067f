// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Replies: one reader for every JSON form the FE and BE use, and the judgement of what a reply means.
//!
//! Only words on an explicit list are success. Everything else, and everything unreadable, is failure.

mod label_state;
mod operation;
mod outcome;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};
use starrocks_types::{Error, ErrorKind, Result};

pub use self::label_state::LabelState;
pub use self::operation::Operation;
pub use self::outcome::{ExistingJob, Outcome};
use crate::words::key;

/// How much of an answer that is not the protocol goes into the error.
const EXCERPT_LEN: usize = 300;

/// A readable reply. Counters that the server did not send are `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// Status word.
    pub status: String,
    /// Text for people.
    pub message: String,
    /// Label.
    pub label: Option<String>,
    /// Transaction id; `None` also for the server's -1.
    pub txn_id: Option<i64>,
    /// What the holder of a taken label does.
    pub existing_job_status: Option<String>,
    /// Rows parsed.
    pub total_rows: Option<u64>,
    /// Rows loaded.
    pub loaded_rows: Option<u64>,
    /// Rows rejected.
    pub filtered_rows: Option<u64>,
    /// Rows that missed the `where` condition.
    pub unselected_rows: Option<u64>,
    /// Body bytes received.
    pub load_bytes: Option<u64>,
    /// Whole time on the server.
    pub load_time_ms: Option<u64>,
    /// Planning.
    pub plan_time_ms: Option<u64>,
    /// Reading the body.
    pub read_time_ms: Option<u64>,
    /// Writing the rows.
    pub write_time_ms: Option<u64>,
    /// Commit and publication.
    pub publish_time_ms: Option<u64>,
    /// Where the reasons of rejected rows can be read.
    pub error_url: Option<String>,
    /// State word of `get_load_state`.
    pub state: Option<String>,
    /// Why the label was aborted.
    pub reason: Option<String>,
    /// How long the window of a merge commit stays open.
    pub left_merge_time_ms: Option<u64>,
    /// HTTP addresses of the backends, separated by commas (`_stream_load_meta`).
    pub http_nodes: Option<String>,
}

/// Reads a reply in any of the server's forms (capital or lower-case keys). Fails with [`ErrorKind::Protocol`] on
/// anything else: HTML, cut JSON, no status, or keys that contradict each other.
pub fn parse_reply(body: &[u8]) -> Result<Reply> {
    let value: Value = serde_json::from_slice(body).map_err(|e| unreadable(body).caused_by(e))?;
    let Value::Object(object) = value else { return Err(unreadable(body)) };
    let mut fields: Map<String, Value> = Map::new();
    for (name, value) in object {
        match fields.insert(name.to_ascii_lowercase(), value.clone()) {
            Some(previous) if previous != value => return Err(unreadable(body).with("twice", name)),
            _ => {}
        }
    }
    let text = |name: &str| match fields.get(&name.to_ascii_lowercase()) {
        Some(Value::String(text)) => Some(text.clone()),
        _ => None,
    };
    let number = |name: &str| match fields.get(&name.to_ascii_lowercase()) {
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(text)) => text.parse().ok(),
        _ => None,
    };
    let count = |name: &str| number(name).and_then(|n| u64::try_from(n).ok());
    let message = text(key::MESSAGE).or_else(|| text(key::MSG)).unwrap_or_default();
    let reason = text(key::REASON).filter(|reason| !reason.is_empty());
    // Merge commit names the log of rejected rows within its text.
    let named_in_text = || tracking_url(&message).or_else(|| tracking_url(reason.as_deref()?)).map(str::to_owned);
    let nodes = fields.get("nodes").and_then(|nodes| nodes.get("http")).and_then(Value::as_str);
    Ok(Reply {
        status: text(key::STATUS).ok_or_else(|| unreadable(body))?,
        label: text(key::LABEL),
        txn_id: number(key::TXN_ID).filter(|id| *id >= 0),
        existing_job_status: text(key::EXISTING_JOB_STATUS),
        total_rows: count(key::NUMBER_TOTAL_ROWS),
        loaded_rows: count(key::NUMBER_LOADED_ROWS),
        filtered_rows: count(key::NUMBER_FILTERED_ROWS),
        unselected_rows: count(key::NUMBER_UNSELECTED_ROWS),
        load_bytes: count(key::LOAD_BYTES),
        load_time_ms: count(key::LOAD_TIME_MS),
        plan_time_ms: count(key::STREAM_LOAD_PLAN_TIME_MS),
        read_time_ms: count(key::READ_DATA_TIME_MS).or_else(|| count(key::RECEIVED_DATA_TIME_MS)),
        write_time_ms: count(key::WRITE_DATA_TIME_MS),
        publish_time_ms: count(key::COMMIT_AND_PUBLISH_TIME_MS),
        error_url: text(key::ERROR_URL).filter(|url| !url.is_empty()).or_else(named_in_text),
        state: text(key::STATE),
        left_merge_time_ms: count(key::LEFT_MERGE_TIME_MS).or_else(|| count(key::LEFT_TIME_MS)),
        http_nodes: nodes.map(str::to_owned),
        message,
        reason,
    })
}

/// The address behind `Tracking URL:`, or `The tracking url:`, in a text.
fn tracking_url(text: &str) -> Option<&str> {
    let at = text.to_ascii_lowercase().find("tracking url:")?;
    let url = text.get(at + "tracking url:".len()..)?.split_whitespace().next()?;
    Some(url.trim_end_matches(['.', ','])).filter(|url| url.starts_with("http"))
}

/// The error for an answer that is not the protocol, with its first 300 bytes.
pub fn unreadable(body: &[u8]) -> Error {
    let error = Error::new(ErrorKind::Protocol, "the answer is not a StarRocks reply");
    if body.is_empty() { error.with("answer", "(empty)") } else { error.with("answer", excerpt(body, EXCERPT_LEN)) }
}

/// At most `limit` bytes of text on one line, control characters removed.
pub fn excerpt(body: &[u8], limit: usize) -> String {
    let cut = body.get(..limit).unwrap_or(body);
    let text: String = String::from_utf8_lossy(cut).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ") + if cut.len() < body.len() { " …" } else { "" }
}
