// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! From snapshot and log back to the state.
//!
//! Rows are read last, so that only those are read that are still there: records may refer to blocks that a later record
//! made superfluous and that are gone already.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::buffer::{BooleanBuffer, Buffer};
use arrow::util::bit_util;
use serde_json::Value;

use super::OpenError;
use super::blocks::{self, Blocks};
use super::frame::{Contents, Frame};
use super::record::{
    BatchRef, CatalogChange, DatabaseRecord, Envelope, Record, SegmentRecord, TableChange, WriteRecord,
};
use crate::catalog::{Catalog, Database, TableDef};
use crate::clock::Micros;
use crate::engine::{Settings, TableWrite};
use crate::storage::{Segment, Table};
use crate::txn::{TxnInfo, TxnState};

/// What an engine starts from.
#[derive(Default)]
pub(crate) struct Recovered {
    pub(crate) catalog: Catalog,
    pub(crate) last_id: u64,
    pub(crate) last_txn_id: i64,
    /// Transactions with the rows of prepared ones, in the order of their ids.
    pub(crate) txns: Vec<(TxnInfo, Vec<TableWrite>)>,
    pub(crate) settings: Option<Settings>,
    pub(crate) metadata: BTreeMap<String, Value>,
    pub(crate) sequences: HashMap<u64, i64>,
}

/// The state while records are applied.
#[derive(Default)]
pub(super) struct Replay {
    files: Vec<ReplayedFile>,
    databases: HashMap<u64, DatabaseRecord>,
    tables: HashMap<u64, TableState>,
    txns: BTreeMap<i64, (TxnInfo, Vec<WriteRecord>)>,
    state: Recovered,
    /// Blocks inside of records: file and bytes.
    inline: HashMap<u64, (usize, Range<usize>)>,
    last_block: u64,
    complete: bool,
}

struct ReplayedFile {
    path: PathBuf,
    /// The log's number; `None` for a snapshot.
    log: Option<u64>,
    bytes: Vec<u8>,
}

struct TableState {
    def: Arc<TableDef>,
    version: u64,
    version_time: Micros,
    segments: Vec<SegmentState>,
}

struct SegmentState {
    batch: BatchRef,
    rows: u32,
    /// One bit per row.
    live: Option<Vec<u8>>,
}

impl Replay {
    /// Whether the last record so far ends a snapshot.
    pub(super) fn at_end_of_snapshot(&self) -> bool {
        self.complete
    }

    /// Applies all records of a file.
    pub(super) fn apply_file(
        &mut self,
        path: &Path,
        log: Option<u64>,
        bytes: Vec<u8>,
        contents: &Contents,
    ) -> Result<(), OpenError> {
        self.files.push(ReplayedFile { path: path.to_owned(), log, bytes: Vec::new() });
        for frame in &contents.frames {
            self.apply_frame(&bytes, frame).map_err(|reason| OpenError::Corrupt {
                path: path.to_owned(),
                offset: frame.offset as u64,
                reason,
            })?;
        }
        if let Some(file) = self.files.last_mut() {
            file.bytes = bytes;
        }
        Ok(())
    }

    fn apply_frame(&mut self, bytes: &[u8], frame: &Frame) -> Result<(), String> {
        let part = |range: &Range<usize>| bytes.get(range.clone()).unwrap_or_default();
        let (json, attachments) = frame.parts.split_first().ok_or("a record without parts")?;
        let Envelope { blocks, record } = serde_json::from_slice(part(json)).map_err(|e| e.to_string())?;
        for (id, attachment) in blocks {
            let range = attachments.get(attachment as usize).ok_or_else(|| missing_attachment(attachment))?;
            self.inline.insert(id, (self.files.len().saturating_sub(1), range.clone()));
            self.last_block = self.last_block.max(id);
        }
        let attachments: Vec<&[u8]> = attachments.iter().map(part).collect();
        self.complete = false;
        match record {
            Record::Catalog(change) => self.change_catalog(*change, &attachments)?,
            Record::Txn { info, writes } => self.put_txn(*info, writes),
            Record::Settings(settings) => self.state.settings = Some(*settings),
            Record::Metadata { key, value: Some(value) } => {
                self.state.metadata.insert(key, value);
            }
            Record::Metadata { key, value: None } => {
                self.state.metadata.remove(&key);
            }
            Record::End => self.complete = true,
        }
        Ok(())
    }

    fn put_txn(&mut self, info: TxnInfo, writes: Vec<WriteRecord>) {
        self.state.last_txn_id = self.state.last_txn_id.max(info.id);
        self.txns.insert(info.id, (info, writes));
    }

