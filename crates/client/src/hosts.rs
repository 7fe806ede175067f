// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Where the servers of a cluster are reached from here: behind a NAT, or outside of a Kubernetes cluster, the addresses that
//! they know of each other lead nowhere.
//!
//! A rule is `from=to`. `from` is a host, or `host:port`; `*` stands for any text. `to` is `host`, `host:port` or either
//! with `https://` in front; a `*` in it is what the `*` of `from` stood for, and the host `@fe` is the one that the
//! frontend was reached under. What `to` leaves out stays as it is. The first rule that fits is taken; without any, a
//! loopback address means the host that named it.

use starrocks_types::{Error, ErrorKind, Result};

use crate::endpoint::Endpoint;

/// The host in `to` that stands for the server that named the address.
const FRONTEND: &str = "@fe";

/// The rules, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct HostMapping {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    from_host: String,
    from_port: Option<u16>,
    to_tls: bool,
    to_host: String,
    to_port: Option<u16>,
}

impl HostMapping {
    pub(crate) fn parse<S: AsRef<str>>(rules: &[S]) -> Result<Self> {
        let rules = rules.iter().map(|rule| Rule::parse(rule.as_ref()));
        Ok(Self { rules: rules.collect::<Result<_>>()? })
    }

    /// Where to go for `target`, an address that `named_by` told.
    pub(crate) fn resolve(&self, mut target: Endpoint, named_by: &Endpoint) -> Endpoint {
        if let Some(mapped) = self.rules.iter().find_map(|rule| rule.apply(&target, named_by)) {
            return mapped;
        }
        if target.is_loopback() && !named_by.is_loopback() {
            target.host.clone_from(&named_by.host);
        }
        target
    }
}

impl Rule {
    fn parse(text: &str) -> Result<Self> {
        let bad = |message: &str| {
            Error::new(ErrorKind::InvalidConfig, message.to_owned())
                .with("rule", text.trim().escape_debug())
                .hint("write host-mapping as internal=external or internal:port=external:port, with * for any text")
        };
        let (from, to) = text.split_once('=').ok_or_else(|| bad("a host mapping has no '='"))?;
        let (from_host, from_port) = address(from).ok_or_else(|| bad("a host mapping maps no usable host"))?;
        let to = to.trim();
        let (to_tls, to) = match to.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (true, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (false, rest),
            Some(_) => return Err(bad("a host mapping leads to an unknown scheme")),
            None => (false, to),
        };
        let (to_host, to_port) = address(to).ok_or_else(|| bad("a host mapping leads to no usable host"))?;
        if to_host.matches('*').count() > from_host.matches('*').count() {
            return Err(bad("a host mapping uses more '*' than it has"));
        }
        Ok(Self { from_host, from_port, to_tls, to_host, to_port })
    }

    fn apply(&self, target: &Endpoint, named_by: &Endpoint) -> Option<Endpoint> {
        if self.from_port.is_some_and(|port| port != target.port) {
            return None;
        }
        let stars = fits(&self.from_host, &target.host)?;
        let host = if self.to_host == FRONTEND {
            named_by.host.clone()
        } else {
            let mut stars = stars.into_iter();
            let mut parts = self.to_host.split('*');
            let first = parts.next().unwrap_or_default().to_owned();
            parts.fold(first, |host, part| host + stars.next().unwrap_or_default() + part)
        };
        Some(Endpoint { tls: target.tls || self.to_tls, host, port: self.to_port.unwrap_or(target.port) })
    }
}

/// `host` or `host:port`, with brackets around an IPv6 address.
fn address(text: &str) -> Option<(String, Option<u16>)> {
    let text = text.trim();
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => (host, if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) }),
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let port = match port {
        Some(port) => Some(port.parse().ok().filter(|port| *port != 0)?),
        None => None,
    };
    let usable = !host.is_empty() && !host.contains(|c: char| c.is_whitespace() || c.is_control() || c == '/');
    usable.then(|| (host.to_ascii_lowercase(), port))
}

/// What each `*` of the pattern stands for in a host, if the host fits. The shortest texts that fit are taken.
fn fits<'a>(pattern: &str, host: &'a str) -> Option<Vec<&'a str>> {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let parts: Vec<&str> = parts.collect();
    if !host.is_ascii() || !host.get(..first.len())?.eq_ignore_ascii_case(first) {
        return None;
    }
    let lower = host.to_ascii_lowercase();
    let mut at = first.len();
    let mut stars = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        let rest = lower.get(at..)?;
        let found = if number + 1 == parts.len() {
            rest.len().checked_sub(part.len()).filter(|_| rest.ends_with(part))?
        } else {
            rest.find(part)?
        };
        stars.push(host.get(at..at + found)?);
        at += found + part.len();
    }
    (at == host.len()).then_some(stars)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(rules: &[&str], target: &str) -> String {
        let endpoint = |text: &str| Endpoint::parse(text).unwrap();
        HostMapping::parse(rules)
            .unwrap()
            .resolve(endpoint(target), &endpoint("https://fe.example.com:8030"))
            .to_string()
    }

    #[test]
    fn the_first_rule_that_fits_is_taken() {
        for (rules, target, expected) in [
            (&["be1:8040=out:18040"][..], "be1:8040", "http://out:18040"),
            (&["be1:8040=out:18040"], "be1:8041", "http://be1:8041"),
            (&["BE1=out"], "be1:8040", "http://out:8040"),
            (&["be1=out:9"], "Be1:8040", "http://out:9"),
            (&["be1=a", "*=b"], "be2:1", "http://b:1"),
            (&["10.0.0.*=203.0.113.*"], "10.0.0.17:8040", "http://203.0.113.17:8040"),
            (
                &["be-*.be-search.*.svc.cluster.local=be-*.*.example.com"],
                "be-0.be-search.ns.svc.cluster.local:1",
                "http://be-0.ns.example.com:1",
            ),
            (&["*-be-*=x*"], "a-be-b-be-c:1", "http://xa:1"),
            (&["*=@fe"], "10.1.2.3:8040", "http://fe.example.com:8040"),
            (&["*:8040=@fe:18040"], "10.1.2.3:8040", "http://fe.example.com:18040"),
            (&["be1=https://out:443"], "be1:8040", "https://out:443"),
            (&["be1=http://out:80"], "https://be1:8040", "https://out:80"),
            (&["[fd00::1]:8040=[2001:db8::1]:1"], "[fd00::1]:8040", "http://[2001:db8::1]:1"),
            (&["ab*ba=x"], "aba:1", "http://aba:1"),
            (&[], "127.0.0.1:8040", "http://fe.example.com:8040"),
            (&["127.0.0.1=here"], "127.0.0.1:8040", "http://here:8040"),
            (&[], "be1:8040", "http://be1:8040"),
        ] {
            assert_eq!(resolved(rules, target), expected, "{rules:?} {target}");
        }
    }

    #[test]
    fn other_rules_are_refused() {
        for rule in
            ["", "be1", "be1=", "=out", "be1:x=out", "be1=out:0", "be1=ftp://out", "be1=a*", "be 1=out", "be1=out/x"]
        {
            let error = HostMapping::parse(&[rule]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{rule}");
            assert!(error.to_string().contains("host-mapping"), "{error}");
        }
    }
}
