// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Request heads: method, path and headers of every request, ready for any HTTP library.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use starrocks_types::{Error, ErrorKind, Result};

use crate::label::check_label;

/// HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
}

/// Method, path with query, and headers of a request. `Authorization`, `Host` and the body's length are the transport's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestHead {
    /// HTTP method.
    pub method: Method,
    /// Path and query, URL-encoded.
    pub path: String,
    /// Header names (lower case) and values.
    pub headers: Vec<(String, String)>,
}

impl RequestHead {
    /// Whether the body has to be withheld until the server asks for it.
    pub fn expects_continue(&self) -> bool {
        self.headers.iter().any(|(name, _)| name == "expect")
    }

    fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// The value of an `Authorization` header. It is a secret: never log it.
pub fn basic_auth(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

/// `PUT /api/{db}/{table}/_stream_load`: one body, one transaction.
pub fn stream_load(database: &str, table: &str, label: &str, properties: &[(String, String)]) -> Result<RequestHead> {
    check_names(database, table)?;
    check_label(label)?;
    let head = RequestHead {
        method: Method::Put,
        path: format!("/api/{}/{}/_stream_load", segment(database), segment(table)),
        headers: vec![("expect".to_owned(), "100-continue".to_owned())],
    };
    with_properties(head, properties).map(|head| head.header("label", label))
}

/// `GET /api/{db}/get_load_state?label=…`
pub fn label_state(database: &str, label: &str) -> Result<RequestHead> {
    check_names(database, "-")?;
    Ok(RequestHead {
        method: Method::Get,
        path: format!("/api/{}/get_load_state?label={}", segment(database), segment(label)),
        headers: Vec::new(),
    })
}

/// `GET /api/{db}/{table}/_stream_load_meta?type=nodes`: the backends that take loads with these properties.
pub fn load_nodes(database: &str, table: &str, properties: &[(String, String)]) -> Result<RequestHead> {
    check_names(database, table)?;
    let head = RequestHead {
        method: Method::Get,
        path: format!("/api/{}/{}/_stream_load_meta?type=nodes", segment(database), segment(table)),
        headers: Vec::new(),
    };
    with_properties(head, properties)
}

/// `POST /api/{db}/{table}/_cancel?label=…`: aborts a load whose coordinator is gone.
pub fn cancel(database: &str, table: &str, label: &str) -> Result<RequestHead> {
    check_names(database, table)?;
    Ok(RequestHead {
        method: Method::Post,
        path: format!("/api/{}/{}/_cancel?label={}", segment(database), segment(table), segment(label)),
        headers: Vec::new(),
    })
}

/// What every request of a transaction names.
#[derive(Debug, Clone, Copy)]
pub struct TransactionRef<'a> {
    /// Database.
    pub database: &'a str,
    /// Table.
    pub table: &'a str,
    /// Label.
    pub label: &'a str,
    /// It takes rows of several tables, and only its loads name one: `transaction_type: multi`, from StarRocks 4.0 on. The
    /// frontend keeps it and knows no prepare for it (`MultiStatementTransactionHandler` of StarRocks).
    pub shared: bool,
}

impl TransactionRef<'_> {
    /// `POST /api/transaction/begin`; `properties` may hold `timeout`, `idle_transaction_timeout` and `warehouse`, the rest is not for this request.
    pub fn begin(&self, properties: &[(String, String)]) -> Result<RequestHead> {
        const FOR_BEGIN: [&str; 3] = ["timeout", "idle_transaction_timeout", "warehouse"];
        let mine: Vec<_> = properties.iter().filter(|(name, _)| FOR_BEGIN.contains(&name.as_str())).cloned().collect();
        with_properties(self.post("begin", !self.shared)?, &mine)
    }

    /// `PUT /api/transaction/load`; the properties must be the same for every load of a transaction.
    pub fn load(&self, properties: &[(String, String)]) -> Result<RequestHead> {
        if self.shared && !self.table.is_ascii() {
            // The frontend looks for the table, unlike in other transactions.
            return Err(Error::new(
                ErrorKind::InvalidConfig,
                "a transaction over several tables takes no rows of tables whose name is not ASCII",
            )
            .hint("rename the table, or set sink.transaction.multi-table.enabled to false"));
        }
        let mut head = self.post("load", true)?;
        head.method = Method::Put;
        head.headers.push(("expect".to_owned(), "100-continue".to_owned()));
        with_properties(head, properties)
    }

    /// `POST /api/transaction/prepare`; `prepared_timeout` of the properties goes along. An error for a transaction over several
    /// tables.
    pub fn prepare(&self, properties: &[(String, String)]) -> Result<RequestHead> {
        if self.shared {
            return Err(Error::new(ErrorKind::Unsupported, "a transaction over several tables cannot be prepared")
                .with("label", self.label)
                .hint("StarRocks only commits such transactions"));
        }
        let mine: Vec<_> = properties.iter().filter(|(name, _)| name == "prepared_timeout").cloned().collect();
        with_properties(self.post("prepare", true)?, &mine)
    }

