// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What the names in a session's queries stand for, and expressions without a session.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::datatypes::SchemaRef;
use datafusion::logical_expr::TableSource;
use datafusion::physical_plan::PhysicalExpr;

use super::ast::{Name, QueryText};
use super::error::{SqlError, SqlResult};
use super::query::{
    Binder, QueryEngine, Relation, Relations, ResultColumn, ResultType, Source, lower_case, memory_source,
    parse_expression, parse_query, stored_source,
};
use super::session::Session;
use super::{BUILD, CATALOG, MYSQL_VERSION, Sql, text, variables};
use crate::catalog::{Catalog, ColumnDef, Partitioning};
use crate::engine::{CompiledExpressions, ExpressionEvaluator, Object, Privilege};
use crate::information_schema;
use crate::storage::Table;

/// The names of one statement: the catalog does not change under it.
pub(crate) struct SessionRelations<'a> {
    pub(crate) sql: &'a Sql,
    pub(crate) session: &'a Session,
    pub(crate) catalog: Arc<Catalog>,
}

impl<'a> SessionRelations<'a> {
    pub(crate) fn new(sql: &'a Sql, session: &'a Session) -> Self {
        Self { sql, session, catalog: sql.engine.catalog() }
    }

    fn database(&self, name: &Name) -> SqlResult<String> {
        if let Some(catalog) = &name.catalog
            && catalog != CATALOG
        {
            return Err(unknown_catalog(catalog));
        }
        match name.database.as_ref().or(self.session.database.as_ref()) {
            Some(database) => Ok(database.clone()),
            None => Err(no_database()),
        }
    }
}

/// A table under a name, with rows from `source`.
pub(crate) fn table_source(database: String, name: String, table: &Table, source: Arc<dyn TableSource>) -> Source {
    let column = |c: &ColumnDef| ResultColumn::of_table(&c.name, ResultType::Of(c.data_type.clone()), c.nullable);
    let columns = table.def().columns.iter().map(column).collect();
    let partitions = match &table.def().partitioning {
        Partitioning::None => vec![name.clone()],
        other => other.partitions().iter().map(|p| p.name.clone()).collect(),
    };
    Source::Table { database, table: name, columns, partitions, source }
}

pub(crate) fn unknown_catalog(name: &str) -> SqlError {
    SqlError::analyzing_coded(5078, "42000", format_args!("Unknown catalog '{name}'"))
}

pub(crate) fn no_database() -> SqlError {
    SqlError::analyzing_coded(1046, "3D000", "No database selected")
}

impl Relations for SessionRelations<'_> {
    fn relation(&self, name: &Name, inside_view: bool) -> SqlResult<Source> {
        let database = self.database(name)?;
        if information_schema::is_system(&database) {
            let table = information_schema::table(&database, &name.name)
                .ok_or_else(|| SqlError::unknown_table(format_args!("{database}.{}", name.name)))?;
            let batch = information_schema::rows(self.sql, self.session, table)?;
            let source = memory_source(&batch.schema(), std::slice::from_ref(&batch))?;
            let columns =
                table.columns.iter().map(|c| ResultColumn::of_table(&c.name, c.result_type(), c.nullable)).collect();
            let partitions = vec![table.name.clone()];
            return Ok(Source::Table { database, table: table.name.clone(), columns, partitions, source });
        }
        let home = self.catalog.database(&database).ok_or_else(|| SqlError::analyzing_unknown_database(&database))?;
        let view = self.sql.shared().views.get(&(database.clone(), name.name.clone())).cloned();
        if view.is_none() && home.table(&name.name).is_none() {
            return Err(SqlError::unknown_table(format_args!("{database}.{}", name.name)));
        }
        let object = match &view {
            Some(_) => Object::View { database: &database, view: &name.name },
            None => Object::Table { database: &database, table: &name.name },
        };
        if !inside_view {
            self.sql.check(self.session, Privilege::Select, object)?;
        }
        if let Some(view) = view {
            let text = QueryText { sql: view.query, at: Default::default(), hints: Vec::new() };
            let mut query = parse_query(&text)?;
            qualify(&mut query, &view.database);
            let columns = view.columns.into_iter().map(|(name, _)| name).collect();
            return Ok(Source::View { query: Box::new(query), columns });
        }
        let table = home.table(&name.name).ok_or_else(|| SqlError::unknown_table(&name.name))?;
        if self.session.transaction.as_ref().is_some_and(|t| t.tables.contains(&table.id())) {
            return Err(SqlError::analyzing_coded(
                5307,
                "HY000",
                format_args!("SELECT cannot read table '{}' modified earlier in the same transaction", name.name),
            ));
        }
        Ok(table_source(database, name.name.clone(), table, stored_source(table)))
    }

    fn system_variable(&self, name: &str) -> SqlResult<String> {
        let globals = self.sql.shared().globals.clone();
        variables::value(name, &self.session.variables, &globals, self.sql.version())
            .ok_or_else(|| variables::unknown(name))
    }

    fn session_value(&self, function: &str) -> Option<String> {
        let identity = &self.session.identity;
        Some(match function {
            "version" => MYSQL_VERSION.to_owned(),
            "current_version" => format!("{} {BUILD}", self.sql.version()),
            "connection_id" => self.session.id.to_string(),
            "user" | "session_user" => format!("'{}'@'{}'", identity.user, identity.host),
            "current_user" => format!("'{}'@'%'", identity.user),
            "database" | "schema" => self.session.database.clone().unwrap_or_default(),
            "catalog" => CATALOG.to_owned(),
            "current_role" => if identity.user == crate::auth::ROOT { "root" } else { "NONE" }.to_owned(),
            "current_group" => "NONE".to_owned(),
            "current_warehouse" => "default_warehouse".to_owned(),
            "last_query_id" => self.session.last_query_id.clone(),
            "host_name" => self.sql.addresses.host.clone(),
            "now" | "current_timestamp" | "localtime" | "localtimestamp" => {
                text::show_time(self.sql.local_time(self.session))
            }
            "time_zone" => self.system_variable("time_zone").ok()?,
            "utc_timestamp" => text::show_time(self.sql.engine.clock().now()),
            "curdate" | "current_date" => text::show_time(self.sql.local_time(self.session)).chars().take(10).collect(),
            "utc_date" => text::show_time(self.sql.engine.clock().now()).chars().take(10).collect(),
            "unix_timestamp" => (self.sql.engine.clock().now() / 1_000_000).to_string(),
            _ => return None,
        })
    }
}

