// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! LIKE, WHERE, ORDER BY and LIMIT of SHOW statements, over rows of texts.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr, UnaryOperator, Value, visit_expressions};

use super::Row;
use crate::mysql::Column;
use crate::sql::Response;
use crate::sql::ast::{Filter, QueryText};
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::query::parse_expression;

/// The rows that a statement's filter leaves.
pub(super) fn answer(columns: Vec<Column>, rows: Vec<Row>, filter: &Filter) -> SqlResult<Response> {
    let rows = apply(&columns, rows, filter)?;
    Ok(Response::texts(columns, rows))
}

/// The same for names of databases and tables, whose case matters to LIKE.
pub(super) fn answer_names(columns: Vec<Column>, mut rows: Vec<Row>, filter: &Filter) -> SqlResult<Response> {
    if let Some(pattern) = &filter.like {
        rows.retain(|row| row.first().and_then(Option::as_deref).is_some_and(|text| matches(text, pattern)));
    }
    answer(columns, rows, &Filter { like: None, ..filter.clone() })
}

/// The columns that a condition names.
pub(super) fn names(condition: &QueryText) -> SqlResult<Vec<String>> {
    let condition = parse_expression(condition)?;
    let mut names = Vec::new();
    let _ = visit_expressions(&condition, |expr| {
        if let Expr::Identifier(name) = expr {
            names.push(name.value.clone());
        }
        ControlFlow::<()>::Continue(())
    });
    Ok(names)
}

/// LIKE is about the first column.
pub(super) fn apply(columns: &[Column], mut rows: Vec<Row>, filter: &Filter) -> SqlResult<Vec<Row>> {
    if let Some(pattern) = &filter.like {
        rows.retain(|row| row.first().and_then(Option::as_deref).is_some_and(|text| like(text, pattern)));
    }
    if let Some(condition) = &filter.condition {
        let condition = parse_expression(condition)?;
        let mut kept = Vec::with_capacity(rows.len());
        for row in rows {
            if truth(&condition, columns, &row)? {
                kept.push(row);
            }
        }
        rows = kept;
    }
    for (name, descending) in filter.order_by.iter().rev() {
        let at = column(columns, name)?;
        rows.sort_by(|a, b| {
            let order = compare(a.get(at).and_then(Option::as_deref), b.get(at).and_then(Option::as_deref));
            if *descending { order.reverse() } else { order }
        });
    }
    if let Some((offset, count)) = filter.limit {
        rows = rows.into_iter().skip(offset).take(count).collect();
    }
    Ok(rows)
}

fn column(columns: &[Column], name: &str) -> SqlResult<usize> {
    let found = columns.iter().position(|c| c.name.eq_ignore_ascii_case(name));
    found.ok_or_else(|| SqlError::analyzing(format_args!("Column '{name}' cannot be resolved")))
}

/// Numbers compare as numbers, everything else as text.
fn compare(a: Option<&str>, b: Option<&str>) -> std::cmp::Ordering {
    match (a.map(str::parse::<i64>), b.map(str::parse::<i64>)) {
        (Some(Ok(a)), Some(Ok(b))) => a.cmp(&b),
        _ => a.cmp(&b),
    }
}

