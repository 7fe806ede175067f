// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Reading as binary rows, for Flink.

use std::sync::{Arc, Mutex, PoisonError};

use arrow::record_batch::RecordBatch;
use serde::Deserialize;
use starrocks_codec::rows::{LaidOut, RowWriter, fingerprint};
use starrocks_types::{Error, ErrorKind, FlinkColumn, Result};

use super::fingerprint::RowHash;
use super::{ScanBatch, ScanCounters, ScanEvent, ScanOptions, ScanReader, ScanRequest, Split};
use crate::sink::ConnectionConfig;

/// The document that configures a [`RowReader`].
const VERSION: u32 = 1;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    version: u32,
    connection: ConnectionConfig,
    request: ScanRequest,
    #[serde(default)]
    options: ScanOptions,
    columns: Vec<FlinkColumn>,
    time_zone: String,
    /// Rows that the reader is wanted for at most.
    #[serde(default)]
    limit: Option<u64>,
}

/// Rows that were written into one buffer.
#[derive(Debug, Clone, Copy)]
pub struct WrittenRows {
    /// Number of the first in the tablet or query.
    pub first_row: u64,
    /// How many there are.
    pub rows: usize,
    /// Bytes of their records.
    pub bytes: usize,
    /// Fingerprint of the tablet before the first.
    pub before: u64,
    /// Fingerprint of the tablet after the last.
    pub after: u64,
}

/// What a [`RowReader`] tells.
#[derive(Debug)]
pub enum RowEvent {
    /// Rows, those of one tablet in order. They have to be [written](RowReader::write) before the next event is asked for.
    Rows {
        /// Number of the split, as in [`ScanEvent`].
        split: u64,
        /// Tablet; 0 for a query.
        tablet: i64,
    },
    /// A tablet, or a query as tablet 0, is read to its end.
    TabletDone {
        /// Number of the split.
        split: u64,
        /// Tablet.
        tablet: i64,
    },
    /// All tablets of a split are read to their ends.
    SplitDone {
        /// Number of the split.
        split: u64,
    },
}

/// A [`ScanReader`] whose rows are Flink's binary rows, and whose fingerprints are over them.
pub struct RowReader {
    reader: ScanReader,
    writer: RowWriter,
    /// Rows that are laid out at once, so few that they stay in the cache of a core.
    piece: usize,
    current: Option<Current>,
}

/// The answer whose rows are being written.
struct Current {
    batch: ScanBatch,
    /// How many of its rows were laid out.
    laid_out: usize,
    rows: LaidOut,
    next_row: u64,
    fingerprint: u64,
}

/// What the rows that are laid out at once may take, by their fixed parts.
const PIECE_BYTES: usize = 128 << 10;

impl RowReader {
    /// Opens a reader from its JSON document, see `docs/design/reading.md`. Must be called on a tokio runtime. Connects to nothing.
    pub fn open(config: &[u8]) -> Result<Self> {
        let config: Config = serde_json::from_slice(config).map_err(|cause| {
            Error::new(ErrorKind::InvalidConfig, "the configuration of the reader cannot be read").caused_by(cause)
        })?;
        if config.version != VERSION {
            return Err(Error::new(ErrorKind::InvalidConfig, "the configuration of the reader has another version")
                .with("version", config.version)
                .with("expected", VERSION));
        }
        let mut options = config.options;
        if let Some(limit) = config.limit.and_then(|limit| u32::try_from(limit).ok()) {
            options.batch_rows = options.batch_rows.min(limit.max(1));
        }
        let hash = BinaryHash(Mutex::new((RowWriter::new(config.columns.clone(), &config.time_zone)?, Vec::new())));
        let piece = (PIECE_BYTES / (8 * config.columns.len()).max(1)).clamp(64, 4096);
        Ok(Self {
            piece,
            current: None,
            reader: ScanReader::with_hash(config.connection.client()?, config.request, options, Arc::new(hash))?,
            writer: RowWriter::new(config.columns, &config.time_zone)?,
        })
    }

