// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! CREATE, DROP and TRUNCATE.

mod columns;
mod define;
mod partitions;

use std::sync::Arc;

use super::ast::{CreateTable, Insert, Name, QueryText};
use super::error::{SqlError, SqlResult};
use super::execute::unsupported;
use super::query::Planned;
use super::session::Session;
use super::{Response, Sql, View};
use crate::catalog::{ColumnDef, TableDef};
use crate::engine::{Object, Privilege};
use crate::information_schema;

pub(super) use columns::{check_default, column_def};
pub(super) use define::aggregate_fits;
pub(super) use partitions::partition_def;

impl Sql {
    pub(super) fn create_database(&self, session: &Session, name: &Name, if_not_exists: bool) -> SqlResult<Response> {
        self.resolve(session, &Name { database: Some(String::new()), ..name.clone() })?;
        check_database_name(&name.name)?;
        if information_schema::is_system(&name.name) {
            if if_not_exists {
                return Ok(Response::done());
            }
            let text = format!("Can't create database '{}'; database exists", name.name);
            return Err(SqlError::coded(1007, "HY000", text));
        }
        let allowed = self.engine.authorize(&session.identity, Privilege::CreateDatabase, Object::System);
        allowed.map_err(|_| SqlError::denied("CREATE DATABASE", "CATALOG", super::CATALOG, "NONE"))?;
        match self.engine.create_database(&name.name) {
            Err(crate::engine::EngineError::DatabaseExists(_)) if if_not_exists => Ok(Response::done()),
            other => other.map(|_| Response::done()).map_err(Into::into),
        }
    }

    pub(super) fn drop_database(&self, session: &Session, name: &Name, if_exists: bool) -> SqlResult<Response> {
        if information_schema::is_system(&name.name) {
            return Err(SqlError::access_denied(&session.identity, "DROP", Object::Database(&name.name)));
        }
        if self.engine.database(&name.name).is_err() {
            if if_exists {
                return Ok(Response::done());
            }
            let text = format!("Can't drop database '{}'; database doesn't exist", name.name);
            return Err(SqlError::coded(1008, "HY000", text));
        }
        self.check(session, Privilege::Drop, Object::Database(&name.name))?;
        self.engine.drop_database(&name.name)?;
        let gone: Vec<String> =
            self.shared().views.keys().filter(|(database, _)| *database == name.name).map(|(_, v)| v.clone()).collect();
        for view in gone {
            self.put_view(&name.name, &view, None)?;
        }
        Ok(Response::done())
    }

    /// The database of a table to be created; it must exist and admit the user's tables.
    fn home_of_new(&self, session: &Session, name: &Name, privilege: &str) -> SqlResult<(String, String)> {
        let (database, table) = self.resolve(session, name)?;
        if information_schema::is_system(&database) {
            let text = format!("Can't create table '{table}' (errno: cannot create table in system database)");
            return Err(SqlError::coded(1005, "HY000", text));
        }
        self.engine.database(&database).map_err(|_| SqlError::analyzing_unknown_database(&database))?;
        let allowed = self.engine.authorize(&session.identity, Privilege::CreateTable, Object::Database(&database));
        allowed.map_err(|_| SqlError::access_denied(&session.identity, privilege, Object::Database(&database)))?;
        if table.is_empty() || table.chars().count() > 1024 {
            return Err(SqlError::analyzing_coded(1103, "42000", format_args!("Incorrect table name '{table}'"))
                .with_code_if(!table.is_empty(), 1104));
        }
        Ok((database, table))
    }

    fn is_taken(&self, database: &str, table: &str) -> bool {
        let key = (database.to_owned(), table.to_owned());
        self.engine.table(database, table).is_ok() || self.shared().views.contains_key(&key)
    }

