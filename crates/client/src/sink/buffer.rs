// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Rows on their way into the body of the next load.

use std::sync::Arc;

use bytes::Bytes;
use starrocks_codec::{BodyFrame, Compression, EncoderConfig, Rejected, RowEncoder, UpdateBefore};
use starrocks_types::{Error, ErrorKind, Result};
use tokio::runtime::Handle;

use super::budget::Share;
use super::config::SinkConfig;
use super::packing::{Packer, Packing, Sealed};

/// Turns row batches into rows.
pub(super) struct Rows {
    encoder: Option<RowEncoder>,
}

/// What one batch added.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Added {
    pub(super) rows: u64,
    pub(super) skipped: u64,
    pub(super) bytes: u64,
}

/// The body that is being built, and the rows that are not in it yet.
pub(super) struct Buffer {
    frame: BodyFrame,
    /// Absent without compression.
    packer: Option<Packer>,
    /// Where blocks come from.
    share: Arc<Share>,
    /// With how many others.
    tables: usize,
    /// Rows without frame or compression. The encoder separates what it appends from what is there.
    block: Vec<u8>,
    /// The most that one batch became so far: a block with less room is full, so that blocks rarely grow.
    largest_batch: usize,
    /// The body has a block already.
    begun: bool,
    /// Empty with compression.
    body: Vec<Bytes>,
    /// Bytes of all blocks of the body, before compression.
    body_bytes: u64,
    raw_bytes: u64,
    rows: u64,
}

/// What old versions of updated rows mean.
fn update_before(config: &SinkConfig) -> UpdateBefore {
    let properties = config.load_properties();
    match config.ignore_update_before {
        Some(true) => UpdateBefore::Drop,
        Some(false) => UpdateBefore::Delete,
        None if !config.upsert_delete || config.primary_key.is_empty() => UpdateBefore::Drop,
        None if properties.is_partial_update() || properties.is_conditional_update() => UpdateBefore::DeleteIfMoved,
        None => UpdateBefore::DeleteUnlessReplaced,
    }
}

impl Rows {
    pub(super) fn new(config: &SinkConfig) -> Result<Self> {
        if config.columns.is_empty() {
            return Ok(Self { encoder: None });
        }
        let encoder = RowEncoder::new(EncoderConfig {
            targets: &config.starrocks_types,
            upsert_delete: config.upsert_delete,
            update_before: update_before(config),
            primary_key: &config.primary_key,
            ignore_delete: config.ignore_delete,
            not_null: &config.not_null,
            on_invalid: config.on_invalid.into(),
            session_time_zone: &config.session_time_zone,
            ..EncoderConfig::new(&config.columns, config.row_format()?)
        })?;
        Ok(Self { encoder: Some(encoder) })
    }

    /// The rows that were rejected since the last call.
    pub(super) fn take_rejected(&mut self) -> Vec<Rejected> {
        self.encoder.as_mut().map(RowEncoder::take_rejected).unwrap_or_default()
    }

    fn encode(&mut self, batch: &[u8], rows: usize, out: &mut Vec<u8>) -> Result<(u64, u64)> {
        let Some(encoder) = self.encoder.as_mut() else {
            return Err(Error::new(ErrorKind::InvalidConfig, "a sink without columns takes raw rows only"));
        };
        let encoded = encoder.encode(batch, rows, out)?;
        Ok((encoded.rows_written as u64, encoded.rows_skipped as u64))
    }
}

impl Added {
    pub(super) fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.skipped += other.skipped;
        self.bytes += other.bytes;
    }
}

impl Buffer {
    pub(super) fn new(config: &SinkConfig, share: Arc<Share>, runtime: &Handle) -> Result<Self> {
        let format = config.row_format()?;
        let packer = match config.load_properties().compression()? {
            Compression::None => None,
            compression => Some(Packer::new(compression, &format, Arc::clone(&share), runtime.clone())),
        };
        Ok(Self {
            frame: BodyFrame::of(&format),
            packer,
            share,
            tables: 1,
            block: Vec::new(),
            largest_batch: 0,
            begun: false,
            body: Vec::new(),
            body_bytes: 0,
            raw_bytes: 0,
            rows: 0,
        })
    }

    /// There are now so many buffers that take blocks.
    pub(super) fn share_blocks(&mut self, tables: usize) {
        self.tables = tables;
    }

    /// Encodes a batch. Nothing of a batch that fails stays.
    pub(super) fn encode(&mut self, rows: &mut Rows, batch: &[u8], count: usize) -> Result<Added> {
        self.append(|out| rows.encode(batch, count, out))
    }

    /// Appends complete rows: CSV rows with their delimiters, JSON objects with commas between them.
    pub(super) fn write_raw(&mut self, rows: &[u8], count: u64) -> Result<Added> {
        let between = self.frame.between;
        self.append(|out| {
            if !out.is_empty() {
                out.extend_from_slice(between);
            }
            out.extend_from_slice(rows);
            Ok((count, 0))
        })
    }

    fn append(&mut self, write: impl FnOnce(&mut Vec<u8>) -> Result<(u64, u64)>) -> Result<Added> {
        if self.block.capacity() == 0 {
            self.block = self.share.block(self.tables);
        }
        let before = self.block.len();
        match write(&mut self.block) {
            Ok((rows, skipped)) => {
                if rows == 0 {
                    self.block.truncate(before);
                }
                let bytes = self.block.len() - before;
                self.largest_batch = self.largest_batch.max(bytes);
                self.raw_bytes += bytes as u64;
                self.rows += rows;
                Ok(Added { rows, skipped, bytes: bytes as u64 })
            }
            Err(error) => {
                self.block.truncate(before);
                Err(error)
            }
        }
    }

