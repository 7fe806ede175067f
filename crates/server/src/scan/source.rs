// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Some tablets of a snapshot as a table of the query engine.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::take_record_batch;
use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};

use super::snapshot::Split;

/// Reads tablets one after another, and copies only the columns that a query needs.
pub(super) struct TabletTable {
    /// With the names that queries are bound to.
    pub(super) schema: SchemaRef,
    pub(super) split: Arc<Split>,
    /// Positions.
    pub(super) tablets: Arc<[usize]>,
    /// Most rows of a batch.
    pub(super) batch_rows: usize,
}

impl std::fmt::Debug for TabletTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TabletTable").field("tablets", &self.tablets).finish_non_exhaustive()
    }
}

#[async_trait]
impl TableProvider for TabletTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let columns: Vec<usize> = match projection {
            Some(columns) => columns.clone(),
            None => (0..self.schema.fields().len()).collect(),
        };
        let schema = Arc::new(self.schema.project(&columns)?);
        let reader = TabletReader {
            schema: schema.clone(),
            split: self.split.clone(),
            tablets: self.tablets.clone(),
            batch_rows: self.batch_rows,
            columns: columns.into(),
        };
        Ok(Arc::new(StreamingTableExec::try_new(schema, vec![Arc::new(reader)], None, [], false, limit)?))
    }
}

struct TabletReader {
    schema: SchemaRef,
    split: Arc<Split>,
    tablets: Arc<[usize]>,
    batch_rows: usize,
    columns: Arc<[usize]>,
}

impl std::fmt::Debug for TabletReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TabletReader").field("tablets", &self.tablets).finish_non_exhaustive()
    }
}

impl PartitionStream for TabletReader {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let (schema, split, tablets) = (self.schema.clone(), self.split.clone(), self.tablets.clone());
        let (columns, most) = (self.columns.clone(), self.batch_rows.max(1));
        let pieces = (0..tablets.len()).flat_map(move |at| {
            let tablet = tablets.get(at).copied();
            let split = split.clone();
            (0..split.batches.len()).flat_map(move |batch| {
                let rows = tablet.map_or(0, |tablet| count(&split, batch, tablet));
                let split = split.clone();
                (0..rows).step_by(most).map(move |from| (split.clone(), batch, tablet, from, most.min(rows - from)))
            })
        });
        let batches = pieces.map(move |(split, batch, tablet, from, rows)| {
            piece(&split, batch, tablet.unwrap_or_default(), from, rows, &columns, &schema)
        });
        Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), futures::stream::iter(batches)))
    }
}

/// How many rows of a batch are in a tablet.
fn count(split: &Split, batch: usize, tablet: usize) -> usize {
    match split.rows.get(batch) {
        Some(Some(rows)) => rows.get(tablet).map_or(0, |rows| rows.len()),
        _ => split.batches.get(batch).map_or(0, RecordBatch::num_rows),
    }
}

fn piece(
    split: &Split,
    batch: usize,
    tablet: usize,
    from: usize,
    rows: usize,
    columns: &[usize],
    schema: &SchemaRef,
) -> Result<RecordBatch> {
    let missing = || DataFusionError::Internal(format!("there is no batch {batch}"));
    let whole = split.batches.get(batch).ok_or_else(missing)?.project(columns)?;
    let part = match split.rows.get(batch).and_then(Option::as_ref).and_then(|by_tablet| by_tablet.get(tablet)) {
        Some(positions) => take_record_batch(&whole, &positions.slice(from, rows))?,
        None => whole.slice(from, rows),
    };
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(schema.clone(), part.columns().to_vec(), &options)?)
}
