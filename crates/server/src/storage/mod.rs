// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Table contents: immutable Arrow segments under immutable table versions.

mod compact;
mod keyed;
mod merge;
mod primary;

use std::fmt;
use std::sync::{Arc, OnceLock};

use arrow::array::{BooleanArray, RecordBatch};
use arrow::buffer::BooleanBuffer;
use arrow::compute::filter_record_batch;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use starrocks_types::TableModel;

use crate::catalog::TableDef;
use crate::clock::Micros;

pub(crate) use compact::compact;
pub(crate) use primary::{KeyEncoder, PrimaryIndex, RowRef, row_ref};

/// Rows of a batch that a scan gives when it has to sort or merge.
pub(crate) const SCAN_BATCH_ROWS: usize = 8192;

/// A table at one version: declaration and rows. Immutable; a commit or an ALTER publishes a new one.
pub struct Table {
    def: Arc<TableDef>,
    schema: SchemaRef,
    version: u64,
    version_time: Micros,
    segments: Arc<[Segment]>,
    visible: OnceLock<Arc<[RecordBatch]>>,
}

/// A batch of rows as one commit wrote them. Its schema is the table's.
#[derive(Debug, Clone)]
pub(crate) struct Segment {
    pub(crate) batch: RecordBatch,
    /// Set bits are live rows; `None` when all are.
    pub(crate) live: Option<BooleanBuffer>,
    /// Of `batch`, for whoever looks for keys.
    order: Arc<OnceLock<keyed::KeyOrder>>,
}

impl Segment {
    pub(crate) fn new(batch: RecordBatch) -> Self {
        Self::with_live(batch, None)
    }

    pub(crate) fn with_live(batch: RecordBatch, live: Option<BooleanBuffer>) -> Self {
        Self { batch, live, order: Arc::default() }
    }

    pub(crate) fn live_rows(&self) -> usize {
        self.live.as_ref().map_or(self.batch.num_rows(), BooleanBuffer::count_set_bits)
    }

    pub(crate) fn is_live(&self, row: usize) -> bool {
        self.live.as_ref().is_none_or(|live| live.value(row))
    }

    fn live_batch(&self) -> Result<RecordBatch, ArrowError> {
        match &self.live {
            None => Ok(self.batch.clone()),
            Some(live) => filter_record_batch(&self.batch, &BooleanArray::new(live.clone(), None)),
        }
    }
}

impl Table {
    pub(crate) fn new(def: Arc<TableDef>, version: u64, version_time: Micros, segments: Vec<Segment>) -> Self {
        let schema = def.arrow_schema();
        Self { def, schema, version, version_time, segments: segments.into(), visible: OnceLock::new() }
    }

    /// The table's id.
    pub fn id(&self) -> u64 {
        self.def.id
    }

    /// The declaration that this version's rows follow.
    pub fn def(&self) -> &Arc<TableDef> {
        &self.def
    }

    /// The Arrow schema of [`Table::batches`], columns in declared order.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Starts at 1 and grows by one with each commit that wrote to the table.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// When this version became visible.
    pub fn version_time(&self) -> Micros {
        self.version_time
    }

    /// The number of visible rows, without building them where that can be helped.
    pub fn row_count(&self) -> Result<usize, ArrowError> {
        match self.def.model {
            TableModel::Duplicate | TableModel::Primary => Ok(self.segments.iter().map(Segment::live_rows).sum()),
            TableModel::Aggregate | TableModel::Unique => Ok(self.batches()?.iter().map(RecordBatch::num_rows).sum()),
        }
    }

    /// Bytes that the rows take in memory.
    pub fn data_bytes(&self) -> usize {
        self.segments.iter().map(|s| s.batch.get_array_memory_size()).sum()
    }

    /// The visible rows: deleted rows left out, equal keys merged, in key order unless the model is duplicate key.
    /// The result is built once per version and shared.
    pub fn batches(&self) -> Result<Arc<[RecordBatch]>, ArrowError> {
        if let Some(batches) = self.visible.get() {
            return Ok(batches.clone());
        }
        let batches: Arc<[RecordBatch]> = match self.def.model {
            TableModel::Duplicate => {
                self.segments.iter().map(Segment::live_batch).collect::<Result<Vec<_>, _>>()?.into()
            }
            _ => merge::visible_rows(&self.def, &self.schema, &self.segments)?.into(),
        };
        Ok(self.visible.get_or_init(|| batches).clone())
    }

    /// How many pieces the rows are kept in.
    pub fn segment_count(&self) -> usize {
        self.segments.len()
    }

    pub(crate) fn segments(&self) -> &Arc<[Segment]> {
        &self.segments
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table")
            .field("id", &self.def.id)
            .field("name", &self.def.name)
            .field("version", &self.version)
            .field("segments", &self.segments.len())
            .finish_non_exhaustive()
    }
}
