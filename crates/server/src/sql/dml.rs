// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! INSERT, UPDATE, DELETE and SQL transactions.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int8Array, RecordBatch, StringArray, new_null_array};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field, Schema};
use datafusion::sql::sqlparser::ast::{
    AssignmentTarget, Expr, FromTable, SelectItem, SetExpr, Statement, TableFactor, TableWithJoins,
};
use starrocks_types::{StarRocksType, TableModel};

use super::ast::{Insert, Name, QueryText};
use super::error::{SqlError, SqlResult};
use super::execute::info;
use super::query::{identifiers, name_of, parse_query, parse_statement, print_json};
use super::session::Session;
use super::{Response, Sql};
use crate::catalog::{ColumnDef, arrow_type};
use crate::engine::{Object, Privilege, TableWrite};
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

    pub(super) async fn update(&self, session: &mut Session, text: &QueryText) -> SqlResult<Response> {
        let Statement::Update(update) = parse_statement(text)? else { return Err(SqlError::plain("not an UPDATE")) };
        let name = table_name(&update.table)?;
        let (database, table) = self.table_to_change(session, &name, Privilege::Update)?;
        let def = table.def();
        if def.model != TableModel::Primary {
            return Err(SqlError::plain(format!("table {} does not support update", def.name)));
        }
        let mut values: Vec<Option<Expr>> = vec![None; def.columns.len()];
        for assignment in &update.assignments {
            let AssignmentTarget::ColumnName(target) = &assignment.target else {
                return Err(SqlError::analyzing("Unsupported assignment"));
            };
            let column = identifiers(target).pop().unwrap_or_default();
            let Some((at, found)) = def.column(&column) else {
                return Err(SqlError::analyzing(format_args!(
                    "table '{}' do not existing column '{column}'",
                    def.name
                )));
            };
            if found.key {
                return Err(SqlError::analyzing(format_args!("primary key column cannot be updated: {column}")));
            }
            if let Some(slot) = values.get_mut(at) {
                *slot = Some(assignment.value.clone());
            }
        }
        let batches = self.changed_rows(session, &database, &table, update.selection.as_ref(), &values).await?;
        let mut rows = Vec::new();
        for batch in batches {
            let positions: Vec<usize> = (0..def.columns.len()).collect();
            let completed = self.engine.complete_rows(&table, &positions, &batch, self.engine.clock().now())?;
            if let Some(first) = completed.rejected.first() {
                return Err(SqlError::plain(first.reason.clone()));
            }
            rows.push(completed.batch);
        }
        let affected = rows.iter().map(RecordBatch::num_rows).sum::<usize>() as u64;
        self.write(session, &database, "update", None, TableWrite::rows(&table, rows), affected)
    }

    pub(super) async fn delete(&self, session: &mut Session, text: &QueryText) -> SqlResult<Response> {
        let Statement::Delete(delete) = parse_statement(text)? else { return Err(SqlError::plain("not a DELETE")) };
        let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
        let [from] = from.as_slice() else { return Err(SqlError::analyzing("DELETE takes one table")) };
        let name = table_name(from)?;
        let (database, table) = self.table_to_change(session, &name, Privilege::Delete)?;
        let def = table.def();
        if def.model != TableModel::Primary {
            return self.delete_by_rewrite(session, &database, &table, delete.selection).await;
        }
        let nothing = vec![None; def.columns.len()];
        let batches = self.changed_rows(session, &database, &table, delete.selection.as_ref(), &nothing).await?;
        let mut fields: Vec<Field> = table.schema().fields().iter().map(|f| Field::clone(f)).collect();
        fields.push(Field::new("__op", DataType::Int8, false));
        let schema = Arc::new(Schema::new(fields));
        let mut rows = Vec::new();
        for batch in batches {
            let mut columns = batch.columns().to_vec();
            columns.push(Arc::new(Int8Array::from(vec![1; batch.num_rows()])));
            rows.push(RecordBatch::try_new(schema.clone(), columns).map_err(|e| SqlError::plain(e.to_string()))?);
        }
        let affected = rows.iter().map(RecordBatch::num_rows).sum::<usize>() as u64;
        let write = TableWrite { has_op: true, ..TableWrite::rows(&table, rows) };
        self.write(session, &database, "delete", None, write, affected)
    }

    /// DELETE of a table without primary key: keeps the rows for which the condition is not true.
    async fn delete_by_rewrite(
        &self,
        session: &mut Session,
        database: &str,
        table: &Arc<Table>,
        condition: Option<Expr>,
    ) -> SqlResult<Response> {
        let name = &table.def().name;
        if let Some(unknown) = condition.as_ref().and_then(|c| unknown_column(c, table)) {
            return Err(SqlError::coded(5509, "42S22", format!("Unknown column '{unknown}' in '{name}'")));
        }
        let Some(condition) = condition else {
            return Err(SqlError::analyzing("delete must contain WHERE clause"));
        };
        let keep = Expr::IsNotTrue(Box::new(Expr::Nested(Box::new(condition))));
        let nothing = vec![None; table.def().columns.len()];
        let kept = self.changed_rows(session, database, table, Some(&keep), &nothing).await?;
        let write = TableWrite::overwrite(table, kept);
        self.write(session, database, "delete", None, write, 0)?;
        Ok(Response::done())
    }

    fn table_to_change(&self, session: &Session, name: &Name, privilege: Privilege) -> SqlResult<(String, Arc<Table>)> {
        let (database, table) = self.resolve(session, name)?;
        let home = self.engine.database(&database).map_err(|_| SqlError::analyzing_unknown_database(&database))?;
        let found = home.table(&table).cloned().ok_or_else(|| SqlError::table_not_found(&table))?;
        self.check(session, privilege, Object::Table { database: &database, table: &table })?;
        Ok((database, found))
    }

    /// The table's rows that meet a condition, with the given columns replaced, in the table's types.
    async fn changed_rows(
        &self,
        session: &Session,
        database: &str,
        table: &Arc<Table>,
        condition: Option<&Expr>,
        values: &[Option<Expr>],
    ) -> SqlResult<Vec<RecordBatch>> {
        let name = &table.def().name;
        let template = QueryText {
            sql: format!("SELECT 1 FROM `{}`.`{}`", database.replace('`', "``"), name.replace('`', "``")),
            at: Default::default(),
            hints: Vec::new(),
        };
        let mut query = parse_query(&template)?;
        if let SetExpr::Select(select) = query.body.as_mut() {
            select.selection = condition.cloned();
            let quoted = |c: &ColumnDef| datafusion::sql::sqlparser::ast::Ident::with_quote('`', &c.name);
            select.projection = table
                .def()
                .columns
                .iter()
                .zip(values)
                .enumerate()
                .map(|(i, (column, value))| SelectItem::ExprWithAlias {
                    expr: value.clone().unwrap_or_else(|| Expr::Identifier(quoted(column))),
                    alias: datafusion::sql::sqlparser::ast::Ident::new(format!("#{i}")),
                })
                .collect();
        }
        // Reading what one changes takes no SELECT privilege.
        let root = Session::new(
            session.id,
            crate::engine::Identity { user: crate::auth::ROOT.to_owned(), host: session.identity.host.clone() },
            session.database.clone(),
        );
        let planned = self.plan_query(&root, query)?;
        let batches = self.queries.collect(&planned).await?;
        batches
            .iter()
            .map(|batch| {
                let columns = table
                    .def()
                    .columns
                    .iter()
                    .zip(batch.columns())
                    .map(|(column, array)| convert(array, column))
                    .collect::<SqlResult<Vec<_>>>()?;
                let loose: Vec<Field> =
                    table.schema().fields().iter().map(|f| Field::clone(f).with_nullable(true)).collect();
                RecordBatch::try_new(Arc::new(Schema::new(loose)), columns.clone())
                    .map(|loose| match RecordBatch::try_new(table.schema().clone(), columns) {
                        Ok(strict) => strict,
                        Err(_) => loose,
                    })
                    .map_err(|e| SqlError::plain(e.to_string()))
            })
            .collect()
    }

    pub(super) fn truncate_partitions(
        &self,
        database: &str,
        table: &Arc<Table>,
        partitions: &[String],
    ) -> SqlResult<()> {
        let known = table.def().partitioning.partitions();
        for name in partitions {
            if !known.iter().any(|p| p.name.eq_ignore_ascii_case(name)) {
                return Err(SqlError::plain(format!("Partition {name} does not exist")));
            }
        }
        if table.row_count().unwrap_or(0) == 0 {
            return Ok(());
        }
        if known.len() == partitions.len() {
            return self.engine.truncate_table(database, &table.def().name).map_err(Into::into);
        }
        Err(super::execute::unsupported("truncating some of the partitions of a table with rows"))
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

fn table_name(table: &TableWithJoins) -> SqlResult<Name> {
    match &table.relation {
        TableFactor::Table { name, .. } => Ok(name_of(identifiers(name))),
        _ => Err(SqlError::analyzing("a table name is expected")),
    }
}

fn unknown_column(condition: &Expr, table: &Table) -> Option<String> {
    let mut unknown = None;
    let _ = datafusion::sql::sqlparser::ast::visit_expressions(condition, |expr| {
        if let Expr::Identifier(name) = expr
            && !name.value.starts_with('@')
            && table.def().column(&name.value).is_none()
        {
            unknown.get_or_insert_with(|| name.value.clone());
            return std::ops::ControlFlow::Break(());
        }
        std::ops::ControlFlow::Continue(())
    });
    unknown
}

/// Values as a column stores them. What cannot be converted fails, as INSERT is strict.
fn convert(array: &ArrayRef, column: &ColumnDef) -> SqlResult<ArrayRef> {
    let target = arrow_type(&column.data_type);
    if array.data_type() == &target && column.data_type != StarRocksType::Json {
        return Ok(array.clone());
    }
    if array.data_type() == &DataType::Null {
        return Ok(new_null_array(&target, array.len()));
    }
    let is_text = matches!(array.data_type(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    let wrong = |value: &str| match &column.data_type {
        StarRocksType::Date | StarRocksType::DateTime => {
            SqlError::analyzing(format_args!("Invalid date literal {value}"))
        }
        _ => SqlError::analyzing(format_args!("Invalid number format: {value}")),
    };
    match &column.data_type {
        StarRocksType::Date | StarRocksType::DateTime
            if !matches!(array.data_type(), DataType::Date32 | DataType::Timestamp(..)) =>
        {
            let micros = (0..array.len()).map(|row| match super::text::text(array, row) {
                None => Ok(None),
                Some(text) => super::query::parse_datetime(&text).map(Some).ok_or_else(|| wrong(&text)),
            });
            let micros = micros.collect::<SqlResult<Vec<_>>>()?;
            let times: ArrayRef = Arc::new(arrow::array::TimestampMicrosecondArray::from(micros));
            strict_cast(&times, &target)
        }
        StarRocksType::Char(_) | StarRocksType::Varchar(_) => {
            Ok(Arc::new((0..array.len()).map(|row| super::text::text(array, row)).collect::<StringArray>()))
        }
        StarRocksType::Json => {
            let values = (0..array.len()).map(|row| {
                let text = super::text::text(array, row)?;
                Some(
                    serde_json::from_str(&text)
                        .map_or_else(|_| print_json(&serde_json::Value::String(text)), |value| print_json(&value)),
                )
            });
            Ok(Arc::new(values.collect::<StringArray>()))
        }
        StarRocksType::Boolean if is_text => {
            let texts = strict_cast(array, &DataType::Utf8)?;
            let flags =
                texts.as_string::<i32>().iter().map(|text| match text.map(str::to_ascii_lowercase).as_deref() {
                    None => Ok(None),
                    Some("true" | "1") => Ok(Some(true)),
                    Some("false" | "0") => Ok(Some(false)),
                    Some(other) => Err(wrong(other)),
                });
            Ok(Arc::new(arrow::array::BooleanArray::from(flags.collect::<SqlResult<Vec<_>>>()?)))
        }
        _ => {
            let lenient = CastOptions { safe: true, ..CastOptions::default() };
            let converted = cast_with_options(array, &target, &lenient).map_err(|e| SqlError::plain(e.to_string()))?;
            if is_text {
                let lost = (0..array.len()).find(|&row| converted.is_null(row) && !array.is_null(row));
                if let Some(text) = lost.and_then(|row| super::text::text(array, row)) {
                    return Err(wrong(&text));
                }
            }
            Ok(converted)
        }
    }
}

fn strict_cast(array: &ArrayRef, target: &DataType) -> SqlResult<ArrayRef> {
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(array, target, &strict).map_err(|e| SqlError::plain(e.to_string()))
}
