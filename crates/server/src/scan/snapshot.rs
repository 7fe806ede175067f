// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Versions of tables that plans have named.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow::array::{RecordBatch, UInt32Array};

use super::tablets::Layout;
use crate::engine::Engine;
use crate::storage::Table;

/// How many versions of one table, and of all tables, can still be scanned after newer ones were planned.
const KEPT_OF_TABLE: usize = 8;
const KEPT: usize = 64;
/// How many plans are remembered whose version a fault has taken away.
const MOST_STALE: usize = 1000;

/// A table as a plan saw it.
pub(crate) struct Snapshot {
    pub(crate) table: Arc<Table>,
    pub(crate) layout: Layout,
    schema_hash: i32,
    split: Mutex<Option<Arc<Split>>>,
}

/// The rows of a snapshot by tablet.
pub(crate) struct Split {
    pub(crate) batches: Arc<[RecordBatch]>,
    /// For each batch, the rows of each tablet; `None` where one tablet has them all.
    pub(crate) rows: Vec<Option<Vec<UInt32Array>>>,
}

impl Snapshot {
    fn new(table: Arc<Table>, backends: u32) -> Self {
        let layout = Layout::of(table.def(), backends);
        Self { schema_hash: schema_hash(&table), table, layout, split: Mutex::default() }
    }

    /// Changes when the table's columns do.
    pub(crate) fn schema_hash(&self) -> i32 {
        self.schema_hash
    }

    /// The rows by tablet; found out once.
    pub(crate) fn split(&self, engine: &Engine) -> Result<Arc<Split>, String> {
        let mut kept = self.split.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(split) = &*kept {
            return Ok(split.clone());
        }
        let batches = self.table.batches().map_err(|e| e.to_string())?;
        let rows = batches.iter().map(|batch| self.layout.split(engine, self.table.def(), batch));
        let split = Arc::new(Split { rows: rows.collect::<Result<_, _>>()?, batches });
        *kept = Some(split.clone());
        Ok(split)
    }
}

fn schema_hash(table: &Table) -> i32 {
    let columns = serde_json::to_vec(&table.def().columns).unwrap_or_default();
    let hash = crc32fast::hash(&columns) & 0x7fff_ffff;
    i32::try_from(hash).unwrap_or_default()
}

/// The snapshots that can be scanned, oldest plan first.
#[derive(Default)]
pub(crate) struct Snapshots {
    kept: Mutex<VecDeque<Arc<Snapshot>>>,
    /// Ids of plans that a fault has made stale.
    stale: Mutex<VecDeque<String>>,
}

impl Snapshots {
    /// Keeps a table's version for those who will scan it.
    pub(crate) fn keep(&self, table: &Arc<Table>, backends: u32) -> Arc<Snapshot> {
        let new = Snapshot::new(table.clone(), backends);
        let mut kept = self.kept();
        let same =
            kept.iter().position(|s| is(s, table.id(), table.version(), new.schema_hash) && s.layout == new.layout);
        let snapshot = same.and_then(|at| kept.remove(at)).unwrap_or_else(|| Arc::new(new));
        kept.push_back(snapshot.clone());
        let of_table = kept.iter().filter(|s| s.table.id() == table.id()).count();
        if of_table > KEPT_OF_TABLE
            && let Some(oldest) = kept.iter().position(|s| s.table.id() == table.id())
        {
            kept.remove(oldest);
        }
        if kept.len() > KEPT {
            kept.pop_front();
        }
        snapshot
    }

    /// A version that a plan named, if it is kept or still the newest.
    pub(crate) fn find(
        &self,
        table_id: u64,
        version: u64,
        schema_hash: i32,
        newest: &Arc<Table>,
        backends: u32,
    ) -> Option<Arc<Snapshot>> {
        if let Some(found) = self.kept().iter().rev().find(|s| is(s, table_id, version, schema_hash)) {
            return Some(found.clone());
        }
        let newest = Snapshot::new(newest.clone(), backends);
        is(&newest, table_id, version, schema_hash).then(|| Arc::new(newest))
    }

    /// Makes the version of a plan look compacted, for this plan only.
    pub(crate) fn make_stale(&self, plan: &str) {
        let mut stale = self.stale();
        if stale.len() >= MOST_STALE {
            stale.pop_front();
        }
        stale.push_back(plan.to_owned());
    }

    pub(crate) fn is_stale(&self, plan: &str) -> bool {
        self.stale().iter().any(|id| id == plan)
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<Arc<Snapshot>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stale(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.stale.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is(snapshot: &Snapshot, table_id: u64, version: u64, schema_hash: i32) -> bool {
    let table = &snapshot.table;
    table.id() == table_id && table.version() == version && snapshot.schema_hash == schema_hash
}
