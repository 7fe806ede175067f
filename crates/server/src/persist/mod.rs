// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The data directory: what the server acknowledged survives `kill -9` and loss of power.
//!
//! ```text
//! lock                    held locked while a server uses the directory; names its process
//! format                  the version of everything here
//! 000000000007.snapshot   the state when log 7 began; absent before the first one
//! 000000000007.log        what has changed since; more logs may follow, see `Journal::checkpoint`
//! blocks/000000000042.arrow   rows, as Arrow IPC
//! ```
//!
//! A change is appended to the log as a record (`record`, `frame`), with its rows inside when they are few and in block
//! files when they are many. Nothing is answered before its record is on the disk, and nothing is visible to others
//! before that; only begin and rollback of unprepared transactions do not wait. When the log has grown, a snapshot is
//! written: the same records, but such that they lead from nothing to the present state. Then older logs and block files
//! that nothing refers to are removed.
//!
//! Kept are databases, tables with their rows, versions and AUTO_INCREMENT values, settings, keyed metadata, prepared
//! transactions with their rows, and finished ones with their labels. A transaction in PREPARE is aborted by a restart,
//! as on a cluster whose backend restarts.

mod blocks;
mod change;
mod draft;
mod frame;
mod log;
mod record;
mod recover;
mod snapshot;

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use arrow::array::RecordBatch;
use serde_json::Value;

use crate::catalog::Catalog;
use crate::engine::{Settings, TableWrite};
use crate::txn::TxnInfo;
use blocks::Blocks;
use draft::{Draft, Sealed};
use log::{Log, log_path, sync_dir};
use record::{CatalogChange, Record, WriteRecord};
use recover::Replay;

pub(crate) use log::Position;
pub(crate) use recover::Recovered;
pub(crate) use snapshot::Snapshot;

/// Where the engine keeps its state and how.
#[derive(Debug, Clone)]
pub struct DataDir {
    /// The directory; created if it does not exist.
    pub path: PathBuf,
    /// A snapshot is written when the log has grown by so many bytes.
    pub snapshot_bytes: u64,
    /// Rows of one record that take more bytes go to files of their own.
    pub inline_bytes: usize,
}

impl DataDir {
    /// A directory with the usual sizes.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), snapshot_bytes: 64 << 20, inline_bytes: 256 << 10 }
    }
}

/// Why a data directory cannot be used.
#[derive(Debug)]
pub enum OpenError {
    /// The file system refused.
    Io {
        /// File or directory.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Another server uses it.
    InUse {
        /// The directory.
        path: PathBuf,
        /// What the other one wrote into the lock file.
        holder: String,
    },
    /// It is not empty and not a data directory, or one of another version.
    Foreign {
        /// The directory.
        path: PathBuf,
        /// What was found.
        found: String,
    },
    /// A file is not as it was written.
    Corrupt {
        /// The file.
        path: PathBuf,
        /// Where in it.
        offset: u64,
        /// What is wrong.
        reason: String,
    },
}

impl OpenError {
    fn io(path: &Path, error: io::Error) -> Self {
        Self::Io { path: path.to_owned(), error }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, error } => write!(f, "cannot use data directory: {}: {error}", path.display()),
            Self::InUse { path, holder } => {
                write!(f, "data directory {} is used by another server ({holder}); stop it first", path.display())
            }
            Self::Foreign { path, found } => write!(
                f,
                "{} is not a data directory of this server's format {}: {found}; name an empty or new directory",
                path.display(),
                frame::FORMAT
            ),
            Self::Corrupt { path, offset, reason } => write!(
                f,
                "data directory is damaged: {} at offset {offset}: {reason}; restore the directory or start with an \
                 empty one",
                path.display()
            ),
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}

/// The open data directory.
pub(crate) struct Journal {
    dir: DataDir,
    blocks: Blocks,
    log: Log,
    /// Held for reading while a record that refers to rows is made, because places in the log end with the log.
    epoch: RwLock<()>,
    // Unlocks when it is closed.
    lock: File,
}

/// Rows of a transaction that are on the disk, but not the record yet that says so.
pub(crate) struct StoredWrites<'a> {
    sealed: Sealed,
    writes: Vec<WriteRecord>,
    log: u64,
    // No snapshot comes between the record and the change in memory while this lives.
    _epoch: RwLockReadGuard<'a, ()>,
}

