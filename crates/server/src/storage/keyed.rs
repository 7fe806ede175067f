// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Finding rows by the first columns of their key.
//!
//! Each segment has its keys in order, found out when they are first asked for, and kept as long as the segment is. So a
//! commit costs the next reader no more than the rows that it wrote. A key's rows are found in all segments before they are
//! merged: whatever the model makes of rows with equal keys, none of them is missing.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, UInt32Array};
use arrow::compute::take_record_batch;
use arrow::datatypes::{DataType, Schema};
use arrow::error::ArrowError;
use starrocks_types::TableModel;

use super::{KeyEncoder, Segment, Table, merge};

/// The keys of a segment, dead rows among them.
#[derive(Debug)]
pub(super) struct KeyOrder {
    /// Which columns are encoded.
    positions: Vec<usize>,
    /// The keys in ascending order, one after the other, and where each ends.
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// Rows by key, equal keys in any order; `None` where the rows are in that order themselves.
    order: Option<Vec<u32>>,
}

impl KeyOrder {
    fn new(schema: &Schema, positions: &[usize], batch: &RecordBatch) -> Result<Self, ArrowError> {
        let keys = KeyEncoder::new(schema, positions.to_vec())?.encode(batch)?;
        let mut rows: Vec<(&[u8], u32)> = keys.iter().map(|key| key.data()).zip(0..).collect();
        let sorted = rows.is_sorted();
        if !sorted {
            rows.sort_unstable();
        }
        let mut bytes = Vec::with_capacity(rows.iter().map(|(key, _)| key.len()).sum());
        let mut ends = Vec::with_capacity(rows.len());
        for (key, _) in &rows {
            bytes.extend_from_slice(key);
            ends.push(bytes.len());
        }
        let order = (!sorted).then(|| rows.iter().map(|&(_, row)| row).collect());
        Ok(Self { positions: positions.to_vec(), bytes, ends, order })
    }

    /// The row at a place of the order; a segment has fewer than 2^32 rows, as `row_ref` says.
    fn row(&self, at: usize) -> u32 {
        self.order.as_ref().map_or(at as u32, |order| order.get(at).copied().unwrap_or_default())
    }

