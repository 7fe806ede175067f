// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The judgement of answers: what a status and a text mean.

use hyper::StatusCode;
use starrocks_load::{Failure, FailureClass};
use starrocks_protocol::{Operation, Outcome, Reply, parse_reply, unreadable};
use starrocks_types::{Error, ErrorKind};

use crate::endpoint::Endpoint;
use crate::transport::{HttpAnswer, failure};

pub(super) fn locate(failure: Failure, key: &'static str, endpoint: &Endpoint) -> Failure {
    Failure { error: failure.error.with(key, endpoint), ..failure }
}

/// Turns a response into a reply, or into what its status and text mean.
pub(super) fn judge(operation: Operation, answer: &HttpAnswer) -> Result<Reply, Failure> {
    let reply = parse_reply(&answer.body);
    let status = answer.status;
    if status == StatusCode::OK {
        // A 200 that cannot be read may be the rest of a success.
        let reply = reply.map_err(|e| failure(FailureClass::Ambiguous, e.with("http_status", 200)))?;
        return judge_reply(operation, reply);
    }
    let (class, kind) = match status {
        StatusCode::UNAUTHORIZED => {
            let privilege = reply
                .as_ref()
                .is_ok_and(|r| !r.message.contains("Access denied for") && r.message.contains("Access denied"));
            (FailureClass::Permanent, if privilege { ErrorKind::AccessDenied } else { ErrorKind::Unauthenticated })
        }
        StatusCode::FORBIDDEN => (FailureClass::Permanent, ErrorKind::AccessDenied),
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED => {
            (FailureClass::Permanent, ErrorKind::Unsupported)
        }
        StatusCode::BAD_REQUEST
        | StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::URI_TOO_LONG
        | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => (FailureClass::Permanent, ErrorKind::LoadFailed),
        _ if reply.is_ok() => (FailureClass::Refused, ErrorKind::LoadFailed),
        // A proxy's error page: the request may have been passed on before.
        _ => (FailureClass::Ambiguous, ErrorKind::Protocol),
    };
    let error = match reply {
        Ok(reply) => Error::new(kind, text_of(&reply)),
        Err(unreadable) if kind == ErrorKind::Unsupported => Error::new(kind, "the server does not offer this request")
            .caused_by(unreadable)
            .hint("is this the HTTP port of an FE?"),
        Err(_) if kind == ErrorKind::Protocol => unreadable(&answer.body),
        Err(unreadable) => Error::new(kind, "the server refused the request").caused_by(unreadable),
    };
    let error = match kind {
        ErrorKind::Unauthenticated => error.hint("check username and password"),
        ErrorKind::AccessDenied => error.hint("grant the user INSERT on the table"),
        _ => error,
    };
    Err(failure(class, error.with("http_status", status.as_u16())))
}

