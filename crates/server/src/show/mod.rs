// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! SHOW, DESCRIBE and ADMIN SHOW.

mod cluster;
mod create;
mod filter;
mod loads;
mod storage;
mod table;

use starrocks_types::StarRocksType;

use crate::engine::{Object, Privilege};
use crate::information_schema;
use crate::mysql::Column;
use crate::sql::ast::{Filter, Name, Show};
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::{CATALOG, Response, Session, Sql, variables};

pub(crate) use cluster::set_config;
pub(crate) use create::column_line;
pub(crate) use storage::buckets;
pub(crate) use table::describe;

pub(crate) type Row = Vec<Option<String>>;

/// Result columns of SHOW statements as recorded from a real FE: `name=type`, where `v20` is a VARCHAR of 20.
const COLUMNS: &str = include_str!("columns.tsv");

/// The columns of a SHOW statement.
pub(crate) fn columns(statement: &str) -> Vec<Column> {
    let line = COLUMNS.lines().filter_map(|l| l.split_once('\t')).find(|(name, _)| *name == statement);
    let Some((_, columns)) = line else { return vec![Column::varchar("Value", 30)] };
    columns
        .split('|')
        .map(|column| {
            let (name, kind) = column.rsplit_once('=').unwrap_or((column, "v30"));
            match kind {
                "longlong" => Column::of(name, &StarRocksType::BigInt),
                "long" => Column::of(name, &StarRocksType::Int),
                "double" => Column::of(name, &StarRocksType::Double),
                "datetime" => Column::of(name, &StarRocksType::DateTime),
                chars => Column::varchar(name, chars.trim_start_matches('v').parse().unwrap_or(30)),
            }
        })
        .collect()
}

pub(crate) fn some(text: impl ToString) -> Option<String> {
    Some(text.to_string())
}

/// Names and lengths of columns that a WHERE turns into a query of `information_schema`.
fn varchars<const N: usize>(list: [(&str, u32); N]) -> Vec<Column> {
    list.into_iter().map(|(name, chars)| Column::varchar(name, chars)).collect()
}

/// Answers a SHOW statement.
pub(crate) async fn show(sql: &Sql, session: &mut Session, show: Show) -> SqlResult<Response> {
    match show {
        Show::Databases(filter) => {
            let names = information_schema::database_names(sql, session);
            let rows = names.into_iter().map(|n| vec![Some(n)]).collect();
            filter::answer_names(vec![Column::varchar("Database", 64)], rows, &filter)
        }
        Show::Tables { full, database, filter } => tables(sql, session, full, database, &filter),
        Show::TableStatus { database, filter } => storage::status(sql, session, database, &filter),
        Show::Columns { full, table, filter } => table::columns(sql, session, &table, full, &filter),
        Show::CreateTable(name) => create::create(sql, session, &name),
        Show::CreateView(name) => create::create_view(sql, session, &name),
        Show::CreateDatabase(name) => {
            sql.engine.database(&name).map_err(|_| SqlError::analyzing_unknown_database(&name))?;
            let columns = vec![Column::varchar("Database", 20), Column::varchar("Create Database", 30)];
            Ok(Response::texts(columns, vec![vec![some(&name), some(format!("CREATE DATABASE `{name}`"))]]))
        }
        Show::Variables { global, filter } => {
            let globals = sql.shared().globals.clone();
            let of = if global { &globals } else { &session.variables };
            let rows = variables::listed(of, &globals, sql.version());
            let rows = rows.into_iter().map(|(name, value)| vec![Some(name), Some(value)]).collect();
            let (name, value) = if filter.condition.is_some() { (64, 1024) } else { (20, 20) };
            filter::answer(varchars([("Variable_name", name), ("Value", value)]), rows, &filter)
        }
        Show::AlterTable { kind, database, filter } => loads::alter_jobs(sql, session, &kind, database, &filter),
        Show::Partitions { table } => storage::partitions(sql, session, &table),
        Show::Tablets { table } => storage::tablets(sql, session, &table),
        Show::Index { table } => storage::indexes(sql, session, &table),
        Show::Load { database, filter } => loads::loads(sql, session, database, &filter),
        Show::Transaction { database, id } => loads::transaction(sql, session, database, id),
        Show::Proc(path) => loads::proc(sql, session, &path),
        Show::ProcessList => Ok(cluster::process_list(sql, session)),
        Show::Grants(user) => {
            let (name, host) = user.unwrap_or_else(|| (session.identity.user.clone(), "%".to_owned()));
            let who = format!("'{name}'@'{host}'");
            let rows = sql.users.grants_of(&name, &host)?;
            let rows = rows.into_iter().map(|(catalog, text)| vec![some(&who), catalog, Some(text)]).collect();
            Ok(Response::texts(columns("GRANTS"), rows))
        }
        Show::Authentication { all } => {
            let own = session.identity.user.clone();
            let rows =
                sql.users.list().into_iter().filter(|(name, ..)| all || *name == own).map(|(name, host, password)| {
                    let password = if password { "Yes" } else { "No" };
                    vec![some(format!("'{name}'@'{host}'")), some(password), some("MYSQL_NATIVE_PASSWORD"), None]
                });
            Ok(Response::texts(columns("AUTHENTICATION"), rows.collect()))
        }
        Show::FrontendConfig(filter) => {
            sql.check(session, Privilege::Admin, Object::System)?;
            cluster::config(sql, &filter)
        }
        Show::Data { table } => storage::data(sql, session, table),
        Show::Functions { database } => {
            if let Some(database) = database {
                sql.engine.database(&database).map_err(|_| SqlError::analyzing_unknown_database(&database))?;
            }
            Ok(Response::texts(columns("FUNCTIONS"), Vec::new()))
        }
        Show::Fixed(name) => cluster::fixed(sql, session, &name),
    }
}

/// The database that a statement names, or the session's; it must exist.
fn database_of(sql: &Sql, session: &Session, name: Option<&Name>) -> SqlResult<String> {
    if let Some(catalog) = name.and_then(|n| n.database.as_deref()).filter(|c| *c != CATALOG) {
        return Err(SqlError::analyzing_coded(5078, "42000", format_args!("Unknown catalog '{catalog}'")));
    }
    let database = name.map(|n| n.name.clone()).or_else(|| session.database.clone());
    let database = database.ok_or_else(|| SqlError::analyzing_coded(1046, "3D000", "No database selected"))?;
    if !information_schema::is_system(&database) {
        sql.engine.database(&database).map_err(|_| SqlError::analyzing_unknown_database(&database))?;
    }
    Ok(database)
}

fn tables(sql: &Sql, session: &Session, full: bool, database: Option<Name>, filter: &Filter) -> SqlResult<Response> {
    let database = database_of(sql, session, database.as_ref())?;
    let names = information_schema::table_names(sql, session, &database);
    let chars = if filter.condition.is_some() { 2048 } else { 20 };
    let mut columns = vec![Column::varchar(format!("Tables_in_{database}"), chars)];
    if full {
        columns.push(Column::varchar("Table_type", chars));
    }
    let rows = names.into_iter().map(|(name, kind)| {
        let mut row = vec![Some(name)];
        row.extend(full.then(|| some(kind)));
        row
    });
    filter::answer_names(columns, rows.collect(), filter)
}
