// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What a commit does to one table: staged rows become whole rows, and whole rows become segments.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, new_null_array};
use arrow::buffer::{BooleanBuffer, MutableBuffer};
use arrow::compute::{cast, filter, filter_record_batch, interleave};
use arrow::datatypes::{Field, Int8Type, Schema};
use arrow::util::bit_util;
use starrocks_types::{StarRocksType, TableModel};

use super::rows::{cast_to, default_array};
use super::{Engine, EngineError, EngineResult, TableWrite, WriteMode, Writer};
use crate::catalog::{ColumnDef, arrow_type};
use crate::clock::Micros;
use crate::load::parse_text;
use crate::storage::{KeyEncoder, PrimaryIndex, RowRef, Segment, Table, compact, row_ref};

/// Rows as they go into a table: its schema, and for primary keys which rows only delete their key.
#[derive(Debug, Clone)]
pub(super) struct Resolved {
    pub(super) batch: RecordBatch,
    /// Set bits delete; `None` when all rows are upserts.
    pub(super) deletes: Option<BooleanBuffer>,
}

impl Engine {
    /// Applies writes to a table in order and gives its segments and the rows that are new. Primary indexes run ahead of
    /// what is published.
    pub(super) fn apply_writes(
        &self,
        writer: &mut Writer,
        table: &Table,
        writes: &[&TableWrite],
        now: Micros,
    ) -> EngineResult<(Vec<Segment>, Vec<RecordBatch>)> {
        let mut new = Vec::new();
        let mut target =
            Target::open(writer, table, writes.iter().any(|w| matches!(w.mode, WriteMode::Overwrite { .. })))?;
        for write in writes {
            if let WriteMode::Overwrite { version } = write.mode
                && version != table.version()
            {
                return Err(EngineError::Conflict { table: table.def().name.clone() });
            }
            for batch in write.batches.iter().filter(|b| b.num_rows() > 0) {
                if let Some(resolved) = self.resolve(table, &target, write, batch, now)? {
                    target.put(&resolved)?;
                    new.push(resolved.batch);
                }
            }
        }
        Ok((target.close(writer)?, new))
    }

    /// From the columns a write has to whole rows of the table as it is now.
    fn resolve(
        &self,
        table: &Table,
        target: &Target<'_>,
        write: &TableWrite,
        batch: &RecordBatch,
        now: Micros,
    ) -> EngineResult<Option<Resolved>> {
        let partial = matches!(write.mode, WriteMode::PartialRow | WriteMode::PartialColumn);
        let deletes = write.has_op.then(|| {
            let ops = batch.columns().last().and_then(|c| c.as_primitive_opt::<Int8Type>());
            BooleanBuffer::collect_bool(batch.num_rows(), |row| {
                ops.is_some_and(|o| o.is_valid(row) && o.value(row) == 1)
            })
        });
        let given = |column: &ColumnDef| -> EngineResult<Option<ArrayRef>> {
            let position = write.columns.iter().position(|&id| id == column.id);
            let array = position.and_then(|p| batch.columns().get(p));
            array.map(|a| cast_to(a, &arrow_type(&column.data_type))).transpose()
        };
        let held = if partial { target.held_rows(&given, batch.num_rows())? } else { Vec::new() };
        let mut columns = Vec::with_capacity(table.def().columns.len());
        for (position, column) in table.def().columns.iter().enumerate() {
            columns.push(match given(column)? {
                Some(array) => array,
                None => {
                    let fresh = self.fresh_column(table, column, batch.num_rows(), now)?;
                    if partial { target.held_or(position, &held, &fresh)? } else { fresh }
                }
            });
        }
        let mut resolved = Resolved { batch: RecordBatch::try_new(table.schema().clone(), columns)?, deletes };
        if write.mode == WriteMode::PartialColumn {
            let keep = BooleanBuffer::collect_bool(held.len(), |row| held.get(row).is_some_and(Option::is_some));
            resolved.keep(keep)?;
        }
        if let Some(condition) = write.merge_condition {
            let (position, _) = table.def().column_by_id(condition).ok_or_else(|| EngineError::UnknownColumn {
                table: table.def().name.clone(),
                column: "merge condition".to_owned(),
            })?;
            let keep = target.winners(&resolved, position)?;
            resolved.keep(keep)?;
        }
        Ok((resolved.batch.num_rows() > 0).then_some(resolved))
    }