fn judge_reply(operation: Operation, reply: Reply) -> Result<Reply, Failure> {
    let outcome = reply.outcome(operation);
    let (class, kind) = match outcome {
        Outcome::Success | Outcome::PublishTimeout => return Ok(reply),
        Outcome::LabelExists(job) => (FailureClass::LabelExists(job), ErrorKind::LabelExists),
        Outcome::RowsRejected => (FailureClass::Permanent, ErrorKind::RowsRejected),
        Outcome::Unauthenticated => (FailureClass::Permanent, ErrorKind::Unauthenticated),
        Outcome::AccessDenied => (FailureClass::Permanent, ErrorKind::AccessDenied),
        Outcome::NotFound => (FailureClass::Permanent, ErrorKind::NotFound),
        Outcome::TransactionNotFound => (FailureClass::Refused, ErrorKind::NotFound),
        Outcome::InProcessing => (FailureClass::InProcessing, ErrorKind::LoadFailed),
        Outcome::TooManyVersions => (FailureClass::TooManyVersions, ErrorKind::LoadFailed),
        Outcome::Busy => (FailureClass::NotSent, ErrorKind::LoadFailed),
        Outcome::Invalid => (FailureClass::Permanent, ErrorKind::LoadFailed),
        Outcome::Failed => (FailureClass::Refused, ErrorKind::LoadFailed),
    };
    let mut error = Error::new(kind, text_of(&reply)).with("status", &reply.status);
    let facts = [
        ("label", reply.label.clone()),
        ("txn_id", reply.txn_id.map(|n| n.to_string())),
        ("existing_job", reply.existing_job_status.clone()),
        ("total_rows", reply.total_rows.map(|n| n.to_string())),
        ("filtered_rows", reply.filtered_rows.map(|n| n.to_string())),
        ("error_url", reply.error_url.clone()),
    ];
    for (key, value) in facts {
        if let Some(value) = value {
            error = error.with(key, value);
        }
    }
    error = match kind {
        ErrorKind::AccessDenied => error.hint("grant the user INSERT on the table"),
        ErrorKind::Unauthenticated => error.hint("check username and password"),
        ErrorKind::NotFound if class == FailureClass::Permanent => {
            error.hint("check database-name and table-name; both are case-sensitive")
        }
        ErrorKind::RowsRejected => {
            error.hint("correct the rows, or allow some to be dropped with sink.properties.max_filter_ratio")
        }
        _ if class == FailureClass::TooManyVersions => error.hint(
            "the table takes loads faster than the server merges them: commit less often (checkpoint interval, \
             sink.buffer-flush.interval-ms, sink.parallelism), or give the server more threads for compaction",
        ),
        _ => error,
    };
    Err(failure(class, error))
}

/// The server's words without the Java class in front.
fn text_of(reply: &Reply) -> String {
    let message = reply.message.trim();
    let message =
        message.strip_prefix("class ").and_then(|rest| rest.split_once(": ")).map_or(message, |(_, text)| text);
    if message.is_empty() {
        format!("the server answered {} without a message", reply.status)
    } else {
        message.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn judged(status: u16, body: &str) -> Failure {
        let answer = HttpAnswer {
            status: StatusCode::from_u16(status).unwrap(),
            location: None,
            body: Bytes::copy_from_slice(body.as_bytes()),
        };
        judge(Operation::Begin, &answer).unwrap_err()
    }

    #[test]
    fn http_statuses_are_told_apart() {
        let wrong = r#"{"status":"FAILED","code":"1","msg":"Access denied for root@127.0.0.1","message":"Access denied for root@127.0.0.1"}"#;
        assert_eq!(judged(401, wrong).error.kind(), ErrorKind::Unauthenticated);
        let lacking = r#"{"status":"FAILED","code":"1","msg":"Access denied.","message":"Access denied."}"#;
        assert_eq!(judged(401, lacking).error.kind(), ErrorKind::AccessDenied);
        let html = judged(502, "<html>Bad Gateway</html>");
        assert_eq!((html.class, html.error.kind()), (FailureClass::Ambiguous, ErrorKind::Protocol));
        assert!(html.error.to_string().contains("Bad Gateway") && html.error.to_string().contains("http_status=502"));
        assert_eq!(judged(200, "<html>").class, FailureClass::Ambiguous);
        assert_eq!(judged(404, "<html>").error.kind(), ErrorKind::Unsupported);
        let warehouse = judged(
            500,
            r#"{"status":"FAILED","code":"1","msg":"Warehouse name: nope not exist.","message":"Warehouse name: nope not exist."}"#,
        );
        assert_eq!(warehouse.class, FailureClass::Refused);
        assert_eq!(warehouse.error.message(), "Warehouse name: nope not exist.");
    }

    #[test]
    fn the_java_class_is_not_shown() {
        let failure = judged(
            200,
            r#"{"Status":"FAILED","Message":"class com.starrocks.common.DdlException: No backend alive."}"#,
        );
        assert_eq!((failure.class, failure.error.message()), (FailureClass::NotSent, "No backend alive."));
    }
}
