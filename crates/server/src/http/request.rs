// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What front ends read from a request's head.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::Request;
use hyper::header::{AUTHORIZATION, EXPECT, HOST};

/// User and password.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Basic {
    pub(super) user: String,
    pub(super) password: String,
}

/// Why there are no credentials.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoBasic {
    /// No `Authorization: Basic`.
    Missing,
    /// Not base64; the text is the FE's.
    Malformed(String),
}

/// Credentials of HTTP Basic. `user@cluster` is `user`; the password may hold colons.
pub(super) fn basic<B>(request: &Request<B>) -> Result<Basic, NoBasic> {
    let value = request.headers().get(AUTHORIZATION).ok_or(NoBasic::Missing)?;
    let value = value.to_str().map_err(|_| NoBasic::Missing)?;
    let (scheme, encoded) = value.split_once(' ').ok_or(NoBasic::Missing)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(NoBasic::Missing);
    }
    let encoded = encoded.trim();
    let malformed = || {
        let bad = encoded.bytes().find(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'+' | b'/' | b'='));
        NoBasic::Malformed(match bad {
            Some(byte) => format!("invalid Base64 input character: {byte} (decimal)"),
            None => "invalid Base64 input".to_owned(),
        })
    };
    let decoded = STANDARD.decode(encoded).map_err(|_| malformed())?;
    let text = String::from_utf8(decoded).map_err(|_| malformed())?;
    let (user, password) = text.split_once(':').ok_or(NoBasic::Missing)?;
    let user = user.split('@').next().unwrap_or(user);
    Ok(Basic { user: user.to_owned(), password: password.to_owned() })
}

/// A header's text, which is UTF-8: see [`unreadable`].
pub(super) fn header<'a, B>(request: &'a Request<B>, name: &str) -> Option<&'a str> {
    str::from_utf8(request.headers().get(name)?.as_bytes()).ok().map(str::trim)
}

/// The first header whose value is no UTF-8. A request that has one is refused: it must not count as one without the header.
pub(super) fn unreadable<B>(request: &Request<B>) -> Option<&str> {
    let mut headers = request.headers().iter();
    headers.find(|(_, value)| str::from_utf8(value.as_bytes()).is_err()).map(|(name, _)| name.as_str())
}

/// A header's text unless it is blank.
pub(super) fn filled<'a, B>(request: &'a Request<B>, name: &str) -> Option<&'a str> {
    header(request, name).filter(|v| !v.is_empty())
}

/// Whether the client waits for `100 Continue`.
pub(super) fn expects_continue<B>(request: &Request<B>) -> bool {
    let value = request.headers().get(EXPECT).and_then(|v| v.to_str().ok());
    value.is_some_and(|v| v.split(',').any(|token| token.trim().eq_ignore_ascii_case("100-continue")))
}

/// The host that the client called, without port.
pub(super) fn host<B>(request: &Request<B>) -> Option<&str> {
    let value = request.headers().get(HOST)?.to_str().ok()?.trim();
    let host = match value.strip_prefix('[') {
        // An IPv6 address keeps its brackets.
        Some(rest) => value.get(..rest.find(']')? + 2)?,
        None => value.split(':').next()?,
    };
    let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '[' | ']' | ':');
    (!host.is_empty() && host.chars().all(valid)).then_some(host)
}

/// A decoded query parameter.
pub(super) fn parameter<B>(request: &Request<B>, name: &str) -> Option<String> {
    let query = request.uri().query()?;
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs
        .into_iter()
        .find(|(key, _)| percent_decode(key) == name)
        .map(|(_, value)| percent_decode(&value.replace('+', " ")))
}

/// The path's segments, decoded; empty ones stay.
pub(super) fn segments<B>(request: &Request<B>) -> Vec<String> {
    request.uri().path().trim_start_matches('/').split('/').map(percent_decode).collect()
}

fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|h| str::from_utf8(h).ok()).and_then(|h| u8::from_str_radix(h, 16).ok());
        match (first, hex) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(name: &str, value: &str) -> Request<()> {
        Request::builder().uri("/api//t/_x?label=a%20b&c").header(name, value).body(()).unwrap()
    }

    fn authorization(text: &str) -> Result<Basic, NoBasic> {
        basic(&request("authorization", &format!("Basic {}", STANDARD.encode(text))))
    }

    #[test]
    fn credentials_split_at_the_first_colon() {
        let is = |user: &str, password: &str| Ok(Basic { user: user.into(), password: password.into() });
        assert_eq!(authorization("root:a:b"), is("root", "a:b"));
        assert_eq!(authorization("root@cluster:"), is("root", ""));
        assert_eq!(authorization("root"), Err(NoBasic::Missing));
        assert_eq!(basic(&request("authorization", "Bearer zzz")), Err(NoBasic::Missing));
        assert_eq!(
            basic(&request("authorization", "Basic !!!")),
            Err(NoBasic::Malformed("invalid Base64 input character: 33 (decimal)".into()))
        );
    }

    #[test]
    fn hosts_lose_their_port() {
        assert_eq!(host(&request("host", "localhost:8030")), Some("localhost"));
        assert_eq!(host(&request("host", "[::1]:8030")), Some("[::1]"));
        assert_eq!(host(&request("host", "a b")), None);
        assert_eq!(host(&request("x", "y")), None);
    }

    #[test]
    fn paths_and_queries_are_decoded() {
        let request = request("expect", "100-Continue");
        assert_eq!(segments(&request), ["api", "", "t", "_x"]);
        assert_eq!(parameter(&request, "label").as_deref(), Some("a b"));
        assert!(expects_continue(&request));
    }
}