    /// What a column that a write does not have is in new rows. A transaction that ran across ADD COLUMN lacks it too.
    fn fresh_column(&self, table: &Table, column: &ColumnDef, rows: usize, now: Micros) -> EngineResult<ArrayRef> {
        let target = arrow_type(&column.data_type);
        if column.auto_increment {
            let first = self.take_auto_increments(table.id(), rows);
            return Ok(cast(&Int64Array::from_iter_values((first..).take(rows)), &target)?);
        }
        if let Some(values) = default_array(column, rows, now)? {
            return Ok(values);
        }
        if column.nullable {
            return Ok(new_null_array(&target, rows));
        }
        let zero = match &column.data_type {
            StarRocksType::Char(_) | StarRocksType::Varchar(_) | StarRocksType::Varbinary(_) => "",
            StarRocksType::Date | StarRocksType::DateTime => "1970-01-01",
            StarRocksType::Json => "{}",
            _ => "0",
        };
        let one = parse_text(&column.data_type, zero)
            .ok_or_else(|| EngineError::Invalid(format!("Column has no default value. column: {}", column.name)))?;
        Ok(interleave(&[one.as_ref()], &vec![(0, 0); rows])?)
    }
}

impl Resolved {
    fn keep(&mut self, keep: BooleanBuffer) -> EngineResult<()> {
        let keep = BooleanArray::new(keep, None);
        self.batch = filter_record_batch(&self.batch, &keep)?;
        if let Some(deletes) = &self.deletes {
            let kept = filter(&BooleanArray::new(deletes.clone(), None), &keep)?;
            self.deletes = Some(kept.as_boolean().values().clone());
        }
        Ok(())
    }

    fn deletes(&self, row: usize) -> bool {
        self.deletes.as_ref().is_some_and(|d| d.value(row))
    }
}

/// A table while a commit writes to it.
pub(super) struct Target<'a> {
    table: &'a Table,
    segments: Vec<Segment>,
    primary: Option<Primary>,
}

struct Primary {
    encoder: KeyEncoder,
    index: PrimaryIndex,
    dead: HashMap<u32, Vec<u32>>,
}

impl<'a> Target<'a> {
    pub(super) fn open(writer: &mut Writer, table: &'a Table, overwrite: bool) -> EngineResult<Self> {
        let segments = if overwrite { Vec::new() } else { table.segments().to_vec() };
        let primary = if table.def().model == TableModel::Primary {
            let encoder = KeyEncoder::new(table.schema(), table.def().key_positions())?;
            let index = match writer.primary_indexes.remove(&table.id()) {
                Some(index) if !overwrite => index,
                _ => PrimaryIndex::build(&encoder, &segments)?,
            };
            Some(Primary { encoder, index, dead: HashMap::new() })
        } else {
            None
        };
        Ok(Self { table, segments, primary })
    }

    /// Adds whole rows.
    pub(super) fn put(&mut self, rows: &Resolved) -> EngineResult<()> {
        if let Some(primary) = &mut self.primary {
            let keys = primary.encoder.encode(&rows.batch)?;
            for row in 0..rows.batch.num_rows() {
                let here = row_ref(self.segments.len(), row);
                let key = keys.row(row);
                let deleted = rows.deletes(row);
                let replaced =
                    if deleted { primary.index.remove(key.as_ref()) } else { primary.index.put(key.as_ref(), here) };
                for RowRef { segment, row } in replaced.into_iter().chain(deleted.then_some(here)) {
                    primary.dead.entry(segment).or_default().push(row);
                }
            }
        }
        self.segments.push(Segment::new(rows.batch.clone()));
        Ok(())
    }

    /// The new segments, few enough; the index goes back to the writer.
    pub(super) fn close(mut self, writer: &mut Writer) -> EngineResult<Vec<Segment>> {
        let Some(mut primary) = self.primary else {
            compact(&mut self.segments)?;
            return Ok(self.segments);
        };
        for (segment, rows) in primary.dead {
            if let Some(segment) = self.segments.get_mut(segment as usize) {
                segment.live = Some(without(segment, &rows));
            }
        }
        if let Some(first) = compact(&mut self.segments)? {
            primary.index.move_rows(&primary.encoder, &self.segments, first)?;
        }
        writer.primary_indexes.insert(self.table.id(), primary.index);
        Ok(self.segments)
    }