    pub(super) async fn create_table(
        self: &Arc<Self>,
        session: &mut Session,
        table: CreateTable,
    ) -> SqlResult<Response> {
        if table.temporary {
            return Err(unsupported("CREATE TEMPORARY TABLE"));
        }
        let (database, name) = self.home_of_new(session, &table.name, "CREATE TABLE")?;
        if self.is_taken(&database, &name) {
            if table.if_not_exists {
                return Ok(Response::done());
            }
            return Err(SqlError::analyzing_coded(1050, "42S01", format_args!("Table '{name}' already exists")));
        }
        let Some(query) = table.query.clone() else {
            let def = self.define(&table, session)?;
            self.engine.create_table(&database, def)?;
            return Ok(Response::done());
        };
        let planned = self.plan(session, &query)?;
        let spec = self.columns_of_query(&table, &planned)?;
        let def = self.define(&spec, session)?;
        self.engine.create_table(&database, def)?;
        let target = Name { catalog: None, database: Some(database.clone()), name: name.clone() };
        let insert = Insert { table: target, columns: None, label: None, overwrite: false, source: query };
        match self.insert(session, insert).await {
            Ok(response) => Ok(response),
            Err(error) => {
                self.engine.drop_table(&database, &name)?;
                Err(error)
            }
        }
    }

    pub(super) fn create_table_like(
        &self,
        session: &Session,
        name: &Name,
        like: &Name,
        if_not_exists: bool,
    ) -> SqlResult<Response> {
        let (database, table) = self.home_of_new(session, name, "CREATE TABLE")?;
        if self.is_taken(&database, &table) {
            if if_not_exists {
                return Ok(Response::done());
            }
            return Err(SqlError::analyzing_coded(1050, "42S01", format_args!("Table '{table}' already exists")));
        }
        let (like_database, like_table) = self.resolve(session, like)?;
        let model = self.engine.table(&like_database, &like_table)?;
        let def = TableDef { name: table, ..TableDef::clone(model.def()) };
        self.engine.create_table(&database, def)?;
        Ok(Response::done())
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) fn create_view(
        &self,
        session: &Session,
        name: &Name,
        columns: Vec<(String, String)>,
        comment: String,
        query: QueryText,
        if_not_exists: bool,
        or_replace: bool,
    ) -> SqlResult<Response> {
        let (database, view) = self.home_of_new(session, name, "CREATE VIEW")?;
        let key = (database.clone(), view.clone());
        let exists = self.shared().views.contains_key(&key);
        if self.engine.table(&database, &view).is_ok() {
            if or_replace {
                return Err(SqlError::analyzing(format_args!("The specified table [{database}.{view}] is not a view")));
            }
            return Err(SqlError::coded(1050, "42S01", format!("Table '{view}' already exists")));
        }
        if exists && if_not_exists {
            return Ok(Response::done());
        }
        if exists && !or_replace {
            return Err(SqlError::coded(1050, "42S01", format!("Table '{view}' already exists")));
        }
        let planned = self.plan(session, &query)?;
        if !columns.is_empty() && columns.len() != planned.columns.len() {
            return Err(SqlError::analyzing_coded(
                1353,
                "HY000",
                "View's SELECT and view's field list have different column counts",
            ));
        }
        let (names, types): (Vec<String>, Vec<_>) = planned.columns.iter().cloned().unzip();
        let columns =
            if columns.is_empty() { names.into_iter().map(|n| (n, String::new())).collect() } else { columns };
        let default_database = session.database.clone().unwrap_or_else(|| database.clone());
        let created = self.engine.clock().now();
        let nullable = planned.nullable.iter().map(|(nullable, _)| *nullable).collect();
        let query = query.sql;
        let view = View { columns, types, nullable, comment, query, database: default_database, created };
        self.put_view(&key.0, &key.1, Some(view))?;
        Ok(Response::done())
    }

