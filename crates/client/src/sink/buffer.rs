// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Rows on their way into the body of the next load.

use std::sync::Arc;

use bytes::Bytes;
use starrocks_codec::{BodyFrame, Compression, Compressor, CsvFormat, EncoderConfig, Format, RowEncoder};
use starrocks_load::Chunk;
use starrocks_types::{Error, ErrorKind, Result};

use super::budget::{BLOCK_BYTES, Share};
use super::config::{RowFormat, SinkConfig};

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
    compression: Compression,
    compressor: Compressor,
    /// Where blocks come from.
    share: Arc<Share>,
    /// Rows without frame or compression. The encoder separates what it appends from what is there.
    block: Vec<u8>,
    /// The most that one batch became so far: a block with less room is full, so that blocks rarely grow.
    largest_batch: usize,
    /// The body has a block already.
    begun: bool,
    body: Vec<Bytes>,
    body_bytes: u64,
    raw_bytes: u64,
    rows: u64,
}

/// The row format that a configuration asks for.
pub(super) fn format_of(config: &SinkConfig) -> Result<Format> {
    Ok(match config.format {
        RowFormat::Json => Format::Json,
        RowFormat::Csv => Format::Csv(CsvFormat::parse(
            config.property("column_separator"),
            config.property("row_delimiter"),
            config.property("enclose"),
            config.property("escape"),
        )?),
    })
}

/// The compression that a configuration asks for.
pub(super) fn compression_of(config: &SinkConfig) -> Result<Compression> {
    config.property("compression").map_or(Ok(Compression::None), Compression::parse)
}

impl Rows {
    pub(super) fn new(config: &SinkConfig) -> Result<Self> {
        if config.columns.is_empty() {
            return Ok(Self { encoder: None });
        }
        let encoder = RowEncoder::new(EncoderConfig {
            targets: &config.starrocks_types,
            upsert_delete: config.upsert_delete,
            ignore_update_before: config.ignore_update_before,
            session_time_zone: &config.session_time_zone,
            ..EncoderConfig::new(&config.columns, format_of(config)?)
        })?;
        Ok(Self { encoder: Some(encoder) })
    }

    fn encode(&mut self, batch: &[u8], rows: usize, out: &mut Vec<u8>) -> Result<(u64, u64)> {
        let Some(encoder) = self.encoder.as_mut() else {
            return Err(Error::new(ErrorKind::InvalidConfig, "a sink without columns takes raw rows only"));
        };
        let encoded = encoder.encode(batch, rows, out)?;
        Ok((encoded.rows_written as u64, encoded.rows_skipped as u64))
    }
}

impl Buffer {
    pub(super) fn new(config: &SinkConfig, share: Arc<Share>) -> Result<Self> {
        let compression = compression_of(config)?;
        Ok(Self {
            frame: BodyFrame::of(&format_of(config)?),
            compression,
            compressor: Compressor::new(compression),
            share,
            block: Vec::new(),
            largest_batch: 0,
            begun: false,
            body: Vec::new(),
            body_bytes: 0,
            raw_bytes: 0,
            rows: 0,
        })
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
            self.block = self.share.block();
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

    pub(super) fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Moves a full block into the body.
    pub(super) fn settle(&mut self) -> Result<()> {
        if self.block.len() + self.largest_batch > BLOCK_BYTES { self.flush_block() } else { Ok(()) }
    }

    /// Ends the body; `None` when there are no rows.
    pub(super) fn seal(&mut self) -> Result<Option<Chunk>> {
        if self.rows == 0 {
            return Ok(None);
        }
        self.flush_block()?;
        self.add(self.frame.end)?;
        if self.compression != Compression::None {
            let mut rest = Vec::new();
            self.compressor.finish(&mut rest)?;
            self.push(Bytes::from(rest));
        }
        self.begun = false;
        let chunk = Chunk { rows: self.rows, body: std::mem::take(&mut self.body) };
        self.body_bytes = 0;
        self.raw_bytes = 0;
        self.rows = 0;
        Ok(Some(chunk))
    }

    /// Moves the block into the body.
    fn flush_block(&mut self) -> Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        self.add(if self.begun { self.frame.between } else { self.frame.start })?;
        self.begun = true;
        if self.compression == Compression::None {
            let block = std::mem::take(&mut self.block);
            let block = self.share.freeze(block);
            self.push(block);
            return Ok(());
        }
        let mut out = Vec::new();
        self.compressor.write(&self.block, &mut out)?;
        self.block.clear();
        self.push(Bytes::from(out));
        Ok(())
    }

    /// Adds a part of the frame.
    fn add(&mut self, part: &'static [u8]) -> Result<()> {
        if self.compression == Compression::None {
            self.push(Bytes::from_static(part));
            return Ok(());
        }
        let mut out = Vec::new();
        self.compressor.write(part, &mut out)?;
        self.push(Bytes::from(out));
        Ok(())
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
    use super::super::budget::Budget;
    use super::*;

    fn buffer(format: &str, more: &str) -> Buffer {
        let text = format!(
            r#"{{"version":1,"connection":{{"load_urls":["h:1"],"username":"u","password":""}},"database":"d","table":"t","format":"{format}"{more}}}"#
        );
        Buffer::new(&SinkConfig::from_json(text.as_bytes()).unwrap(), Arc::new(Budget::new().register(1 << 26)))
            .unwrap()
    }

    fn body(buffer: &mut Buffer) -> Vec<u8> {
        buffer.seal().unwrap().unwrap().body.concat()
    }

    #[test]
    fn a_json_body_is_one_array_however_many_blocks_it_has() {
        let mut buffer = buffer("json", "");
        buffer.write_raw(br#"{"a":1},{"a":2}"#, 2).unwrap();
        buffer.flush_block().unwrap();
        buffer.write_raw(br#"{"a":3}"#, 1).unwrap();
        assert_eq!(body(&mut buffer), br#"[{"a":1},{"a":2},{"a":3}]"#);
        buffer.write_raw(br#"{"a":4}"#, 1).unwrap();
        assert_eq!(body(&mut buffer), br#"[{"a":4}]"#, "the next body begins anew");
        assert!(buffer.seal().unwrap().is_none());
    }

    #[test]
    fn a_batch_without_rows_leaves_no_trace() {
        let mut buffer = buffer("json", "");
        buffer.append(|_| Ok((0, 3))).unwrap();
        assert!(buffer.seal().unwrap().is_none());
        buffer.write_raw(b"{}", 1).unwrap();
        buffer.append(|_| Ok((0, 1))).unwrap();
        let failed = buffer.append(|out| {
            out.extend_from_slice(b"half a row");
            Err(Error::new(ErrorKind::InvalidRow, "broken"))
        });
        assert_eq!(failed.unwrap_err().kind(), ErrorKind::InvalidRow);
        assert_eq!(body(&mut buffer), b"[{}]");
    }

    #[test]
    fn a_compressed_body_is_one_frame() {
        let mut buffer = buffer("csv", r#","properties":{"compression":"LZ4_FRAME"}"#);
        let row = [b'x'; 1000];
        for _ in 0..3000 {
            buffer.write_raw(&row, 1).unwrap();
            buffer.settle().unwrap();
        }
        let chunk = buffer.seal().unwrap().unwrap();
        assert_eq!(chunk.rows, 3000);
        assert!(chunk.len() < 100_000, "{}", chunk.len());
        assert_eq!(buffer.held(), 0);
    }
}
