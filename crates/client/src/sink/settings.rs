// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What follows from the configuration of a sink: its headers, its labels, how large its loads are, how it retries.

use std::time::Duration;

use starrocks_codec::Compression;
use starrocks_load::{Delivery, FlushReason, LoadConfig, MergePolicy, RetryPolicy};
use starrocks_protocol::{LabelGenerator, fresh_epoch};
use starrocks_types::Result;
use tokio::sync::Semaphore;

use super::budget::Share;
use super::buffer::Buffer;
use super::config::{MergeCommitConfig, RowFormat, SinkConfig};
use super::merge::MergeSettings;
use crate::merge::MergeLimits;
use crate::transaction::TransactionOptions;

/// Label prefix of users who set none, as in the original connector.
const DEFAULT_LABEL_PREFIX: &str = "flink";

/// What labels of transactions over several tables hold instead of a table.
const ALL_TABLES: &str = "all";

/// Largest load in a transaction, which holds any number of them: larger ones win nothing, and are encoded and sent one
/// after the other rather than at the same time.
const MAX_TRANSACTION_LOAD_BYTES: u64 = 8 << 20;

/// How long committed rows of merge commit are given to become visible, if the user does not say.
const MERGED_PUBLISH_TIMEOUT_MS: u64 = 10_000;

/// When a body is full.
#[derive(Debug, Clone, Copy)]
pub(super) struct Full {
    /// Bytes before compression.
    bytes: u64,
    rows: u64,
    /// The part of the sink's share of the memory that one body may have.
    of_share: u64,
}

impl Full {
    /// A load in a transaction is one of many, a load of its own makes a version of the table.
    pub(super) fn of(config: &SinkConfig, delivery: Delivery) -> Self {
        if let Some(merge) = &config.merge_commit {
            // A chunk that has to wait for the one before it should be large.
            let of_share = if merge.max_concurrent_requests == Some(1) { 2 } else { 8 };
            Self { bytes: config.chunk_bytes, rows: u64::MAX, of_share }
        } else if delivery == Delivery::AtLeastOncePlain {
            let bytes = config.chunk_bytes.min(config.max_bytes);
            Self { bytes, rows: config.chunk_rows.unwrap_or(u64::MAX), of_share: 2 }
        } else {
            Self { bytes: config.chunk_bytes.min(MAX_TRANSACTION_LOAD_BYTES), rows: u64::MAX, of_share: 8 }
        }
    }

    /// Why the body is full, if it is.
    pub(super) fn reached(&self, buffer: &Buffer, share: &Share) -> Option<FlushReason> {
        let memory = share.limit() / self.of_share;
        if buffer.rows() >= self.rows {
            Some(FlushReason::Rows)
        } else if buffer.raw_bytes() >= self.bytes.min(memory).max(1) {
            Some(if memory < self.bytes { FlushReason::Memory } else { FlushReason::Size })
        } else {
            None
        }
    }
}

fn label_prefix(config: &SinkConfig) -> String {
    config.label_prefix.clone().unwrap_or_else(|| DEFAULT_LABEL_PREFIX.to_owned())
}

fn retry_policy(config: &SinkConfig) -> RetryPolicy {
    RetryPolicy {
        max_retries: config.max_retries,
        max_interval_ms: config.retry_interval_ms,
        versions_ms: config.version_wait_ms,
        ..RetryPolicy::default()
    }
}

/// The flush interval, or a longer one if all subtasks together would commit more often than the user allows.
fn flush_interval_ms(config: &SinkConfig) -> u64 {
    let apart = config.versions_per_minute.map_or(0, |most| (60_000 * u64::from(config.parallelism)).div_ceil(most));
    config.flush_interval_ms.max(apart)
}

pub(super) fn load_config(config: &SinkConfig, delivery: Delivery, seed: u64) -> LoadConfig {
    LoadConfig {
        database: config.database.clone(),
        table: config.shared_transactions.as_ref().map_or(config.table.as_str(), |_| ALL_TABLES).to_owned(),
        shared: config.shared_transactions.is_some(),
        delivery,
        label_prefix: label_prefix(config),
        subtask: config.subtask,
        epoch: fresh_epoch(config.attempt, (seed >> 32) as u32),
        labels_given: config.labels_given,
        restored_checkpoint: config.restored_checkpoint_id,
        max_bytes: config.max_bytes,
        flush_interval_ms: Some(flush_interval_ms(config)),
        retry: retry_policy(config),
        seed,
    }
}

pub(super) fn merge_settings(
    config: &SinkConfig,
    merge: &MergeCommitConfig,
    load_timeout: Duration,
    seed: u64,
) -> Result<MergeSettings> {
    let publish_timeout_ms = u64::try_from(config.connection.publish_timeout_ms).ok().filter(|ms| *ms > 0);
    let load_timeout_ms = u64::try_from(load_timeout.as_millis()).unwrap_or(u64::MAX);
    Ok(MergeSettings {
        policy: MergePolicy {
            retry: retry_policy(config),
            asynchronous: config.load_properties().merges_asynchronously(),
            idempotent: config.upsert_delete,
            window_ms: config.merge_window_ms()?,
            first_check_ms: merge.first_check_ms,
            check_interval_ms: merge.check_interval_ms,
            check_timeout_ms: merge.check_timeout_ms.unwrap_or(load_timeout_ms),
            publish_timeout_ms: publish_timeout_ms.unwrap_or(MERGED_PUBLISH_TIMEOUT_MS),
        },
        at_once: merge.max_concurrent_requests.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX)),
        flush_interval_ms: config.flush_interval_ms,
        blackhole: merge.blackhole,
        labels: LabelGenerator::new(
            &label_prefix(config),
            &config.table,
            config.subtask,
            &fresh_epoch(config.attempt, (seed >> 32) as u32),
        )?,
        seed,
    })
}

pub(super) fn merge_limits(merge: &MergeCommitConfig) -> MergeLimits {
    let at_most = |n: u32| usize::try_from(n).unwrap_or(usize::MAX).clamp(1, Semaphore::MAX_PERMITS);
    MergeLimits {
        loads: at_most(merge.connections),
        questions: at_most(merge.label_requests),
        direct: merge.nodes_interval_ms.map(Duration::from_millis),
    }
}

/// The headers of every load, compression included: the server takes compressed CSV by the name of the format in every
/// version, and by `compression` in newer ones.
fn load_headers(config: &SinkConfig) -> Result<Vec<(String, String)>> {
    let mut headers = config.load_headers()?;
    let alias = match config.load_properties().compression()? {
        Compression::None => {
            headers.retain(|(name, _)| name != "compression");
            None
        }
        Compression::Lz4Frame => Some("lz4"),
        Compression::Gzip => Some("gzip"),
        Compression::Zstd => Some("zstd"),
    };
    if let Some(alias) = alias.filter(|_| config.format == RowFormat::Csv) {
        headers.push(("format".to_owned(), alias.to_owned()));
    }
    Ok(headers)
}

/// Where the loads of a table go, and how.
pub(super) fn transaction_options(config: &SinkConfig) -> Result<TransactionOptions> {
    Ok(TransactionOptions {
        database: config.database.clone(),
        table: config.table.clone(),
        properties: load_headers(config)?,
    })
}