    fn change_catalog(&mut self, change: CatalogChange, attachments: &[&[u8]]) -> Result<(), String> {
        self.state.last_id = self.state.last_id.max(change.last_id);
        self.state.last_txn_id = self.state.last_txn_id.max(change.last_txn_id);
        for id in &change.dropped_databases {
            self.databases.remove(id);
            self.tables.retain(|_, table| table.def.database_id != *id);
        }
        for id in &change.dropped_tables {
            self.tables.remove(id);
        }
        self.databases.extend(change.databases.into_iter().map(|database| (database.id, database)));
        for table in change.tables {
            self.change_table(table, attachments)?;
        }
        for (id, next) in change.sequences {
            let sequence = self.state.sequences.entry(id).or_insert(next);
            *sequence = next.max(*sequence);
        }
        if let Some(info) = change.txn {
            self.put_txn(info, Vec::new());
        }
        Ok(())
    }

    fn change_table(&mut self, change: TableChange, attachments: &[&[u8]]) -> Result<(), String> {
        let TableChange { id, version, version_time, def, kept, died, added } = change;
        let (old_def, mut segments) = match self.tables.remove(&id) {
            Some(old) => (Some(old.def), old.segments),
            None => (None, Vec::new()),
        };
        let def = def.map(|def| Arc::from(*def)).or(old_def).ok_or_else(|| format!("table {id} does not exist"))?;
        keep(&mut segments, &kept).ok_or_else(|| format!("table {id} has not the segments that the record keeps"))?;
        for (position, attachment) in died {
            let rows = attachments.get(attachment as usize).ok_or_else(|| missing_attachment(attachment))?;
            let segment = segments.get_mut(position as usize);
            let segment = segment.ok_or_else(|| format!("table {id} has no segment {position}"))?;
            segment.kill(rows).ok_or_else(|| format!("table {id}: rows beyond the end of segment {position}"))?;
        }
        for SegmentRecord { batch, rows, live } in added {
            let live = live.map(|l| attachments.get(l as usize).ok_or_else(|| missing_attachment(l))).transpose()?;
            if live.is_some_and(|live| live.len() < bit_util::ceil(rows as usize, 8)) {
                return Err(format!("table {id}: the live rows of a segment are cut off"));
            }
            segments.push(SegmentState { batch, rows, live: live.map(|l| l.to_vec()) });
        }
        self.tables.insert(id, TableState { def, version, version_time, segments });
        Ok(())
    }

    /// Reads the rows. Returns the blocks that are needed and the registry that knows where they are.
    pub(super) fn finish(mut self, block_dir: &Path) -> Result<(Recovered, Blocks, BTreeSet<u64>), OpenError> {
        let on_disk = blocks::files(block_dir).map_err(|error| OpenError::io(block_dir, error))?;
        let last_file = on_disk.iter().map(|(id, _)| *id).max().unwrap_or(0);
        let registry = Blocks::new(block_dir.to_owned(), self.last_block.max(last_file) + 1);
        let tables = std::mem::take(&mut self.tables);
        let txns = std::mem::take(&mut self.txns);
        let mut state = std::mem::take(&mut self.state);
        let mut rows = Rows { replay: &self, block_dir, registry: &registry, read: HashMap::new() };
        for database in self.databases.values() {
            let DatabaseRecord { id, name, created } = database.clone();
            let empty = Database { id, name: name.clone(), created, tables: BTreeMap::new() };
            state.catalog.databases.insert(name, Arc::new(empty));
        }
        state.sequences.retain(|id, _| tables.contains_key(id));
        for table in tables.into_values() {
            let database_id = table.def.database_id;
            let home = self.databases.get(&database_id).and_then(|d| state.catalog.databases.get_mut(&d.name));
            let home = home.ok_or_else(|| rows.corrupt(format!("table {} has no database", table.def.name)))?;
            let table = rows.table(table)?;
            Arc::make_mut(home).tables.insert(table.def().name.clone(), Arc::new(table));
        }
        for (mut info, writes) in txns.into_values() {
            if let Some(database) = self.databases.get(&info.database_id) {
                info.database.clone_from(&database.name);
            }
            // The rows of all others are in tables or were given up.
            let writes = if info.state == TxnState::Prepared { writes } else { Vec::new() };
            let writes = writes.into_iter().map(|write| rows.write(write)).collect::<Result<_, _>>()?;
            state.txns.push((info, writes));
        }
        let needed = rows.read.keys().copied().collect();
        Ok((state, registry, needed))
    }
}

