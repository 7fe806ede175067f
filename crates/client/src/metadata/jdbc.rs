// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! JDBC URLs of MySQL servers, as users of the connector write them.

use starrocks_types::{Error, ErrorKind, Result};

use crate::tls::MysqlTls;

/// The port that the JDBC driver takes when the URL names none.
const DEFAULT_PORT: u16 = 3306;

/// What a JDBC URL says.
#[derive(Debug, Clone, Default)]
pub(crate) struct JdbcUrl {
    /// Hosts and ports, in order.
    pub(crate) hosts: Vec<(String, u16)>,
    /// Whether to encrypt.
    pub(crate) tls: MysqlTls,
}

/// Reads a JDBC URL.
pub(crate) fn parse(url: &str) -> Result<JdbcUrl> {
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
    let tls = tls(options).map_err(|value| bad("the JDBC URL has an unknown sslMode").with("sslMode", value))?;
    let hosts: Option<Vec<_>> = hosts.split(',').map(|host| address(host.trim())).collect();
    let hosts = hosts.filter(|hosts| !hosts.is_empty()).ok_or_else(|| bad("the JDBC URL names no usable host"))?;
    Ok(JdbcUrl { hosts, tls })
}

/// What the options of the driver's versions 5 and 8 say about encryption. What they only prefer is left out.
fn tls(options: &str) -> Result<MysqlTls, String> {
    let mut mode = MysqlTls::Off;
    let (mut wanted, mut required, mut verified) = (false, false, false);
    for option in options.split('&') {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        let yes = value.eq_ignore_ascii_case("true");
        match name.to_ascii_lowercase().as_str() {
            "usessl" => wanted = yes,
            "requiressl" => required = yes,
            "verifyservercertificate" => verified = yes,
            "sslmode" => {
                mode = match value.to_ascii_uppercase().as_str() {
                    "DISABLED" | "PREFERRED" => MysqlTls::Off,
                    "REQUIRED" => MysqlTls::Encrypted,
                    "VERIFY_CA" => MysqlTls::Trusted,
                    "VERIFY_IDENTITY" => MysqlTls::Verified,
                    _ => return Err(value.to_owned()),
                }
            }
            _ => {}
        }
    }
    Ok(match mode {
        MysqlTls::Off if verified && (wanted || required) => MysqlTls::Verified,
        MysqlTls::Off if required => MysqlTls::Encrypted,
        mode => mode,
    })
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
        let hosts = |url: &str| {
            parse(url).unwrap().hosts.into_iter().map(|(h, p)| format!("{h} {p}")).collect::<Vec<_>>().join(";")
        };
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
        assert_eq!(parse("jdbc:mysql://h:1?sslMode=MAYBE").unwrap_err().kind(), ErrorKind::InvalidConfig);
    }

    #[test]
    fn encryption_is_what_the_driver_would_insist_on() {
        for (options, mode) in [
            ("", MysqlTls::Off),
            ("?useSSL=true", MysqlTls::Off),
            ("?useSSL=true&requireSSL=true", MysqlTls::Encrypted),
            ("?useSSL=true&verifyServerCertificate=true", MysqlTls::Verified),
            ("?verifyServerCertificate=true", MysqlTls::Off),
            ("?sslMode=preferred", MysqlTls::Off),
            ("?sslMode=REQUIRED", MysqlTls::Encrypted),
            ("?sslMode=VERIFY_CA", MysqlTls::Trusted),
            ("?a=b&sslMode=VERIFY_IDENTITY&c", MysqlTls::Verified),
        ] {
            assert_eq!(parse(&format!("jdbc:mysql://h:1/d{options}")).unwrap().tls, mode, "{options}");
        }
    }
}
