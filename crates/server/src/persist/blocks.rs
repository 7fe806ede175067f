// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Where rows are on the disk. A block holds batches of one schema as an Arrow IPC stream, either in a file of its own or
//! inside a log record.
//!
//! ```text
//! blocks/<id>.arrow   Arrow IPC stream | crc32 of it u32, little-endian
//! ```
//!
//! Rows that have been written once are not written again: arrays are recognised by their identity, so that a commit of
//! prepared rows refers to the block that the prepare wrote.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, BufWriter, Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;

use super::log::{named, sync_dir};
use super::record::BatchRef;

const CHECKSUM: usize = 4;

/// What is known about blocks.
pub(super) struct Blocks {
    dir: PathBuf,
    next: AtomicU64,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// By the address of the array. The weak reference keeps the address from being given to another array.
    arrays: HashMap<usize, Place>,
    /// Files that are not known to be on the disk.
    unsynced: HashSet<u64>,
    /// Files that are being written.
    unfinished: HashSet<u64>,
}

struct Place {
    array: Weak<dyn Array>,
    block: u64,
    batch: u32,
    column: u32,
    /// Columns of the batch in the block.
    width: usize,
    /// The log that holds the block; `None` when it has a file.
    log: Option<u64>,
}

impl Blocks {
    /// The blocks in `dir`, of which no id at or above `next` is in use.
    pub(super) fn new(dir: PathBuf, next: u64) -> Self {
        Self { dir, next: AtomicU64::new(next), known: Mutex::default() }
    }