    /// `POST /api/transaction/commit`; `publish_timeout` is how long the server waits for the rows to become visible before
    /// it answers, in whole seconds and at least one. Without it the server has a default.
    pub fn commit(&self, publish_timeout: Option<Duration>) -> Result<RequestHead> {
        let head = self.post("commit", !self.shared)?;
        Ok(match publish_timeout {
            Some(timeout) => head.header("timeout", timeout.as_secs().max(1).to_string()),
            None => head,
        })
    }

    /// `POST /api/transaction/rollback`
    pub fn rollback(&self) -> Result<RequestHead> {
        self.post("rollback", !self.shared)
    }

    fn post(&self, operation: &str, names_table: bool) -> Result<RequestHead> {
        check_names(self.database, self.table)?;
        check_label(self.label)?;
        check_transaction_database(self.database)?;
        check_header("db", self.database)?;
        check_header("table", self.table)?;
        let path = format!("/api/transaction/{operation}");
        let mut head = RequestHead { method: Method::Post, path, headers: Vec::new() }.header("db", self.database);
        if names_table {
            head = head.header("table", self.table);
        }
        head = head.header("label", self.label);
        Ok(if self.shared { head.header("transaction_type", "multi") } else { head })
    }
}

/// Frontends read the header `db` of a transaction as ISO 8859-1 (netty's header decoder, `TransactionLoadAction`) while backends take its
/// bytes for UTF-8, so only names in ASCII mean the same database to both.
fn check_transaction_database(database: &str) -> Result<()> {
    if database.is_ascii() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::InvalidConfig, "StarRocks has no transactions in databases whose name is not ASCII")
        .with("database", database.escape_debug())
        .hint("load at least once without transactions (sink.at-least-once.use-transaction-stream-load = false), or rename the database"))
}

/// Headers that the client sets itself; a property of that name would break the framing or the bookkeeping.
const RESERVED: [&str; 10] = [
    "authorization",
    "connection",
    "content-length",
    "db",
    "expect",
    "host",
    "label",
    "table",
    "transaction_type",
    "transfer-encoding",
];

fn with_properties(mut head: RequestHead, properties: &[(String, String)]) -> Result<RequestHead> {
    for (name, value) in properties {
        let name = name.to_ascii_lowercase();
        if RESERVED.contains(&name.as_str()) {
            return Err(Error::new(ErrorKind::InvalidConfig, "the connector sets this header itself")
                .with("property", format!("sink.properties.{name}")));
        }
        let delimiter = matches!(name.as_str(), "column_separator" | "row_delimiter");
        let value = if delimiter { header_safe_delimiter(value) } else { value.trim().to_owned() };
        check_header(&name, &value)?;
        head.headers.push((name, value));
    }
    Ok(head)
}

/// A delimiter of control characters or white space would be lost in a header, so it travels in the server's `\x` spelling.
fn header_safe_delimiter(value: &str) -> String {
    if value.bytes().all(|b| b.is_ascii_graphic()) {
        return value.to_owned();
    }
    value.bytes().fold("\\x".to_owned(), |text, b| format!("{text}{b:02X}"))
}

pub(crate) fn check_header(name: &str, value: &str) -> Result<()> {
    let name_ok = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if name_ok && !value.bytes().any(|b| b < b' ' || b == 0x7f) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::InvalidConfig, "cannot be sent as an HTTP header: control characters are not possible")
        .with("property", name.escape_debug()))
}

pub(crate) fn check_names(database: &str, table: &str) -> Result<()> {
    if database.trim().is_empty() {
        return Err(Error::new(ErrorKind::InvalidConfig, "no database selected").hint("set database-name"));
    }
    if table.trim().is_empty() {
        return Err(Error::new(ErrorKind::InvalidConfig, "no table selected").hint("set table-name"));
    }
    Ok(())
}

