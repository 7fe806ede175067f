// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! `POST /api/{db}/{table}/_query_plan`: a frontend plans a statement and tells the tablets to scan.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use starrocks_types::{Error, ErrorKind, Result, Retry};

use crate::reply::unreadable;
use crate::request::{Method, RequestHead, check_header, check_names, segment};

/// A tablet that a plan reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedTablet {
    /// Number of the tablet.
    pub id: i64,
    /// Version that the plan reads.
    pub version: i64,
    /// Hash of the tablet's schema.
    pub schema_hash: i64,
    /// `host:port` of the backends that hold a replica, at least one.
    pub backends: Vec<String>,
}

/// What a frontend planned. The plan of a statement that can have no rows has no tablets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryPlan {
    /// The plan itself, for backends only.
    pub plan: String,
    /// Tablets in ascending order.
    pub tablets: Vec<PlannedTablet>,
}

/// The head of the request for a plan; [`query_plan_body`] is its body.
pub fn query_plan(database: &str, table: &str, warehouse: Option<&str>) -> Result<RequestHead> {
    check_names(database, table)?;
    let mut headers = vec![("content-type".to_owned(), "application/json;charset=UTF-8".to_owned())];
    if let Some(warehouse) = warehouse.filter(|name| !name.is_empty()) {
        check_header("warehouse", warehouse)?;
        headers.push(("warehouse".to_owned(), warehouse.to_owned()));
    }
    Ok(RequestHead {
        method: Method::Post,
        path: format!("/api/{}/{}/_query_plan", segment(database), segment(table)),
        headers,
    })
}

/// The body of the request for a plan.
pub fn query_plan_body(sql: &str) -> Vec<u8> {
    serde_json::json!({ "sql": sql }).to_string().into_bytes()
}

#[derive(Deserialize)]
struct Body {
    status: Option<Value>,
    opaqued_query_plan: Option<String>,
    partitions: Option<BTreeMap<String, Partition>>,
    exception: Option<String>,
    msg: Option<String>,
    message: Option<String>,
}

#[derive(Deserialize)]
struct Partition {
    #[serde(default)]
    routings: Vec<String>,
    version: i64,
    #[serde(rename = "schemaHash", default)]
    schema_hash: i64,
}

/// Reads the answer of a frontend and judges it. An error that another attempt may mend is marked [`Retry::Safe`]: a plan
/// changes nothing.
pub fn parse_query_plan(http_status: u16, body: &[u8]) -> Result<QueryPlan> {
    let parsed: Body = match serde_json::from_slice(body) {
        Ok(parsed) => parsed,
        Err(cause) => return Err(not_a_plan(http_status, body).caused_by(cause).with("http_status", http_status)),
    };
    // The number in the body counts as well: generic failures come with HTTP 200.
    let status = match &parsed.status {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.parse().ok(),
        _ => None,
    };
    if http_status != 200 || status != Some(200) {
        let message = [parsed.exception, parsed.message, parsed.msg].into_iter().flatten().find(|m| !m.is_empty());
        let code =
            if http_status == 200 { status.and_then(|s| u16::try_from(s).ok()).unwrap_or(200) } else { http_status };
        return Err(refused(code, message.unwrap_or_default()).with("http_status", http_status));
    }
    let plan = parsed.opaqued_query_plan.unwrap_or_default();
    let Some(partitions) = parsed.partitions else {
        return Err(unreadable(body).with("missing", "partitions").with("http_status", http_status));
    };
    let mut tablets = Vec::with_capacity(partitions.len());
    for (id, partition) in partitions {
        let broken =
            |message: &str| Error::new(ErrorKind::Protocol, message.to_owned()).with("tablet", id.escape_debug());
        let number = id.parse().map_err(|_| broken("the plan names a tablet that is not a number"))?;
        if partition.routings.is_empty() {
            return Err(broken("no backend holds a usable replica of a tablet of the plan")
                .retry(Retry::Safe)
                .hint("see SHOW BACKENDS and ADMIN SHOW REPLICA STATUS"));
        }
        tablets.push(PlannedTablet {
            id: number,
            version: partition.version,
            schema_hash: partition.schema_hash,
            backends: partition.routings,
        });
    }
    tablets.sort_by_key(|tablet| tablet.id);
    if plan.is_empty() && !tablets.is_empty() {
        return Err(unreadable(body).with("missing", "opaqued_query_plan").with("http_status", http_status));
    }
    Ok(QueryPlan { plan, tablets })
}