impl Journal {
    /// Takes the directory and reads what it holds.
    pub(crate) fn open(dir: DataDir) -> Result<(Self, Recovered), OpenError> {
        let path = dir.path.as_path();
        let at = |error| OpenError::io(path, error);
        fs::create_dir_all(path).map_err(at)?;
        let lock = lock(path)?;
        check_format(path)?;
        let block_dir = path.join("blocks");
        fs::create_dir_all(&block_dir).map_err(|error| OpenError::io(&block_dir, error))?;
        sync_dir(path).map_err(at)?;

        let start = snapshot::newest(path).map_err(at)?;
        let mut replay = Replay::default();
        if let Some(sequence) = start {
            let path = snapshot::snapshot_path(path, sequence);
            let (bytes, contents) = read_records(&path)?;
            let (end, length) = (contents.end, bytes.len());
            replay.apply_file(&path, None, bytes, &contents)?;
            if !replay.at_end_of_snapshot() || end != length {
                let reason = "the snapshot does not end where it should".to_owned();
                return Err(OpenError::Corrupt { path, offset: end as u64, reason });
            }
        }
        let start = start.unwrap_or(1);
        let mut last = (start, 0);
        let mut torn = None;
        let mut size = 0;
        for sequence in snapshot::logs(path, start)? {
            let (bytes, contents) = read_records(&log_path(path, sequence))?;
            if !contents.frames.is_empty() || sequence == start {
                if let Some((path, offset)) = torn {
                    let reason = "the record is cut off, but another log follows".to_owned();
                    return Err(OpenError::Corrupt { path, offset, reason });
                }
                last = (sequence, contents.end as u64);
            }
            if contents.end < bytes.len() {
                torn = Some((log_path(path, sequence), contents.end as u64));
            }
            size += bytes.len() as u64;
            replay.apply_file(&log_path(path, sequence), Some(sequence), bytes, &contents)?;
        }
        if let Some((path, offset)) = torn {
            tracing::info!(path = %path.display(), offset, "the last record was not finished and is dropped");
        }
        let (recovered, blocks, needed) = replay.finish(&block_dir)?;
        snapshot::remove_others(path, start, last.0).map_err(at)?;
        blocks.collect_garbage(&needed).map_err(|error| OpenError::io(&block_dir, error))?;
        let log = Log::open(path, last.0, last.1, size).map_err(at)?;
        Ok((Self { dir, blocks, log, epoch: RwLock::new(()), lock }, recovered))
    }

    /// Writes many rows ahead of the record that will refer to them, without waiting for the disk.
    pub(crate) fn stage(&self, batches: &[RecordBatch]) -> io::Result<()> {
        let log = self.log.sequence();
        let mut new: Vec<RecordBatch> = Vec::new();
        for batch in batches.iter().filter(|b| b.num_rows() > 0 && self.blocks.find(b, log).is_none()) {
            if new.first().is_none_or(|first| first.schema() == batch.schema()) {
                new.push(batch.clone());
            }
        }
        match new.first() {
            Some(first) if blocks::rows_size(&new) > self.dir.inline_bytes => {
                self.blocks.write(self.blocks.next_id(), &first.schema(), &new)
            }
            _ => Ok(()),
        }
    }

