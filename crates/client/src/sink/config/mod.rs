// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The configuration document of a sink, as it crosses the JNI boundary.

mod checks;
mod connection;
mod defaults;
mod headers;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use starrocks_codec::OnInvalid;
use starrocks_types::{FlinkColumn, StarRocksType};

pub use self::connection::ConnectionConfig;

/// What the rows are written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowFormat {
    /// Separated text.
    Csv,
    /// JSON objects in an array.
    Json,
}

/// The delivery guarantee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Semantic {
    /// Rows may arrive twice after a failure, never not at all.
    AtLeastOnce,
    /// Rows count once.
    ExactlyOnce,
}

/// How a sink sends the requests of merge commit. Window, parallelism and mode are load properties.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergeCommitConfig {
    /// Chunks under way at the same time; with one, rows arrive in the order in which they were written. `None` is as many
    /// as the memory takes.
    #[serde(default)]
    pub max_concurrent_requests: Option<u32>,
    /// Loads that are sent at the same time.
    #[serde(default = "defaults::connections")]
    pub connections: u32,
    /// Labels that are asked for at the same time.
    #[serde(default = "defaults::label_requests")]
    pub label_requests: u32,
    /// Send loads to the backends without asking an FE for each, and ask it for their addresses this often.
    #[serde(default)]
    pub nodes_interval_ms: Option<u64>,
    /// From the end of the window to the first question about its label.
    #[serde(default = "defaults::check_ms")]
    pub first_check_ms: u64,
    /// Between two questions.
    #[serde(default = "defaults::check_ms")]
    pub check_interval_ms: u64,
    /// How long a label may stay without an end; the time-out of the load if absent.
    #[serde(default)]
    pub check_timeout_ms: Option<u64>,
    /// Drop everything instead of sending it.
    #[serde(default)]
    pub blackhole: bool,
}

/// Transactions over the tables of a database. The batches of such a sink hold rows of any of them, see
/// [`SinkEncoder::add_table`](super::SinkEncoder::add_table).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedTransactions {
    /// Bytes of the rows that may wait for the end of their source transactions.
    pub buffer_bytes: u64,
}

/// What becomes of a row with a value that its column does not take, see [`OnInvalid`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InvalidRows {
    /// The server judges.
    #[default]
    Server,
    /// The sink fails.
    Fail,
    /// NULL is written instead.
    Null,
    /// Texts are cut.
    Truncate,
    /// The row is handed over by the next flush.
    Reject,
}

impl From<InvalidRows> for OnInvalid {
    fn from(rows: InvalidRows) -> Self {
        match rows {
            InvalidRows::Server => Self::Server,
            InvalidRows::Fail => Self::Fail,
            InvalidRows::Null => Self::Null,
            InvalidRows::Truncate => Self::Truncate,
            InvalidRows::Reject => Self::Reject,
        }
    }
}