/// Keeps the runs of segments and nothing else.
fn keep(segments: &mut Vec<SegmentState>, runs: &[(u32, u32)]) -> Option<()> {
    let kept: usize = runs.iter().map(|&(_, count)| count as usize).sum();
    if let [] | [(0, _)] = runs {
        (kept <= segments.len()).then(|| segments.truncate(kept))
    } else {
        let mut rest = std::mem::take(segments).into_iter().enumerate();
        for &(first, count) in runs {
            let (first, end) = (first as usize, (first as usize).saturating_add(count as usize));
            while segments.len() < kept {
                let (position, segment) = rest.next()?;
                if position >= first {
                    segments.push(segment);
                }
                if position + 1 >= end {
                    break;
                }
            }
        }
        (segments.len() == kept).then_some(())
    }
}

impl SegmentState {
    fn kill(&mut self, rows: &[u8]) -> Option<()> {
        let live = self.live.get_or_insert_with(|| vec![0xff; bit_util::ceil(self.rows as usize, 8)]);
        for row in rows.chunks(4) {
            let row = u32::from_le_bytes(row.try_into().ok()?) as usize;
            *live.get_mut(row / 8)? &= !(1 << (row % 8));
        }
        Some(())
    }
}

fn missing_attachment(attachment: u32) -> String {
    format!("the record has no attachment {attachment}")
}

/// Reads blocks, each once.
struct Rows<'a> {
    replay: &'a Replay,
    block_dir: &'a Path,
    registry: &'a Blocks,
    read: HashMap<u64, Vec<RecordBatch>>,
}

impl Rows<'_> {
    fn table(&mut self, state: TableState) -> Result<Table, OpenError> {
        let schema = state.def.arrow_schema();
        let mut segments = Vec::with_capacity(state.segments.len());
        for segment in state.segments {
            let rows = self.batch(&segment.batch)?;
            let batch = RecordBatch::try_new(schema.clone(), rows.columns().to_vec())
                .map_err(|e| self.damaged(segment.batch.block, format!("not rows of table {}: {e}", state.def.name)))?;
            if batch.num_rows() != segment.rows as usize {
                let reason = format!("{} rows where {} were written", batch.num_rows(), segment.rows);
                return Err(self.damaged(segment.batch.block, reason));
            }
            let live = segment.live.map(|bits| BooleanBuffer::new(Buffer::from_vec(bits), 0, segment.rows as usize));
            segments.push(Segment::with_live(batch, live));
        }
        Ok(Table::new(state.def, state.version, state.version_time, segments))
    }

    fn write(&mut self, write: WriteRecord) -> Result<TableWrite, OpenError> {
        let WriteRecord { table_id, columns, has_op, mode, merge_condition, batches } = write;
        let batches = batches.iter().map(|batch| self.batch(batch)).collect::<Result<_, _>>()?;
        Ok(TableWrite { table_id, columns, has_op, mode, merge_condition, batches })
    }

    fn batch(&mut self, place: &BatchRef) -> Result<RecordBatch, OpenError> {
        if !self.read.contains_key(&place.block) {
            let batches = self.block(place.block)?;
            self.read.insert(place.block, batches);
        }
        let batch = self.read.get(&place.block).and_then(|batches| batches.get(place.batch as usize));
        let batch = batch.ok_or_else(|| self.damaged(place.block, format!("there is no batch {}", place.batch)))?;
        match &place.columns {
            None => Ok(batch.clone()),
            Some(columns) => {
                let columns: Vec<usize> = columns.iter().map(|&c| c as usize).collect();
                batch.project(&columns).map_err(|e| self.damaged(place.block, e.to_string()))
            }
        }
    }

    fn block(&self, id: u64) -> Result<Vec<RecordBatch>, OpenError> {
        let inline = self.replay.inline.get(&id).and_then(|(file, range)| {
            let file = self.replay.files.get(*file)?;
            Some((file.log, blocks::decode(file.bytes.get(range.clone())?).map_err(|e| e.to_string())))
        });
        let (log, batches) = inline.unwrap_or_else(|| (None, blocks::read(&blocks::block_path(self.block_dir, id))));
        let batches = batches.map_err(|reason| self.damaged(id, reason))?;
        self.registry.remember(id, (0u32..).zip(&batches), log);
        Ok(batches)
    }

    fn damaged(&self, block: u64, reason: String) -> OpenError {
        match self.replay.inline.get(&block).and_then(|(file, range)| Some((self.replay.files.get(*file)?, range))) {
            Some((file, range)) => OpenError::Corrupt { path: file.path.clone(), offset: range.start as u64, reason },
            None => OpenError::Corrupt { path: blocks::block_path(self.block_dir, block), offset: 0, reason },
        }
    }

    fn corrupt(&self, reason: String) -> OpenError {
        let path = self.replay.files.last().map(|f| f.path.clone()).unwrap_or_default();
        OpenError::Corrupt { path, offset: 0, reason }
    }
}
