// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! JDBC URLs of MySQL servers, as users of the connector write them.

use starrocks_types::{Error, ErrorKind, Result};

/// The port that the JDBC driver takes when the URL names none.
const DEFAULT_PORT: u16 = 3306;

/// The hosts of a JDBC URL, in order.
pub(crate) fn parse(url: &str) -> Result<Vec<(String, u16)>> {
    let bad = |message: &str| {
        Error::new(ErrorKind::InvalidConfig, message.to_owned())
            .with("url", shown(url))
            .hint("write jdbc-url as jdbc:mysql://host:9030")
    };
    // `jdbc:mysql:loadbalance://` and the like differ in how the driver picks a host; we try them in order.
    let rest = url.trim();
    let rest = rest.get(..11).filter(|s| s.eq_ignore_ascii_case("jdbc:mysql:")).and_then(|_| rest.get(11..));
    let (_, rest) = rest.and_then(|r| r.split_once("//")).ok_or_else(|| bad("the JDBC URL is not one of MySQL"))?;
    let (rest, options) = rest.split_once('?').unwrap_or((rest, ""));
    let hosts = rest.split('/').next().unwrap_or(rest);
    let hosts = hosts.rsplit_once('@').map_or(hosts, |(_, hosts)| hosts);
    for option in options.split('&') {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        let needs_tls = match name.to_ascii_lowercase().as_str() {
            "requiressl" => value.eq_ignore_ascii_case("true"),
            "sslmode" => !value.eq_ignore_ascii_case("DISABLED") && !value.eq_ignore_ascii_case("PREFERRED"),
            _ => false,
        };
        if needs_tls {
            return Err(
                Error::new(ErrorKind::Unsupported, "TLS to the MySQL port is not supported").with("option", name)
            );
        }
    }
    let parsed: Option<Vec<_>> = hosts.split(',').map(|host| address(host.trim())).collect();
    parsed.filter(|hosts| !hosts.is_empty()).ok_or_else(|| bad("the JDBC URL names no usable host"))
}

fn address(text: &str) -> Option<(String, u16)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']')?;
            (host, port.strip_prefix(':'))
        }
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let port = port.map_or(Some(DEFAULT_PORT), |port| port.parse().ok().filter(|port| *port != 0))?;
    let usable = !host.is_empty() && !host.contains(|c: char| c.is_whitespace() || c.is_control() || c == '(');
    usable.then(|| (host.to_owned(), port))
}

/// Without user information and options, which may hold a password.
fn shown(url: &str) -> String {
    let url = url.split('?').next().unwrap_or(url);
    match url.rsplit_once('@') {
        Some((_, rest)) => format!("…@{rest}"),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_in_order() {
        let hosts =
            |url: &str| parse(url).unwrap().into_iter().map(|(h, p)| format!("{h} {p}")).collect::<Vec<_>>().join(";");
        assert_eq!(hosts("jdbc:mysql://fe1:9030"), "fe1 9030");
        assert_eq!(hosts("jdbc:mysql://fe1:9030,fe2:9031/db?useSSL=false&connectTimeout=1"), "fe1 9030;fe2 9031");
        assert_eq!(hosts("jdbc:mysql:loadbalance://fe1:9030, fe2:9030/"), "fe1 9030;fe2 9030");
        assert_eq!(hosts("JDBC:MySQL://u:p@[::1]:9030/d"), "::1 9030");
        assert_eq!(hosts("jdbc:mysql://fe1"), "fe1 3306");
    }

    #[test]
    fn other_urls_are_refused_without_showing_a_password() {
        for url in [
            "",
            "fe1:9030",
            "jdbc:postgresql://h:1/d",
            "jdbc:mysql://",
            "jdbc:mysql://u:secret@:9030",
            "jdbc:mysql://h:x?password=secret",
            "jdbc:mysql://(host=a)/",
        ] {
            let error = parse(url).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{url}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
        assert_eq!(parse("jdbc:mysql://h:1?sslMode=VERIFY_CA").unwrap_err().kind(), ErrorKind::Unsupported);
    }
}