fn truth(condition: &Expr, columns: &[Column], row: &Row) -> SqlResult<bool> {
    let unsupported = || SqlError::analyzing(format_args!("Unsupported condition: {condition}"));
    match condition {
        Expr::Nested(inner) => truth(inner, columns, row),
        Expr::UnaryOp { op: UnaryOperator::Not, expr } => Ok(!truth(expr, columns, row)?),
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            Ok(truth(left, columns, row)? && truth(right, columns, row)?)
        }
        Expr::BinaryOp { left, op: BinaryOperator::Or, right } => {
            Ok(truth(left, columns, row)? || truth(right, columns, row)?)
        }
        Expr::BinaryOp { left, op, right } => {
            let (left, right) = (value(left, columns, row)?, value(right, columns, row)?);
            let (Some(left), Some(right)) = (left, right) else { return Ok(false) };
            let order = compare(Some(&left), Some(&right));
            match op {
                BinaryOperator::Eq => Ok(order.is_eq()),
                BinaryOperator::NotEq => Ok(order.is_ne()),
                BinaryOperator::Lt => Ok(order.is_lt()),
                BinaryOperator::LtEq => Ok(order.is_le()),
                BinaryOperator::Gt => Ok(order.is_gt()),
                BinaryOperator::GtEq => Ok(order.is_ge()),
                _ => Err(unsupported()),
            }
        }
        Expr::Like { negated, expr, pattern, .. } => {
            let (text, pattern) = (value(expr, columns, row)?, value(pattern, columns, row)?);
            Ok(matches!((text, pattern), (Some(text), Some(pattern)) if like(&text, &pattern)) != *negated)
        }
        Expr::InList { expr, list, negated } => {
            let wanted = value(expr, columns, row)?;
            let mut found = false;
            for item in list {
                found |= value(item, columns, row)? == wanted;
            }
            Ok(found != *negated)
        }
        Expr::IsNull(expr) => Ok(value(expr, columns, row)?.is_none()),
        Expr::IsNotNull(expr) => Ok(value(expr, columns, row)?.is_some()),
        _ => Err(unsupported()),
    }
}

fn value(expr: &Expr, columns: &[Column], row: &Row) -> SqlResult<Option<String>> {
    match expr {
        Expr::Nested(inner) => value(inner, columns, row),
        Expr::Identifier(name) => Ok(row.get(column(columns, &name.value)?).cloned().flatten()),
        Expr::Value(literal) => Ok(match &literal.value {
            Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) => Some(text.clone()),
            Value::Number(digits, _) => Some(digits.to_string()),
            Value::Boolean(flag) => Some(flag.to_string()),
            _ => None,
        }),
        other => Err(SqlError::analyzing(format_args!("Unsupported expression: {other}"))),
    }
}

/// SQL's LIKE without regard to case.
fn like(text: &str, pattern: &str) -> bool {
    matches(&text.to_lowercase(), &pattern.to_lowercase())
}

/// SQL's LIKE, as SHOW uses it: `%` and `_`, escaped by a backslash.
fn matches(text: &str, pattern: &str) -> bool {
    enum Step {
        Any,
        One,
        Is(char),
    }
    let mut steps = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        steps.push(match c {
            '%' => Step::Any,
            '_' => Step::One,
            '\\' => Step::Is(chars.next().unwrap_or('\\')),
            other => Step::Is(other),
        });
    }
    let text: Vec<char> = text.chars().collect();
    // Where the pattern read so far may end in the text.
    let mut ends = vec![false; text.len() + 1];
    ends[0] = true;
    for step in steps {
        let mut next = vec![false; text.len() + 1];
        for (i, reached) in ends.iter().enumerate() {
            if !reached {
                continue;
            }
            match step {
                Step::Any => next.iter_mut().skip(i).for_each(|end| *end = true),
                Step::One if i < text.len() => next[i + 1] = true,
                Step::Is(c) if text.get(i) == Some(&c) => next[i + 1] = true,
                _ => {}
            }
        }
        ends = next;
    }
    ends.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (text, pattern, wanted) in [
            ("pk_min", "pk%", true),
            ("pk_min", "PK\\_%", true),
            ("pkxmin", "pk\\_%", false),
            ("a", "_", true),
            ("", "%", true),
            ("ab", "_", false),
        ] {
            assert_eq!(like(text, pattern), wanted, "{text} {pattern}");
        }
        assert!(matches("X1", "X%") && !matches("X1", "x%"));
    }

    #[test]
    fn conditions_order_and_limit() {
        let columns = vec![Column::varchar("JobId", 30), Column::varchar("State", 30)];
        let rows = ["9", "10", "11"].map(|id| vec![Some(id.to_owned()), Some("FINISHED".to_owned())]).to_vec();
        let filter = Filter {
            condition: Some(QueryText {
                sql: "state = 'FINISHED' and JobId != 11".into(),
                at: Default::default(),
                hints: vec![],
            }),
            order_by: vec![("jobid".into(), true)],
            limit: Some((0, 1)),
            ..Filter::default()
        };
        let left = apply(&columns, rows, &filter).unwrap();
        assert_eq!(left, [[Some("10".to_owned()), Some("FINISHED".to_owned())]]);
    }
}
