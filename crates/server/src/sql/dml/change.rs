// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! UPDATE and DELETE.

use std::sync::Arc;

use arrow::array::{Int8Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use datafusion::sql::sqlparser::ast::{
    AssignmentTarget, Expr, FromTable, SelectItem, SetExpr, Statement, TableFactor, TableWithJoins,
};
use starrocks_types::TableModel;

use super::convert::convert;
use crate::catalog::ColumnDef;
use crate::engine::{Object, Privilege, TableWrite};
use crate::sql::ast::{Name, QueryText};
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::query::{identifiers, name_of, parse_query, parse_statement};
use crate::sql::session::Session;
use crate::sql::{Response, Sql};
use crate::storage::Table;

impl Sql {
    pub(in crate::sql) async fn update(&self, session: &mut Session, text: &QueryText) -> SqlResult<Response> {
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

    pub(in crate::sql) async fn delete(&self, session: &mut Session, text: &QueryText) -> SqlResult<Response> {
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
