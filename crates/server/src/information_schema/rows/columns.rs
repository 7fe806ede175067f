// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Rows of `columns`.

use starrocks_types::{StarRocksType as T, TableModel};

use super::types::column_attributes;
use super::{Row, all_views, databases, may_see, some};
use crate::catalog::{ColumnDef, DefaultValue, TableDef};
use crate::information_schema;
use crate::sql::query::ResultType;
use crate::sql::{Session, Sql, generated};

pub(super) fn columns(sql: &Sql, session: &Session) -> Vec<Row> {
    let mut rows = Vec::new();
    for database in databases(sql, session) {
        for table in database.tables().filter(|t| may_see(sql, session, &database.name, &t.def().name)) {
            let def = table.def();
            for (i, column) in def.columns.iter().enumerate() {
                rows.push(column_row(&database.name, &def.name, i, column, key_word(def, column)));
            }
        }
    }
    for ((database, name), view) in all_views(sql, session) {
        for (i, ((column, comment), data_type)) in view.columns.iter().zip(&view.types).enumerate() {
            let mut def = ColumnDef::new(column, data_type.stored());
            def.comment.clone_from(comment);
            def.nullable = view.is_nullable(i);
            let mut row = column_row(&database, &name, i, &def, "");
            match data_type {
                ResultType::Of(known) => {
                    def.data_type = known.clone();
                    row = column_row(&database, &name, i, &def, "");
                }
                ResultType::Text | ResultType::Null => unknown_length(&mut row),
                ResultType::Blob => {}
            }
            rows.push(row);
        }
    }
    for table in information_schema::tables() {
        for (i, column) in table.columns.iter().enumerate() {
            let mut def = ColumnDef::new(&column.name, column.data_type.clone().unwrap_or(T::Varchar(1)));
            def.nullable = column.nullable;
            rows.push(column_row(table.database, &table.name, i, &def, ""));
        }
    }
    rows
}

/// What is said of a text whose length is not known.
fn unknown_length(row: &mut Row) {
    for (at, text) in [(8, "-1"), (9, "-3"), (15, "varchar"), (20, "-1")] {
        if let Some(cell) = row.get_mut(at) {
            *cell = some(text);
        }
    }
}

fn key_word(def: &TableDef, column: &ColumnDef) -> &'static str {
    if !column.key {
        return "";
    }
    match def.model {
        TableModel::Primary => "PRI",
        TableModel::Unique => "UNI",
        TableModel::Aggregate => "AGG",
        TableModel::Duplicate => "DUP",
    }
}

fn column_row(database: &str, table: &str, i: usize, column: &ColumnDef, key: &str) -> Row {
    let about = column_attributes(&column.data_type);
    let default = match &column.default {
        None if matches!(column.data_type, T::Hll | T::Bitmap) => some("\0"),
        None | Some(DefaultValue::Null) => None,
        Some(DefaultValue::Literal(text)) => Some(text.clone()),
        Some(DefaultValue::CurrentTimestamp { .. }) => some("CURRENT_TIMESTAMP"),
        Some(DefaultValue::Uuid) => some("uuid()"),
        Some(DefaultValue::UuidNumeric) => some("uuid_numeric()"),
    };
    vec![
        None,
        some(database),
        some(table),
        some(&column.name),
        some(i + 1),
        default,
        some(if column.nullable { "YES" } else { "NO" }),
        some(about.data_type),
        about.character_length.map(|n| n.to_string()),
        about.character_length.map(|n| n.saturating_mul(3).to_string()),
        about.precision.map(|n| n.to_string()),
        about.scale.map(|n| n.to_string()),
        None,
        None,
        None,
        Some(about.column_type),
        some(key),
        some(""),
        some(""),
        some(&column.comment),
        about.size.map(|n| n.to_string()),
        about.digits.map(|n| n.to_string()),
        column.generated.as_deref().map(generated::shown),
        None,
    ]
}
