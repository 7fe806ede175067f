// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;
use starrocks_types::ErrorKind;

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
