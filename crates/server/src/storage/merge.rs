// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Merging rows with equal keys when a table is read.

use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, PrimitiveArray, RecordBatch, new_null_array};
use arrow::compute::{concat, interleave};
use arrow::datatypes::{
    DataType, Decimal128Type, Decimal256Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    SchemaRef, i256,
};
use arrow::error::ArrowError;
use arrow::row::Rows;
use std::sync::Arc;

use super::{KeyEncoder, SCAN_BATCH_ROWS, Segment};
use crate::catalog::{AggregateFunction, ColumnDef, TableDef};

/// Segment and row, as `interleave` takes them.
type Place = (usize, usize);

/// The visible rows of a table with unique keys, in key order.
pub(super) fn visible_rows(
    def: &TableDef,
    schema: &SchemaRef,
    segments: &[Segment],
) -> Result<Vec<RecordBatch>, ArrowError> {
    let encoder = KeyEncoder::new(schema, def.key_positions())?;
    let mut keys = encoder.empty_rows();
    let mut places = Vec::new();
    // Keys of dead rows are encoded too, so that the position in `keys` of a place is its running number.
    let mut live = Vec::new();
    for (position, segment) in segments.iter().enumerate() {
        encoder.append(&mut keys, &segment.batch)?;
        for row in 0..segment.batch.num_rows() {
            if segment.is_live(row) {
                live.push(places.len());
            }
            places.push((position, row));
        }
    }
    let sorted = live.windows(2).all(|w| w.first().map(|&i| keys.row(i)) < w.get(1).map(|&i| keys.row(i)));
    if sorted {
        return segments.iter().map(Segment::live_batch).collect();
    }
    // Ties keep load order, which is what "the last row wins" needs.
    live.sort_unstable_by(|&a, &b| keys.row(a).cmp(&keys.row(b)).then(a.cmp(&b)));
    let groups: Vec<&[usize]> = live.chunk_by(|&a, &b| keys.row(a) == keys.row(b)).collect();
    let mut batches = Vec::with_capacity(groups.len().div_ceil(SCAN_BATCH_ROWS));
    for groups in groups.chunks(SCAN_BATCH_ROWS) {
        let columns = def
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| merge_column(index, column, segments, &places, groups))
            .collect::<Result<Vec<_>, _>>()?;
        batches.push(RecordBatch::try_new(schema.clone(), columns)?);
    }
    Ok(batches)
}

fn merge_column(
    index: usize,
    column: &ColumnDef,
    segments: &[Segment],
    places: &[Place],
    groups: &[&[usize]],
) -> Result<ArrayRef, ArrowError> {
    let arrays: Vec<&dyn Array> = segments.iter().map(|s| s.batch.column(index).as_ref()).collect();
    let place = |i: usize| places.get(i).copied().unwrap_or_default();
    let is_null = |i: usize| {
        let (segment, row) = place(i);
        arrays.get(segment).is_none_or(|a| a.is_null(row))
    };
    let pick = |choose: &dyn Fn(&[usize]) -> Option<usize>| {
        let picked: Vec<Place> = groups.iter().filter_map(|g| choose(g)).map(place).collect();
        interleave(&arrays, &picked)
    };
    match column.aggregate {
        Some(AggregateFunction::Sum) => sum_column(&arrays, places, groups),
        Some(AggregateFunction::ReplaceIfNotNull) => {
            pick(&|g| g.iter().rev().copied().find(|&i| !is_null(i)).or(g.last().copied()))
        }
        Some(function @ (AggregateFunction::Min | AggregateFunction::Max)) => {
            let order = column_order(index, segments)?;
            let non_null = |g: &[usize]| g.iter().copied().filter(|&i| !is_null(i)).collect::<Vec<_>>();
            pick(&|g| {
                let candidates = non_null(g).into_iter();
                let best = if function == AggregateFunction::Min {
                    candidates.min_by(|&a, &b| order.row(a).cmp(&order.row(b)))
                } else {
                    candidates.max_by(|&a, &b| order.row(a).cmp(&order.row(b)))
                };
                best.or(g.last().copied())
            })
        }
        _ => pick(&|g| g.last().copied()),
    }
}

/// Byte strings that order the values of one column over all segments.
fn column_order(index: usize, segments: &[Segment]) -> Result<Rows, ArrowError> {
    let Some(first) = segments.first() else {
        return Err(ArrowError::InvalidArgumentError("no segment".into()));
    };
    let encoder = KeyEncoder::new(&first.batch.schema(), vec![index])?;
    let mut rows = encoder.empty_rows();
    for segment in segments {
        encoder.append(&mut rows, &segment.batch)?;
    }
    Ok(rows)
}

fn sum_column(arrays: &[&dyn Array], places: &[Place], groups: &[&[usize]]) -> Result<ArrayRef, ArrowError> {
    let Some(first) = arrays.first() else {
        return Err(ArrowError::InvalidArgumentError("no segment".into()));
    };
    let data_type = first.data_type();
    let sums = match data_type {
        DataType::Int8 => sum::<Int8Type>(arrays, places, groups, i8::wrapping_add),
        DataType::Int16 => sum::<Int16Type>(arrays, places, groups, i16::wrapping_add),
        DataType::Int32 => sum::<Int32Type>(arrays, places, groups, i32::wrapping_add),
        DataType::Int64 => sum::<Int64Type>(arrays, places, groups, i64::wrapping_add),
        DataType::Decimal128(..) => sum::<Decimal128Type>(arrays, places, groups, i128::wrapping_add),
        DataType::Decimal256(..) => sum::<Decimal256Type>(arrays, places, groups, i256::wrapping_add),
        DataType::Float32 => sum::<Float32Type>(arrays, places, groups, |a, b| a + b),
        DataType::Float64 => sum::<Float64Type>(arrays, places, groups, |a, b| a + b),
        // The catalog admits SUM on numbers only; whatever else is here has no sum.
        other => return concat(&[&new_null_array(other, groups.len())]),
    };
    Ok(sums)
}

fn sum<T: ArrowPrimitiveType>(
    arrays: &[&dyn Array],
    places: &[Place],
    groups: &[&[usize]],
    add: impl Fn(T::Native, T::Native) -> T::Native,
) -> ArrayRef {
    let typed: Vec<&PrimitiveArray<T>> = arrays.iter().map(|a| a.as_primitive::<T>()).collect();
    let sums = groups.iter().map(|group| {
        group.iter().fold(None, |sum, &i| {
            let (segment, row) = places.get(i).copied().unwrap_or_default();
            let value = typed.get(segment).filter(|a| a.is_valid(row)).map(|a| a.value(row));
            match (sum, value) {
                (Some(sum), Some(value)) => Some(add(sum, value)),
                (sum, value) => sum.or(value),
            }
        })
    });
    let array: PrimitiveArray<T> = sums.collect();
    match typed.first() {
        // `collect` forgets precision and scale.
        Some(first) => Arc::new(array.with_data_type(first.data_type().clone())),
        None => Arc::new(array),
    }
}
