// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Merging small segments, so that a table that takes many small loads does not slow down.
//!
//! Segments are merged from the end, as many as are of one size class or below it, when there are [`FAN`] of them. So each
//! row is copied once per class, and a table has at most `FAN - 1` small segments per class and large segment.

use arrow::compute::concat_batches;
use arrow::error::ArrowError;

use super::Segment;

/// Segments of a class that become one of the next.
const FAN: usize = 8;
/// Live rows at which each class ends, [`FAN`] times those of the one before; what is larger is not merged.
const CLASSES: [usize; 5] = [8, 64, 512, 4096, 16_384];
/// Most rows and bytes of a merged segment, roughly.
const MERGED_ROWS: usize = 131_072;
const MERGED_BYTES: usize = 64 << 20;

/// Merges what is due. Returns the first position at which segments have changed.
pub(crate) fn compact(segments: &mut Vec<Segment>) -> Result<Option<usize>, ArrowError> {
    let rows: usize = segments.iter().map(|s| s.batch.num_rows()).sum();
    let live: usize = segments.iter().map(Segment::live_rows).sum();
    if segments.len() > FAN && rows > live * 2 + MERGED_ROWS {
        merge_from(segments, 0)?;
        return Ok(Some(0));
    }
    let mut changed = None;
    while let Some(start) = due(segments) {
        let before = segments.len();
        merge_from(segments, start)?;
        changed = Some(start);
        if segments.len() >= before {
            break;
        }
    }
    Ok(changed)
}

/// Where the segments begin that are to be merged now.
fn due(segments: &[Segment]) -> Option<usize> {
    let last = segments.last().and_then(size)?;
    let limit = CLASSES.into_iter().find(|limit| last < *limit)?;
    let run = segments.iter().rev().take_while(|s| size(s).is_some_and(|rows| rows < limit)).count();
    (run >= FAN).then(|| segments.len() - run)
}

/// Live rows; `None` for a segment that is too large to be copied.
fn size(segment: &Segment) -> Option<usize> {
    (bytes(segment) < MERGED_BYTES).then(|| segment.live_rows())
}

fn bytes(segment: &Segment) -> usize {
    let arrays = segment.batch.columns().iter();
    arrays.map(|a| a.to_data().get_slice_memory_size().unwrap_or(usize::MAX)).fold(0, usize::saturating_add)
}

fn merge_from(segments: &mut Vec<Segment>, start: usize) -> Result<(), ArrowError> {
    let old = segments.split_off(start);
    let mut group: Vec<&Segment> = Vec::new();
    let (mut group_rows, mut group_bytes) = (0, 0);
    let mut merged = Vec::new();
    for segment in &old {
        let (rows, bytes) = (segment.live_rows(), bytes(segment));
        if rows == 0 {
            continue;
        }
        if !group.is_empty() && (group_rows + rows > MERGED_ROWS || group_bytes + bytes > MERGED_BYTES) {
            merged.push(merge(&std::mem::take(&mut group))?);
            (group_rows, group_bytes) = (0, 0);
        }
        group.push(segment);
        group_rows += rows;
        group_bytes += bytes;
    }
    if !group.is_empty() {
        merged.push(merge(&group)?);
    }
    segments.extend(merged);
    Ok(())
}

fn merge(group: &[&Segment]) -> Result<Segment, ArrowError> {
    if let [one @ Segment { live: None, .. }] = group {
        return Ok((*one).clone());
    }
    let batches = group.iter().map(|s| s.live_batch()).collect::<Result<Vec<_>, _>>()?;
    let schema = batches
        .first()
        .map(arrow::array::RecordBatch::schema)
        .unwrap_or_else(|| arrow::datatypes::Schema::empty().into());
    Ok(Segment::new(concat_batches(&schema, &batches)?))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, AsArray, Int32Array, RecordBatch};
    use arrow::datatypes::Int32Type;

    use super::*;

    fn segment(rows: std::ops::Range<i32>) -> Segment {
        let ids: ArrayRef = Arc::new(Int32Array::from_iter_values(rows));
        Segment::new(RecordBatch::try_from_iter([("id", ids)]).unwrap())
    }

    fn ids(segments: &[Segment]) -> Vec<i32> {
        let ids = |s: &Segment| s.live_batch().unwrap().column(0).as_primitive::<Int32Type>().values().to_vec();
        segments.iter().flat_map(ids).collect()
    }

    #[test]
    fn ten_thousand_small_segments_stay_few_and_in_order() {
        let (mut segments, mut most, mut copied) = (Vec::new(), 0, 0);
        for i in 0..10_000 {
            segments.push(segment(i * 3..i * 3 + 3));
            if let Some(start) = compact(&mut segments).unwrap() {
                copied += segments[start..].iter().map(|s| s.batch.num_rows()).sum::<usize>();
            }
            most = most.max(segments.len());
        }
        assert!(most <= FAN * (CLASSES.len() + 1), "{most} segments");
        assert!(copied <= 30_000 * CLASSES.len(), "{copied} rows were copied");
        assert_eq!(ids(&segments), (0..30_000).collect::<Vec<_>>());
    }

    #[test]
    fn large_segments_are_left_alone() {
        let mut segments: Vec<Segment> = (0..20).map(|i| segment(i * 20_000..(i + 1) * 20_000)).collect();
        assert_eq!(compact(&mut segments).unwrap(), None);
        segments.extend((0..7).map(|i| segment(i..i + 1)));
        assert_eq!(compact(&mut segments).unwrap(), None);
        segments.push(segment(7..8));
        assert_eq!((compact(&mut segments).unwrap(), segments.len()), (Some(20), 21));
    }

    #[test]
    fn dead_rows_go_when_they_are_the_most() {
        let mut segments: Vec<Segment> = (0..20).map(|_| segment(0..20_000)).collect();
        for dead in &mut segments[..19] {
            dead.live = Some(arrow::buffer::BooleanBuffer::new_unset(20_000));
        }
        assert_eq!((compact(&mut segments).unwrap(), segments.len()), (Some(0), 1));
        assert_eq!(ids(&segments).len(), 20_000);
    }
}