    /// Brings the rows of a transaction to the disk.
    pub(crate) fn store(&self, writes: &[TableWrite]) -> io::Result<StoredWrites<'_>> {
        let epoch = self.epoch();
        let log = self.log.sequence();
        let mut draft = Draft::new(&self.blocks, Some(log));
        let writes = writes.iter().map(|write| draft.write(write)).collect();
        Ok(StoredWrites { sealed: draft.seal(self.dir.inline_bytes)?, writes, log, _epoch: epoch })
    }

    /// Records a prepared transaction with its rows and the AUTO_INCREMENT values that follow them. Drop `stored` when
    /// the transaction is known as prepared.
    pub(crate) fn prepare(
        &self,
        info: &TxnInfo,
        stored: &mut StoredWrites<'_>,
        sequences: Vec<(u64, i64)>,
    ) -> io::Result<Position> {
        if !sequences.is_empty() {
            let change = CatalogChange { sequences, ..CatalogChange::default() };
            self.append(Record::Catalog(Box::new(change)))?;
        }
        let writes = std::mem::take(&mut stored.writes);
        let parts = stored.sealed.parts(Record::Txn { info: Box::new(info.clone()), writes })?;
        let position = self.log.append(&parts)?;
        stored.sealed.remember(&self.blocks, stored.log);
        Ok(position)
    }

    /// Records the state of a transaction whose rows need not be kept.
    pub(crate) fn txn(&self, info: &TxnInfo) -> io::Result<Position> {
        self.append(Record::Txn { info: Box::new(info.clone()), writes: Vec::new() })
    }

    /// Records settings and returns when they are on the disk.
    pub(crate) fn settings(&self, settings: &Settings) -> io::Result<()> {
        self.sync(self.append(Record::Settings(Box::new(settings.clone())))?)
    }

    /// Records a metadata entry and returns when it is on the disk.
    pub(crate) fn metadata(&self, key: &str, value: Option<&Value>) -> io::Result<()> {
        self.sync(self.append(Record::Metadata { key: key.to_owned(), value: value.cloned() })?)
    }

    /// Records a changed catalog and returns when it is on the disk. `sequences` gives the next AUTO_INCREMENT value of
    /// a table.
    pub(crate) fn catalog(
        &self,
        old: &Catalog,
        new: &Catalog,
        last_id: u64,
        txn: Option<&TxnInfo>,
        sequences: impl Fn(u64) -> Option<i64>,
    ) -> io::Result<()> {
        let epoch = self.epoch();
        let log = self.log.sequence();
        let mut draft = Draft::new(&self.blocks, Some(log));
        let mut change = CatalogChange { last_id, txn: txn.cloned(), ..CatalogChange::default() };
        change::compare(old, new, &mut draft, &mut change);
        change.sequences = change.tables.iter().filter_map(|table| Some((table.id, sequences(table.id)?))).collect();
        let mut sealed = draft.seal(self.dir.inline_bytes)?;
        let parts = sealed.parts(Record::Catalog(Box::new(change)))?;
        let position = self.log.append(&parts)?;
        sealed.remember(&self.blocks, log);
        drop(epoch);
        self.sync(position)
    }

    /// Takes no more records, and leaves the directory to another.
    pub(crate) fn kill(&self) {
        self.log.refuse("the server was killed");
        if let Err(error) = self.lock.unlock() {
            tracing::warn!(%error, path = %self.dir.path.display(), "the data directory stays locked");
        }
    }

    /// Waits until the log is on the disk up to `position`.
    pub(crate) fn sync(&self, position: Position) -> io::Result<()> {
        self.log.sync(position)
    }

    fn append(&self, record: Record) -> io::Result<Position> {
        self.log.append(&Sealed::empty().parts(record)?)
    }

    fn epoch(&self) -> RwLockReadGuard<'_, ()> {
        self.epoch.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Locks the directory for this process.
fn lock(dir: &Path) -> Result<File, OpenError> {
    let path = dir.join("lock");
    let at = |error| OpenError::io(&path, error);
    let mut file = File::options().read(true).write(true).create(true).truncate(false).open(&path).map_err(at)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // The text only helps to find the other one.
            let _ = file.read_to_string(&mut holder);
            return Err(OpenError::InUse { path: dir.to_owned(), holder: holder.trim().to_owned() });
        }
        Err(TryLockError::Error(error)) => return Err(at(error)),
    }
    file.set_len(0).and_then(|()| file.rewind()).map_err(at)?;
    writeln!(file, "process {}", std::process::id()).map_err(at)?;
    Ok(file)
}

fn check_format(dir: &Path) -> Result<(), OpenError> {
    let path = dir.join("format");
    let at = |error| OpenError::io(&path, error);
    let ours = format!("embedded server data directory, format {}\n", frame::FORMAT);
    match fs::read_to_string(&path) {
        Ok(found) if found == ours => Ok(()),
        Ok(found) => Err(OpenError::Foreign {
            path: dir.to_owned(),
            found: format!("file `format` says \"{}\"", found.trim().chars().take(100).collect::<String>()),
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            for entry in fs::read_dir(dir).map_err(at)? {
                let name = entry.map_err(at)?.file_name();
                if name != "lock" && name != "format.new" {
                    let found = format!("it has no file `format` but {}", name.to_string_lossy());
                    return Err(OpenError::Foreign { path: dir.to_owned(), found });
                }
            }
            let new = dir.join("format.new");
            let written = File::create(&new).and_then(|mut file| file.write_all(ours.as_bytes()).and(file.sync_all()));
            written.and_then(|()| fs::rename(&new, &path)).map_err(at)
        }
        Err(error) => Err(at(error)),
    }
}

fn read_records(path: &Path) -> Result<(Vec<u8>, frame::Contents), OpenError> {
    let bytes = fs::read(path).map_err(|error| OpenError::io(path, error))?;
    match frame::read(&bytes) {
        Ok(contents) => Ok((bytes, contents)),
        Err(frame::Damage { offset, reason }) => {
            Err(OpenError::Corrupt { path: path.to_owned(), offset: offset as u64, reason })
        }
    }
}
