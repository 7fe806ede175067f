// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What a server of a certain version does not understand yet.

use starrocks_codec::Compression;
use starrocks_types::{Error, ErrorKind, Result};

use crate::sink::LoadProperties;

/// A release. Builds that are not a release, such as `main-abcdef`, have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Release(u32, u32, u32);

impl Release {
    /// Reads `current_version()`, such as `3.5.5-abcdef`.
    fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split(['-', ' ']).next()?.split('.').map(str::parse);
        let (major, minor) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
        Some(Self(major, minor, numbers.next().and_then(std::result::Result::ok).unwrap_or(0)))
    }
}

/// Refuses properties that the server would ignore or misread. What is not known to be too old is taken for new enough.
pub(crate) fn check_properties(given: &LoadProperties<'_>, server_version: &str, in_transaction: bool) -> Result<()> {
    let Some(release) = Release::parse(server_version) else { return Ok(()) };
    let needs = |what: String, since: Release| {
        if release >= since {
            return Ok(());
        }
        let Release(major, minor, patch) = since;
        Err(Error::new(ErrorKind::Unsupported, format!("{what} needs StarRocks {major}.{minor}.{patch}"))
            .with("server_version", server_version))
    };
    if given.is_json() && given.compression()? != Compression::None {
        needs("compressed JSON".to_owned(), Release(3, 2, 7))
            .map_err(|e| e.hint("remove sink.properties.compression, or write CSV"))?;
    }
    for name in ["enclose", "escape"] {
        if !given.is_json() && !in_transaction && given.raw(name).is_some() {
            needs(format!("sink.properties.{name}"), Release(3, 0, 0))
                .map_err(|e| e.hint("remove it, or write JSON"))?;
        }
    }
    if given.is_conditional_update() {
        needs("sink.properties.merge_condition".to_owned(), Release(2, 5, 0))?;
    }
    if given.is_merge_commit() {
        // An older server would ignore the header, and make a version of the table of every load.
        needs("merge commit".to_owned(), Release(3, 4, 0))?;
    }
    Ok(())
}

/// Refuses a server that is known to be too old for transactions over several tables.
pub(crate) fn check_shared_transactions(server_version: &str) -> Result<()> {
    if Release::parse(server_version).is_none_or(|release| release >= Release(4, 0, 0)) {
        return Ok(());
    }
    Err(no_shared_transactions().with("server_version", server_version))
}

/// The error for a server without transactions over several tables.
pub(crate) fn no_shared_transactions() -> Error {
    Error::new(ErrorKind::Unsupported, "transactions over several tables need StarRocks 4.0")
        .hint("upgrade the server, or set sink.transaction.multi-table.enabled to false: each table has transactions of its own then")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn releases_are_read() {
        assert_eq!(Release::parse("3.5.5-abcdef"), Some(Release(3, 5, 5)));
        assert_eq!(Release::parse("2.5 abcdef"), Some(Release(2, 5, 0)));
        assert_eq!(Release::parse("4.0.0-rc01"), Some(Release(4, 0, 0)));
        assert_eq!(Release::parse("main-abcdef"), None);
        assert!(Release(3, 10, 0) > Release(3, 9, 9));
    }

    #[test]
    fn a_server_that_is_too_old_for_shared_transactions_is_refused() {
        let error = check_shared_transactions("3.5.9-abc").unwrap_err().to_string();
        assert!(error.contains("StarRocks 4.0") && error.contains("server_version=3.5.9-abc"), "{error}");
        check_shared_transactions("4.0.0-rc01").unwrap();
        check_shared_transactions("main-abc").unwrap();
    }

    #[test]
    fn what_a_server_does_not_understand_is_refused() {
        let check = |properties: &[(&str, &str)], version: &str, in_transaction: bool| {
            let properties: BTreeMap<_, _> =
                properties.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
            check_properties(&LoadProperties::new(&properties), version, in_transaction).err().map(|e| e.to_string())
        };
        let json = [("format", "json"), ("compression", "zstd")];
        let error = check(&json, "3.2.6-abc", true).unwrap();
        assert!(error.contains("3.2.7") && error.contains("server_version=3.2.6-abc"), "{error}");
        assert_eq!(check(&json, "3.2.7", true), None);
        assert_eq!(check(&json, "main-abc", true), None);
        assert_eq!(check(&[("compression", "gzip")], "2.1.0", false), None);
        let enclose = [("enclose", "\"")];
        assert!(check(&enclose, "2.5.0", false).unwrap().contains("sink.properties.enclose"));
        assert_eq!(check(&enclose, "2.5.0", true), None);
        assert_eq!(check(&enclose, "3.0.0", false), None);
        assert!(check(&[("merge_condition", "v")], "2.4.1", true).is_some());
        assert!(check(&[("enable_merge_commit", "TRUE")], "3.3.9", false).unwrap().contains("merge commit needs"));
        assert_eq!(check(&[("enable_merge_commit", "true")], "3.4.0", false), None);
    }
}
