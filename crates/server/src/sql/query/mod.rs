// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! SELECT: parsing, binding to tables, planning and running by DataFusion.

mod bind;
mod by_key;
mod calls;
mod coerce;
mod conditions;
mod depth;
mod dialect;
mod functions;
mod infer;
mod items;
mod json;
mod maps;
mod names;
mod nullable;
mod planned;
mod points;
mod prepare;
mod result_type;
mod rewrite;
mod scope;
mod stored;

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use datafusion::catalog::MemTable;
use datafusion::common::{DFSchema, TableReference, plan_datafusion_err};
use datafusion::config::ConfigOptions;
use datafusion::datasource::provider_as_source;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::context::SessionState;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::logical_expr::planner::{ContextProvider, ExprPlanner};
use datafusion::logical_expr::{AggregateUDF, HigherOrderUDF, ScalarUDF, TableSource, WindowUDF};
use datafusion::physical_plan::execute_stream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::prelude::SessionConfig;
use datafusion::sql::planner::{NullOrdering, ParserOptions, PlannerContext, SqlToRel};
use datafusion::sql::sqlparser::ast::{Expr, Query, Statement, visit_expressions_mut};

pub(crate) use bind::{Binder, Relations, Source, Sources, identifiers, name_of};
pub(crate) use dialect::{parse_expression, parse_query, parse_statement};
pub(crate) use functions::parse_datetime;
pub(crate) use json::print as print_json;
pub(crate) use planned::Planned;
pub(crate) use prepare::Call;
pub(crate) use result_type::ResultType;
pub(crate) use scope::{Relation, ResultColumn};
pub(crate) use stored::stored_source;

use self::planned::Work;
use super::ast::QueryText;
use super::error::{Span, SqlError, SqlResult};

/// The query engine with StarRocks' functions; made once, shared by all sessions.
pub(crate) struct QueryEngine {
    state: SessionState,
}

impl QueryEngine {
    pub(crate) fn new() -> Self {
        let mut config = SessionConfig::new().with_target_partitions(1).with_batch_size(8192);
        let options = config.options_mut();
        options.sql_parser.parse_float_as_decimal = true;
        options.sql_parser.map_string_types_to_utf8view = false;
        options.optimizer.skip_failed_rules = false;
        let mut builder = SessionStateBuilder::new().with_config(config).with_default_features();
        let scalars = builder.scalar_functions().get_or_insert_default();
        for function in functions::functions() {
            scalars.retain(|known| known.name() != function.name());
            scalars.push(Arc::new(function));
        }
        builder.expr_planners().get_or_insert_default().insert(0, Arc::new(maps::MapAccess));
        Self { state: builder.build() }
    }

    /// Binds a query and plans it. What it calls is in the binder then, after an error too.
    pub(crate) fn plan(&self, binder: &mut Binder<'_>, mut query: Query) -> SqlResult<Planned> {
        if let Some((columns, by_key)) = by_key::bind(binder, &mut query)? {
            let schema = by_key.schema.clone();
            return Planned::new(columns, &schema, Work::ByKey(by_key));
        }
        let columns = binder.query(&mut query)?;
        let sources = std::mem::take(&mut binder.sources);
        let provider = Provider { state: &self.state, sources };
        let planner = SqlToRel::new_with_options(&provider, parser_options());
        let statement = Statement::Query(Box::new(query));
        let plan = planner.sql_statement_to_plan(statement).map_err(|e| analysis_error(&e))?;
        let plan = self.state.optimize(&plan).map_err(|e| analysis_error(&e))?;
        let schema = plan.schema().inner().clone();
        Planned::new(columns, &schema, Work::Plan(plan))
    }

    /// Runs a plan.
    pub(crate) async fn run(&self, planned: &Planned) -> SqlResult<SendableRecordBatchStream> {
        let plan = match &planned.work {
            Work::Plan(plan) => plan,
            Work::ByKey(by_key) => {
                let rows = by_key.rows().map_err(|e| SqlError::plain(e.to_string()))?;
                let rows = futures::stream::iter(rows.into_iter().map(Ok));
                return Ok(Box::pin(RecordBatchStreamAdapter::new(by_key.schema.clone(), rows)));
            }
        };
        let physical =
            self.state.query_planner().create_physical_plan(plan, &self.state).await.map_err(|e| run_error(&e))?;
        execute_stream(physical, self.state.task_ctx()).map_err(|e| run_error(&e))
    }

