// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! INSERT, UPDATE, DELETE and SQL transactions.

mod change;
mod convert;

use std::sync::Arc;

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::{Field, Schema};
use datafusion::sql::sqlparser::ast::{Expr, SetExpr};
use starrocks_types::TableModel;

use self::convert::convert;
use crate::catalog::ColumnDef;
use crate::engine::{Object, Privilege, TableWrite};
use crate::sql::ast::Insert;
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::execute::info;
use crate::sql::query::parse_query;
use crate::sql::session::Session;
use crate::sql::{Response, Sql};
use crate::storage::Table;
use crate::txn::{BeginTxn, LoadCounters, LoadSource};

impl Sql {
    pub(super) async fn insert(&self, session: &mut Session, insert: Insert) -> SqlResult<Response> {
        let (database, name) = self.resolve(session, &insert.table)?;
        if crate::information_schema::is_system(&database) {
            return Err(SqlError::plain("Only support insert into olap/mysql/iceberg/hive table"));
        }
        let home = self.engine.database(&database).map_err(|_| SqlError::analyzing_unknown_database(&database))?;
        let table = home.table(&name).cloned().ok_or_else(|| SqlError::table_not_found(&name))?;
        self.check(session, Privilege::Insert, Object::Table { database: &database, table: &name })?;
        let columns = target_columns(&table, insert.columns.as_deref())?;
        let query = parse_query(&insert.source)?;
        let given = width_of(&query);
        if let Some(given) = given.filter(|given| *given != columns.len()) {
            return Err(count_mismatch(columns.len(), given));
        }
        let planned = self.plan_query(session, defaults_as_null(query))?;
        if planned.columns.len() != columns.len() {
            return Err(count_mismatch(columns.len(), planned.columns.len()));
        }
        let batches = self.queries.collect(&planned).await?;
        let now = self.engine.clock().now();
        let mut complete = Vec::new();
        for batch in &batches {
            let arrays = columns
                .iter()
                .zip(batch.columns())
                .map(|(&at, array)| convert(array, column_at(&table, at)?))
                .collect::<SqlResult<Vec<_>>>()?;
            let fields: Vec<Field> = arrays
                .iter()
                .enumerate()
                .map(|(i, a)| Field::new(format!("c{i}"), a.data_type().clone(), true))
                .collect();
            let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
            let given = RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
                .map_err(|e| SqlError::plain(e.to_string()))?;
            let rows = self.engine.complete_rows(&table, &columns, &given, now)?;
            if let Some(first) = rows.rejected.first() {
                return Err(SqlError::plain(format!(
                    "Insert has filtered data in strict mode. Reason: {}. row={}, table={database}.{name}",
                    first.reason, first.row
                )));
            }
            complete.push(rows.batch);
        }
        let affected = complete.iter().map(RecordBatch::num_rows).sum::<usize>() as u64;
        let write =
            if insert.overwrite { TableWrite::overwrite(&table, complete) } else { TableWrite::rows(&table, complete) };
        self.write(session, &database, "insert", insert.label, write, affected)
    }

    /// Writes under a transaction of its own, or in the session's.
    fn write(
        &self,
        session: &mut Session,
        database: &str,
        verb: &str,
        label: Option<String>,
        write: TableWrite,
        affected: u64,
    ) -> SqlResult<Response> {
        let counters = LoadCounters { total: affected, loaded: affected, ..LoadCounters::default() };
        let begin = |label: String| {
            self.engine.begin(BeginTxn {
                database: database.to_owned(),
                table: None,
                label,
                source: LoadSource::InsertStreaming,
                coordinator: format!("FE: {}", self.addresses.host),
                timeout: Some(std::time::Duration::from_secs(14_400)),
                idle_timeout: None,
            })
        };
        if let Some(transaction) = &mut session.transaction {
            if !transaction.begun {
                transaction.id = begin(transaction.label.clone())?;
                transaction.begun = true;
            }
            transaction.tables.push(write.table_id);
            self.engine.stage(transaction.id, vec![write], &counters)?;
            return Ok(Response::Ok { affected, info: info(&transaction.label, "PREPARE", transaction.id) });
        }
        let label = label.unwrap_or_else(|| format!("{verb}_{}", uuid::Uuid::new_v4()));
        let id = begin(label.clone())?;
        let written = self.engine.stage(id, vec![write], &counters).and_then(|()| self.engine.commit(id));
        if let Err(error) = written {
            if let Err(second) = self.engine.abort(id, &error.to_string()) {
                tracing::debug!(txn = id, %second, "a failed write could not be aborted");
            }
            return Err(error.into());
        }
        Ok(Response::Ok { affected, info: info(&label, "VISIBLE", id) })
    }