/// Percent-encodes everything but RFC 3986 unreserved characters.
pub(crate) fn segment(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, b| {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn properties(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    fn value<'a>(head: &'a RequestHead, name: &str) -> Option<&'a str> {
        head.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    #[test]
    fn names_are_url_encoded_in_paths() {
        let head = stream_load("d b", "t/ü", "l", &[]).unwrap();
        assert_eq!(head.path, "/api/d%20b/t%2F%C3%BC/_stream_load");
        assert!(head.expects_continue());
        assert_eq!(label_state("d", "a b").unwrap().path, "/api/d/get_load_state?label=a%20b");
        assert_eq!(load_nodes("d", "t/", &[]).unwrap().path, "/api/d/t%2F/_stream_load_meta?type=nodes");
        assert_eq!(cancel("d", "t", "l").unwrap().path, "/api/d/t/_cancel?label=l");
    }

    #[test]
    fn each_request_carries_only_its_own_properties() {
        let all = properties(&[("format", "json"), ("timeout", "60"), ("prepared_timeout", "900"), ("warehouse", "w")]);
        let txn = TransactionRef { database: "d", table: "t", label: "l", shared: false };
        let begin = txn.begin(&all).unwrap();
        assert_eq!(
            (value(&begin, "timeout"), value(&begin, "warehouse"), value(&begin, "format")),
            (Some("60"), Some("w"), None)
        );
        let load = txn.load(&all).unwrap();
        assert_eq!(
            (load.method, value(&load, "format"), value(&load, "expect")),
            (Method::Put, Some("json"), Some("100-continue"))
        );
        assert_eq!(value(&txn.prepare(&all).unwrap(), "prepared_timeout"), Some("900"));
        for (ms, header) in [(1, "1"), (2500, "2")] {
            let commit = txn.commit(Some(Duration::from_millis(ms))).unwrap();
            assert_eq!(value(&commit, "timeout"), Some(header));
        }
        for head in [begin, txn.prepare(&all).unwrap(), txn.commit(None).unwrap(), txn.rollback().unwrap()] {
            assert!(!head.expects_continue(), "an empty body needs no permission");
            assert_eq!(
                (value(&head, "db"), value(&head, "table"), value(&head, "label")),
                (Some("d"), Some("t"), Some("l"))
            );
        }
    }

    #[test]
    fn of_a_transaction_over_several_tables_only_loads_name_one() {
        let txn = TransactionRef { database: "d", table: "t", label: "l", shared: true };
        for head in [txn.begin(&[]).unwrap(), txn.commit(None).unwrap(), txn.rollback().unwrap()] {
            assert_eq!((value(&head, "transaction_type"), value(&head, "table")), (Some("multi"), None), "{head:?}");
        }
        let load = txn.load(&[]).unwrap();
        assert_eq!((value(&load, "transaction_type"), value(&load, "table")), (Some("multi"), Some("t")));
        assert_eq!(txn.prepare(&[]).unwrap_err().kind(), ErrorKind::Unsupported);
    }

    #[test]
    fn delimiters_survive_the_header() {
        let sent = |v: &str| {
            let head = stream_load("d", "t", "l", &properties(&[("column_separator", v)])).unwrap();
            value(&head, "column_separator").unwrap().to_owned()
        };
        assert_eq!(sent("\\x01"), "\\x01");
        assert_eq!(sent("|"), "|");
        assert_eq!(sent("\t"), "\\x09");
        assert_eq!(sent(", "), "\\x2C20");
    }

    #[test]
    fn smuggling_and_reserved_names_are_refused() {
        for (name, v) in [("where", "a\r\nlabel: x"), ("label", "mine"), ("Expect", "x"), ("bad name", "x"), ("", "x")]
        {
            let error = stream_load("d", "t", "l", &properties(&[(name, v)])).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{name}");
        }
        assert!(stream_load("", "t", "l", &[]).is_err());
        let foreign = TransactionRef { database: "Zürich", table: "tü", label: "l", shared: false };
        assert_eq!(foreign.begin(&[]).unwrap_err().kind(), ErrorKind::InvalidConfig);
        assert!(
            TransactionRef { database: "d", ..foreign }.begin(&[]).is_ok(),
            "backends read the table's name as UTF-8"
        );
        let shared = TransactionRef { database: "d", shared: true, ..foreign };
        assert_eq!(shared.load(&[]).unwrap_err().kind(), ErrorKind::InvalidConfig, "frontends do not");
        assert!(TransactionRef { database: "d\n", table: "t", label: "l", shared: false }.commit(None).is_err());
    }

    #[test]
    fn passwords_may_hold_colons_and_non_ascii() {
        assert_eq!(basic_auth("root", ""), "Basic cm9vdDo=");
        assert_eq!(basic_auth("u", "a:ü"), "Basic dTphOsO8");
    }

    proptest! {
        /// Whatever a user names, a request is refused or is one request: no line break or blank gets into path or headers.
        #[test]
        fn no_name_or_property_breaks_out_of_its_place(database in any::<String>(), table in any::<String>(), pairs in vec(("[a-z_:\\-\r\n ]{0,12}", any::<String>()), 0..4)) {
            let properties: Vec<_> = pairs.into_iter().collect();
            let transaction = TransactionRef { database: &database, table: &table, label: "l", shared: properties.len() > 1 };
            let heads = [
                stream_load(&database, &table, "l", &properties),
                transaction.begin(&properties),
                transaction.load(&properties),
                transaction.prepare(&properties),
                transaction.commit(None),
                transaction.rollback(),
                label_state(&database, &table),
                cancel(&database, &table, "l"),
            ];
            for head in heads.into_iter().flatten() {
                prop_assert!(head.path.bytes().all(|b| b.is_ascii_graphic()), "{}", head.path);
                for (name, value) in &head.headers {
                    prop_assert!(!name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)), "{name:?}");
                    prop_assert!(!value.chars().any(|c| c.is_ascii_control()), "{name}: {value:?}");
                }
                let labels = head.headers.iter().filter(|(name, _)| name == "label").count();
                prop_assert!(labels <= 1, "{labels} labels");
            }
        }
    }
}
