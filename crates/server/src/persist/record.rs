// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What records say. They state results, not operations: replaying them needs no clock, no randomness and no SQL.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::catalog::TableDef;
use crate::clock::Micros;
use crate::engine::{Settings, WriteMode};
use crate::txn::TxnInfo;

/// The first part of a record; the other parts are its attachments, which it refers to by their position, from 0.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Envelope {
    /// Blocks that the record itself holds: id and attachment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) blocks: Vec<(u64, u32)>,
    pub(super) record: Record,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Record {
    /// Databases and tables changed, by DDL or by a commit.
    Catalog(Box<CatalogChange>),
    /// A transaction as it is now, replacing what was known of it, with its rows while it is prepared.
    Txn { info: Box<TxnInfo>, writes: Vec<WriteRecord> },
    /// All settings.
    Settings(Box<Settings>),
    /// An entry of the keyed metadata; `None` removes it.
    Metadata { key: String, value: Option<Value> },
    /// The last record of a snapshot.
    End,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct CatalogChange {
    /// The highest id that was given to a database, table or partition.
    pub(super) last_id: u64,
    /// The highest transaction id.
    pub(super) last_txn_id: i64,
    /// Databases that are new or have another name.
    pub(super) databases: Vec<DatabaseRecord>,
    pub(super) dropped_databases: Vec<u64>,
    /// Tables that are new or changed.
    pub(super) tables: Vec<TableChange>,
    pub(super) dropped_tables: Vec<u64>,
    /// The next AUTO_INCREMENT value of tables.
    pub(super) sequences: Vec<(u64, i64)>,
    /// The transaction that made the change.
    pub(super) txn: Option<TxnInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct DatabaseRecord {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) created: Micros,
}

/// A table's next version in terms of the one before: first the kept segments, then the added ones.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TableChange {
    pub(super) id: u64,
    pub(super) version: u64,
    pub(super) version_time: Micros,
    /// The declaration, if it is another one.
    pub(super) def: Option<Box<TableDef>>,
    /// Runs of segments of the version before that stay: first and count.
    pub(super) kept: Vec<(u32, u32)>,
    /// Rows of kept segments that are dead now: position among the kept segments, and an attachment of row numbers u32.
    pub(super) died: Vec<(u32, u32)>,
    pub(super) added: Vec<SegmentRecord>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct SegmentRecord {
    pub(super) batch: BatchRef,
    pub(super) rows: u32,
    /// The attachment with one bit per row, set for live ones; `None` when all are.
    pub(super) live: Option<u32>,
}

/// Where a batch is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BatchRef {
    pub(super) block: u64,
    /// Position in the block.
    pub(super) batch: u32,
    /// Columns of the block's batch; `None` for all in order.
    pub(super) columns: Option<Vec<u32>>,
}

/// A [`crate::engine::TableWrite`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct WriteRecord {
    pub(super) table_id: u64,
    pub(super) columns: Vec<u32>,
    pub(super) has_op: bool,
    pub(super) mode: WriteMode,
    pub(super) merge_condition: Option<u32>,
    pub(super) batches: Vec<BatchRef>,
}
