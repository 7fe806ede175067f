// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! DESC and SHOW COLUMNS.

use std::sync::Arc;

use starrocks_types::{StarRocksType as T, TableModel};

use super::create::escaped;
use super::filter::answer;
use super::{Row, some, varchars};
use crate::catalog::{ColumnDef, DefaultValue, TableDef};
use crate::engine::Object;
use crate::information_schema;
use crate::mysql::Column;
use crate::sql::ast::{Filter, Name};
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::query::ResultType;
use crate::sql::types::desc_form;
use crate::sql::{Response, Session, Sql, View};
use crate::storage::Table;

/// What a name stands for.
pub(super) enum Found {
    Table(Arc<Table>),
    View(View),
    System(&'static information_schema::SystemTable),
}

/// Finds what the session may see; `missing` makes the error when there is no such table.
pub(super) fn find(
    sql: &Sql,
    session: &Session,
    name: &Name,
    missing: impl FnOnce(&str, &str) -> SqlError,
) -> SqlResult<Found> {
    let (database, table) = sql.resolve(session, name)?;
    if information_schema::is_system(&database) {
        return information_schema::table(&database, &table)
            .map(Found::System)
            .ok_or_else(|| missing(&database, &table));
    }
    let home = sql.engine.database(&database).map_err(|_| SqlError::analyzing_unknown_database(&database))?;
    let view = sql.shared().views.get(&(database.clone(), table.clone())).cloned();
    let found = match (view, home.table(&table)) {
        (Some(view), _) => Found::View(view),
        (None, Some(table)) => Found::Table(table.clone()),
        (None, None) => return Err(missing(&database, &table)),
    };
    let object = match &found {
        Found::View(_) => Object::View { database: &database, view: &table },
        _ => Object::Table { database: &database, table: &table },
    };
    sql.check_any(session, object)?;
    Ok(found)
}

pub(super) fn find_table(sql: &Sql, session: &Session, name: &Name) -> SqlResult<Arc<Table>> {
    match find(sql, session, name, |_, table| SqlError::table_not_found(table))? {
        Found::Table(table) => Ok(table),
        _ => Err(SqlError::analyzing(format_args!("Table[{}] does not exists or is not OLAP/Paimon table", name.name))),
    }
}

/// A default as DESC shows it.
fn default_text(column: &ColumnDef) -> Option<String> {
    match &column.default {
        None if matches!(column.data_type, T::Hll | T::Bitmap) => some("\0"),
        None | Some(DefaultValue::Null) => None,
        Some(DefaultValue::Literal(text)) => Some(text.clone()),
        Some(DefaultValue::CurrentTimestamp { precision: None }) => some("CURRENT_TIMESTAMP"),
        Some(DefaultValue::CurrentTimestamp { precision: Some(n) }) => some(format!("CURRENT_TIMESTAMP({n})")),
        Some(DefaultValue::Uuid) => some("uuid()"),
        Some(DefaultValue::UuidNumeric) => some("uuid_numeric()"),
    }
}

fn yes_no(flag: bool) -> Option<String> {
    some(if flag { "YES" } else { "NO" })
}

fn has_bloom_filter(def: &TableDef, column: &ColumnDef) -> bool {
    let listed = def.properties.get("bloom_filter_columns").map_or("", String::as_str);
    listed.split(',').any(|name| name.trim().eq_ignore_ascii_case(&column.name))
}

/// DESC.
pub(crate) fn describe(sql: &Sql, session: &Session, name: &Name, all: bool) -> SqlResult<Response> {
    let found = find(sql, session, name, |_, table| SqlError::unknown_table(table))?;
    let generated = |column: &ColumnDef| {
        let by_server = matches!(
            column.default,
            Some(DefaultValue::CurrentTimestamp { .. } | DefaultValue::Uuid | DefaultValue::UuidNumeric)
        );
        if by_server { "DEFAULT_GENERATED" } else { "" }
    };
    let rows: Vec<Row> = match &found {
        Found::Table(table) => {
            let def = table.def();
            def.columns
                .iter()
                .map(|c| {
                    let extra = if has_bloom_filter(def, c) { "BLOOM_FILTER" } else { generated(c) };
                    vec![
                        some(&c.name),
                        some(desc_form(&c.data_type)),
                        yes_no(c.nullable),
                        some(c.key),
                        default_text(c),
                        some(extra),
                    ]
                })
                .collect()
        }
        Found::View(view) => {
            let row = |(i, ((name, _), data_type)): (usize, (&(String, String), &ResultType))| {
                let null = yes_no(view.is_nullable(i));
                vec![some(name), some(view_type(data_type)), null, some("false"), None, some("")]
            };
            view.columns.iter().zip(&view.types).enumerate().map(row).collect()
        }
        Found::System(table) => {
            let row = |c: &information_schema::SystemColumn| {
                vec![some(&c.name), some(c.shown), yes_no(c.nullable), some("false"), None, some("")]
            };
            table.columns.iter().map(row).collect()
        }
    };
    if let (Found::Table(table), true) = (&found, all) {
        return Ok(describe_all(table.def(), rows));
    }
    let columns = ["Field", "Type", "Null", "Key", "Default", "Extra"].map(|name| Column::varchar(name, 30));
    Ok(Response::texts(columns.to_vec(), rows))
}

fn view_type(data_type: &ResultType) -> String {
    match data_type {
        ResultType::Of(known) => desc_form(known),
        ResultType::Text | ResultType::Null => "varchar".to_owned(),
        ResultType::Blob => "varbinary".to_owned(),
    }
}

fn describe_all(def: &TableDef, rows: Vec<Row>) -> Response {
    let model = match def.model {
        TableModel::Duplicate => "DUP_KEYS",
        TableModel::Aggregate => "AGG_KEYS",
        TableModel::Unique => "UNIQUE_KEYS",
        TableModel::Primary => "PRIMARY_KEYS",
    };
    let rows = rows.into_iter().zip(&def.columns).enumerate().map(|(i, (mut row, column))| {
        let extra = match (column.key, column.aggregate, def.model) {
            (true, ..) => row.pop().flatten().unwrap_or_default(),
            (false, Some(function), _) => function.name().to_owned(),
            (false, None, TableModel::Unique | TableModel::Primary) => "REPLACE".to_owned(),
            _ => "NONE".to_owned(),
        };
        row.truncate(5);
        row.push(Some(extra));
        let first = i == 0;
        let mut full = vec![some(if first { &def.name } else { "" }), some(if first { model } else { "" })];
        full.extend(row);
        full
    });
    let columns = varchars([
        ("IndexName", 20),
        ("IndexKeysType", 20),
        ("Field", 20),
        ("Type", 20),
        ("Null", 10),
        ("Key", 10),
        ("Default", 30),
        ("Extra", 30),
    ]);
    Response::texts(columns, rows.collect())
}

/// SHOW [FULL] COLUMNS.
pub(super) fn columns(sql: &Sql, session: &Session, name: &Name, full: bool, filter: &Filter) -> SqlResult<Response> {
    let found =
        find(sql, session, name, |database, table| SqlError::unknown_table(format_args!("{database}.{table}")))?;
    struct Shown {
        name: String,
        data_type: String,
        nullable: bool,
        key: bool,
        default: Option<String>,
        extra: String,
        comment: String,
    }
    let plain = |name: &str, data_type: String, nullable: bool, comment: &str| Shown {
        name: name.to_owned(),
        data_type,
        nullable,
        key: false,
        default: None,
        extra: String::new(),
        comment: comment.to_owned(),
    };
    let list: Vec<Shown> = match &found {
        Found::Table(table) => table
            .def()
            .columns
            .iter()
            .map(|c| Shown {
                key: c.key,
                default: if matches!(c.data_type, T::Hll | T::Bitmap) { None } else { default_text(c) },
                extra: c.aggregate.map_or_else(String::new, |f| f.name().to_owned()),
                ..plain(&c.name, desc_form(&c.data_type), c.nullable, &escaped(&c.comment))
            })
            .collect(),
        Found::View(view) => view
            .columns
            .iter()
            .zip(&view.types)
            .enumerate()
            .map(|(i, ((name, comment), known))| plain(name, view_type(known), view.is_nullable(i), comment))
            .collect(),
        Found::System(table) => {
            table.columns.iter().map(|c| plain(&c.name, c.shown.to_owned(), c.nullable, "")).collect()
        }
    };
    let rows = list.into_iter().map(|c| {
        let mut row = vec![Some(c.name), Some(c.data_type)];
        row.extend(full.then(|| some("")));
        row.extend([yes_no(c.nullable), yes_no(c.key), c.default, Some(c.extra)]);
        if full {
            row.extend([some(""), Some(c.comment)]);
        }
        row
    });
    let rows = rows.collect();
    let mut columns = if filter.condition.is_some() {
        varchars([("Field", 64), ("Type", 64), ("Null", 3), ("Key", 3), ("Default", 1024), ("Extra", 27)])
    } else {
        varchars([("Field", 20), ("Type", 20), ("Null", 20), ("Key", 20), ("Default", 20), ("Extra", 20)])
    };
    if full {
        columns.insert(2, Column::varchar("Collation", 20));
        columns.extend([Column::varchar("Privileges", 80), Column::varchar("Comment", 20)]);
    }
    answer(columns, rows, filter)
}
