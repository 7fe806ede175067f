// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Replies: one reader for every JSON form the FE and BE use, and the judgement of what a reply means.
//!
//! Only words on an explicit list are success. Everything else, and everything unreadable, is failure.

use serde_json::{Map, Value};
use starrocks_types::{Error, ErrorKind, Result};

use crate::words::{key, status};

/// How much of an answer that is not the protocol goes into the error.
const EXCERPT_LEN: usize = 300;

/// The request that a reply answers; the list of success words depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// `_stream_load`
    StreamLoad,
    /// `transaction/begin`
    Begin,
    /// `transaction/load`
    Load,
    /// `transaction/prepare`
    Prepare,
    /// `transaction/commit`
    Commit,
    /// `transaction/rollback`
    Rollback,
    /// `get_load_state`
    LabelState,
    /// `_cancel`
    Cancel,
    /// `_stream_load_meta`
    LoadNodes,
}

impl Operation {
    /// How the operation is called in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::StreamLoad => "stream load",
            Self::Begin => "begin transaction",
            Self::Load => "load into transaction",
            Self::Prepare => "prepare transaction",
            Self::Commit => "commit transaction",
            Self::Rollback => "roll back transaction",
            Self::LabelState => "get label state",
            Self::Cancel => "cancel load",
            Self::LoadNodes => "list load nodes",
        }
    }
}

/// What the holder of a taken label does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExistingJob {
    /// It has not ended.
    Running,
    /// It has committed.
    Finished,
    /// The server does not say, or says a word we do not know.
    Unknown,
}

/// What a readable reply means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Success,
    /// Committed; the rows become visible a little later.
    PublishTimeout,
    /// The label is taken.
    LabelExists(ExistingJob),
    /// Rows were rejected, and more of them than `max_filter_ratio` allows.
    RowsRejected,
    /// Wrong user or password.
    Unauthenticated,
    /// The user lacks a privilege.
    AccessDenied,
    /// The database or table does not exist.
    NotFound,
    /// The server does not know the transaction (any more).
    TransactionNotFound,
    /// Another request of the same label is still running; this one was not carried out.
    InProcessing,
    /// The table has as many versions as it may have; nothing was loaded.
    TooManyVersions,
    /// Refused for now (no backend alive, too many transactions, shutting down); nothing was done.
    Busy,
    /// The request itself is wrong; sending it again cannot help.
    Invalid,
    /// Failed for another reason.
    Failed,
}

/// The state of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelState {
    /// Never used, or forgotten.
    Unknown,
    /// Begun.
    Prepare,
    /// Prepared, waiting for commit.
    Prepared,
    /// Committed, not yet visible.
    Committed,
    /// Committed and visible.
    Visible,
    /// Aborted.
    Aborted,
}

impl LabelState {
    /// Reads the server's word.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "UNKNOWN" => Self::Unknown,
            "PREPARE" => Self::Prepare,
            "PREPARED" => Self::Prepared,
            "COMMITTED" => Self::Committed,
            "VISIBLE" => Self::Visible,
            "ABORTED" => Self::Aborted,
            _ => return None,
        })
    }

    /// The server's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN",
            Self::Prepare => "PREPARE",
            Self::Prepared => "PREPARED",
            Self::Committed => "COMMITTED",
            Self::Visible => "VISIBLE",
            Self::Aborted => "ABORTED",
        }
    }

    /// Whether the rows count.
    pub fn is_committed(self) -> bool {
        matches!(self, Self::Committed | Self::Visible)
    }
}

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

impl Reply {
    /// What the reply means as an answer to `operation`.
    pub fn outcome(&self, operation: Operation) -> Outcome {
        let word = self.status.as_str();
        let done: &[&str] = match operation {
            Operation::StreamLoad => &[status::SUCCESS],
            Operation::Load | Operation::Rollback | Operation::Cancel => &[status::OK, status::SUCCESS],
            Operation::Begin
            | Operation::Prepare
            | Operation::Commit
            | Operation::LabelState
            | Operation::LoadNodes => &[status::OK],
        };
        if done.contains(&word) {
            return Outcome::Success;
        }
        let committed_late: &[&str] = match operation {
            Operation::StreamLoad => &[status::PUBLISH_TIMEOUT_WORDS],
            Operation::Commit => &[status::PUBLISH_TIMEOUT, status::PUBLISH_TIMEOUT_WORDS],
            _ => &[],
        };
        if committed_late.contains(&word) {
            return Outcome::PublishTimeout;
        }
        match word {
            status::LABEL_ALREADY_EXISTS | status::LABEL_ALREADY_EXISTS_WORDS => {
                Outcome::LabelExists(match self.existing_job_status.as_deref() {
                    Some(status::RUNNING) => ExistingJob::Running,
                    Some(status::FINISHED) => ExistingJob::Finished,
                    _ => ExistingJob::Unknown,
                })
            }
            status::TXN_IN_PROCESSING => Outcome::InProcessing,
            // The frontend has no word of its own for a transaction over several tables whose commit is under way.
            _ if operation == Operation::Commit && self.message.contains("is already committing") => {
                Outcome::InProcessing
            }
            status::TXN_NOT_EXISTS => Outcome::TransactionNotFound,
            _ => self.failure(word),
        }
    }

