// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Transactions: one label, some tables, a life from begin to visible or aborted.

mod table;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Micros;

pub(crate) use table::{Txn, TxnTable};

/// Where a transaction is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TxnState {
    /// Begun; takes loads.
    Prepare,
    /// All loads are durable; waits for commit or rollback.
    Prepared,
    /// Committed, not yet visible.
    Committed,
    /// Committed and visible.
    Visible,
    /// Rolled back.
    Aborted,
}

impl TxnState {
    /// The name as `get_load_state` and SHOW TRANSACTION give it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Prepare => "PREPARE",
            Self::Prepared => "PREPARED",
            Self::Committed => "COMMITTED",
            Self::Visible => "VISIBLE",
            Self::Aborted => "ABORTED",
        }
    }

    /// What a begin that finds the label taken reports as `ExistingJobStatus`.
    pub fn job_status(self) -> &'static str {
        match self {
            Self::Prepare | Self::Prepared => "RUNNING",
            Self::Committed | Self::Visible => "FINISHED",
            Self::Aborted => "CANCELLED",
        }
    }

    /// Whether nothing more can happen to the transaction.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Visible | Self::Aborted)
    }
}

/// What kind of load began a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoadSource {
    /// Stream Load and basic transactions.
    BackendStreaming,
    /// Multi-table transactions.
    MultiStatementStreaming,
    /// Transactions that the FE keeps for parallel channels.
    FrontendStreaming,
    /// `source_type: 11`, for writers that bypass the backends.
    BypassWrite,
    /// INSERT, UPDATE and DELETE.
    InsertStreaming,
}

impl LoadSource {
    /// The name as SHOW TRANSACTION gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::BackendStreaming => "BACKEND_STREAMING",
            Self::MultiStatementStreaming => "MULTI_STATEMENT_STREAMING",
            Self::FrontendStreaming => "FRONTEND_STREAMING",
            Self::BypassWrite => "BYPASS_WRITE",
            Self::InsertStreaming => "INSERT_STREAMING",
        }
    }
}

/// What begins a transaction.
#[derive(Debug, Clone)]
pub struct BeginTxn {
    /// Database name.
    pub database: String,
    /// The table, if the transaction is bound to one from the start.
    pub table: Option<String>,
    /// The label, unique among the database's transactions that are not aborted.
    pub label: String,
    /// What kind of load it is.
    pub source: LoadSource,
    /// Who coordinates it, as SHOW TRANSACTION gives it: `BE: 127.0.0.1` or `FE: 127.0.0.1`.
    pub coordinator: String,
    /// Life from begin to prepare or commit; the default of the settings if `None`.
    pub timeout: Option<Duration>,
    /// Longest pause between two loads.
    pub idle_timeout: Option<Duration>,
}

/// Rows that went through a transaction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadCounters {
    /// Every parsed row.
    pub total: u64,
    /// Rows written.
    pub loaded: u64,
    /// Rows rejected.
    pub filtered: u64,
    /// Rows that the `where` predicate left out.
    pub unselected: u64,
    /// Received body bytes, before decompression.
    pub bytes: u64,
}

impl LoadCounters {
    /// Adds the counts of another load.
    pub fn add(&mut self, other: &Self) {
        self.total += other.total;
        self.loaded += other.loaded;
        self.filtered += other.filtered;
        self.unselected += other.unselected;
        self.bytes += other.bytes;
    }
}

/// What is known about a transaction.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TxnInfo {
    /// Transaction id, unique in the server.
    pub id: i64,
    /// The database's id.
    pub database_id: u64,
    /// The database's name.
    pub database: String,
    /// The label.
    pub label: String,
    /// Tables that it was begun for or wrote to.
    pub table_ids: Vec<u64>,
    /// Where it is in its life.
    pub state: TxnState,
    /// What kind of load it is.
    pub source: LoadSource,
    /// Who coordinates it.
    pub coordinator: String,
    /// Life from begin to prepare or commit.
    pub timeout: Duration,
    /// Longest pause between two loads.
    pub idle_timeout: Option<Duration>,
    /// Life from prepare to commit.
    pub prepared_timeout: Duration,
    /// When it began.
    pub begun: Micros,
    /// When it was prepared.
    pub prepared: Option<Micros>,
    /// When it was committed.
    pub committed: Option<Micros>,
    /// When it became visible or was aborted.
    pub finished: Option<Micros>,
    /// Why it was aborted.
    pub reason: String,
    /// Rows and bytes so far.
    pub counters: LoadCounters,
    /// The same for each table by its id, once there are several.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_table: BTreeMap<u64, LoadCounters>,
}
