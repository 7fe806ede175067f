// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The headers of loads, and the format of the rows, that follow from the document.

use std::collections::BTreeMap;

use starrocks_codec::Format;
use starrocks_types::{Error, ErrorKind, Result};

use super::{RowFormat, Semantic, SinkConfig};
use crate::sink::LoadProperties;

impl SinkConfig {
    /// How long the server collects requests of merge commit.
    pub(crate) fn merge_window_ms(&self) -> Result<u64> {
        self.load_properties().merge_window_ms().ok_or_else(|| {
            Error::new(ErrorKind::InvalidConfig, "merge commit needs an interval greater than 0")
                .hint("set sink.properties.merge_commit_interval_ms")
        })
    }

    /// The user's properties.
    pub(crate) fn load_properties(&self) -> LoadProperties<'_> {
        LoadProperties::new(&self.properties)
    }

    /// Whether loads are part of transactions.
    fn in_transaction(&self) -> bool {
        self.merge_commit.is_none() && (self.use_transaction || self.semantic == Semantic::ExactlyOnce)
    }

    /// The format in which rows are written.
    pub(crate) fn row_format(&self) -> Result<Format> {
        match self.format {
            RowFormat::Json => Ok(Format::Json),
            RowFormat::Csv => self.load_properties().format(self.in_transaction()),
        }
    }

    /// The headers of every load: the user's properties, completed by what the format needs.
    pub(crate) fn load_headers(&self) -> Result<Vec<(String, String)>> {
        let mut headers: BTreeMap<String, String> =
            self.properties.iter().map(|(key, value)| (key.to_ascii_lowercase(), value.clone())).collect();
        headers.entry("timeout".to_owned()).or_insert_with(|| "600".to_owned());
        if self.merge_commit.is_some() {
            headers.entry("merge_commit_parallel".to_owned()).or_insert_with(|| "3".to_owned());
            headers.entry("merge_commit_async".to_owned()).or_insert_with(|| "true".to_owned());
        } else if self.semantic == Semantic::AtLeastOnce && self.use_transaction {
            // The commit follows at once, so nobody misses a transaction that a lost writer leaves prepared.
            headers.entry("prepared_timeout".to_owned()).or_insert_with(|| "180".to_owned());
        }
        match self.format {
            RowFormat::Json => {
                headers.insert("format".to_owned(), "json".to_owned());
                // The body is one array of rows, whatever the user thinks.
                headers.insert("strip_outer_array".to_owned(), "true".to_owned());
                headers.entry("ignore_json_size".to_owned()).or_insert_with(|| "true".to_owned());
            }
            RowFormat::Csv => {
                headers.remove("format");
                // Rows that are text already have the separators that their writer knows.
                if let (Format::Csv(format), false) = (self.row_format()?, self.columns.is_empty()) {
                    if self.in_transaction() {
                        headers.retain(|name, _| name != "enclose" && name != "escape");
                    }
                    // In one spelling, so that the server cannot read another separator than the one that is written.
                    headers.extend(format.headers().map(|(name, value)| (name.to_owned(), value)));
                }
            }
        }
        if self.send_columns_header && !self.columns.is_empty() {
            headers.entry("columns".to_owned()).or_insert_with(|| {
                let names = self.columns.iter().map(|c| c.name.as_str()).chain(self.upsert_delete.then_some("__op"));
                names.map(|name| format!("`{}`", name.replace('`', "").trim())).collect::<Vec<_>>().join(",")
            });
        }
        Ok(headers.into_iter().collect())
    }
}
