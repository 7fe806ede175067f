// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The FE and BE settings that change behaviour.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::compat::{Feature, Version};
use crate::txn::LoadSource;

/// Settings with the names and defaults of StarRocks.
// Unknown names are ignored and missing ones have their defaults, so that directories of other versions can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// FE: life of a stream load that names none.
    pub stream_load_default_timeout_second: u64,
    /// FE: the longest life that may be asked for.
    pub max_stream_load_timeout_second: u64,
    /// FE: the shortest life that may be asked for.
    pub min_load_timeout_second: u64,
    /// FE: life of a prepared transaction.
    pub prepared_transaction_default_timeout_second: u64,
    /// FE: running transactions a database may have.
    pub max_running_txn_num_per_db: usize,
    /// FE: how long labels of INSERT are kept.
    pub label_keep_max_second: u64,
    /// FE: how long labels of loads are kept.
    pub streaming_label_keep_max_second: u64,
    /// FE: how many finished transactions a database keeps.
    pub label_keep_max_num: usize,
    /// FE: whether a load without rows fails.
    pub empty_load_as_error: bool,
    /// BE: largest body.
    pub streaming_load_max_mb: u64,
    /// BE: largest JSON body without `ignore_json_size`.
    pub streaming_load_max_batch_size_mb: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            stream_load_default_timeout_second: 600,
            max_stream_load_timeout_second: 259_200,
            min_load_timeout_second: 1,
            prepared_transaction_default_timeout_second: 86_400,
            max_running_txn_num_per_db: 1000,
            label_keep_max_second: 259_200,
            streaming_label_keep_max_second: 43_200,
            label_keep_max_num: 1000,
            empty_load_as_error: true,
            streaming_load_max_mb: 102_400,
            streaming_load_max_batch_size_mb: 100,
        }
    }
}

impl Settings {
    /// The defaults of a version.
    pub(crate) fn of(version: Version) -> Self {
        let many = version.has(Feature::ManyRunningTransactions);
        Self { max_running_txn_num_per_db: if many { 1000 } else { 100 }, ..Self::default() }
    }

    pub(crate) fn label_keep(&self, source: LoadSource) -> Duration {
        Duration::from_secs(match source {
            LoadSource::InsertStreaming => self.label_keep_max_second,
            _ => self.streaming_label_keep_max_second,
        })
    }
}
