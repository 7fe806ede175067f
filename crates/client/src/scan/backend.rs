// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Where the scanners of backends are reached.

use starrocks_types::{Error, ErrorKind, Result};

use crate::endpoint::Endpoint;

/// Pairs of a reachable and an advertised address. If there are any, every backend has to be among them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct BackendMapping {
    pairs: Vec<(Endpoint, Endpoint)>,
}

impl BackendMapping {
    /// Reads `reachable:port,advertised:port;…`.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let bad = |pair: &str| {
            Error::new(ErrorKind::InvalidConfig, "a pair of the backend mapping cannot be read")
                .with("pair", pair.trim().escape_debug())
                .hint("write scan.be-host-mapping-list as reachable:port,advertised:port;…")
        };
        let mut pairs = Vec::new();
        for pair in text.split(';').filter(|pair| !pair.trim().is_empty()) {
            let (reachable, advertised) = pair.split_once(',').ok_or_else(|| bad(pair))?;
            let read = |text| address(text).ok_or_else(|| bad(pair));
            pairs.push((read(reachable)?, read(advertised)?));
        }
        Ok(Self { pairs })
    }

    /// Where to go for an advertised address; `None` if nothing is mapped at all.
    pub(crate) fn resolve(&self, advertised: &Endpoint) -> Result<Option<Endpoint>> {
        if self.pairs.is_empty() {
            return Ok(None);
        }
        let same = |a: &Endpoint| a.port == advertised.port && a.host.eq_ignore_ascii_case(&advertised.host);
        match self.pairs.iter().find(|(_, from)| same(from)) {
            Some((to, _)) => Ok(Some(to.clone())),
            None => Err(Error::new(ErrorKind::InvalidConfig, "the backend is not in the backend mapping")
                .with("be", advertised.authority())
                .hint("add it to scan.be-host-mapping-list, which has to name every backend")),
        }
    }
}

/// Reads `host:port`, with or without brackets around an IPv6 address.
pub(crate) fn address(text: &str) -> Option<Endpoint> {
    let (host, port) = text.trim().rsplit_once(':')?;
    let host = host.strip_prefix('[').map_or(Some(host), |inner| inner.strip_suffix(']'))?;
    let port = port.parse().ok().filter(|port| *port != 0)?;
    let usable =
        !host.is_empty() && !host.contains(|c: char| c.is_whitespace() || c.is_control() || "/[]@".contains(c));
    usable.then(|| Endpoint { tls: false, host: host.to_owned(), port })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(mapping: &str, advertised: &str) -> Option<String> {
        BackendMapping::parse(mapping).unwrap().resolve(&address(advertised).unwrap()).unwrap().map(|e| e.authority())
    }

    #[test]
    fn the_first_address_of_a_pair_is_dialled() {
        let mapping = "out1:19060, be1:9060 ; [2001:db8::1]:1,[fd00::1]:9060;";
        assert_eq!(resolved(mapping, "BE1:9060").unwrap(), "out1:19060");
        assert_eq!(resolved(mapping, "fd00::1:9060").unwrap(), "[2001:db8::1]:1");
        assert_eq!(resolved("", "be1:9060"), None);
        let mapping = BackendMapping::parse(mapping).unwrap();
        let error = mapping.resolve(&address("be2:9060").unwrap()).unwrap_err();
        assert!(
            error.to_string().contains("be2:9060") && error.to_string().contains("be-host-mapping-list"),
            "{error}"
        );
    }

    #[test]
    fn other_mappings_and_addresses_are_refused() {
        for text in ["be1:9060", "a,b", "a:1,b", "a:1,b:x", "a:0,b:1", ":1,b:1", "a b:1,c:1"] {
            assert_eq!(BackendMapping::parse(text).unwrap_err().kind(), ErrorKind::InvalidConfig, "{text}");
        }
        for text in ["", "h", "h:", "h:0", "h:70000", "[::1:9060", "a/b:1", "u@h:1"] {
            assert!(address(text).is_none(), "{text}");
        }
    }
}