    pub(super) fn commit(&self, session: &mut Session) -> SqlResult<Response> {
        let Some(transaction) = session.transaction.take() else { return Ok(Response::done()) };
        if transaction.begun {
            self.engine.commit(transaction.id)?;
        }
        Ok(Response::Ok { affected: 0, info: info(&transaction.label, "VISIBLE", transaction.id) })
    }

    pub(super) fn rollback(&self, session: &mut Session) -> SqlResult<Response> {
        let Some(transaction) = session.transaction.take() else { return Ok(Response::done()) };
        if transaction.begun {
            self.engine.abort(transaction.id, "user rollback")?;
        }
        Ok(Response::Ok { affected: 0, info: info(&transaction.label, "ABORTED", transaction.id) })
    }
}

fn count_mismatch(target: usize, given: usize) -> SqlError {
    SqlError::analyzing_coded(
        5604,
        "42601",
        format_args!("Inserted target column count: {target} doesn't match select/value column count: {given}"),
    )
}

fn column_at(table: &Table, at: usize) -> SqlResult<&ColumnDef> {
    table.def().columns.get(at).ok_or_else(|| SqlError::plain("a column beyond the table's"))
}

/// Positions of the columns that an INSERT names; all but generated ones when it names none.
fn target_columns(table: &Table, named: Option<&[String]>) -> SqlResult<Vec<usize>> {
    let def = table.def();
    let Some(named) = named else {
        let all = def.columns.iter().enumerate().filter(|(_, c)| c.generated.is_none()).map(|(i, _)| i);
        return Ok(all.collect());
    };
    let mut positions: Vec<usize> = Vec::new();
    for name in named {
        let Some((at, _)) = def.column(name) else {
            return Err(SqlError::analyzing_coded(
                5509,
                "42S22",
                format_args!("Unknown column '{name}' in '{}'", def.name),
            ));
        };
        if positions.contains(&at) {
            return Err(SqlError::analyzing_coded(1060, "42S21", format_args!("Duplicate column name '{name}'")));
        }
        positions.push(at);
    }
    if def.model == TableModel::Primary {
        let missing: Vec<&str> = def
            .columns
            .iter()
            .enumerate()
            .filter(|(i, c)| c.key && !c.auto_increment && c.default.is_none() && !positions.contains(i))
            .map(|(_, c)| c.name.as_str())
            .collect();
        if !missing.is_empty() {
            return Err(SqlError::analyzing_coded(
                6014,
                "42000",
                format_args!("missing key columns:{} for primary key table", missing.join(",")),
            ));
        }
    }
    for (i, column) in def.columns.iter().enumerate() {
        let needed =
            !column.nullable && column.default.is_none() && !column.auto_increment && column.generated.is_none();
        if needed && !positions.contains(&i) {
            return Err(SqlError::analyzing(format_args!(
                "'{}' must be explicitly mentioned in column permutation",
                column.name
            )));
        }
    }
    Ok(positions)
}

/// The number of values per row of `VALUES`.
fn width_of(query: &datafusion::sql::sqlparser::ast::Query) -> Option<usize> {
    match query.body.as_ref() {
        SetExpr::Values(values) => values.rows.first().map(|r| r.content.len()),
        _ => None,
    }
}

/// `DEFAULT` in VALUES stands for NULL here; the columns' defaults are those of columns that are not named.
fn defaults_as_null(mut query: datafusion::sql::sqlparser::ast::Query) -> datafusion::sql::sqlparser::ast::Query {
    if let SetExpr::Values(values) = query.body.as_mut() {
        for expr in values.rows.iter_mut().flat_map(|r| r.content.iter_mut()) {
            if matches!(expr, Expr::Identifier(name) if name.quote_style.is_none() && name.value.eq_ignore_ascii_case("default"))
            {
                *expr = Expr::Value(datafusion::sql::sqlparser::ast::Value::Null.into());
            }
        }
    }
    query
}
