// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The plan that an FE gives for a scan, and that backends get back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// What a backend has to know to scan. Clients pass it on unread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Plan {
    /// Tells plans apart.
    pub(crate) id: String,
    pub(crate) database: String,
    pub(crate) table: String,
    pub(crate) table_id: u64,
    pub(crate) version: u64,
    pub(crate) schema_hash: i32,
    /// The tablets' ids.
    pub(crate) tablets: Vec<i64>,
    pub(crate) sql: String,
}

impl Plan {
    pub(crate) fn encode(&self) -> String {
        STANDARD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// # Errors
    /// What is wrong with the text, as a backend says it.
    pub(crate) fn decode(text: &str) -> Result<Self, String> {
        let bytes =
            STANDARD.decode(text).map_err(|e| format!("decode base64 encoded opaqued_query_plan failed: {e}"))?;
        serde_json::from_slice(&bytes).map_err(|e| format!("deserialize opaqued_query_plan failed: {e}"))
    }
}