    /// The server has few words for failure, so the message has to tell what kind it is. A message we do not know is
    /// [`Outcome::Failed`], which is tried again within bounds.
    fn failure(&self, word: &str) -> Outcome {
        let message = self.message.to_ascii_lowercase();
        let says = |needles: &[&str]| needles.iter().any(|needle| message.contains(needle));
        // `DeltaWriter` of the backend, the words of versions before 2.5 and since; the last is the FE's with shared data.
        if says(&["too many versions", "too many tablet versions", "too large compaction score"]) {
            Outcome::TooManyVersions
        } else if self.error_url.is_some() || says(&["too many filtered rows"]) {
            Outcome::RowsRejected
        } else if says(&["using password", "no valid basic authorization", "need auth information"]) {
            Outcome::Unauthenticated
        } else if says(&["access denied"]) {
            Outcome::AccessDenied
        } else if says(&["can't find the transaction", "no transaction found", "transaction not found"])
            || (says(&["transaction ", "stream load task "]) && says(&["not exist"]))
        {
            Outcome::TransactionNotFound
        } else if says(&["unknown database", "unknown table", "does not exist", "failed to find table"]) {
            Outcome::NotFound
        } else if says(&[
            "no backend alive",
            "no backend or compute node alive",
            "current running txns on db",
            "cuncurrent limit",
            "concurrent limit",
            "service is shutting down",
        ]) {
            Outcome::Busy
        } else if matches!(word, status::ANALYSIS_ERROR | status::INVALID_ARGUMENT)
            || says(&[
                "primary key size exceed the limit",
                "only primary key table support partial update",
                "no partitions have data available",
                "no rows were imported",
                "column has no default value",
                "unknown reference column",
                "not in partial update columns",
                "you can set strip_outer_array",
                "exceed the max size",
                "exceed limit",
                "format error",
                "no database selected",
                "no table selected",
                "unknown data format",
                "unsupported compression type",
            ])
        {
            Outcome::Invalid
        } else {
            Outcome::Failed
        }
    }

