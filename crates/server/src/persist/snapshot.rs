// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Snapshots: what keeps the log short.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use serde_json::Value;

use super::change::{compare_table, database_record};
use super::draft::{Draft, Sealed};
use super::frame;
use super::log::{log_path, named, sync_dir};
use super::record::{CatalogChange, Record};
use super::{Journal, OpenError};
use crate::catalog::Catalog;
use crate::engine::{Settings, TableWrite};
use crate::txn::TxnInfo;

/// The whole state at one moment.
pub(crate) struct Snapshot {
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) last_id: u64,
    pub(crate) last_txn_id: i64,
    /// Transactions with the rows of prepared ones.
    pub(crate) txns: Vec<(TxnInfo, Vec<TableWrite>)>,
    pub(crate) settings: Settings,
    pub(crate) metadata: BTreeMap<String, Value>,
    pub(crate) sequences: Vec<(u64, i64)>,
}

impl Journal {
    /// Whether the log has grown enough for a snapshot.
    pub(crate) fn wants_checkpoint(&self) -> bool {
        self.log.since_snapshot() >= self.dir.snapshot_bytes
    }

    /// Writes a snapshot and removes what it makes superfluous. Call with the catalog locked against changes.
    ///
    /// `capture` gets a function that begins a new log, calls it once while nothing else that it captures can change,
    /// and returns what it captured.
    pub(crate) fn checkpoint(
        &self,
        capture: impl FnOnce(&dyn Fn() -> io::Result<u64>) -> io::Result<(u64, Snapshot)>,
    ) -> io::Result<()> {
        // Whether it succeeds or not, the next attempt comes when the log has grown as much again.
        self.log.count_from_here();
        let (sequence, snapshot) = {
            let _epoch = self.epoch.write().unwrap_or_else(PoisonError::into_inner);
            capture(&|| self.log.rotate())?
        };
        let dir = &self.dir.path;
        let path = snapshot_path(dir, sequence);
        let unfinished = path.with_extension("unfinished");
        let referenced = named(&unfinished, self.write_snapshot(&unfinished, snapshot))?;
        named(&path, fs::rename(&unfinished, &path))?;
        sync_dir(dir)?;
        remove_others(dir, sequence, u64::MAX)?;
        self.blocks.collect_garbage(&referenced)
    }

    /// Returns the blocks that the snapshot refers to.
    fn write_snapshot(&self, path: &Path, snapshot: Snapshot) -> io::Result<BTreeSet<u64>> {
        let Snapshot { catalog, last_id, last_txn_id, txns, settings, metadata, sequences } = snapshot;
        let mut referenced = BTreeSet::new();
        let mut out = BufWriter::new(File::create(path)?);
        out.write_all(&frame::file_header())?;
        let mut length = frame::FILE_HEADER as u64;
        let mut put = |mut sealed: Sealed, record: Record| -> io::Result<()> {
            let parts = sealed.parts(record)?;
            // All of a snapshot is on the disk before its name is, so that any damage in it is corruption.
            let bytes = frame::frame(&parts, length)
                .ok_or_else(|| io::Error::other("a record of the snapshot would exceed 4 GiB"))?;
            length += bytes.len() as u64;
            referenced.append(&mut sealed.files);
            out.write_all(&bytes)
        };
        put(Sealed::empty(), Record::Settings(Box::new(settings)))?;
        for (key, value) in metadata {
            put(Sealed::empty(), Record::Metadata { key, value: Some(value) })?;
        }
        let databases = catalog.databases().map(|database| database_record(database)).collect();
        let change = CatalogChange { last_id, last_txn_id, databases, sequences, ..CatalogChange::default() };
        put(Sealed::empty(), Record::Catalog(Box::new(change)))?;
        for table in catalog.databases().flat_map(|database| database.tables()) {
            let mut draft = Draft::new(&self.blocks, None);
            let tables = vec![compare_table(None, table, &mut draft)];
            let change = CatalogChange { tables, ..CatalogChange::default() };
            put(draft.seal(0)?, Record::Catalog(Box::new(change)))?;
        }
        for (info, writes) in txns {
            let mut draft = Draft::new(&self.blocks, None);
            let writes = writes.iter().map(|write| draft.write(write)).collect();
            put(draft.seal(0)?, Record::Txn { info: Box::new(info), writes })?;
        }
        put(Sealed::empty(), Record::End)?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        Ok(referenced)
    }
}

pub(super) fn snapshot_path(dir: &Path, sequence: u64) -> PathBuf {
    dir.join(format!("{sequence:012}.snapshot"))
}

/// The number of the newest snapshot, if there is any.
pub(super) fn newest(dir: &Path) -> io::Result<Option<u64>> {
    let sequences = numbered_files(dir)?.into_iter().filter(|f| f.extension == "snapshot").map(|f| f.sequence);
    Ok(sequences.max())
}

/// The numbers of the logs from `first` on, of which none may be missing.
pub(super) fn logs(dir: &Path, first: u64) -> Result<Vec<u64>, OpenError> {
    let files = numbered_files(dir).map_err(|error| OpenError::io(dir, error))?;
    let nothing = files.is_empty();
    let present = files.into_iter().filter(|f| f.extension == "log" && f.sequence >= first).map(|f| f.sequence);
    let present: BTreeSet<u64> = present.collect();
    let missing = (first..).find(|sequence| !present.contains(sequence)).unwrap_or(first);
    if !nothing && (missing == first || present.range(missing..).next().is_some()) {
        let reason = "the file is missing".to_owned();
        return Err(OpenError::Corrupt { path: log_path(dir, missing), offset: 0, reason });
    }
    Ok(present.into_iter().collect())
}

/// Removes all logs and snapshots but snapshot `first` and the logs `first` to `last`.
pub(super) fn remove_others(dir: &Path, first: u64, last: u64) -> io::Result<()> {
    for NumberedFile { path, sequence, extension } in numbered_files(dir)? {
        let keep = match extension.as_str() {
            "snapshot" => sequence == first,
            "log" => (first..=last).contains(&sequence),
            _ => false,
        };
        if !keep {
            named(&path, fs::remove_file(&path))?;
        }
    }
    Ok(())
}

struct NumberedFile {
    path: PathBuf,
    sequence: u64,
    extension: String,
}

fn numbered_files(dir: &Path) -> io::Result<Vec<NumberedFile>> {
    let mut files = Vec::new();
    for entry in named(dir, fs::read_dir(dir))? {
        let path = named(dir, entry)?.path();
        let text = |part: Option<&std::ffi::OsStr>| part.and_then(|p| p.to_str()).map(str::to_owned);
        let sequence = text(path.file_stem()).and_then(|stem| stem.parse().ok());
        let extension = text(path.extension()).filter(|e| ["snapshot", "log", "unfinished"].contains(&e.as_str()));
        if let (Some(sequence), Some(extension)) = (sequence, extension) {
            files.push(NumberedFile { path, sequence, extension });
        }
    }
    Ok(files)
}
