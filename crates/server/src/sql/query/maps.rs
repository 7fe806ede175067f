// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! `map[key]` for keys of every type, which the engine has for texts alone.

use arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::error::Result;
use datafusion::functions_nested::expr_fn::{array_element, map_extract};
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawFieldAccessExpr};
use datafusion::logical_expr::{ExprSchemable as _, GetFieldAccess, lit};

/// Plans the access; NULL where the map has no such key, as in StarRocks.
#[derive(Debug)]
pub(super) struct MapAccess;

impl ExprPlanner for MapAccess {
    fn plan_field_access(
        &self,
        access: RawFieldAccessExpr,
        schema: &DFSchema,
    ) -> Result<PlannerResult<RawFieldAccessExpr>> {
        match (access.expr.get_type(schema)?, access) {
            (DataType::Map(..), RawFieldAccessExpr { expr, field_access: GetFieldAccess::ListIndex { key } }) => {
                Ok(PlannerResult::Planned(array_element(map_extract(expr, *key), lit(1_i64))))
            }
            (_, other) => Ok(PlannerResult::Original(other)),
        }
    }
}
