// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Tables of the engine as sources of queries, which read no other rows than those whose keys a condition names.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use async_trait::async_trait;
use datafusion::catalog::{MemTable, Session, TableProvider};
use datafusion::datasource::provider_as_source;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableSource, TableType};
use datafusion::physical_plan::ExecutionPlan;

use super::points::{Points, combined};
use super::{lower_case, renamed};
use crate::storage::Table;

/// A table at one version.
pub(super) struct StoredTable {
    /// With the names that queries are bound to.
    pub(super) schema: SchemaRef,
    pub(super) table: Arc<Table>,
    /// Names and types of the key columns that rows can be found by.
    pub(super) names: Vec<String>,
    pub(super) types: Vec<DataType>,
}

/// The table as a source. Its rows are read when a plan is run.
pub(crate) fn stored_source(table: &Arc<Table>) -> Arc<dyn TableSource> {
    let schema = lower_case(table.schema());
    let keys = table.searchable();
    let names = keys.iter().map(|&at| schema.field(at).name().clone()).collect();
    let types = keys.iter().map(|&at| schema.field(at).data_type().clone()).collect();
    provider_as_source(Arc::new(StoredTable { schema, table: table.clone(), names, types }))
}

impl std::fmt::Debug for StoredTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredTable").field("table", &self.table).finish_non_exhaustive()
    }
}

#[async_trait]
impl TableProvider for StoredTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        let support = |filter: &&Expr| match Points::of_plan(filter, &self.names, &self.types) {
            Some(_) => TableProviderFilterPushDown::Inexact,
            None => TableProviderFilterPushDown::Unsupported,
        };
        Ok(filters.iter().map(support).collect())
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let known = filters.iter().filter_map(|e| Points::of_plan(e, &self.names, &self.types)).collect();
        let points = combined(known, Points::and);
        let keys = points.map(|points| points.keys(&self.types)).transpose()?.flatten();
        let batches = match keys {
            Some((keys, _)) => self.table.rows_with_keys(&keys)?,
            None => self.table.batches()?.to_vec(),
        };
        let batches = batches.iter().map(|batch| self.renamed(batch)).collect::<Result<Vec<_>, _>>()?;
        MemTable::try_new(self.schema.clone(), vec![batches])?.scan(state, projection, &[], limit).await
    }
}

impl StoredTable {
    pub(super) fn renamed(&self, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        renamed(&self.schema, batch)
    }
}