    /// Bytes held in memory.
    pub(super) fn held(&self) -> u64 {
        self.body_bytes + self.block.len() as u64
    }

    /// Bytes of rows, before compression.
    pub(super) fn raw_bytes(&self) -> u64 {
        self.raw_bytes
    }

    /// Rows in the body that is being built.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Moves a full block into the body.
    pub(super) fn settle(&mut self) {
        if self.block.len() + self.largest_batch > self.block.capacity() {
            self.flush_block();
        }
    }

    /// What compresses full blocks, if anything does.
    pub(super) fn packing(&self) -> Option<Arc<Packing>> {
        self.packer.as_ref().map(Packer::packing)
    }

    /// Ends the body; `None` when there are no rows.
    pub(super) fn seal(&mut self) -> Option<Sealed> {
        if self.rows == 0 {
            return None;
        }
        self.flush_block();
        let sealed = match &mut self.packer {
            None => {
                self.push(Bytes::from_static(self.frame.end));
                Sealed::plain(self.rows, self.body_bytes, std::mem::take(&mut self.body))
            }
            Some(packer) => packer.end(self.frame.end, self.rows, self.body_bytes),
        };
        self.begun = false;
        self.body_bytes = 0;
        self.raw_bytes = 0;
        self.rows = 0;
        Some(sealed)
    }

    /// Moves the block into the body.
    fn flush_block(&mut self) {
        if self.block.is_empty() {
            return;
        }
        let before = if self.begun { self.frame.between } else { self.frame.start };
        self.begun = true;
        let block = std::mem::take(&mut self.block);
        match &mut self.packer {
            None => {
                self.push(Bytes::from_static(before));
                let block = self.share.freeze(block);
                self.push(block);
            }
            Some(packer) => {
                self.body_bytes += block.len() as u64;
                packer.add(before, block);
            }
        }
    }

    fn push(&mut self, part: Bytes) {
        if !part.is_empty() {
            self.body_bytes += part.len() as u64;
            self.body.push(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::super::budget::Budget;
    use super::*;

    fn buffer(format: &str, more: &str) -> Buffer {
        let text = format!(
            r#"{{"version":1,"connection":{{"load_urls":["h:1"],"username":"u","password":""}},"database":"d","table":"t","format":"{format}"{more}}}"#
        );
        let share = Arc::new(Budget::new().register(1 << 26));
        Buffer::new(&SinkConfig::from_json(text.as_bytes()).unwrap(), share, &Handle::current()).unwrap()
    }

    async fn body(buffer: &mut Buffer) -> Vec<u8> {
        buffer.seal().unwrap().finish().await.unwrap().body.concat()
    }

    #[tokio::test]
    async fn a_json_body_is_one_array_however_many_blocks_it_has() {
        let mut buffer = buffer("json", "");
        buffer.write_raw(br#"{"a":1},{"a":2}"#, 2).unwrap();
        buffer.flush_block();
        buffer.write_raw(br#"{"a":3}"#, 1).unwrap();
        assert_eq!(body(&mut buffer).await, br#"[{"a":1},{"a":2},{"a":3}]"#);
        buffer.write_raw(br#"{"a":4}"#, 1).unwrap();
        assert_eq!(body(&mut buffer).await, br#"[{"a":4}]"#, "the next body begins anew");
        assert!(buffer.seal().is_none());
    }

    #[tokio::test]
    async fn a_batch_without_rows_leaves_no_trace() {
        let mut buffer = buffer("json", "");
        buffer.append(|_| Ok((0, 3))).unwrap();
        assert!(buffer.seal().is_none());
        buffer.write_raw(b"{}", 1).unwrap();
        buffer.append(|_| Ok((0, 1))).unwrap();
        let failed = buffer.append(|out| {
            out.extend_from_slice(b"half a row");
            Err(Error::new(ErrorKind::InvalidRow, "broken"))
        });
        assert_eq!(failed.unwrap_err().kind(), ErrorKind::InvalidRow);
        assert_eq!(body(&mut buffer).await, b"[{}]");
    }

    #[tokio::test]
    async fn a_compressed_body_is_one_frame() {
        let mut buffer = buffer("csv", r#","properties":{"compression":"LZ4_FRAME"}"#);
        for body in 1..=3 {
            let rows: Vec<_> = (0..3000 * body).map(|i| format!("{i}\t{}\n", "x".repeat(1000))).collect();
            for row in &rows {
                buffer.write_raw(row.as_bytes(), 1).unwrap();
                buffer.settle();
            }
            let mut sealed = buffer.seal().unwrap();
            assert_eq!((sealed.held, buffer.held()), (rows.concat().len() as u64, 0));
            let chunk = sealed.finish().await.unwrap();
            assert_eq!(chunk.rows, 3000 * body);
            assert!(chunk.len() < 200_000 * body, "{}", chunk.len());
            let mut plain = String::new();
            lz4_flex::frame::FrameDecoder::new(&chunk.body.concat()[..]).read_to_string(&mut plain).unwrap();
            assert!(plain == rows.concat(), "rows in order, whatever was compressed meanwhile");
        }
    }

    #[tokio::test]
    async fn encoding_waits_for_a_compression_that_falls_behind() {
        let mut buffer = buffer("csv", r#","properties":{"compression":"gzip"}"#);
        let packing = buffer.packing().unwrap();
        let row: Vec<u8> = (0..1_u64 << 20).map(|i| ((i * i) >> 7) as u8).collect();
        for _ in 0..8 {
            buffer.write_raw(&row, 1).unwrap();
            buffer.settle();
            packing.ready().await;
            assert!(packing.waiting() <= 2);
        }
        assert_eq!(buffer.seal().unwrap().finish().await.unwrap().rows, 8);
    }
}
