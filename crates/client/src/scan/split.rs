// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Splits: parts of a scan that can be read by themselves, written as JSON.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use starrocks_protocol::scan::PlannedTablet;

/// A part of a scan: tablets to read under a plan, or one statement for the MySQL port.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// Tells the splits of a scan apart.
    pub id: String,
    /// Database.
    pub database: String,
    /// Table.
    pub table: String,
    /// The frontend's plan, for backends only.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub plan: String,
    /// Tablets to read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tablets: Vec<SplitTablet>,
    /// A statement to run instead of reading tablets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// Rows of the statement that were given out before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rows: u64,
    /// Fingerprint of those rows.
    #[serde(default, with = "number_in_text", skip_serializing_if = "is_zero")]
    pub fingerprint: u64,
}

/// A tablet of a split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitTablet {
    /// Number of the tablet.
    pub id: i64,
    /// Version to read.
    pub version: i64,
    /// Hash of its schema.
    pub schema_hash: i64,
    /// `host:port` of the backends that hold it, the one to ask first at the front.
    pub backends: Vec<String>,
    /// Rows that were given out before.
    #[serde(default)]
    pub rows: u64,
    /// Fingerprint of those rows.
    #[serde(default, with = "number_in_text")]
    pub fingerprint: u64,
}

impl SplitTablet {
    pub(crate) fn new(tablet: PlannedTablet) -> Self {
        let PlannedTablet { id, version, schema_hash, backends } = tablet;
        Self { id, version, schema_hash, backends, rows: 0, fingerprint: 0 }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_zero(value: &u64) -> bool {
    *value == 0
}

/// 64 bits as decimal text: JSON readers of other languages take numbers for floating point.
mod number_in_text {
    use super::*;

    pub(super) fn serialize<S: Serializer>(value: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_split_is_read_and_written() {
        let text = r#"{"id":"3","database":"d","table":"t","plan":"p","tablets":[{"id":10001,"version":7,"schema_hash":1,"backends":["h:9060"],"rows":5,"fingerprint":"18446744073709551615"}]}"#;
        let split: Split = serde_json::from_str(text).unwrap();
        assert_eq!((split.tablets[0].rows, split.tablets[0].fingerprint), (5, u64::MAX));
        assert_eq!(serde_json::to_string(&split).unwrap(), text);
        let query = r#"{"id":"0","database":"d","table":"t","query":"select 1","rows":2,"fingerprint":"9"}"#;
        let split: Split = serde_json::from_str(query).unwrap();
        assert_eq!(serde_json::to_string(&split).unwrap(), query);
        for text in [r#"{"id":"3"}"#, r#"{"id":"3","database":"d","table":"t","fingerprint":7}"#, "[]"] {
            assert!(serde_json::from_str::<Split>(text).is_err(), "{text}");
        }
    }
}