/// Configuration of one sink writer. Unknown fields are an error; absent ones have the connector's defaults.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SinkConfig {
    /// Version of the document, 1.
    pub version: u32,
    /// Where and as whom to connect.
    pub connection: ConnectionConfig,
    /// Database.
    pub database: String,
    /// Table.
    pub table: String,
    /// The fields of the rows; empty for raw rows.
    #[serde(default)]
    pub columns: Vec<FlinkColumn>,
    /// The StarRocks type of each column where it is known, as `check_schema` returns them; empty when none is.
    #[serde(default)]
    pub starrocks_types: Vec<Option<StarRocksType>>,
    /// The table has a primary key: rows carry `__op`.
    #[serde(default)]
    pub upsert_delete: bool,
    /// Row format.
    #[serde(default = "defaults::format")]
    pub format: RowFormat,
    /// `sink.properties.*` without the prefix.
    #[serde(default)]
    pub properties: BTreeMap<String, String>,
    /// Send a generated `columns` header, unless the properties hold one.
    #[serde(default)]
    pub send_columns_header: bool,
    /// `sink.label-prefix`.
    #[serde(default)]
    pub label_prefix: Option<String>,
    /// Index of the subtask.
    #[serde(default)]
    pub subtask: u32,
    /// Number of subtasks.
    #[serde(default = "defaults::parallelism")]
    pub parallelism: u32,
    /// Attempt of the task.
    #[serde(default)]
    pub attempt: u32,
    /// The checkpoint that the job was restored from.
    #[serde(default)]
    pub restored_checkpoint_id: Option<u64>,
    /// Job id, for messages.
    #[serde(default)]
    pub job_id: String,
    /// Delivery guarantee.
    #[serde(default = "defaults::semantic")]
    pub semantic: Semantic,
    /// At-least-once through transactions rather than one stream load a chunk.
    #[serde(default = "defaults::yes")]
    pub use_transaction: bool,
    /// Merge commit rather than transactions of its own (at-least-once).
    #[serde(default)]
    pub merge_commit: Option<MergeCommitConfig>,
    /// Transactions over several tables, of which this document names the first (at-least-once).
    #[serde(default)]
    pub shared_transactions: Option<SharedTransactions>,
    /// Drop UPDATE_BEFORE rows, or take all for deletes; otherwise those that the next row does not replace are deletes.
    #[serde(default)]
    pub ignore_update_before: Option<bool>,
    /// Drop DELETE rows.
    #[serde(default)]
    pub ignore_delete: bool,
    /// Columns that the table does not take NULL for, as `check_schema` returns them; empty when that is not known.
    #[serde(default)]
    pub not_null: Vec<bool>,
    /// What becomes of a row with a value that its column does not take.
    #[serde(default)]
    pub on_invalid: InvalidRows,
    /// Rejected rows that are kept until a flush hands them over; with more the sink fails. 0 keeps none.
    #[serde(default)]
    pub rejected_max_rows: u64,
    /// Bytes of such rows.
    #[serde(default)]
    pub rejected_max_bytes: u64,
    /// Positions of the primary key's columns, as `check_schema` returns them.
    #[serde(default)]
    pub primary_key: Vec<usize>,
    /// Kept bytes at which a transaction is closed and the next one begun.
    #[serde(default = "defaults::max_bytes")]
    pub max_bytes: u64,
    /// Commits in a minute that all subtasks together may make by time (at-least-once): a shorter flush interval is stretched.
    #[serde(default)]
    pub versions_per_minute: Option<u64>,
    /// How long a load waits while the server refuses it because the table has too many versions.
    #[serde(default = "defaults::version_wait_ms")]
    pub version_wait_ms: u64,
    /// The labels come through [`super::Sink::give_labels`].
    #[serde(default)]
    pub labels_given: bool,
    /// Loads that have ended are kept for [`super::Sink::take_reports`].
    #[serde(default)]
    pub report_loads: bool,
    /// Durations of each kind that are kept for distributions, up to 10000.
    #[serde(default = "defaults::samples")]
    pub samples: usize,
    /// Longest time that rows wait for a commit (at-least-once).
    #[serde(default = "defaults::flush_interval_ms")]
    pub flush_interval_ms: u64,
    /// Largest size of one load, before compression. Loads in transactions are smaller, since they cost nothing there.
    #[serde(default = "defaults::chunk_bytes")]
    pub chunk_bytes: u64,
    /// Rows at which a load without transaction is sent.
    #[serde(default)]
    pub chunk_rows: Option<u64>,
    /// Longest time that a writer waits until loads make room in memory.
    #[serde(default)]
    pub room_timeout_ms: Option<u64>,
    /// Retries after the first failure.
    #[serde(default = "defaults::max_retries")]
    pub max_retries: u32,
    /// Longest wait between two attempts.
    #[serde(default = "defaults::retry_interval_ms")]
    pub retry_interval_ms: u64,
    /// Zone in which TIMESTAMP_LTZ is written.
    #[serde(default = "defaults::time_zone")]
    pub session_time_zone: String,
    /// Bytes that all sinks of the process may hold together.
    #[serde(default = "defaults::native_memory_bytes")]
    pub native_memory_bytes: u64,
}

impl SinkConfig {
    /// `database.table`, for messages.
    pub fn table_name(&self) -> String {
        format!("{}.{}", self.database, self.table)
    }
}

impl fmt::Debug for SinkConfig {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SinkConfig")
            .field("connection", &self.connection)
            .field("table", &self.table_name())
            .field("format", &self.format)
            .field("properties", &self.properties)
            .field("semantic", &self.semantic)
            .field("subtask", &self.subtask)
            .finish_non_exhaustive()
    }
}
