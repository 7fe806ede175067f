// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The text of CREATE TABLE.

use starrocks_types::{Error, ErrorKind, Result, StarRocksType, TableModel};

use super::definition::{ColumnDefault, ColumnDefinition, TableDefinition};
use super::text::{clause, quoted_list, string, type_text};
use crate::metadata::quoted;

/// Aggregate functions of value columns.
const AGGREGATES: [&str; 8] =
    ["SUM", "MIN", "MAX", "REPLACE", "REPLACE_IF_NOT_NULL", "HLL_UNION", "BITMAP_UNION", "PERCENTILE_UNION"];

/// CREATE TABLE for a definition. Key columns go first, in the order of the key, as the server demands.
pub(super) fn create_table(table: &TableDefinition, if_not_exists: bool) -> Result<String> {
    let wrong = |message: String| Error::new(ErrorKind::InvalidConfig, message);
    if table.columns.is_empty() {
        return Err(wrong("a table needs a column".to_owned()));
    }
    let find = |name: &String| {
        table.columns.iter().find(|c| c.name.eq_ignore_ascii_case(name)).ok_or_else(|| {
            wrong(format!("the table has no column {name}")).hint("check key, distribution and sort columns")
        })
    };
    let is_key = |column: &ColumnDefinition| table.keys.iter().any(|k| k.eq_ignore_ascii_case(&column.name));
    let mut columns = Vec::with_capacity(table.columns.len());
    for key in &table.keys {
        let mut column = find(key)?.clone();
        column.nullable &= table.model != Some(TableModel::Primary);
        columns.push(column_clause(&column)?);
    }
    for column in table.columns.iter().filter(|c| !is_key(c)) {
        if table.model == Some(TableModel::Aggregate) && column.aggregate.is_none() {
            return Err(wrong(format!("column {} of an aggregate table has no aggregate function", column.name))
                .hint("add it to the key, or name its function, such as SUM"));
        }
        columns.push(column_clause(column)?);
    }
    let exists = if if_not_exists { "IF NOT EXISTS " } else { "" };
    let name = format!("{}.{}", quoted(&table.database), quoted(&table.table));
    let mut text = format!("CREATE TABLE {exists}{name} (\n{}\n)", columns.join(",\n"));
    match table.model {
        Some(model) if table.keys.is_empty() => {
            return Err(wrong(format!("a {} table needs key columns", model_word(model))));
        }
        Some(model) => text.push_str(&format!("\n{} KEY ({})", model_word(model), quoted_list(&table.keys))),
        None if table.keys.is_empty() => {}
        None => return Err(wrong("key columns need a key model".to_owned())),
    }
    if !table.comment.is_empty() {
        text.push_str(&format!("\nCOMMENT {}", string(&table.comment)));
    }
    if let Some(partition_by) = &table.partition_by {
        text.push_str(&format!("\nPARTITION BY {}", clause("PARTITION BY", partition_by)?));
    }
    if let Some(distribution) = &table.distribution {
        distribution.columns.iter().try_for_each(|name| find(name).map(|_| ()))?;
        text.push_str("\nDISTRIBUTED BY ");
        match distribution.columns.is_empty() {
            true => text.push_str("RANDOM"),
            false => text.push_str(&format!("HASH ({})", quoted_list(&distribution.columns))),
        }
        if let Some(buckets) = distribution.buckets {
            text.push_str(&format!(" BUCKETS {buckets}"));
        }
    }
    if !table.order_by.is_empty() {
        table.order_by.iter().try_for_each(|name| find(name).map(|_| ()))?;
        text.push_str(&format!("\nORDER BY ({})", quoted_list(&table.order_by)));
    }
    if !table.properties.is_empty() {
        text.push_str(&format!("\nPROPERTIES (\n{}\n)", properties(&table.properties, ",\n")));
    }
    text.push(';');
    Ok(text)
}

pub(super) fn properties<'a>(
    properties: impl IntoIterator<Item = (&'a String, &'a String)>,
    separator: &str,
) -> String {
    let pairs: Vec<_> = properties.into_iter().map(|(k, v)| format!("{} = {}", string(k), string(v))).collect();
    pairs.join(separator)
}

fn model_word(model: TableModel) -> &'static str {
    match model {
        TableModel::Duplicate => "DUPLICATE",
        TableModel::Aggregate => "AGGREGATE",
        TableModel::Unique => "UNIQUE",
        TableModel::Primary => "PRIMARY",
    }
}

/// A column as CREATE TABLE, ADD COLUMN and MODIFY COLUMN take it; without KEY, which only some of them want.
pub(super) fn column_clause(column: &ColumnDefinition) -> Result<String> {
    column_with(column, "")
}

/// As [`column_clause`], for a column of the key of a table that exists.
pub(super) fn key_column_clause(column: &ColumnDefinition) -> Result<String> {
    column_with(column, " KEY")
}

fn column_with(column: &ColumnDefinition, key: &str) -> Result<String> {
    let wrong = |message: String| Error::new(ErrorKind::InvalidConfig, message).with("column", &column.name);
    if column.name.is_empty() {
        return Err(wrong("a column needs a name".to_owned()));
    }
    let mut text = format!("{} {}{key}", quoted(&column.name), type_text(&column.data_type));
    if let Some(given) = &column.aggregate {
        let function = AGGREGATES.iter().find(|f| f.eq_ignore_ascii_case(given));
        let function = function.ok_or_else(|| {
            wrong(format!("{given} is no aggregate function")).hint(format!("use one of {}", AGGREGATES.join(", ")))
        })?;
        text.push_str(&format!(" {function}"));
    }
    if let Some(expression) = &column.generated {
        // The server wants nothing but the expression of such a column.
        text.push_str(&format!(" AS {}", clause("AS", expression)?));
    } else {
        text.push_str(if column.nullable { " NULL" } else { " NOT NULL" });
        if column.auto_increment {
            text.push_str(" AUTO_INCREMENT");
        }
        match &column.default {
            None => {}
            Some(ColumnDefault::Literal(value)) => text.push_str(&format!(" DEFAULT {}", string(value))),
            Some(ColumnDefault::Expression(expression)) => {
                let known = default_expression(expression, &column.data_type).ok_or_else(|| {
                    wrong(format!("{expression} is no default")).hint("use a literal, CURRENT_TIMESTAMP or uuid()")
                })?;
                text.push_str(&format!(" DEFAULT {known}"));
            }
        }
    }
    if !column.comment.is_empty() {
        text.push_str(&format!(" COMMENT {}", string(&column.comment)));
    }
    Ok(text)
}

/// The functions that a default may be, as DDL writes them.
pub(super) fn default_expression(text: &str, data_type: &StarRocksType) -> Option<String> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    let inner = compact.strip_prefix('(').and_then(|t| t.strip_suffix(')')).unwrap_or(&compact);
    let time = inner.strip_prefix("current_timestamp").or_else(|| inner.strip_prefix("now"));
    if let Some(digits) = time.filter(|_| *data_type == StarRocksType::DateTime) {
        let digits = digits.strip_prefix('(').and_then(|d| d.strip_suffix(')')).unwrap_or(digits);
        return match digits {
            "" | "0" => Some("CURRENT_TIMESTAMP".to_owned()),
            "1" | "2" | "3" | "4" | "5" | "6" => Some(format!("CURRENT_TIMESTAMP({digits})")),
            _ => None,
        };
    }
    matches!(inner, "uuid()" | "uuid_numeric()").then(|| format!("({inner})"))
}