    fn key(&self, at: usize) -> &[u8] {
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        let end = self.ends.get(at).copied().unwrap_or_default();
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// Ascending rows whose keys begin with one of `wanted`, which are ascending and of which none begins with another.
    fn find(&self, wanted: &[&[u8]]) -> Vec<u32> {
        let count = self.ends.len();
        let mut rows = Vec::new();
        let mut at = 0;
        for prefix in self.within(wanted) {
            at = self.first_from(at, |key| key.cmp(prefix).is_lt());
            while at < count && self.key(at).starts_with(prefix) {
                rows.push(self.row(at));
                at += 1;
            }
        }
        rows.sort_unstable();
        rows
    }

    /// Those of `wanted` that are not before the first key or after the last one.
    fn within<'a, 'b>(&self, wanted: &'a [&'b [u8]]) -> &'a [&'b [u8]] {
        let Some(last) = self.ends.len().checked_sub(1) else { return &[] };
        let (first, last) = (self.key(0), self.key(last));
        let start = wanted.partition_point(|prefix| *prefix < first && !first.starts_with(prefix));
        let end = wanted.partition_point(|prefix| *prefix <= last);
        wanted.get(start..end).unwrap_or_default()
    }

    /// The first place from `from` on whose key is not `before`: steps that double, then halves.
    fn first_from(&self, from: usize, before: impl Fn(&[u8]) -> bool) -> usize {
        let count = self.ends.len();
        let (mut low, mut step) = (from, 1);
        while low + step <= count && before(self.key(low + step - 1)) {
            low += step;
            step *= 2;
        }
        let mut high = count.min(low + step);
        while low < high {
            let middle = low + (high - low) / 2;
            if before(self.key(middle)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

impl Table {
    /// How many of the key columns, from the first on, rows can be found by.
    pub(crate) fn searchable(&self) -> Vec<usize> {
        let exact = |position: &usize| {
            use DataType as D;
            matches!(
                self.schema.field(*position).data_type(),
                D::Boolean
                    | D::Int8
                    | D::Int16
                    | D::Int32
                    | D::Int64
                    | D::Decimal128(..)
                    | D::Decimal256(..)
                    | D::Utf8
                    | D::Date32
                    | D::Timestamp(..)
            )
        };
        self.def.key_positions().into_iter().take_while(exact).collect()
    }

    /// Those of [`Table::batches`], row by row and in their order, whose key begins with one of the given ones. `keys` has one
    /// array for each of the first columns of [`Table::searchable`], of that column's type; its rows are the keys.
    ///
    /// # Errors
    /// When the arrays are of other types.
    pub(crate) fn rows_with_keys(&self, keys: &[ArrayRef]) -> Result<Vec<RecordBatch>, ArrowError> {
        let positions = self.searchable();
        let first = positions.get(..keys.len()).unwrap_or_default();
        let schema = Arc::new(self.schema.project(first)?);
        let nullable: Vec<_> = schema.fields().iter().map(|f| f.as_ref().clone().with_nullable(true)).collect();
        let schema = Arc::new(Schema::new(nullable));
        let encoder = KeyEncoder::new(&schema, (0..keys.len()).collect())?;
        let wanted = encoder.encode(&RecordBatch::try_new(schema, keys.to_vec())?)?;
        let mut wanted: Vec<&[u8]> = wanted.iter().map(|key| key.data()).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut found = Vec::new();
        for segment in self.segments.iter() {
            let mut rows = self.find(segment, &positions, &wanted)?;
            rows.retain(|&row| segment.is_live(row as usize));
            if !rows.is_empty() {
                found.push(Segment::new(take_record_batch(&segment.batch, &UInt32Array::from(rows))?));
            }
        }
        match self.def.model {
            TableModel::Duplicate => Ok(found.into_iter().map(|segment| segment.batch).collect()),
            _ => merge::visible_rows(&self.def, &self.schema, &found),
        }
    }

    fn find(&self, segment: &Segment, positions: &[usize], wanted: &[&[u8]]) -> Result<Vec<u32>, ArrowError> {
        if let Some(order) = segment.order.get().filter(|order| order.positions == positions) {
            return Ok(order.find(wanted));
        }
        let order = KeyOrder::new(&self.schema, positions, &segment.batch)?;
        let rows = order.find(wanted);
        // Another reader may have been first.
        let _ = segment.order.set(order);
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::Int32Array;
    use arrow::datatypes::Field;

    use super::*;

    #[test]
    fn keys_are_found_wherever_they_are() {
        let schema = Schema::new(vec![Field::new("k", DataType::Int32, false)]);
        let encoder = KeyEncoder::new(&schema, vec![0]).unwrap();
        let batch = |values: &[i32]| {
            RecordBatch::try_new(Arc::new(schema.clone()), vec![Arc::new(Int32Array::from(values.to_vec()))]).unwrap()
        };
        for count in [0, 1, 2, 3, 64, 1000] {
            let sorted: Vec<i32> = (0..count).map(|i| i / 3 * 2).collect();
            let mixed: Vec<i32> = (0..count).map(|i| i * 37 % 101).collect();
            for values in [sorted, mixed] {
                let order = KeyOrder::new(&schema, &[0], &batch(&values)).unwrap();
                for wanted in [vec![], vec![-1, 0], vec![2, 3, 4, 100], (0..700).collect(), vec![i32::MAX]] {
                    let keys = encoder.encode(&batch(&wanted)).unwrap();
                    let keys: Vec<&[u8]> = keys.iter().map(|key| key.data()).collect();
                    let expected = (0..values.len() as u32).filter(|&row| wanted.contains(&values[row as usize]));
                    assert_eq!(order.find(&keys), expected.collect::<Vec<_>>(), "{values:?}: {wanted:?}");
                }
            }
        }
    }
}
