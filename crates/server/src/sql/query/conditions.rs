// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What the conditions of a scan say about its rows, for those who keep rows apart by their values.

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::error::Result;
use datafusion::logical_expr::{Filter, LogicalPlan};
use datafusion::physical_optimizer::pruning::{PruningPredicateBuilder, PruningStatistics};

use super::QueryEngine;
use super::planned::{Planned, Work};
use super::points::{Points, combined};

impl Planned {
    /// The values that rows may have in some columns: an array for each column, of which a row is one position. `None` where
    /// the conditions do not fix all of the columns. Names are lower case.
    pub(crate) fn values_of(&self, names: &[String], types: &[DataType]) -> Option<Vec<ArrayRef>> {
        match &self.work {
            Work::ByKey(by_key) => names.iter().map(|name| by_key.keys_of(name).cloned()).collect(),
            Work::Plan(plan) => {
                let known = filters(plan).into_iter().filter_map(|f| Points::of_plan(&f.predicate, names, types));
                let (keys, _) = combined(known.collect(), Points::and)?.keys(types).ok()??;
                (keys.len() == names.len()).then_some(keys)
            }
        }
    }
}

impl QueryEngine {
    /// Which of several groups of rows may hold rows that fulfil the conditions of a scan, judged by their least and
    /// greatest values.
    pub(crate) fn may_match(&self, planned: &Planned, groups: &dyn PruningStatistics) -> Result<Vec<bool>> {
        let mut kept = vec![true; groups.num_containers()];
        let Work::Plan(plan) = &planned.work else { return Ok(kept) };
        for filter in filters(plan) {
            let schema = filter.input.schema();
            let condition = self.state.create_physical_expr(filter.predicate.clone(), schema)?;
            let predicate =
                PruningPredicateBuilder::new().with_file_schema(schema.inner().clone()).try_build(condition)?;
            kept.iter_mut().zip(predicate.prune(groups)?).for_each(|(kept, may)| *kept &= may);
        }
        Ok(kept)
    }
}

/// The conditions of a plan that has no joins.
fn filters(plan: &LogicalPlan) -> Vec<&Filter> {
    let mut found = Vec::new();
    let mut next = Some(plan);
    while let Some(plan) = next {
        if let LogicalPlan::Filter(filter) = plan {
            found.push(filter);
        }
        next = match plan.inputs().as_slice() {
            [input] => Some(*input),
            _ => None,
        };
    }
    found
}