    /// Runs a plan to its end.
    pub(crate) async fn collect(&self, planned: &Planned) -> SqlResult<Vec<RecordBatch>> {
        use futures::TryStreamExt as _;
        self.run(planned).await?.try_collect().await.map_err(|e| run_error(&e))
    }

    /// Compiles bound expressions over rows of one schema, whose names are lower case.
    pub(crate) fn physical_expressions(
        &self,
        expressions: Vec<Expr>,
        schema: &SchemaRef,
    ) -> Result<Vec<Arc<dyn datafusion::physical_plan::PhysicalExpr>>, DataFusionError> {
        let provider = Provider { state: &self.state, sources: Sources::new() };
        let planner = SqlToRel::new_with_options(&provider, parser_options());
        let schema = DFSchema::try_from(schema.as_ref().clone())?;
        expressions
            .into_iter()
            .map(|expr| {
                let logical = planner.sql_to_expr(expr, &schema, &mut PlannerContext::new())?;
                self.state.create_physical_expr(logical, &schema)
            })
            .collect()
    }
}

/// The type of an expression over columns, as far as the FE's analyser would tell without planning.
pub(crate) fn type_of(expr: &Expr, columns: Vec<ResultColumn>) -> Option<ResultType> {
    let user_variables = std::collections::BTreeMap::new();
    let scopes = scope::Scopes {
        relations: vec![Relation { alias: String::new(), columns }],
        aliases: Vec::new(),
        outer: None,
        user_variables: &user_variables,
        origin: Default::default(),
    };
    infer::infer(expr, &scopes)
}

/// An expression as the FE prints it, with names in backquotes or bare.
pub(crate) fn print_expression(expr: &Expr, quoted: bool) -> String {
    let mut expr = expr.clone();
    if quoted {
        let _ = visit_expressions_mut(&mut expr, |expr| {
            match expr {
                Expr::Identifier(name) => name.value = format!("`{}`", name.value),
                Expr::CompoundIdentifier(parts) => {
                    parts.iter_mut().for_each(|part| part.value = format!("`{}`", part.value));
                }
                _ => {}
            }
            ControlFlow::<()>::Continue(())
        });
    }
    names::print(&expr)
}

fn parser_options() -> ParserOptions {
    ParserOptions::new()
        .with_parse_float_as_decimal(true)
        .with_enable_ident_normalization(false)
        .with_support_varchar_with_length(true)
        .with_map_string_types_to_utf8view(false)
        // StarRocks sorts NULL as the smallest value.
        .with_default_null_ordering(NullOrdering::NullsMin)
}

/// A table's batches as a source. Names become lower case, as [`Binder`] writes them.
pub(crate) fn memory_source(schema: &SchemaRef, batches: &[RecordBatch]) -> SqlResult<Arc<dyn TableSource>> {
    let lower = lower_case(schema);
    let batches = batches.iter().map(|batch| renamed(&lower, batch)).collect::<Result<Vec<_>, _>>();
    let batches = batches.map_err(|e| SqlError::plain(e.to_string()))?;
    let table = MemTable::try_new(lower, vec![batches]).map_err(|e| run_error(&e))?;
    Ok(provider_as_source(Arc::new(table)))
}

/// The batch with another schema's names.
fn renamed(schema: &SchemaRef, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(schema.clone(), batch.columns().to_vec(), &options)
}

pub(crate) fn lower_case(schema: &Schema) -> SchemaRef {
    let fields: Vec<Field> = schema
        .fields()
        .iter()
        .map(|f| {
            Field::new(f.name().to_lowercase(), f.data_type().clone(), f.is_nullable())
                .with_metadata(f.metadata().clone())
        })
        .collect();
    Arc::new(Schema::new(fields))
}

/// Tables of one query and the engine's functions.
struct Provider<'a> {
    state: &'a SessionState,
    sources: HashMap<(String, String), Arc<dyn TableSource>>,
}