/// Puts the view's database before bare table names.
fn qualify(query: &mut datafusion::sql::sqlparser::ast::Query, database: &str) {
    use datafusion::sql::sqlparser::ast::{Ident, ObjectName, ObjectNamePart, visit_relations_mut};
    let ctes: Vec<String> =
        query.with.iter().flat_map(|with| &with.cte_tables).map(|cte| cte.alias.name.value.clone()).collect();
    let _ = visit_relations_mut(query, |name: &mut ObjectName| {
        if let [ObjectNamePart::Identifier(only)] = name.0.as_slice()
            && !ctes.contains(&only.value)
        {
            let table = only.clone();
            *name = ObjectName::from(vec![Ident::with_quote('`', database), table]);
        }
        std::ops::ControlFlow::<()>::Continue(())
    });
}

/// Expressions of load headers and generated columns.
pub(crate) struct Evaluator {
    queries: Arc<QueryEngine>,
}

impl Evaluator {
    pub(crate) fn new(queries: Arc<QueryEngine>) -> Self {
        Self { queries }
    }
}

/// No tables, no session.
struct NoRelations;

impl Relations for NoRelations {
    fn relation(&self, name: &Name, _: bool) -> SqlResult<Source> {
        Err(SqlError::unknown_table(&name.name))
    }
    fn system_variable(&self, name: &str) -> SqlResult<String> {
        Err(variables::unknown(name))
    }
    fn session_value(&self, _: &str) -> Option<String> {
        None
    }
}

struct Compiled {
    input: SchemaRef,
    expressions: Vec<Arc<dyn PhysicalExpr>>,
}

impl ExpressionEvaluator for Evaluator {
    fn compile(&self, input: &SchemaRef, expressions: &[String]) -> Result<Arc<dyn CompiledExpressions>, String> {
        let schema = lower_case(input);
        let columns: Vec<ResultColumn> =
            input.fields().iter().map(|f| ResultColumn::of_table(f.name(), ResultType::of_field(f), true)).collect();
        let bound = expressions.iter().map(|text| {
            let text = QueryText { sql: text.clone(), at: Default::default(), hints: Vec::new() };
            let mut expr = parse_expression(&text)?;
            let no_variables = BTreeMap::new();
            let mut binder = Binder::new(&NoRelations, &no_variables);
            binder.expression(&mut expr, Relation { alias: String::new(), columns: columns.clone() })?;
            Ok(expr)
        });
        let bound = bound.collect::<SqlResult<Vec<_>>>().map_err(|e| e.message)?;
        let expressions =
            self.queries.physical_expressions(bound, &schema).map_err(|e| super::query::analysis_error(&e).message)?;
        Ok(Arc::new(Compiled { input: schema, expressions }))
    }
}

impl CompiledExpressions for Compiled {
    fn evaluate(&self, batch: &RecordBatch) -> Result<Vec<ArrayRef>, String> {
        let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let batch = RecordBatch::try_new_with_options(self.input.clone(), batch.columns().to_vec(), &options)
            .map_err(|e| e.to_string())?;
        let evaluate = |expr: &Arc<dyn PhysicalExpr>| {
            let value =
                expr.evaluate(&batch).and_then(|v| v.into_array(batch.num_rows())).map_err(|e| e.to_string())?;
            if value.len() == batch.num_rows() {
                Ok(value)
            } else {
                Err("an expression gave too few values".to_owned())
            }
        };
        self.expressions.iter().map(evaluate).collect()
    }
}
