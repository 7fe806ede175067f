// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The databases `information_schema` and `sys`: every table with its columns, and rows where clients look.

mod rows;

use std::sync::{Arc, OnceLock};

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, StringArray, new_null_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema};
use starrocks_types::StarRocksType;

use crate::catalog::{ColumnDef, arrow_field, arrow_type};
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::parse::parse_type;
use crate::sql::query::ResultType;
use crate::sql::{Session, Sql};

pub(crate) use rows::{ENGINES, database_names, table_names};

/// Database, table, column, type and nullability of every system table, as a real FE describes them.
const TABLES: &str = include_str!("tables.tsv");

/// A system table.
pub(crate) struct SystemTable {
    pub(crate) database: &'static str,
    pub(crate) name: String,
    pub(crate) columns: Vec<SystemColumn>,
}

/// A column of a system table.
pub(crate) struct SystemColumn {
    pub(crate) name: String,
    /// As DESC shows it.
    pub(crate) shown: &'static str,
    pub(crate) nullable: bool,
    data_type: Option<StarRocksType>,
}

impl SystemColumn {
    /// What SELECT reports; a bare `varchar` has no known length.
    pub(crate) fn result_type(&self) -> ResultType {
        match &self.data_type {
            Some(data_type) if self.shown != "varchar" => ResultType::Of(data_type.clone()),
            _ => ResultType::Text,
        }
    }
}

/// Whether a database is the system's. Its name matches without regard to case.
pub(crate) fn is_system(database: &str) -> bool {
    database.eq_ignore_ascii_case("information_schema") || database == "sys"
}

/// All system tables by database and name.
pub(crate) fn tables() -> &'static [SystemTable] {
    static LIST: OnceLock<Vec<SystemTable>> = OnceLock::new();
    LIST.get_or_init(|| {
        let mut list: Vec<SystemTable> = Vec::new();
        for line in TABLES.lines() {
            let mut fields = line.split('\t');
            let (Some(database), Some(name), Some(column), Some(shown), Some(nullable)) =
                (fields.next(), fields.next(), fields.next(), fields.next(), fields.next())
            else {
                continue;
            };
            let column = SystemColumn {
                name: column.to_owned(),
                shown,
                nullable: nullable == "YES",
                data_type: parse_type(shown).ok(),
            };
            match list.last_mut() {
                Some(table) if table.name == name && table.database == database => table.columns.push(column),
                _ => list.push(SystemTable { database, name: name.to_owned(), columns: vec![column] }),
            }
        }
        list
    })
}

/// A system table; names match without regard to case.
pub(crate) fn table(database: &str, name: &str) -> Option<&'static SystemTable> {
    tables().iter().find(|t| t.database.eq_ignore_ascii_case(database) && t.name.eq_ignore_ascii_case(name))
}

/// The rows that the session's user may see, as a batch with the table's columns.
pub(crate) fn rows(sql: &Sql, session: &Session, table: &SystemTable) -> SqlResult<RecordBatch> {
    let rows = rows::rows(sql, session, table)?;
    let mut fields = Vec::with_capacity(table.columns.len());
    let mut arrays: Vec<ArrayRef> = Vec::with_capacity(table.columns.len());
    for (i, column) in table.columns.iter().enumerate() {
        let (field, data_type) = match &column.data_type {
            Some(declared) => {
                let field = arrow_field(&ColumnDef::new(&column.name, declared.clone()));
                (field, arrow_type(declared))
            }
            None => (Field::new(&column.name, DataType::Utf8, true), DataType::Utf8),
        };
        fields.push(field.with_nullable(true));
        let texts: StringArray = rows.iter().map(|row| row.get(i).and_then(Option::as_deref)).collect();
        let nested = matches!(data_type, DataType::List(_) | DataType::Map(..) | DataType::Struct(_));
        arrays.push(if nested {
            new_null_array(&data_type, rows.len())
        } else {
            cast(&texts, &data_type).map_err(|e| SqlError::plain(e.to_string()))?
        });
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
        .map_err(|e| SqlError::plain(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_system_table_is_described() {
        assert_eq!(tables().iter().filter(|t| t.database == "information_schema").count(), 58);
        let columns = table("INFORMATION_SCHEMA", "Columns").unwrap();
        assert_eq!(columns.columns.len(), 24);
        assert_eq!(columns.columns[0].name, "TABLE_CATALOG");
    }
}
