// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Fingerprints: what makes sure that rows which are read again are the rows that were given out.

use arrow::record_batch::RecordBatch;
use arrow::row::{RowConverter, SortField};
use starrocks_types::{Error, ErrorKind, Result};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Computes the fingerprint of rows: a 64-bit hash that is chained from row to row, 0 before the first.
///
/// It must depend on the values and the order of the rows only, never on how they are cut into batches, because a tablet
/// that is read again comes in other batches.
pub trait RowHash: Send + Sync + 'static {
    /// The fingerprint after the rows of `batch`, where `fingerprint` is that before them.
    fn extend(&self, fingerprint: u64, batch: &RecordBatch) -> Result<u64>;
}

/// The fingerprint over Arrow's row format, for readers that use the record batches themselves.
#[derive(Debug, Clone, Copy, Default)]
pub struct ColumnHash;

impl RowHash for ColumnHash {
    fn extend(&self, fingerprint: u64, batch: &RecordBatch) -> Result<u64> {
        let failed =
            |e| Error::new(ErrorKind::Unsupported, "a column type of the answer has no fingerprint").caused_by(e);
        let fields = batch.schema_ref().fields().iter().map(|f| SortField::new(f.data_type().clone())).collect();
        let rows = RowConverter::new(fields).and_then(|c| c.convert_columns(batch.columns())).map_err(failed)?;
        Ok(rows.iter().fold(fingerprint, |hash, row| xxh3_64_with_seed(row.data(), hash)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int32Array, Int32Builder, MapBuilder, StringArray, StringBuilder};

    use super::*;

    fn batch(ids: &[Option<i32>]) -> RecordBatch {
        let mut maps = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
        for id in ids {
            maps.keys().append_value("k");
            maps.values().append_option(*id);
            maps.append(true).unwrap();
        }
        let names: StringArray = ids.iter().map(|id| id.map(|n| format!("n{n}"))).collect();
        let columns: [(&str, ArrayRef); 3] = [
            ("id", Arc::new(Int32Array::from(ids.to_vec()))),
            ("name", Arc::new(names)),
            ("m", Arc::new(maps.finish())),
        ];
        RecordBatch::try_from_iter(columns).unwrap()
    }

    #[test]
    fn it_does_not_depend_on_how_rows_are_cut() {
        let all = batch(&[Some(1), None, Some(3), Some(4)]);
        let whole = ColumnHash.extend(0, &all).unwrap();
        for cut in 0..=4 {
            let first = ColumnHash.extend(0, &all.slice(0, cut)).unwrap();
            assert_eq!(ColumnHash.extend(first, &all.slice(cut, 4 - cut)).unwrap(), whole, "{cut}");
        }
    }

    #[test]
    fn it_depends_on_values_and_order() {
        let hash = |ids: &[Option<i32>]| ColumnHash.extend(0, &batch(ids)).unwrap();
        let base = hash(&[Some(1), Some(2)]);
        for other in [&[Some(2), Some(1)][..], &[Some(1)], &[Some(1), None], &[Some(1), Some(2), Some(2)]] {
            assert_ne!(hash(other), base, "{other:?}");
        }
    }
}
