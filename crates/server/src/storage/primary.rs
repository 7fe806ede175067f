// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The primary-key index: encoded key to the row that holds it now.

use std::collections::HashMap;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use arrow::error::ArrowError;
use arrow::row::{RowConverter, Rows, SortField};

use super::Segment;

/// Where a row is: segment position in its table and row in that segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowRef {
    pub(crate) segment: u32,
    pub(crate) row: u32,
}

/// Turns columns of a batch into byte strings that compare as the columns do.
pub(crate) struct KeyEncoder {
    converter: RowConverter,
    positions: Vec<usize>,
}

impl KeyEncoder {
    pub(crate) fn new(schema: &Schema, positions: Vec<usize>) -> Result<Self, ArrowError> {
        let fields = positions.iter().map(|&i| SortField::new(schema.field(i).data_type().clone())).collect();
        Ok(Self { converter: RowConverter::new(fields)?, positions })
    }

    /// The keys of all rows of `batch`, whose schema is the one given to [`KeyEncoder::new`].
    pub(crate) fn encode(&self, batch: &RecordBatch) -> Result<Rows, ArrowError> {
        let columns: Vec<_> = self.positions.iter().map(|&i| batch.column(i).clone()).collect();
        self.converter.convert_columns(&columns)
    }

    /// Like [`KeyEncoder::encode`], appending to `rows`.
    pub(crate) fn append(&self, rows: &mut Rows, batch: &RecordBatch) -> Result<(), ArrowError> {
        let columns: Vec<_> = self.positions.iter().map(|&i| batch.column(i).clone()).collect();
        self.converter.append(rows, &columns)
    }

    pub(crate) fn empty_rows(&self) -> Rows {
        self.converter.empty_rows(0, 0)
    }
}

/// Which row holds each key of a primary-key table, as of its newest version.
#[derive(Default)]
pub(crate) struct PrimaryIndex {
    rows: HashMap<Box<[u8]>, RowRef>,
}

impl PrimaryIndex {
    /// The index of existing segments.
    pub(crate) fn build(encoder: &KeyEncoder, segments: &[Segment]) -> Result<Self, ArrowError> {
        let rows = HashMap::with_capacity(segments.iter().map(Segment::live_rows).sum());
        let mut index = Self { rows };
        index.move_rows(encoder, segments, 0)?;
        Ok(index)
    }

    /// Points the keys of all rows in the segments from `first` on at where they are now.
    pub(crate) fn move_rows(
        &mut self,
        encoder: &KeyEncoder,
        segments: &[Segment],
        first: usize,
    ) -> Result<(), ArrowError> {
        for (position, segment) in segments.iter().enumerate().skip(first) {
            let keys = encoder.encode(&segment.batch)?;
            for row in (0..segment.batch.num_rows()).filter(|&row| segment.is_live(row)) {
                self.put(keys.row(row).as_ref(), row_ref(position, row));
            }
        }
        Ok(())
    }

    pub(crate) fn get(&self, key: &[u8]) -> Option<RowRef> {
        self.rows.get(key).copied()
    }

    /// Points `key` at a new row and returns the row it replaces.
    pub(crate) fn put(&mut self, key: &[u8], row: RowRef) -> Option<RowRef> {
        match self.rows.get_mut(key) {
            Some(held) => Some(std::mem::replace(held, row)),
            None => self.rows.insert(key.into(), row),
        }
    }

    /// Forgets `key` and returns the row that held it.
    pub(crate) fn remove(&mut self, key: &[u8]) -> Option<RowRef> {
        self.rows.remove(key)
    }
}

/// Positions fit: a segment holds fewer than 2^32 rows by construction of Arrow's offsets, a table fewer segments.
pub(crate) fn row_ref(segment: usize, row: usize) -> RowRef {
    RowRef { segment: segment as u32, row: row as u32 }
}
