// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! SHOW CREATE TABLE and SHOW CREATE VIEW.

use starrocks_types::TableModel;

use super::some;
use super::table::{Found, find};
use crate::catalog::{ColumnDef, DefaultValue, Distribution, PartitionBounds, Partitioning, TableDef};
use crate::information_schema;
use crate::sql::ast::Name;
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::types::create_form;
use crate::sql::{Response, Session, Sql};

/// A comment as SHOW CREATE TABLE and SHOW FULL COLUMNS write it.
pub(super) fn escaped(comment: &str) -> String {
    comment.replace('\\', "\\\\").replace('"', "\\\"")
}

/// A column's line in SHOW CREATE TABLE.
pub(crate) fn column_line(column: &ColumnDef) -> String {
    let mut line = format!("`{}` {}", column.name, create_form(&column.data_type));
    if let Some(function) = column.aggregate {
        line.push_str(&format!(" {}", function.name()));
    }
    line.push_str(if column.nullable { " NULL" } else { " NOT NULL" });
    if column.auto_increment {
        line.push_str(" AUTO_INCREMENT");
    }
    match &column.default {
        None | Some(DefaultValue::Null) => {}
        Some(DefaultValue::Literal(text)) => line.push_str(&format!(" DEFAULT \"{}\"", escaped(text))),
        Some(DefaultValue::CurrentTimestamp { precision: None }) => line.push_str(" DEFAULT CURRENT_TIMESTAMP"),
        Some(DefaultValue::CurrentTimestamp { precision: Some(n) }) => {
            line.push_str(&format!(" DEFAULT CURRENT_TIMESTAMP({n})"));
        }
        Some(DefaultValue::Uuid) => line.push_str(" DEFAULT (uuid())"),
        Some(DefaultValue::UuidNumeric) => line.push_str(" DEFAULT (uuid_numeric())"),
    }
    if let Some(expression) = &column.generated {
        line.push_str(&format!(" AS {expression}"));
    }
    line.push_str(&format!(" COMMENT \"{}\"", escaped(&column.comment)));
    line
}

fn quoted<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    names.into_iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
}

/// The text of SHOW CREATE TABLE.
fn create_text(def: &TableDef) -> String {
    let mut lines: Vec<String> = def.columns.iter().map(|c| format!("  {}", column_line(c))).collect();
    for index in &def.indexes {
        lines.push(format!(
            "  INDEX {} ({}) USING {} COMMENT '{}'",
            index.name,
            quoted(&index.columns),
            index.kind,
            index.comment
        ));
    }
    let model = match def.model {
        TableModel::Duplicate => "DUPLICATE",
        TableModel::Aggregate => "AGGREGATE",
        TableModel::Unique => "UNIQUE",
        TableModel::Primary => "PRIMARY",
    };
    let keys = quoted(def.columns.iter().filter(|c| c.key).map(|c| &c.name));
    let mut text =
        format!("CREATE TABLE `{}` (\n{}\n) ENGINE=OLAP \n{model} KEY({keys})\n", def.name, lines.join(",\n"));
    if !def.comment.is_empty() {
        text.push_str(&format!("COMMENT \"{}\"\n", escaped(&def.comment)));
    }
    text.push_str(&partition_text(&def.partitioning));
    match &def.distribution {
        Distribution::Hash { columns, buckets } => {
            text.push_str(&format!("DISTRIBUTED BY HASH({})", quoted(columns)));
            if let Some(n) = buckets {
                text.push_str(&format!(" BUCKETS {n} "));
            }
        }
        Distribution::Random { buckets } => {
            text.push_str("DISTRIBUTED BY RANDOM");
            if let Some(n) = buckets {
                text.push_str(&format!(" BUCKETS {n}"));
            }
        }
    }
    text.push('\n');
    if !def.sort_key.is_empty() {
        text.push_str(&format!("ORDER BY({})\n", quoted(&def.sort_key)));
    }
    let properties: Vec<String> = def.properties.iter().map(|(k, v)| format!("\"{k}\" = \"{v}\"")).collect();
    text.push_str(&format!("PROPERTIES (\n{}\n);", properties.join(",\n")));
    text
}

