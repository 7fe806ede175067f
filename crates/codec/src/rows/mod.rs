// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Arrow record batches to row batches: what StarRocks sends becomes the binary rows that Flink works with.
//!
//! Reading decides once, per column, how its values are turned; a record batch is then laid out (everything that can fail
//! happens there) and written, column by column, into memory of the caller.

mod cell;
mod fingerprint;
mod lane;
mod plan;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use starrocks_types::{Error, ErrorKind, FlinkColumn, Result};

use crate::nested::fixed_bytes;
use crate::temporal::Zone;
pub use fingerprint::fingerprint;
use lane::Lane;
use plan::Plan;

/// Byte count of what stands before each row: its size and padding.
const RECORD: usize = 8;
/// Rows that are written column by column at a time, so that they stay in the cache of the core.
const BLOCK: usize = 256;

/// Writes the rows of record batches as a [row batch](https://github.com/StarRocks/starrocks-connector-for-apache-flink/blob/main/docs/design/row-batch.md).
#[derive(Debug)]
pub struct RowWriter {
    columns: Vec<FlinkColumn>,
    zone: Zone,
    /// The schema for which there are plans.
    schema: Option<SchemaRef>,
    plans: Vec<Plan>,
}

impl RowWriter {
    /// A writer of rows with these columns. DATETIME has no zone; `time_zone` is the one in which TIMESTAMP_LTZ columns take it.
    /// Fails with [`ErrorKind::InvalidConfig`] for an unknown zone.
    pub fn new(columns: Vec<FlinkColumn>, time_zone: &str) -> Result<Self> {
        Ok(Self { columns, zone: Zone::parse(time_zone)?, schema: None, plans: Vec::new() })
    }

    /// Lays a record batch out, whose columns are those of the writer, in order; names do not matter.
    ///
    /// Fails with [`ErrorKind::SchemaMismatch`] where a column's type cannot be read as the Flink type, and with
    /// [`ErrorKind::InvalidRow`] for a value that does not fit it. Nothing becomes NULL that was not NULL.
    pub fn lay_out(&mut self, batch: &RecordBatch) -> Result<LaidOut> {
        if self.schema.as_ref() != Some(batch.schema_ref()) {
            self.plans = self.plan(batch.schema_ref())?;
            self.schema = Some(batch.schema());
        }
        let fixed = fixed_bytes(self.columns.len());
        let rows = batch.num_rows();
        let mut sizes = vec![fixed; rows];
        let mut lanes = Vec::with_capacity(self.plans.len());
        for ((plan, column), array) in self.plans.iter().zip(&self.columns).zip(batch.columns()) {
            let lane = Lane::new(plan, array, column.data_type.nullable, &mut self.zone).map_err(|why| {
                Error::new(ErrorKind::InvalidRow, why).with("column", &column.name).with("type", &column.data_type)
            })?;
            lane.add_sizes(&mut sizes);
            lanes.push(lane);
        }
        if let Some(row) = sizes.iter().position(|size| *size > MAX_ROW) {
            return Err(Error::new(ErrorKind::InvalidRow, "the row is larger than 1 GiB").with("row", row));
        }
        Ok(LaidOut { lanes, sizes, fixed, next: 0, starts: Vec::new(), cursors: Vec::new() })
    }

    fn plan(&self, schema: &SchemaRef) -> Result<Vec<Plan>> {
        let fields = schema.fields();
        if fields.len() != self.columns.len() {
            return Err(Error::new(
                ErrorKind::SchemaMismatch,
                format!("the answer has {} columns, not {}", fields.len(), self.columns.len()),
            ));
        }
        self.columns
            .iter()
            .zip(fields)
            .map(|(column, field)| {
                Plan::of(&column.data_type, field.data_type()).map_err(|why| {
                    Error::new(ErrorKind::SchemaMismatch, why)
                        .with("column", &column.name)
                        .with("flink", &column.data_type)
                        .with("starrocks", field.data_type())
                        .hint("declare the column with the Flink type that the StarRocks type is read as, see the documentation's table of types")
                })
            })
            .collect()
    }
}

/// Larger rows are refused; sizes and offsets of a row are 32 bits.
const MAX_ROW: usize = 1 << 30;

/// What [`LaidOut::write`] wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Rows.
    pub rows: usize,
    /// Bytes.
    pub bytes: usize,
}

/// The rows of one record batch, on their way into row batches; by default there are none.
#[derive(Debug, Default)]
pub struct LaidOut {
    lanes: Vec<Lane>,
    /// Bytes of each row, without the record's head.
    sizes: Vec<usize>,
    fixed: usize,
    next: usize,
    starts: Vec<usize>,
    cursors: Vec<usize>,
}

impl LaidOut {
    /// Rows that are not written yet.
    pub fn rows_left(&self) -> usize {
        self.sizes.len() - self.next
    }

    /// Bytes that the next row takes in a row batch; `None` after the last.
    pub fn next_record(&self) -> Option<usize> {
        self.sizes.get(self.next).map(|size| RECORD + size)
    }

    /// Writes as many rows as fit into `out`, from its beginning. None, if there are none left or the next is larger than `out`.
    pub fn write(&mut self, out: &mut [u8]) -> Written {
        let first = self.next;
        let mut bytes = 0;
        self.starts.clear();
        for size in self.sizes.iter().skip(first) {
            let end = bytes + RECORD + size;
            if end > out.len() {
                break;
            }
            self.starts.push(bytes);
            bytes = end;
        }
        self.next += self.starts.len();
        let written = Written { rows: self.starts.len(), bytes };
        let Some(out) = out.get_mut(..bytes) else { return written };
        // Padding, null bits, and the halves of slots that a value leaves alone.
        out.fill(0);
        let null_bytes = self.fixed - 8 * self.lanes.len();
        for (block, starts) in self.starts.chunks(BLOCK).enumerate() {
            let first = first + block * BLOCK;
            self.cursors.clear();
            self.cursors.resize(starts.len(), self.fixed);
            for (start, size) in starts.iter().zip(self.sizes.iter().skip(first)) {
                // Checked against the largest row.
                lane::put(out, *start, (*size as u32).to_le_bytes());
            }
            for (i, lane) in self.lanes.iter().enumerate() {
                let place = lane::Place {
                    first,
                    starts,
                    slot: RECORD + null_bytes + 8 * i,
                    null_byte: RECORD + (i + 8) / 8,
                    null_bit: 1 << ((i + 8) % 8),
                };
                lane.write(out, &place, &mut self.cursors);
            }
        }
        written
    }
}

#[cfg(test)]
mod tests;