    /// Begins to read a split, a JSON document. Returns its number, which counts from 0.
    pub fn add_split(&mut self, split: &[u8]) -> Result<u64> {
        let split: Split = serde_json::from_slice(split)
            .map_err(|cause| Error::new(ErrorKind::InvalidConfig, "the split cannot be read").caused_by(cause))?;
        self.reader.add_split(split)
    }

    /// What the reader counts.
    pub fn counters(&self) -> Arc<ScanCounters> {
        self.reader.counters()
    }

    /// The next event; `None` when all splits are read that were added so far. Giving up waiting loses nothing.
    pub async fn next(&mut self) -> Result<Option<RowEvent>> {
        Ok(match self.reader.next().await? {
            None => None,
            Some(ScanEvent::TabletDone { split, tablet, .. }) => Some(RowEvent::TabletDone { split, tablet }),
            Some(ScanEvent::SplitDone { split }) => Some(RowEvent::SplitDone { split }),
            Some(ScanEvent::Batch(batch)) => {
                let (split, tablet) = (batch.split, batch.tablet);
                self.current = Some(Current {
                    laid_out: 0,
                    rows: LaidOut::default(),
                    next_row: batch.first_row,
                    fingerprint: batch.fingerprint(),
                    batch,
                });
                Some(RowEvent::Rows { split, tablet })
            }
        })
    }

    /// Bytes that the next row takes; `None` after the last of the event.
    pub fn next_record(&mut self) -> Result<Option<usize>> {
        let Some(current) = self.current.as_mut() else { return Ok(None) };
        if let Some(record) = current.rows.next_record() {
            return Ok(Some(record));
        }
        let left = current.batch.batch.num_rows() - current.laid_out;
        if left == 0 {
            if let Some(current) = self.current.take() {
                current.batch.take(current.fingerprint);
            }
            return Ok(None);
        }
        let piece = left.min(self.piece);
        let rows = self.writer.lay_out(&current.batch.batch.slice(current.laid_out, piece));
        current.rows = rows.map_err(|error| error.operation("read rows").with("tablet", current.batch.tablet))?;
        current.laid_out += piece;
        Ok(current.rows.next_record())
    }

    /// Writes rows of the event, as many as fit. None if the next is larger than `out`.
    pub fn write(&mut self, out: &mut [u8]) -> Result<WrittenRows> {
        let mut written = WrittenRows { first_row: 0, rows: 0, bytes: 0, before: 0, after: 0 };
        while let Some(room) = out.get_mut(written.bytes..)
            && self.next_record()?.is_some_and(|record| record <= room.len())
        {
            let Some(current) = self.current.as_mut() else { break };
            if written.rows == 0 {
                (written.first_row, written.before) = (current.next_row, current.fingerprint);
            }
            let part = current.rows.write(room);
            current.fingerprint = fingerprint(current.fingerprint, room, part.rows)?;
            current.next_row += part.rows as u64;
            written.rows += part.rows;
            written.bytes += part.bytes;
            written.after = current.fingerprint;
        }
        Ok(written)
    }

    /// Stops reading and waits, within a bound, until the scanners are closed on the backends.
    pub async fn close(self) {
        self.reader.close().await;
    }
}

/// A writer, and room for the rows whose fingerprint is taken.
struct BinaryHash(Mutex<(RowWriter, Vec<u8>)>);

/// As much is written at once for a fingerprint, or one row if that is larger.
const HASHED_BYTES: usize = 256 << 10;

impl RowHash for BinaryHash {
    fn extend(&self, before: u64, batch: &RecordBatch) -> Result<u64> {
        // A panic under this lock leaves nothing half done that the next use does not do anew.
        let mut guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (writer, room) = &mut *guard;
        let mut rows = writer.lay_out(batch)?;
        let mut hash = before;
        while let Some(record) = rows.next_record() {
            room.resize(record.max(HASHED_BYTES), 0);
            let written = rows.write(room);
            hash = fingerprint(hash, room, written.rows)?;
        }
        Ok(hash)
    }
}
