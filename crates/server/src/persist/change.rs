// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What distinguishes two catalogs, found by comparing them. So whatever changes a catalog is persistent without knowing.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::buffer::BooleanBuffer;

use super::draft::Draft;
use super::record::{CatalogChange, DatabaseRecord, SegmentRecord, TableChange};
use crate::catalog::{Catalog, Database};
use crate::storage::{Segment, Table};

/// Fills in what `new` changes about `old`.
pub(super) fn compare(old: &Catalog, new: &Catalog, draft: &mut Draft<'_>, change: &mut CatalogChange) {
    let by_id = |catalog: &Catalog| -> HashMap<u64, Arc<Database>> {
        catalog.databases().map(|database| (database.id, database.clone())).collect()
    };
    let (old_databases, new_databases) = (by_id(old), by_id(new));
    change.dropped_databases.extend(old_databases.keys().filter(|id| !new_databases.contains_key(id)));
    let mut old_tables: HashMap<u64, &Arc<Table>> = HashMap::new();
    let mut new_tables: Vec<&Arc<Table>> = Vec::new();
    for (id, database) in &new_databases {
        let before = old_databases.get(id);
        if before.is_some_and(|before| Arc::ptr_eq(before, database)) {
            continue;
        }
        if before.is_none_or(|before| before.name != database.name) {
            change.databases.push(database_record(database));
        }
        old_tables.extend(before.into_iter().flat_map(|d| d.tables()).map(|t| (t.id(), t)));
        new_tables.extend(database.tables());
    }
    for table in new_tables {
        match old_tables.remove(&table.id()) {
            Some(before) if Arc::ptr_eq(before, table) => {}
            before => change.tables.push(compare_table(before, table, draft)),
        }
    }
    change.dropped_tables.extend(old_tables.keys());
}

pub(super) fn database_record(database: &Database) -> DatabaseRecord {
    DatabaseRecord { id: database.id, name: database.name.clone(), created: database.created }
}

/// What `new` changes about `old`; all of it when there is no `old`.
pub(super) fn compare_table(old: Option<&Arc<Table>>, new: &Table, draft: &mut Draft<'_>) -> TableChange {
    let same_def = old.is_some_and(|old| Arc::ptr_eq(old.def(), new.def()));
    let mut change = TableChange {
        id: new.id(),
        version: new.version(),
        version_time: new.version_time(),
        def: (!same_def).then(|| Box::new(new.def().as_ref().clone())),
        kept: Vec::new(),
        died: Vec::new(),
        added: Vec::new(),
    };
    let before = old.map_or(&[][..], |old| old.segments());
    let positions = positions(before, new.segments());
    let mut next = 0;
    let mut kept = 0;
    for segment in new.segments().iter() {
        // Kept segments come first and in their old order. One that is found elsewhere counts as added; its rows are in
        // their place already.
        let position = match before.get(next) {
            _ if !change.added.is_empty() => None,
            Some(candidate) if same_rows(candidate, segment) => Some(next),
            _ => positions.get(&address(segment)).copied().filter(|&position| position > next),
        };
        let survivor = position.and_then(|p| Some((p, before.get(p).filter(|old| same_rows(old, segment))?)));
        match survivor.and_then(|(position, old)| Some((position, died(old, segment)?))) {
            Some((position, died)) => {
                if !died.is_empty() {
                    change.died.push((kept, draft.attach(died.iter().flat_map(|row| row.to_le_bytes()).collect())));
                }
                keep(&mut change.kept, position as u32);
                next = position + 1;
                kept += 1;
            }
            None => change.added.push(added(segment, draft)),
        }
    }
    change
}

/// Where the old segments are, unless the new ones merely continue them.
fn positions(old: &[Segment], new: &[Segment]) -> HashMap<usize, usize> {
    if new.len() >= old.len() && old.iter().zip(new).all(|(old, new)| same_rows(old, new)) {
        return HashMap::new();
    }
    old.iter().enumerate().map(|(position, segment)| (address(segment), position)).collect()
}

fn address(segment: &Segment) -> usize {
    segment.batch.columns().first().map_or(0, |array| Arc::as_ptr(array).cast::<()>().addr())
}

fn keep(runs: &mut Vec<(u32, u32)>, position: u32) {
    match runs.last_mut() {
        Some((first, count)) if *first + *count == position => *count += 1,
        _ => runs.push((position, 1)),
    }
}

fn same_rows(a: &Segment, b: &Segment) -> bool {
    let (a, b): (&RecordBatch, &RecordBatch) = (&a.batch, &b.batch);
    a.num_columns() == b.num_columns() && a.columns().iter().zip(b.columns()).all(|(a, b)| Arc::ptr_eq(a, b))
}

/// The rows that lived in `old` and are dead in `new`; `None` when a dead row lives again.
fn died(old: &Segment, new: &Segment) -> Option<Vec<u32>> {
    let all = || BooleanBuffer::new_set(new.batch.num_rows());
    let Some(new_live) = &new.live else {
        return old.live.is_none().then(Vec::new);
    };
    let old_live = old.live.clone().unwrap_or_else(all);
    if (&!&old_live & new_live).count_set_bits() > 0 {
        return None;
    }
    Some((&old_live & &!new_live).set_indices().map(|row| row as u32).collect())
}

fn added(segment: &Segment, draft: &mut Draft<'_>) -> SegmentRecord {
    let live = segment.live.as_ref().map(|live| draft.attach(live.sliced().as_slice().to_vec()));
    SegmentRecord { batch: draft.batch(&segment.batch), rows: segment.batch.num_rows() as u32, live }
}