    /// The state of a label from a `get_load_state` reply. An error when the word is missing or unknown.
    pub fn label_state(&self) -> Result<LabelState> {
        let word = self.state.as_deref().unwrap_or_default();
        LabelState::from_word(word).ok_or_else(|| {
            Error::new(ErrorKind::Protocol, "the answer holds no label state that we know")
                .with("state", excerpt(word.as_bytes(), 40))
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;

    fn outcome(operation: Operation, body: &str) -> Outcome {
        parse_reply(body.as_bytes()).unwrap().outcome(operation)
    }

    #[test]
    fn both_key_forms_are_read() {
        let be = parse_reply(
            br#"{"TxnId": 12, "Label": "l1", "Status": "Success", "Message": "OK", "NumberTotalRows": 3, "NumberLoadedRows": 2,
                "NumberFilteredRows": 1, "NumberUnselectedRows": 0, "LoadBytes": 24, "LoadTimeMs": 9, "ErrorURL": "http://h/x"}"#,
        )
        .unwrap();
        assert_eq!((be.txn_id, be.total_rows, be.filtered_rows), (Some(12), Some(3), Some(1)));
        assert_eq!(be.error_url.as_deref(), Some("http://h/x"));
        assert_eq!(be.outcome(Operation::StreamLoad), Outcome::Success, "rows within max_filter_ratio are no failure");
        let fe =
            parse_reply(br#"{"state":"PREPARED","reason":"","status":"OK","code":"0","msg":"Success","message":"OK"}"#);
        assert_eq!(fe.unwrap().label_state().unwrap(), LabelState::Prepared);
    }

    #[test]
    fn what_merge_commit_adds_is_read() {
        let taken = parse_reply(br#"{"Status":"Success","Label":"merge_commit_1","LeftMergeTimeMs":410}"#).unwrap();
        assert_eq!((taken.left_merge_time_ms, taken.error_url), (Some(410), None));
        let quality = r#"There is a data quality issue. Please check the tracking URL or SQL for details. Tracking URL: http://h:8040/api/_load_error_log?file=error_log_1_2. Tracking SQL: select"#;
        let aborted =
            parse_reply(format!(r#"{{"status":"OK","state":"ABORTED","reason":"{quality}"}}"#).as_bytes()).unwrap();
        assert_eq!(aborted.error_url.as_deref(), Some("http://h:8040/api/_load_error_log?file=error_log_1_2"));
        let refused = format!(r#"{{"Status":"Fail","Message":"Load is aborted, reason: {quality}"}}"#);
        assert_eq!(outcome(Operation::StreamLoad, &refused), Outcome::RowsRejected);
        let nodes = parse_reply(br#"{"status":"OK","nodes":{"http":"a:1,b:2","brpc":"a:3"}}"#).unwrap();
        assert_eq!(nodes.http_nodes.as_deref(), Some("a:1,b:2"));
    }

    #[test]
    fn only_the_listed_words_are_success() {
        use Operation::*;
        let body = |status: &str| format!(r#"{{"Status":"{status}","Message":""}}"#);
        let all = [StreamLoad, Begin, Load, Prepare, Commit, Rollback, LabelState, Cancel, LoadNodes];
        for word in
            ["ok", "success", "SUCCESS", "Fail", "FAILED", "INTERNAL_ERROR", "Commit Timeout", "TIMEOUT", "", "OKAY"]
        {
            for operation in all {
                let got = outcome(operation, &body(word));
                assert!(!matches!(got, Outcome::Success | Outcome::PublishTimeout), "{operation:?} {word}");
            }
        }
        assert_eq!(outcome(Begin, &body("Success")), Outcome::Failed);
        assert_eq!(outcome(Load, &body("Publish Timeout")), Outcome::Failed);
        assert_eq!(outcome(Load, &body("OK")), Outcome::Success);
        assert_eq!(outcome(StreamLoad, &body("Publish Timeout")), Outcome::PublishTimeout);
        assert_eq!(outcome(Commit, &body("PUBLISH_TIMEOUT")), Outcome::PublishTimeout);
    }

    #[test]
    fn recorded_refusals_are_told_apart() {
        use Operation::*;
        let cases = [
            (
                StreamLoad,
                r#"{"TxnId":-1,"Label":"l","Status":"Label Already Exists","ExistingJobStatus":"FINISHED","Message":"x"}"#,
                Outcome::LabelExists(ExistingJob::Finished),
            ),
            (
                Begin,
                r#"{"Status":"LABEL_ALREADY_EXISTS","Message":"Label [l] has already been used.","ExistingJobStatus":"RUNNING"}"#,
                Outcome::LabelExists(ExistingJob::Running),
            ),
            (
                Begin,
                r#"{"Status":"LABEL_ALREADY_EXISTS","Message":"","ExistingJobStatus":"BEGIN"}"#,
                Outcome::LabelExists(ExistingJob::Unknown),
            ),
            (
                Load,
                r#"{"Status":"TXN_IN_PROCESSING","Label":"l","Message":"Transaction is in processing"}"#,
                Outcome::InProcessing,
            ),
            (
                Load,
                r#"{"Status":"FAILED","Message":"class com.starrocks.common.StarRocksException: Can't find the transaction with db [d] and label[l]. The possible reasons: 1. FE leader"}"#,
                Outcome::TransactionNotFound,
            ),
            (
                Prepare,
                r#"{"Status":"FAILED","Message":"class com.starrocks.common.StarRocksException: No transaction found with db[gh] and label[nosuch]"}"#,
                Outcome::TransactionNotFound,
            ),
            (
                Load,
                r#"{"Status":"ANALYSIS_ERROR","Message":"Transaction 999999999 does not exist"}"#,
                Outcome::TransactionNotFound,
            ),
            (
                Prepare,
                r#"{"Status":"INTERNAL_ERROR","Message":"too many filtered rows","ErrorURL":"http://h/x"}"#,
                Outcome::RowsRejected,
            ),
            (
                Begin,
                r#"{"Status":"FAILED","Message":"class com.starrocks.common.StarRocksException: Database[nodb] does not exist."}"#,
                Outcome::NotFound,
            ),
            (StreamLoad, r#"{"Status":"Fail","Message":"unknown table \"d.t\""}"#, Outcome::NotFound),
            (
                Load,
                r#"{"Status":"FAILED","Message":"class com.starrocks.common.StarRocksException: stream load task l does not exist"}"#,
                Outcome::TransactionNotFound,
            ),
            (
                Load,
                r#"{"Status":"FAILED","Message":"class com.starrocks.common.MetaNotFoundException: Failed to find table t in db d"}"#,
                Outcome::NotFound,
            ),
            (
                Commit,
                r#"{"Status":"FAILED","Message":"Transaction 7 is already committing, label is l"}"#,
                Outcome::InProcessing,
            ),
            (
                Commit,
                r#"{"Status":"FAILED","Message":"class com.starrocks.common.StarRocksException: Failed to load table t: too many filtered rows, tracking url: http://h/x"}"#,
                Outcome::RowsRejected,
            ),
            (
                StreamLoad,
                r#"{"Status":"FAILED","Message":"class com.starrocks.common.DdlException: No backend alive."}"#,
                Outcome::Busy,
            ),
            (
                Begin,
                r#"{"Status":"ANALYSIS_ERROR","Message":"Access denied for user 'root' (using password: YES)"}"#,
                Outcome::Unauthenticated,
            ),
            (
                StreamLoad,
                r#"{"status":"FAILED","code":"1","msg":"Access denied.","message":"Access denied."}"#,
                Outcome::AccessDenied,
            ),
            (
                Load,
                r#"{"Status":"ANALYSIS_ERROR","Message":"key column id not in partial update columns"}"#,
                Outcome::Invalid,
            ),
            (Load, r#"{"Status":"INTERNAL_ERROR","Message":"load request not equal last."}"#, Outcome::Failed),
        ];
        for (operation, body, expected) in cases {
            assert_eq!(outcome(operation, body), expected, "{body}");
        }
    }

    #[test]
    fn what_is_not_the_protocol_is_an_error_that_shows_it() {
        for body in [
            "",
            "<html><body>502 Bad Gateway</body></html>",
            r#"{"Status":"OK","#,
            r#"{"Message":"x"}"#,
            "[]",
            r#""OK""#,
            r#"{"Status":1}"#,
        ] {
            let error = parse_reply(body.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Protocol, "{body}");
            assert!(body.is_empty() || error.to_string().contains(body.get(..2).unwrap()), "{error}");
        }
        let long = parse_reply(&[b'x'; 5000]).unwrap_err().to_string();
        assert!(long.len() < 600 && long.contains('…'), "{long}");
    }

    #[test]
    fn keys_that_contradict_each_other_are_not_believed() {
        assert!(parse_reply(br#"{"Status":"OK","status":"FAILED"}"#).is_err());
        assert!(parse_reply(br#"{"Status":"OK","status":"OK"}"#).is_ok());
        assert!(parse_reply(br#"{"status":"OK","state":"SHINY"}"#).unwrap().label_state().is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic_and_never_as_success_by_accident(body: Vec<u8>) {
            if let Ok(reply) = parse_reply(&body) {
                prop_assert_ne!(reply.outcome(Operation::Commit), Outcome::Success);
            }
        }

        /// A reply that was damaged on the way: it is success only if a plain JSON reader finds the word of success in it too.
        #[test]
        fn a_damaged_reply_is_not_read_as_success(valid in 0_usize..6, damages in vec((any::<Index>(), 0_u8..4, any::<u8>()), 1..6), operation in 0_usize..5) {
            let replies = [
                r#"{"TxnId":1,"Label":"l","Status":"Success","Message":"OK","NumberTotalRows":3,"NumberLoadedRows":3,"LoadBytes":12}"#,
                r#"{"Status":"OK","Message":"","Label":"l","TxnId":202}"#,
                r#"{"status":"FAILED","msg":"no backend alive"}"#,
                r#"{"Status":"Label Already Exists","ExistingJobStatus":"FINISHED","Message":"used"}"#,
                r#"{"Status":"TXN_IN_PROCESSING","Message":"Transaction is in processing"}"#,
                r#"{"state":"PREPARED","status":"OK","msg":"Success","reason":""}"#,
            ];
            let mut body = replies[valid].as_bytes().to_vec();
            for (at, damage, byte) in damages {
                if body.is_empty() { break; }
                let at = at.index(body.len());
                match damage {
                    0 => body[at] = byte,
                    1 => { body.remove(at); }
                    2 => body.insert(at, byte),
                    _ => body.truncate(at),
                }
            }
            let operation = [Operation::StreamLoad, Operation::Load, Operation::Prepare, Operation::Commit, Operation::Rollback][operation];
            let Ok(reply) = parse_reply(&body) else { return Ok(()) };
            if reply.outcome(operation) == Outcome::Success {
                let Ok(Value::Object(plain)) = serde_json::from_slice::<Value>(&body) else { panic!("no JSON object") };
                let words: Vec<_> = plain.iter().filter(|(key, _)| key.eq_ignore_ascii_case("status")).map(|(_, word)| word.as_str()).collect();
                prop_assert!(!words.is_empty() && words.iter().all(|word| matches!(word, Some("OK" | "Success"))), "{:?}", words);
            }
            let _ = reply.label_state();
        }

        #[test]
        fn a_cut_reply_is_never_success(cut in 0_usize..60) {
            let body = br#"{"Label":"l","Status":"OK","TxnId":202,"Message":"","x":1}"#;
            prop_assume!(cut < body.len());
            prop_assert!(parse_reply(&body[..cut]).is_err());
        }
    }
}
