// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! A record in the making: collects the rows and attachments that it refers to.

use std::collections::BTreeSet;
use std::io;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use super::blocks::{self, Blocks};
use super::record::{BatchRef, Envelope, Record, WriteRecord};
use crate::engine::TableWrite;

pub(super) struct Draft<'a> {
    blocks: &'a Blocks,
    /// The log that the record goes to; `None` for a snapshot, which holds no rows itself.
    log: Option<u64>,
    attachments: Vec<Vec<u8>>,
    new: Vec<NewBlock>,
    referenced: BTreeSet<u64>,
}

struct NewBlock {
    id: u64,
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

/// A draft whose rows have found their place. Files among them are on the disk.
pub(super) struct Sealed {
    attachments: Vec<Vec<u8>>,
    inline: Vec<(NewBlock, u32)>,
    /// Blocks with files that the record refers to.
    pub(super) files: BTreeSet<u64>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(blocks: &'a Blocks, log: Option<u64>) -> Self {
        Self { blocks, log, attachments: Vec::new(), new: Vec::new(), referenced: BTreeSet::new() }
    }

    /// Adds a binary part.
    pub(super) fn attach(&mut self, bytes: Vec<u8>) -> u32 {
        self.attachments.push(bytes);
        (self.attachments.len() - 1) as u32
    }

    /// Refers to rows, which are written if they are nowhere yet.
    pub(super) fn batch(&mut self, batch: &RecordBatch) -> BatchRef {
        // A snapshot may not point into logs, which go once it is there; no log has the number 0.
        if let Some(found) = self.blocks.find(batch, self.log.unwrap_or(0)) {
            self.referenced.insert(found.block);
            return found;
        }
        let schema = batch.schema();
        let position = self.new.iter().position(|block| block.schema == schema).unwrap_or_else(|| {
            self.new.push(NewBlock { id: self.blocks.next_id(), schema, batches: Vec::new() });
            self.new.len() - 1
        });
        match self.new.get_mut(position) {
            Some(block) => {
                block.batches.push(batch.clone());
                BatchRef { block: block.id, batch: (block.batches.len() - 1) as u32, columns: None }
            }
            None => BatchRef { block: 0, batch: 0, columns: None },
        }
    }

    pub(super) fn write(&mut self, write: &TableWrite) -> WriteRecord {
        let TableWrite { table_id, columns, has_op, mode, merge_condition, batches } = write;
        WriteRecord {
            table_id: *table_id,
            columns: columns.clone(),
            has_op: *has_op,
            mode: *mode,
            merge_condition: *merge_condition,
            batches: batches.iter().filter(|b| b.num_rows() > 0).map(|batch| self.batch(batch)).collect(),
        }
    }

    /// Writes the rows, to files if they take more than `inline_bytes`, and syncs every file that the record refers to.
    pub(super) fn seal(self, inline_bytes: usize) -> io::Result<Sealed> {
        let Self { blocks, log, mut attachments, new, referenced: mut files } = self;
        let size: usize = new.iter().map(|block| blocks::rows_size(&block.batches)).sum();
        let mut inline = Vec::new();
        for block in new {
            if log.is_some() && size <= inline_bytes {
                let mut bytes = Vec::new();
                blocks::encode(&block.schema, &block.batches, &mut bytes).map_err(io::Error::other)?;
                attachments.push(bytes);
                inline.push((block, (attachments.len() - 1) as u32));
            } else {
                blocks.write(block.id, &block.schema, &block.batches)?;
                files.insert(block.id);
            }
        }
        blocks.sync(files.iter().copied())?;
        Ok(Sealed { attachments, inline, files })
    }
}

impl Sealed {
    /// A record without rows and attachments.
    pub(super) fn empty() -> Self {
        Self { attachments: Vec::new(), inline: Vec::new(), files: BTreeSet::new() }
    }

    /// The parts of the finished record.
    pub(super) fn parts(&mut self, record: Record) -> io::Result<Vec<Vec<u8>>> {
        let blocks = self.inline.iter().map(|(block, attachment)| (block.id, *attachment)).collect();
        let mut parts = vec![serde_json::to_vec(&Envelope { blocks, record }).map_err(io::Error::other)?];
        parts.append(&mut self.attachments);
        Ok(parts)
    }

    /// Lets later records refer to the rows in this one; call when it has been appended to that log.
    pub(super) fn remember(&self, blocks: &Blocks, log: u64) {
        for (block, _) in &self.inline {
            blocks.remember(block.id, (0u32..).zip(&block.batches), Some(log));
        }
    }
}