    pub(super) fn next_id(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Where the rows of `batch` are, unless they are nowhere or in a log other than `log`.
    pub(super) fn find(&self, batch: &RecordBatch, log: u64) -> Option<BatchRef> {
        let known = self.known();
        let mut found: Option<BatchRef> = None;
        let mut columns = Vec::with_capacity(batch.num_columns());
        let mut width = 0;
        for array in batch.columns() {
            let place = known.arrays.get(&address(array))?;
            if place.log.is_some_and(|l| l != log) {
                return None;
            }
            let here = BatchRef { block: place.block, batch: place.batch, columns: None };
            if *found.get_or_insert_with(|| here.clone()) != here {
                return None;
            }
            columns.push(place.column);
            width = place.width;
        }
        let whole = columns.len() == width && (0u32..).zip(&columns).all(|(i, &c)| i == c);
        found.map(|found| BatchRef { columns: (!whole).then_some(columns), ..found })
    }

    /// Remembers where batches are: in a file, or in the log of that number.
    pub(super) fn remember<'a>(
        &self,
        block: u64,
        batches: impl IntoIterator<Item = (u32, &'a RecordBatch)>,
        log: Option<u64>,
    ) {
        let mut known = self.known();
        for (batch, rows) in batches {
            for (column, array) in (0u32..).zip(rows.columns()) {
                let width = rows.num_columns();
                let place = Place { array: Arc::downgrade(array), block, batch, column, width, log };
                known.arrays.insert(address(array), place);
            }
        }
    }

    /// Writes a block file, which is not synced yet, and remembers its batches.
    pub(super) fn write(&self, id: u64, schema: &SchemaRef, batches: &[RecordBatch]) -> io::Result<()> {
        let path = block_path(&self.dir, id);
        self.known().unfinished.insert(id);
        let written = File::create(&path).and_then(|file| {
            let mut out =
                Checksummed { out: BufWriter::with_capacity(256 * 1024, file), crc: crc32fast::Hasher::new() };
            encode(schema, batches, &mut out).map_err(io::Error::other)?;
            let crc = out.crc.finalize();
            out.out.write_all(&crc.to_le_bytes())?;
            out.out.flush()
        });
        if written.is_ok() {
            self.known().unsynced.insert(id);
            self.remember(id, (0u32..).zip(batches), None);
        } else {
            // Nothing refers to it; what cannot be removed now goes when the directory is opened again.
            let _ = fs::remove_file(&path);
        }
        self.known().unfinished.remove(&id);
        named(&path, written)
    }

    /// Brings those of the files to the disk that are not there yet.
    pub(super) fn sync(&self, ids: impl IntoIterator<Item = u64>) -> io::Result<()> {
        let unsynced: Vec<u64> = {
            let known = self.known();
            ids.into_iter().filter(|id| known.unsynced.contains(id)).collect()
        };
        if unsynced.is_empty() {
            return Ok(());
        }
        for &id in &unsynced {
            let path = block_path(&self.dir, id);
            named(&path, File::open(&path).and_then(|file| file.sync_all()))?;
        }
        sync_dir(&self.dir)?;
        let mut known = self.known();
        for id in unsynced {
            known.unsynced.remove(&id);
        }
        Ok(())
    }

    /// Removes files that neither `referenced` nor living arrays need, and forgets arrays that are gone.
    pub(super) fn collect_garbage(&self, referenced: &BTreeSet<u64>) -> io::Result<()> {
        // Listed first: whatever is finished after that is not in the list.
        let files = files(&self.dir)?;
        let mut known = self.known();
        known.arrays.retain(|_, place| place.array.strong_count() > 0);
        let mut needed: BTreeSet<u64> = known.arrays.values().map(|place| place.block).collect();
        needed.extend(referenced);
        needed.extend(&known.unfinished);
        for (id, path) in files.into_iter().filter(|(id, _)| !needed.contains(id)) {
            named(&path, fs::remove_file(&path))?;
            known.unsynced.remove(&id);
        }
        Ok(())
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn address(array: &ArrayRef) -> usize {
    Arc::as_ptr(array).cast::<()>().addr()
}

pub(super) fn block_path(dir: &Path, id: u64) -> PathBuf {
    dir.join(format!("{id:012}.arrow"))
}

/// All block files with their ids.
pub(super) fn files(dir: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut files = Vec::new();
    for entry in named(dir, fs::read_dir(dir))? {
        let path = named(dir, entry)?.path();
        let id = path.file_name().and_then(|n| n.to_str()).and_then(|n| n.strip_suffix(".arrow")?.parse().ok());
        files.extend(id.map(|id| (id, path)));
    }
    Ok(files)
}

pub(super) fn encode(schema: &SchemaRef, batches: &[RecordBatch], out: impl Write) -> Result<(), ArrowError> {
    let mut writer = StreamWriter::try_new(out, schema)?;
    for batch in batches {
        writer.write(batch)?;
    }
    writer.finish()
}

pub(super) fn decode(bytes: &[u8]) -> Result<Vec<RecordBatch>, ArrowError> {
    StreamReader::try_new(Cursor::new(bytes), None)?.collect()
}

/// The batches of a block file, or why it cannot be read.
pub(super) fn read(path: &Path) -> Result<Vec<RecordBatch>, String> {
    let bytes = fs::read(path).map_err(|e| e.to_string())?;
    let at = bytes.len().checked_sub(CHECKSUM).ok_or("the file is cut off")?;
    let (content, crc) = bytes.split_at(at);
    if crc != crc32fast::hash(content).to_le_bytes() {
        return Err("checksum mismatch".to_owned());
    }
    decode(content).map_err(|e| e.to_string())
}

/// Bytes that the rows take, or nearly so.
pub(super) fn rows_size(batches: &[RecordBatch]) -> usize {
    let arrays = batches.iter().flat_map(RecordBatch::columns);
    arrays.map(|a| a.to_data().get_slice_memory_size().unwrap_or(usize::MAX / 2)).fold(0, usize::saturating_add)
}

struct Checksummed<W> {
    out: W,
    crc: crc32fast::Hasher,
}

impl<W: Write> Write for Checksummed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.crc.update(bytes.get(..written).unwrap_or(bytes));
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
