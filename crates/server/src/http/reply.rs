// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Replies, byte for byte as the FE and the BE write them.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, WWW_AUTHENTICATE};
use hyper::{Response, StatusCode};

/// A complete reply.
pub(super) type Reply = Response<Full<Bytes>>;

pub(super) const JSON_UTF8: &str = "application/json; charset=UTF-8";
pub(super) const JSON: &str = "application/json";
pub(super) const HTML: &str = "text/html";
pub(super) const TEXT: &str = "text/plain";

/// A JSON object that keeps the order of its members.
#[derive(Debug, Default, Clone)]
pub(super) struct Object(Vec<(&'static str, Member)>);

#[derive(Debug, Clone)]
enum Member {
    Text(String),
    Number(i64),
}

/// How an object is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// The FE's compact form.
    Compact,
    /// The FE's pretty form, two blanks.
    Pretty,
    /// The BE's pretty form, four blanks.
    Backend,
}

impl Object {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn text(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.0.push((key, Member::Text(value.into())));
        self
    }

    pub(super) fn number(mut self, key: &'static str, value: impl TryInto<i64>) -> Self {
        self.0.push((key, Member::Number(value.try_into().unwrap_or(i64::MAX))));
        self
    }

    pub(super) fn write(&self, style: Style) -> String {
        let (open, indent, colon, close) = match style {
            Style::Compact => ("{", "", ":", "}"),
            Style::Pretty => ("{\n", "  ", ": ", "\n}"),
            Style::Backend => ("{\n", "    ", ": ", "\n}"),
        };
        let mut out = String::from(open);
        for (i, (key, value)) in self.0.iter().enumerate() {
            if i > 0 {
                out.push_str(if style == Style::Compact { "," } else { ",\n" });
            }
            out.push_str(indent);
            quote(&mut out, key, style);
            out.push_str(colon);
            match value {
                Member::Text(text) => quote(&mut out, text, style),
                Member::Number(number) => out.push_str(&number.to_string()),
            }
        }
        out.push_str(close);
        out
    }
}

/// Writes a string literal. The FE's library escapes what HTML minds, the BE's does not.
fn quote(out: &mut String, text: &str, style: Style) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '=' | '\'' if style != Style::Backend => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c if u32::from(c) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A reply with the header order of the FE: length, then `extra`, type, connection.
pub(super) fn reply(
    status: StatusCode,
    content_type: &'static str,
    extra: &[(HeaderName, &str)],
    keep_alive: bool,
    body: impl Into<Bytes>,
) -> Reply {
    let body = body.into();
    let mut reply = Response::new(Full::new(body.clone()));
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    for (name, value) in extra {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name.clone(), value);
        }
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CONNECTION, HeaderValue::from_static(if keep_alive { "keep-alive" } else { "close" }));
    reply
}

/// 307 to another address.
pub(super) fn redirect(location: &str, keep_alive: bool) -> Reply {
    reply(StatusCode::TEMPORARY_REDIRECT, HTML, &[(LOCATION, location)], keep_alive, Bytes::new())
}

/// The FE's form of REST results with `extra` members in front.
pub(super) fn rest_object(extra: Object, error: Option<&str>) -> Object {
    let (status, code, msg, message) = match error {
        None => ("OK", "0", "Success", "OK"),
        Some(text) => ("FAILED", "1", text, text),
    };
    extra.text("status", status).text("code", code).text("msg", msg).text("message", message)
}

/// A failed REST result.
pub(super) fn rest_error(status: StatusCode, message: &str, keep_alive: bool) -> Reply {
    let content_type = if status == StatusCode::OK { JSON_UTF8 } else { HTML };
    reply(status, content_type, &[], keep_alive, rest_object(Object::new(), Some(message)).write(Style::Compact))
}

/// 401 as REST actions give it.
pub(super) fn unauthorized(message: &str, keep_alive: bool) -> Reply {
    let body = rest_object(Object::new(), Some(message)).write(Style::Compact);
    reply(StatusCode::UNAUTHORIZED, HTML, &[(WWW_AUTHENTICATE, "Basic realm=\"\"")], keep_alive, body)
}

/// The FE's form of load and transaction results.
pub(super) fn fe_result(object: &Object, keep_alive: bool) -> Reply {
    reply(StatusCode::OK, JSON_UTF8, &[], keep_alive, object.write(Style::Pretty))
}

/// A failed load or transaction on the FE; `class` is the exception that clients find in the message.
pub(super) fn fe_failure(class: &str, message: &str, keep_alive: bool) -> Reply {
    let message = format!("class {class}: {message}");
    fe_result(&Object::new().text("Status", "FAILED").text("Message", message), keep_alive)
}

/// The BE's reply to loads and transactions.
pub(super) fn be_result(object: &Object) -> Reply {
    reply(StatusCode::OK, JSON, &[], true, object.write(Style::Backend))
}

/// A reply after which the rest of the request's body is not wanted.
pub(super) fn closing(mut reply: Reply) -> Reply {
    reply.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    reply
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fe_escapes_what_html_minds_and_the_be_does_not() {
        let object = Object::new().text("Message", "a='b'\n").number("TxnId", 7);
        assert_eq!(object.write(Style::Compact), r#"{"Message":"a\u003d\u0027b\u0027\n","TxnId":7}"#);
        assert_eq!(object.write(Style::Backend), "{\n    \"Message\": \"a='b'\\n\",\n    \"TxnId\": 7\n}");
    }
}
