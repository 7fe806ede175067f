// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Addresses of frontends and backends.

use std::fmt;

use starrocks_types::{Error, ErrorKind, Result};

/// Scheme, host and port of an HTTP server.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// Whether the connection is encrypted.
    pub tls: bool,
    /// Host name or address, without the brackets of IPv6.
    pub host: String,
    /// Port.
    pub port: u16,
}

impl Endpoint {
    /// Reads `[http[s]://]host:port`; anything after the port is ignored, as is user information.
    pub fn parse(url: &str) -> Result<Self> {
        let bad = || {
            Error::new(ErrorKind::InvalidConfig, "could not parse host and port of a load URL")
                .with("url", without_user(url))
                .hint("write host:port, http://host:port or https://host:port")
        };
        let url = url.trim();
        let (tls, rest) = match url.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (false, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (true, rest),
            Some(_) => return Err(bad()),
            None => (false, url),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let (host, port) = match authority.strip_prefix('[').and_then(|r| r.split_once(']')) {
            Some((host, port)) => (host, port.strip_prefix(':')),
            None => match authority.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (authority, None),
            },
        };
        // A load URL without a port is more often a mistake than port 80, but a scheme makes the intention clear.
        let port = match port {
            Some(port) => port.parse().ok().filter(|port| *port != 0).ok_or_else(bad)?,
            None if url.contains("://") => {
                if tls {
                    443
                } else {
                    80
                }
            }
            None => return Err(bad()),
        };
        if host.is_empty() || host.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(bad());
        }
        Ok(Self { tls, host: host.to_owned(), port })
    }

    /// `host:port` as in a `Host` header.
    pub fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// Whether the host is this machine as seen from itself.
    pub(crate) fn is_loopback(&self) -> bool {
        self.host.eq_ignore_ascii_case("localhost")
            || self.host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

/// A URL may carry a password, which must not reach a message.
fn without_user(url: &str) -> String {
    match url.split_once('@') {
        Some((_, host)) => format!("…@{host}"),
        None => url.to_owned(),
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.tls { "https" } else { "http" }, self.authority())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_that_users_write_are_read() {
        for (text, shown) in [
            ("fe1:8030", "http://fe1:8030"),
            ("http://fe1:8030/", "http://fe1:8030"),
            ("HTTPS://fe1:8030", "https://fe1:8030"),
            ("https://fe1", "https://fe1:443"),
            ("[::1]:8030", "http://[::1]:8030"),
            ("http://u:p@be:8040/api?x=1", "http://be:8040"),
        ] {
            assert_eq!(Endpoint::parse(text).unwrap().to_string(), shown);
        }
    }

    #[test]
    fn other_text_is_refused_without_showing_a_password() {
        for text in ["", "fe1", "fe1:", "fe1:0", "fe1:99999", "ftp://fe1:8030", ":8030", "http://u:secret@fe1:x"] {
            let error = Endpoint::parse(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{text}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
