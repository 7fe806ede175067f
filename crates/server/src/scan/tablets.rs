// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Which rows of a table are in which tablet.
//!
//! A partition has the buckets that its table declares, and each bucket is a tablet. Rows are not kept by tablet: they are
//! spread when a version of a table is scanned for the first time. A row's tablet depends on its partition and its
//! distribution columns alone, so it is the same in each version, and rows of a tablet keep their order.

use arrow::array::{ArrayRef, RecordBatch, UInt32Array};
use datafusion::common::hash_utils::{RandomState, create_hashes};

use crate::catalog::{Distribution, Partitioning, TableDef};
use crate::engine::{Engine, Router};
use crate::show::buckets;

/// Ids of tablets begin with the id of their partition, or of their table if that has no partitions. A bucket has as many
/// digits as this number has noughts.
const PER_PARTITION: u32 = 100_000;

/// The tablets of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    /// What the tablets' ids begin with, by partition.
    partitions: Vec<u64>,
    buckets: u32,
}

impl Layout {
    pub(crate) fn of(def: &TableDef, backends: u32) -> Self {
        let partitions = match &def.partitioning {
            Partitioning::None => vec![def.id],
            other => other.partitions().iter().map(|p| p.id).collect(),
        };
        Self { partitions, buckets: buckets(def, backends).clamp(1, PER_PARTITION - 1) }
    }

    pub(crate) fn len(&self) -> usize {
        self.partitions.len() * self.buckets as usize
    }

    /// The ids, in the order of positions.
    pub(crate) fn ids(&self) -> impl Iterator<Item = i64> {
        let id = |partition: u64, bucket: u32| {
            let id = partition.saturating_mul(PER_PARTITION.into()).saturating_add(bucket.into());
            i64::try_from(id).unwrap_or(i64::MAX)
        };
        self.partitions.iter().flat_map(move |&partition| (0..self.buckets).map(move |bucket| id(partition, bucket)))
    }

    /// The position of a tablet.
    pub(crate) fn position(&self, tablet: i64) -> Option<usize> {
        let tablet = u64::try_from(tablet).ok()?;
        let (partition, bucket) = (tablet / u64::from(PER_PARTITION), tablet % u64::from(PER_PARTITION));
        let partition = self.partitions.iter().position(|&p| p == partition)?;
        let bucket = usize::try_from(bucket).ok().filter(|&b| b < self.buckets as usize)?;
        Some(partition * self.buckets as usize + bucket)
    }

    /// The partition and the bucket of a tablet.
    pub(crate) fn place(&self, position: usize) -> (usize, u32) {
        let buckets = self.buckets as usize;
        (position / buckets, u32::try_from(position % buckets).unwrap_or_default())
    }

    /// The buckets of rows with these values in the distribution columns.
    pub(crate) fn buckets_of(&self, values: &[ArrayRef], rows: usize) -> Result<impl Iterator<Item = u32>, String> {
        let mut hashes = vec![0; rows];
        create_hashes(values, &RandomState::with_seed(0), &mut hashes).map_err(|e| e.to_string())?;
        let buckets = u64::from(self.buckets);
        Ok(hashes.into_iter().map(move |hash| u32::try_from(hash % buckets).unwrap_or_default()))
    }

    /// The rows of a batch by the position of their tablet; `None` when one tablet has them all.
    pub(crate) fn split(
        &self,
        engine: &Engine,
        def: &TableDef,
        batch: &RecordBatch,
    ) -> Result<Option<Vec<UInt32Array>>, String> {
        if self.len() <= 1 {
            return Ok(None);
        }
        let spread_by: Vec<usize> = match &def.distribution {
            Distribution::Hash { columns, .. } => columns.iter().filter_map(|c| Some(def.column(c)?.0)).collect(),
            Distribution::Random { .. } => (0..def.columns.len()).collect(),
        };
        let columns: Vec<_> = spread_by.iter().filter_map(|&i| batch.columns().get(i)).cloned().collect();
        let buckets = self.buckets_of(&columns, batch.num_rows())?;
        let router = Router::new(engine, def, &[]).map_err(|e| e.to_string())?;
        let places = router.places(batch).map_err(|e| e.to_string())?;
        let mut split = vec![Vec::new(); self.len()];
        for (row, (bucket, place)) in (0_u32..).zip(buckets.zip(places)) {
            let tablet = place.map(|place| place * self.buckets as usize + bucket as usize);
            match tablet.and_then(|tablet| split.get_mut(tablet)) {
                Some(rows) => rows.push(row),
                None => return Err(format!("a row of table {} belongs to no partition", def.name)),
            }
        }
        Ok(Some(split.into_iter().map(UInt32Array::from).collect()))
    }
}