/// What an answer means that is not JSON of the expected form.
fn not_a_plan(http_status: u16, body: &[u8]) -> Error {
    match http_status {
        404 | 405 | 501 => {
            Error::new(ErrorKind::Unsupported, "the server does not plan scans").hint("is this the HTTP port of an FE?")
        }
        401 => {
            Error::new(ErrorKind::Unauthenticated, "the server refused the user").hint("check username and password")
        }
        // A proxy in front of a frontend that is away.
        500.. => unreadable(body).retry(Retry::Safe),
        _ => unreadable(body),
    }
}

/// The status of what is no table: a view, a table of another catalog.
const NO_TABLE: &str = "403";

/// Whether a plan was refused because only a query can read what was asked for: it is no table.
pub fn needs_query(error: &Error) -> bool {
    error.kind() == ErrorKind::Unsupported && error.context().contains(&("status", NO_TABLE.to_owned()))
}

fn refused(code: u16, message: String) -> Error {
    let message = if message.is_empty() { "the server gave no reason".to_owned() } else { message };
    match code {
        401 if message.starts_with("Access denied") && !message.starts_with("Access denied for") => {
            Error::new(ErrorKind::AccessDenied, message).hint("grant the user SELECT on the table")
        }
        401 => Error::new(ErrorKind::Unauthenticated, message).hint("check username and password"),
        403 => Error::new(ErrorKind::Unsupported, message).with("status", NO_TABLE).hint(
            "only tables and materialized views of StarRocks itself can be scanned; read a view or an external table with a query",
        ),
        404 => Error::new(ErrorKind::NotFound, message)
            .hint("check database-name and table-name; both are case-sensitive"),
        400 if message.starts_with("only support") || message.contains("embed another statement") => {
            Error::new(ErrorKind::Unsupported, message)
                .hint("a scan takes columns and a filter of one table; read anything else with a query")
        }
        400 => Error::new(ErrorKind::InvalidConfig, message),
        500 if message.starts_with("Invalid SQL") => {
            Error::new(ErrorKind::InvalidConfig, message).hint("check the names of the columns and the filter")
        }
        _ => Error::new(ErrorKind::QueryFailed, message).retry(Retry::Safe),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_recorded_plan_is_read() {
        let body = br#"{"partitions":{"14690":{"routings":["127.0.0.10:12102","[::1]:9060"],"version":2,"schemaHash":1200204325},
            "9":{"routings":["127.0.0.12:12110"],"version":5000000000,"versionHash":0,"schemaHash":7}},"opaqued_query_plan":"DAAB","status":200}"#;
        let plan = parse_query_plan(200, body).unwrap();
        assert_eq!(plan.plan, "DAAB");
        assert_eq!(
            plan.tablets.iter().map(|t| (t.id, t.version)).collect::<Vec<_>>(),
            [(9, 5_000_000_000), (14_690, 2)]
        );
        assert_eq!(plan.tablets[1].backends, ["127.0.0.10:12102", "[::1]:9060"]);
    }

    #[test]
    fn a_plan_without_tablets_is_one() {
        let plan = parse_query_plan(200, br#"{"partitions":{},"opaqued_query_plan":"","status":200}"#).unwrap();
        assert!(plan.tablets.is_empty());
    }

    #[test]
    fn recorded_refusals_are_told_apart() {
        let generic =
            |message: &str| format!(r#"{{"status":"FAILED","code":"1","msg":"{message}","message":"{message}"}}"#);
        let exception = |status: u16, text: &str| format!(r#"{{"exception":"{text}","status":{status}}}"#);
        for (http, body, kind, retry) in [
            (401, generic("Need auth information."), ErrorKind::Unauthenticated, Retry::Permanent),
            (401, generic("Access denied for root@127.0.0.1"), ErrorKind::Unauthenticated, Retry::Permanent),
            (401, generic("Access denied."), ErrorKind::AccessDenied, Retry::Permanent),
            (403, exception(403, "Only support OlapTable"), ErrorKind::Unsupported, Retry::Permanent),
            (404, exception(404, "Table [nope] does not exists"), ErrorKind::NotFound, Retry::Permanent),
            (
                400,
                exception(400, "only support single table filter-prune-scan"),
                ErrorKind::Unsupported,
                Retry::Permanent,
            ),
            (500, exception(500, "Invalid SQL: selec"), ErrorKind::InvalidConfig, Retry::Permanent),
            (500, generic("no alive backends"), ErrorKind::QueryFailed, Retry::Safe),
            (200, generic("Invalid request"), ErrorKind::QueryFailed, Retry::Safe),
            (200, exception(404, "Table [nope] does not exists"), ErrorKind::NotFound, Retry::Permanent),
            (404, "<html>console</html>".to_owned(), ErrorKind::Unsupported, Retry::Permanent),
            (502, "<html>Bad Gateway</html>".to_owned(), ErrorKind::Protocol, Retry::Safe),
            (200, "<html>".to_owned(), ErrorKind::Protocol, Retry::Permanent),
            (200, r#"{"status":200}"#.to_owned(), ErrorKind::Protocol, Retry::Permanent),
        ] {
            let error = parse_query_plan(http, body.as_bytes()).unwrap_err();
            assert_eq!((error.kind(), error.retry_class()), (kind, retry), "{http} {body}: {error}");
        }
        let view = parse_query_plan(403, exception(403, "Only support OlapTable").as_bytes()).unwrap_err();
        assert!(view.to_string().contains("with a query") && needs_query(&view), "{view}");
        let aggregate = parse_query_plan(400, exception(400, "only support single table").as_bytes()).unwrap_err();
        assert!(!needs_query(&aggregate), "{aggregate}");
    }

    #[test]
    fn broken_plans_name_what_is_wrong() {
        for (body, words) in [
            (
                r#"{"partitions":{"x":{"routings":["h:1"],"version":1}},"opaqued_query_plan":"p","status":200}"#,
                "not a number",
            ),
            (r#"{"partitions":{"7":{"routings":[],"version":1}},"opaqued_query_plan":"p","status":200}"#, "no backend"),
            (r#"{"partitions":{"7":{"version":1}},"opaqued_query_plan":"p","status":200}"#, "no backend"),
            (r#"{"partitions":{"7":{"routings":["h:1"],"version":1}},"status":200}"#, "opaqued_query_plan"),
            (r#"{"partitions":{"7":{"routings":["h:1"]}},"opaqued_query_plan":"p","status":200}"#, "version"),
        ] {
            let error = parse_query_plan(200, body.as_bytes()).unwrap_err();
            assert!(error.to_string().contains(words), "{body}: {error}");
        }
    }

    #[test]
    fn the_request_names_table_and_warehouse() {
        let head = query_plan("d b", "t/1", Some("w")).unwrap();
        assert_eq!(head.path, "/api/d%20b/t%2F1/_query_plan");
        assert!(head.headers.contains(&("warehouse".to_owned(), "w".to_owned())));
        assert_eq!(query_plan_body("select '\"\\'"), br#"{"sql":"select '\"\\'"}"#);
        assert!(query_plan("d", "t", Some("a\r\nb")).is_err() && query_plan("", "t", None).is_err());
    }

    proptest! {
        #[test]
        fn any_answer_is_read_without_panic(status in any::<u16>(), body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse_query_plan(status, &body);
        }
    }
}