    pub(super) fn drop_table(
        &self,
        session: &Session,
        name: &Name,
        if_exists: bool,
        view: bool,
    ) -> SqlResult<Response> {
        let (database, table) = self.resolve(session, name)?;
        if information_schema::is_system(&database) {
            let text = format!(
                "Failed to drop table default_catalog.{database}.{table}. msg: cannot drop table in system database: \
                 {database}"
            );
            return Err(SqlError::coded(5064, "HY000", text));
        }
        self.engine.database(&database).map_err(|_| SqlError::analyzing_unknown_database(&database))?;
        let key = (database.clone(), table.clone());
        let is_view = self.shared().views.contains_key(&key);
        let is_table = self.engine.table(&database, &table).is_ok();
        if !is_view && !is_table {
            return if if_exists { Ok(Response::done()) } else { Err(SqlError::unknown_table(&table)) };
        }
        if is_view != view {
            let wanted = if view { "VIEW" } else { "TABLE" };
            let text = format!("'{database}'.'{table}' is not '{wanted}'");
            return Err(SqlError::analyzing_coded(1347, "HY000", text));
        }
        let object = match is_view {
            true => Object::View { database: &database, view: &table },
            false => Object::Table { database: &database, table: &table },
        };
        self.check(session, Privilege::Drop, object)?;
        if is_view {
            self.put_view(&database, &table, None)?;
        } else {
            self.engine.drop_table(&database, &table)?;
        }
        Ok(Response::done())
    }

    pub(super) fn truncate(&self, session: &Session, name: &Name, partitions: &[String]) -> SqlResult<Response> {
        let (database, table) = self.resolve(session, name)?;
        if self.shared().views.contains_key(&(database.clone(), table.clone())) {
            return Err(SqlError::plain("Only support truncate OLAP table or LAKE table"));
        }
        self.engine.table(&database, &table).map_err(|_| SqlError::table_not_found(&table))?;
        self.check(session, Privilege::Delete, Object::Table { database: &database, table: &table })?;
        match partitions {
            [] => self.engine.truncate_table(&database, &table)?,
            some => self.engine.truncate_partitions(&database, &table, some)?,
        }
        Ok(Response::done())
    }

    /// The columns of CREATE TABLE AS: declared names with the query's types.
    fn columns_of_query(&self, table: &CreateTable, planned: &Planned) -> SqlResult<CreateTable> {
        let columns = &planned.columns;
        if !table.columns.is_empty() && table.columns.len() != columns.len() {
            return Err(SqlError::analyzing_coded(1353, "HY000", "Number of select columns not equal column define"));
        }
        let mut spec = table.clone();
        spec.query = None;
        spec.columns = columns
            .iter()
            .enumerate()
            .map(|(i, (name, data_type))| {
                let declared = table.columns.get(i);
                super::ast::ColumnSpec {
                    name: declared.map_or_else(|| name.clone(), |d| d.name.clone()),
                    data_type: Some(data_type.stored()),
                    key: false,
                    aggregate: None,
                    // Columns of tables may always be NULL in the new one.
                    nullable: planned.nullable.get(i).map(|(nullable, plain)| *nullable || *plain),
                    auto_increment: false,
                    default: None,
                    generated: None,
                    comment: declared.map(|d| d.comment.clone()).unwrap_or_default(),
                    span: Default::default(),
                }
            })
            .collect();
        Ok(spec)
    }
}

impl SqlError {
    fn with_code_if(mut self, condition: bool, code: u16) -> Self {
        if condition {
            self.code = code;
        }
        self
    }
}

/// Refuses a name that no database may have.
pub(super) fn check_database_name(name: &str) -> SqlResult<()> {
    if name.starts_with(|c: char| c.is_alphabetic() || c == '_') && name.chars().count() <= 256 {
        return Ok(());
    }
    Err(SqlError::analyzing_coded(1102, "42000", format_args!("Incorrect database name '{name}'")))
}

/// Column positions by name.
pub(super) fn position(columns: &[ColumnDef], name: &str) -> Option<usize> {
    columns.iter().position(|c| c.name.eq_ignore_ascii_case(name))
}
