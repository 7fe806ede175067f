// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The configuration document of a lookup, as it crosses the JNI boundary.

use serde::Deserialize;
use starrocks_types::{Error, ErrorKind, FlinkColumn, Result};

use crate::scan::ScanRequest;
use crate::sink::ConnectionConfig;

/// The document version that this crate reads.
const VERSION: u32 = 1;

/// What to look up, where and how.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookupConfig {
    version: u32,
    /// Where and as whom to connect.
    pub connection: ConnectionConfig,
    /// Table, columns in the order of the rows, and what rows must fulfil beside having the key.
    pub request: ScanRequest,
    /// The Flink columns of the rows.
    pub columns: Vec<FlinkColumn>,
    /// Positions of the key columns among `columns`, in the order of the fields of a key.
    pub keys: Vec<usize>,
    /// Zone of TIMESTAMP_LTZ values.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// How often a statement that failed is tried again.
    #[serde(default = "default_retries")]
    pub max_retries: u32,
    /// Most keys that one statement asks for.
    #[serde(default = "default_batch_keys")]
    pub batch_keys: usize,
    /// Statements under way at the same time; keys that come meanwhile wait for the next one.
    #[serde(default = "default_statements")]
    pub parallel_statements: usize,
    /// Longest wait for the whole result of a statement.
    #[serde(default = "default_timeout_ms")]
    pub statement_timeout_ms: u64,
    /// Most bytes of rows that a statement may give.
    #[serde(default = "default_result_bytes")]
    pub max_result_bytes: usize,
}

fn utc() -> String {
    "UTC".to_owned()
}

fn default_retries() -> u32 {
    3
}

fn default_batch_keys() -> usize {
    512
}

fn default_statements() -> usize {
    2
}

fn default_timeout_ms() -> u64 {
    60_000
}

fn default_result_bytes() -> usize {
    64 << 20
}

impl LookupConfig {
    /// Reads the document.
    pub fn from_json(json: &[u8]) -> Result<Self> {
        let bad = |message: &str| Error::new(ErrorKind::InvalidConfig, message.to_owned()).operation("open lookup");
        let config: Self = serde_json::from_slice(json)
            .map_err(|e| bad("the configuration of a lookup cannot be read").caused_by(e))?;
        if config.version != VERSION {
            return Err(bad("the configuration of a lookup has another version").with("version", config.version));
        }
        if config.request.sql.is_some() || config.request.columns.len() != config.columns.len() {
            return Err(bad("a lookup names the StarRocks column of each of its columns, and no statement"));
        }
        if config.keys.is_empty() || config.keys.iter().any(|key| *key >= config.columns.len()) {
            return Err(bad("a lookup needs key columns, which are among its columns"));
        }
        if config.batch_keys == 0 || config.parallel_statements == 0 {
            return Err(bad("batch_keys and parallel_statements are at least 1"));
        }
        Ok(config)
    }
}
