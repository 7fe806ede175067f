// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Generated columns: whether the expression has the column's type, and how it is written down.

use starrocks_types::StarRocksType as T;

use super::ast::QueryText;
use super::error::{SqlError, SqlResult};
use super::query::{ResultColumn, ResultType, parse_expression, print_expression, type_of};
use super::types::error_form;
use crate::catalog::ColumnDef;

fn text_of(sql: &str) -> QueryText {
    QueryText { sql: sql.to_owned(), at: Default::default(), hints: Vec::new() }
}

/// Checks the expressions of a table's generated columns and writes them as SHOW CREATE TABLE prints them.
pub(super) fn check(columns: &mut [ColumnDef]) -> SqlResult<()> {
    let known: Vec<ResultColumn> = columns
        .iter()
        .map(|c| ResultColumn::of_table(&c.name, ResultType::Of(c.data_type.clone()), c.nullable))
        .collect();
    for column in columns {
        let Some(written) = &column.generated else { continue };
        let expression = parse_expression(&text_of(written))?;
        if let Some(given) = type_of(&expression, known.clone())
            && !fits(&column.data_type, &given)
        {
            return Err(SqlError::analyzing(format_args!(
                "Illegal expression type for Generated Column Column Type: {}, Expression Type: {}",
                error_form(&column.data_type),
                error_form(&given.stored())
            )));
        }
        let printed = print_expression(&expression, true);
        // What does not read back stays as it was written.
        if parse_expression(&text_of(&printed)).is_ok() {
            column.generated = Some(printed);
        }
    }
    Ok(())
}

fn fits(declared: &T, given: &ResultType) -> bool {
    match (declared, given) {
        (_, ResultType::Null) => true,
        (T::Varchar(_) | T::Char(_), ResultType::Text | ResultType::Of(T::Varchar(_) | T::Char(_))) => true,
        (T::Varbinary(_), ResultType::Blob | ResultType::Of(T::Varbinary(_))) => true,
        (declared, ResultType::Of(given)) => declared == given,
        _ => false,
    }
}

/// As `information_schema.columns` shows it: names without backquotes.
pub(crate) fn shown(generated: &str) -> String {
    match parse_expression(&text_of(generated)) {
        Ok(expression) => print_expression(&expression, false),
        Err(_) => generated.to_owned(),
    }
}