fn partition_text(partitioning: &Partitioning) -> String {
    let tuple = |values: &[String]| values.iter().map(|v| format!("\"{v}\"")).collect::<Vec<_>>().join(", ");
    match partitioning {
        Partitioning::None => String::new(),
        Partitioning::Expression { sql, .. } => format!("PARTITION BY {sql}\n"),
        Partitioning::Range { columns, partitions } => {
            let lines: Vec<String> = partitions
                .iter()
                .filter_map(|p| match &p.bounds {
                    PartitionBounds::Range { lower, upper } => {
                        let lower = lower.as_deref().map_or_else(|| "\"0000-01-01\"".to_owned(), tuple);
                        let upper = upper.as_deref().map_or_else(|| "MAXVALUE".to_owned(), tuple);
                        Some(format!("PARTITION {} VALUES [({lower}), ({upper}))", p.name))
                    }
                    PartitionBounds::List(_) => None,
                })
                .collect();
            format!("PARTITION BY RANGE({})\n({})\n", quoted(columns), lines.join(",\n"))
        }
        Partitioning::List { columns, partitions } => {
            let value = |v: &Option<String>| v.as_ref().map_or_else(|| "NULL".to_owned(), |v| format!("'{v}'"));
            let lines: Vec<String> = partitions
                .iter()
                .filter_map(|p| match &p.bounds {
                    PartitionBounds::List(tuples) => {
                        let values: Vec<String> = tuples
                            .iter()
                            .map(|t| match t.as_slice() {
                                [single] => value(single),
                                many => format!("({})", many.iter().map(value).collect::<Vec<_>>().join(", ")),
                            })
                            .collect();
                        Some(format!("  PARTITION {} VALUES IN ({})", p.name, values.join(", ")))
                    }
                    PartitionBounds::Range { .. } => None,
                })
                .collect();
            format!("PARTITION BY LIST({})(\n{}\n)\n", quoted(columns), lines.join(",\n"))
        }
    }
}

/// SHOW CREATE TABLE.
pub(super) fn create(sql: &Sql, session: &Session, name: &Name) -> SqlResult<Response> {
    let found = find(sql, session, name, |_, table| SqlError::table_not_found(table))?;
    let text = match found {
        Found::View(_) => return create_view(sql, session, name),
        Found::Table(table) => create_text(table.def()),
        Found::System(table) => {
            let lines: Vec<String> = table
                .columns
                .iter()
                .map(|c| {
                    let data_type =
                        crate::sql::parse::parse_type(c.shown).map_or_else(|_| c.shown.to_owned(), |t| create_form(&t));
                    let null = if c.nullable { "NULL" } else { "NOT NULL" };
                    format!("  `{}` {data_type} {null} COMMENT \"\"", c.name)
                })
                .collect();
            format!("CREATE TABLE `{}` (\n{}\n) ENGINE=SCHEMA ;", table.name, lines.join(",\n"))
        }
    };
    let shown = match information_schema::table(name.database.as_deref().unwrap_or_default(), &name.name) {
        Some(system) => system.name.clone(),
        None => name.name.clone(),
    };
    Ok(Response::texts(super::columns("CREATE TABLE"), vec![vec![Some(shown), Some(text)]]))
}

/// SHOW CREATE VIEW.
pub(super) fn create_view(sql: &Sql, session: &Session, name: &Name) -> SqlResult<Response> {
    let Found::View(view) = find(sql, session, name, |_, table| SqlError::table_not_found(table))? else {
        let (database, table) = sql.resolve(session, name)?;
        return Err(SqlError::analyzing_coded(1347, "HY000", format_args!("'{database}'.'{table}' is not 'VIEW'")));
    };
    let columns: Vec<String> = view
        .columns
        .iter()
        .map(|(name, comment)| match comment.as_str() {
            "" => format!("`{name}`"),
            comment => format!("`{name}` COMMENT \"{}\"", escaped(comment)),
        })
        .collect();
    let comment =
        if view.comment.is_empty() { String::new() } else { format!("\nCOMMENT \"{}\"", escaped(&view.comment)) };
    let text =
        format!("CREATE VIEW `{}` ({}){comment} SECURITY NONE AS {};", name.name, columns.join(", "), view.query);
    let row = vec![some(&name.name), Some(text), some("utf8"), some("utf8_general_ci")];
    Ok(Response::texts(super::columns("CREATE VIEW"), vec![row]))
}
