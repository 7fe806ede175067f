// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Queries that are ready to run.

use arrow::datatypes::Schema;
use datafusion::logical_expr::LogicalPlan;

use super::by_key::ByKey;
use super::result_type::ResultType;
use super::scope::ResultColumn;
use crate::sql::error::{SqlError, SqlResult};

/// A query that is ready to run.
pub(crate) struct Planned {
    /// Names and types of the result columns.
    pub(crate) columns: Vec<(String, ResultType)>,
    /// Which of them may be NULL, and which are columns of tables as they are.
    pub(crate) nullable: Vec<(bool, bool)>,
    pub(super) work: Work,
}

/// What gives the rows.
pub(super) enum Work {
    Plan(LogicalPlan),
    ByKey(ByKey),
}

impl Planned {
    pub(super) fn new(columns: Vec<ResultColumn>, schema: &Schema, work: Work) -> SqlResult<Self> {
        if schema.fields().len() != columns.len() {
            return Err(SqlError::plain("the plan has another number of columns than the query"));
        }
        let nullable = columns.iter().map(|c| (c.nullable, c.plain)).collect();
        let named = columns.into_iter().zip(schema.fields());
        let columns = named
            .map(|(column, field)| {
                let data_type = column.data_type.unwrap_or_else(|| ResultType::of_field(field));
                (column.name, data_type)
            })
            .collect();
        Ok(Planned { columns, nullable, work })
    }

    /// Whether it reads one table row by row: filters and computes, but sorts, merges and counts nothing.
    pub(crate) fn is_scan(&self) -> bool {
        fn scans(plan: &LogicalPlan) -> bool {
            match plan {
                LogicalPlan::TableScan(scan) => scan.fetch.is_none(),
                LogicalPlan::EmptyRelation(_) => true,
                LogicalPlan::Projection(_) | LogicalPlan::Filter(_) | LogicalPlan::SubqueryAlias(_) => {
                    plan.inputs().into_iter().all(scans)
                }
                _ => false,
            }
        }
        match &self.work {
            Work::Plan(plan) => scans(plan),
            Work::ByKey(_) => true,
        }
    }

    /// Whether its conditions leave no row, whatever the tables hold.
    pub(crate) fn is_empty(&self) -> bool {
        let mut plan = match &self.work {
            Work::Plan(plan) => plan,
            Work::ByKey(by_key) => return by_key.key_count() == 0,
        };
        while let [input] = plan.inputs().as_slice() {
            plan = input;
        }
        matches!(plan, LogicalPlan::EmptyRelation(_))
    }

    /// The plan, one step per line.
    pub(crate) fn describe(&self) -> String {
        match &self.work {
            Work::Plan(plan) => plan.display_indent().to_string(),
            Work::ByKey(by_key) => format!("LookUp: {}, {} keys", by_key.table(), by_key.key_count()),
        }
    }
}