    /// The rows that hold the keys of a batch now.
    fn held_rows(
        &self,
        given: &impl Fn(&ColumnDef) -> EngineResult<Option<ArrayRef>>,
        rows: usize,
    ) -> EngineResult<Vec<Option<RowRef>>> {
        let Some(primary) = &self.primary else { return Ok(vec![None; rows]) };
        let def = self.table.def();
        let mut keys = Vec::new();
        let mut fields: Vec<Field> = Vec::new();
        for (position, column) in def.columns.iter().enumerate().filter(|(_, c)| c.key) {
            let array = given(column)?.ok_or_else(|| {
                EngineError::Invalid(format!("key column {} not in partial update columns", column.name))
            })?;
            fields.push(self.table.schema().field(position).clone());
            keys.push(array);
        }
        let positions = (0..keys.len()).collect();
        let schema = Arc::new(Schema::new(fields));
        let encoder = KeyEncoder::new(&schema, positions)?;
        let keys = encoder.encode(&RecordBatch::try_new(schema, keys)?)?;
        Ok((0..rows).map(|row| primary.index.get(keys.row(row).as_ref())).collect())
    }

    /// A column's values in the held rows, and `fresh` where there is none.
    fn held_or(&self, position: usize, held: &[Option<RowRef>], fresh: &ArrayRef) -> EngineResult<ArrayRef> {
        let mut arrays: Vec<&dyn Array> = self.segments.iter().map(|s| s.batch.column(position).as_ref()).collect();
        let last = arrays.len();
        arrays.push(fresh.as_ref());
        let places: Vec<(usize, usize)> = held
            .iter()
            .enumerate()
            .map(|(row, held)| held.map_or((last, row), |h| (h.segment as usize, h.row as usize)))
            .collect();
        Ok(interleave(&arrays, &places)?)
    }

    /// Which rows replace the stored ones: those whose condition column is not less than the stored value, row by row.
    fn winners(&self, rows: &Resolved, position: usize) -> EngineResult<BooleanBuffer> {
        let count = rows.batch.num_rows();
        let Some(primary) = &self.primary else { return Ok(BooleanBuffer::new_set(count)) };
        let keys = primary.encoder.encode(&rows.batch)?;
        let held: Vec<_> = (0..count).map(|row| primary.index.get(keys.row(row).as_ref())).collect();
        let stored = self.held_or(position, &held, rows.batch.column(position))?;
        let field = self.table.schema().field(position).clone().with_nullable(true);
        let schema = Arc::new(Schema::new(vec![field]));
        let order = KeyEncoder::new(&schema, vec![0])?;
        let new = order.encode(&RecordBatch::try_new(schema.clone(), vec![rows.batch.column(position).clone()])?)?;
        let stored = order.encode(&RecordBatch::try_new(schema, vec![stored])?)?;
        // Rows of this batch that stand for their key so far; `None` after a delete.
        let mut latest: HashMap<&[u8], Option<usize>> = HashMap::new();
        let mut keep = Vec::with_capacity(count);
        for row in 0..count {
            let key = keys.row(row).data();
            let wins = rows.deletes(row)
                || match latest.get(key) {
                    Some(None) => true,
                    Some(Some(before)) => new.row(row) >= new.row(*before),
                    None => held.get(row).is_none_or(Option::is_none) || new.row(row) >= stored.row(row),
                };
            if wins {
                latest.insert(key, (!rows.deletes(row)).then_some(row));
            }
            keep.push(wins);
        }
        Ok(keep.into())
    }
}

fn without(segment: &Segment, rows: &[u32]) -> BooleanBuffer {
    let length = segment.batch.num_rows();
    let mut bits = match &segment.live {
        Some(live) => {
            let mut bits = MutableBuffer::from_len_zeroed(bit_util::ceil(length, 8));
            bits.as_slice_mut().copy_from_slice(live.sliced().as_slice());
            bits
        }
        None => MutableBuffer::new_null(length).with_bitset(bit_util::ceil(length, 8), true),
    };
    for &row in rows {
        bit_util::unset_bit(bits.as_slice_mut(), row as usize);
    }
    BooleanBuffer::new(bits.into(), 0, length)
}
