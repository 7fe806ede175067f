// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The properties of a load that the connector itself understands, among all that users pass on to the server.

use std::collections::BTreeMap;

use starrocks_codec::{Compression, CsvFormat, Format};
use starrocks_types::Result;

/// `sink.properties.*`, without the prefix and by names in any case. An empty value is as good as none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LoadProperties<'a> {
    all: &'a BTreeMap<String, String>,
}

impl<'a> LoadProperties<'a> {
    pub(crate) fn new(all: &'a BTreeMap<String, String>) -> Self {
        Self { all }
    }

    /// A value as it is written.
    pub(crate) fn raw(&self, name: &str) -> Option<&'a str> {
        self.all
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .filter(|v| !v.is_empty())
    }

    /// A value without space around it.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        self.raw(name).map(str::trim).filter(|v| !v.is_empty())
    }

    fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|v| v.eq_ignore_ascii_case("true"))
    }

    /// Whether the user maps the fields of the rows to columns.
    pub(crate) fn is_mapped(&self) -> bool {
        self.get("columns").is_some() || self.get("jsonpaths").is_some()
    }

    /// Whether rows replace some columns of the rows that are there.
    pub(crate) fn is_partial_update(&self) -> bool {
        self.is_true("partial_update")
    }

    /// Whether a row may lose against the one that is there.
    pub(crate) fn is_conditional_update(&self) -> bool {
        self.get("merge_condition").is_some()
    }

    /// Whether the server merges loads into transactions of its own.
    pub(crate) fn is_merge_commit(&self) -> bool {
        self.is_true("enable_merge_commit")
    }

    /// How long the server collects loads of merge commit.
    pub(crate) fn merge_window_ms(&self) -> Option<u64> {
        self.get("merge_commit_interval_ms").and_then(|v| v.parse().ok()).filter(|ms| *ms > 0)
    }

    /// Whether the server answers before a merged transaction has ended, as it does unless told otherwise.
    pub(crate) fn merges_asynchronously(&self) -> bool {
        self.get("merge_commit_async").is_none() || self.is_true("merge_commit_async")
    }

    /// Whether rows are JSON; anything else is CSV.
    pub(crate) fn is_json(&self) -> bool {
        self.get("format").is_some_and(|v| v.eq_ignore_ascii_case("json"))
    }

    /// The format in which the connector writes rows. In a transaction the server ignores `enclose` and `escape`, so that
    /// enclosed fields would be stored with their quotes.
    pub(crate) fn format(&self, in_transaction: bool) -> Result<Format> {
        if self.is_json() {
            return Ok(Format::Json);
        }
        let [enclose, escape] =
            if in_transaction { [None, None] } else { ["enclose", "escape"].map(|name| self.raw(name)) };
        let format = CsvFormat::for_any_text(self.raw("column_separator"), self.raw("row_delimiter"), enclose, escape)?;
        Ok(Format::Csv(format))
    }

    /// The compression of bodies.
    pub(crate) fn compression(&self) -> Result<Compression> {
        self.get("compression").map_or(Ok(Compression::None), Compression::parse)
    }
}