impl ContextProvider for Provider<'_> {
    fn get_table_source(&self, name: TableReference) -> Result<Arc<dyn TableSource>, DataFusionError> {
        let key = (name.schema().unwrap_or_default().to_owned(), name.table().to_owned());
        self.sources.get(&key).cloned().ok_or_else(|| plan_datafusion_err!("table '{name}' not found"))
    }
    fn get_expr_planners(&self) -> &[Arc<dyn ExprPlanner>] {
        self.state.expr_planners()
    }
    fn get_function_meta(&self, name: &str) -> Option<Arc<ScalarUDF>> {
        self.state.scalar_functions().get(name).cloned()
    }
    fn get_higher_order_meta(&self, name: &str) -> Option<Arc<HigherOrderUDF>> {
        self.state.higher_order_functions().get(name).cloned()
    }
    fn get_aggregate_meta(&self, name: &str) -> Option<Arc<AggregateUDF>> {
        self.state.aggregate_functions().get(name).cloned()
    }
    fn get_window_meta(&self, name: &str) -> Option<Arc<WindowUDF>> {
        self.state.window_functions().get(name).cloned()
    }
    fn get_variable_type(&self, _: &[String]) -> Option<DataType> {
        None
    }
    fn options(&self) -> &ConfigOptions {
        self.state.config_options()
    }
    fn udf_names(&self) -> Vec<String> {
        self.state.scalar_functions().keys().cloned().collect()
    }
    fn higher_order_function_names(&self) -> Vec<String> {
        self.state.higher_order_functions().keys().cloned().collect()
    }
    fn udaf_names(&self) -> Vec<String> {
        self.state.aggregate_functions().keys().cloned().collect()
    }
    fn udwf_names(&self) -> Vec<String> {
        self.state.window_functions().keys().cloned().collect()
    }
}

/// An error of planning, worded as the FE would where it has words for it.
pub(crate) fn analysis_error(error: &DataFusionError) -> SqlError {
    let message = error.strip_backtrace();
    let message = message.split("\nDid you mean").next().unwrap_or_default();
    let message = message.trim_start_matches("Error during planning: ").trim_start_matches("Schema error: ");
    if let Some(rest) = message.strip_prefix("Invalid function '") {
        let name = rest.split('\'').next().unwrap_or_default();
        return SqlError::analyzing(format_args!("No matching function with signature: {name}()"));
    }
    let one_column = ["Scalar subquery should only return one column", "subquery should only return one column"];
    if one_column.iter().any(|text| message.contains(text)) || message.contains("single column") {
        return SqlError::analyzing("Scalar subquery should output one column");
    }
    SqlError::analyzing(message.trim_end_matches('.'))
}

/// Errors about calls with their place, and with the types that the function was called with.
pub(crate) fn located(error: SqlError, text: &QueryText, calls: &[Call]) -> SqlError {
    if let Some((_, rest)) = error.message.split_once("Detail message: Invalid type cast ") {
        let detail = format!("Invalid type cast {}", rest.trim_end_matches('.'));
        return super::parse::only_call(text, "cast").map_or(error, |span| SqlError::analyzing_at(span, detail));
    }
    const UNKNOWN: &str = "No matching function with signature: ";
    let named = error.message.split_once(UNKNOWN).and_then(|(_, rest)| rest.split_once('('));
    let Some(call) = named.and_then(|(name, _)| calls.iter().find(|call| call.name == name)) else { return error };
    let from = prepare::place(text.at, call.at.0, call.at.1);
    let signature = &call.signature;
    match super::parse::end_of_call(text, from) {
        Some(to) => SqlError::analyzing_at(Span { from, to }, format_args!("{UNKNOWN}{signature}")),
        None => SqlError::analyzing(format_args!("{UNKNOWN}{signature}")),
    }
}

/// An error of running.
pub(crate) fn run_error(error: &DataFusionError) -> SqlError {
    let message = error.strip_backtrace();
    SqlError::plain(message.trim_start_matches("Arrow error: ").trim_start_matches("Execution error: "))
}
