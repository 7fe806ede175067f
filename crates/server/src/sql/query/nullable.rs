// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Whether an expression may give NULL, as far as clients see it: in the columns of views and of CREATE TABLE AS.

use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr, Value};

use super::scope::Scopes;

/// Functions that give a value whatever they are given.
const NEVER: [&str; 14] = [
    "count",
    "now",
    "current_timestamp",
    "localtime",
    "localtimestamp",
    "utc_timestamp",
    "curdate",
    "current_date",
    "utc_date",
    "connection_id",
    "uuid",
    "row_number",
    "rank",
    "dense_rank",
];

/// In doubt it may.
pub(super) fn may_be_null(expr: &Expr, scopes: &Scopes<'_>) -> bool {
    let column = |relation: Option<&str>, name: &str| scopes.column(relation, name).is_none_or(|c| c.nullable);
    match expr {
        Expr::Nested(inner) => may_be_null(inner, scopes),
        Expr::Value(value) => value.value == Value::Null,
        Expr::Identifier(name) => column(None, &name.value),
        Expr::CompoundIdentifier(parts) => match parts.as_slice() {
            [relation, name] | [_, relation, name] => column(Some(&relation.value), &name.value),
            _ => true,
        },
        // A quotient is NULL where the divisor is 0.
        Expr::BinaryOp { left, op: BinaryOperator::Plus | BinaryOperator::Minus | BinaryOperator::Multiply, right } => {
            may_be_null(left, scopes) || may_be_null(right, scopes)
        }
        Expr::Function(function) => {
            let name = function.name.to_string().replace('`', "").to_ascii_lowercase();
            !NEVER.contains(&name.as_str())
        }
        _ => true,
    }
}

/// Whether it is a column and nothing else.
pub(super) fn is_column(expr: &Expr) -> bool {
    match expr {
        Expr::Nested(inner) => is_column(inner),
        Expr::Identifier(name) => !name.value.starts_with('@'),
        Expr::CompoundIdentifier(_) => true,
        _ => false,
    }
}
