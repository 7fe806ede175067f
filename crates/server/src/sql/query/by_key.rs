// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Queries for columns of the rows with certain keys, `SELECT v FROM t WHERE k IN (…)`, which need no planner: it takes longer
//! for the literals than finding the rows does.

use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, RecordBatch};
use arrow::datatypes::{DataType, SchemaRef, i256};
use arrow::error::ArrowError;
use datafusion::common::ScalarValue;
use datafusion::datasource::source_as_provider;
use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, GroupByExpr, ObjectName, Query, Select, SelectItem, SetExpr, TableFactor, TableWithJoins,
    UnaryOperator, Value,
};

use super::bind::{Binder, Source, identifiers, name_of};
use super::items::item_expr;
use super::nullable::is_column;
use super::points::{Points, combined};
use super::rewrite::string_value;
use super::scope::ResultColumn;
use super::stored::StoredTable;
use crate::sql::error::SqlResult;

/// Rows to find and columns to give.
pub(super) struct ByKey {
    source: Arc<StoredTable>,
    keys: Vec<ArrayRef>,
    columns: Vec<usize>,
    pub(super) schema: SchemaRef,
}

impl ByKey {
    pub(super) fn rows(&self) -> Result<Vec<RecordBatch>, ArrowError> {
        let found = self.source.table.rows_with_keys(&self.keys)?;
        found.iter().map(|batch| self.source.renamed(batch)?.project(&self.columns)).collect()
    }

    /// How many keys are looked for.
    pub(super) fn key_count(&self) -> usize {
        self.keys.first().map_or(0, |keys| keys.len())
    }

    /// The values of one of the columns that are looked for, whose name is lower case.
    pub(super) fn keys_of(&self, name: &str) -> Option<&ArrayRef> {
        self.keys.get(self.source.names.iter().position(|known| known == name)?)
    }

    pub(super) fn table(&self) -> &str {
        &self.source.table.def().name
    }
}

/// Binds a query of this kind, and gives its result columns. Others are left as they are.
pub(super) fn bind(binder: &mut Binder<'_>, query: &mut Query) -> SqlResult<Option<(Vec<ResultColumn>, ByKey)>> {
    let Some((source, keys)) = named_keys(binder, query) else { return Ok(None) };
    let SetExpr::Select(select) = query.body.as_mut() else { return Ok(None) };
    let condition = select.selection.take();
    let mut rest = query.clone();
    if let SetExpr::Select(select) = query.body.as_mut() {
        select.selection = condition;
    }
    let columns = binder.query(&mut rest)?;
    let SetExpr::Select(select) = rest.body.as_ref() else { return Ok(None) };
    let position = |item: &SelectItem| {
        let name = match item_expr(item)? {
            Expr::Identifier(name) => name,
            Expr::CompoundIdentifier(parts) => parts.last()?,
            _ => return None,
        };
        source.schema.index_of(&name.value).ok()
    };
    let Some(positions) = select.projection.iter().map(position).collect::<Option<Vec<_>>>() else { return Ok(None) };
    let Ok(schema) = source.schema.project(&positions) else { return Ok(None) };
    Ok(Some((columns, ByKey { source, keys, columns: positions, schema: Arc::new(schema) })))
}

/// The table and the keys that a query names, if its condition says nothing else.
fn named_keys(binder: &Binder<'_>, query: &Query) -> Option<(Arc<StoredTable>, Vec<ArrayRef>)> {
    let (name, alias, condition) = parts(query)?;
    let name = name_of(identifiers(name));
    // What is wrong with the name is said where it is bound.
    let Ok(Source::Table { source, .. }) = binder.relations.relation(&name, false) else { return None };
    let provider = source_as_provider(&source).ok()?;
    let stored = Arc::downcast::<StoredTable>(provider).ok()?;
    let reader = Reader { table: &stored, alias: alias.unwrap_or(&name.name) };
    let points = reader.points(condition)?;
    let (keys, exact) = points.keys(&stored.types).ok()??;
    exact.then_some((stored, keys))
}

/// Table, alias and condition of a query of columns of one table, with nothing else to it.
fn parts(query: &Query) -> Option<(&ObjectName, Option<&str>, &Expr)> {
    let Query {
        with: None,
        body,
        order_by: None,
        limit_clause: None,
        fetch: None,
        locks: _,
        for_clause: None,
        settings: None,
        format_clause: None,
        pipe_operators,
    } = query
    else {
        return None;
    };
    let SetExpr::Select(select) = body.as_ref() else { return None };
    let Select {
        select_token: _,
        optimizer_hints,
        distinct: None,
        select_modifiers: None,
        top: None,
        top_before_distinct: _,
        projection,
        exclude: None,
        into: None,
        from,
        lateral_views,
        prewhere: None,
        selection: Some(condition),
        connect_by,
        group_by: GroupByExpr::Expressions(group_by, modifiers),
        cluster_by,
        distribute_by,
        sort_by,
        having: None,
        named_window,
        qualify: None,
        window_before_qualify: _,
        value_table_mode: None,
        flavor: _,
    } = select.as_ref()
    else {
        return None;
    };
    let plain = |item: &SelectItem| match item {
        SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..) => true,
        other => item_expr(other).is_some_and(is_column),
    };
    let nothing_else = pipe_operators.is_empty()
        && optimizer_hints.is_empty()
        && lateral_views.is_empty()
        && connect_by.is_empty()
        && group_by.is_empty()
        && modifiers.is_empty()
        && cluster_by.is_empty()
        && distribute_by.is_empty()
        && sort_by.is_empty()
        && named_window.is_empty();
    let [TableWithJoins { relation, joins }] = from.as_slice() else { return None };
    if !nothing_else || !joins.is_empty() || !projection.iter().all(plain) {
        return None;
    }
    match relation {
        TableFactor::Table {
            name,
            alias,
            args: None,
            with_hints: _,
            version: None,
            with_ordinality: false,
            partitions,
            json_path: None,
            sample: None,
            index_hints: _,
        } if partitions.is_empty() && alias.as_ref().is_none_or(|a| a.columns.is_empty()) => {
            Some((name, alias.as_ref().map(|a| a.name.value.as_str()), condition))
        }
        _ => None,
    }
}

/// Reads conditions that say nothing but which keys are wanted.
struct Reader<'a> {
    table: &'a StoredTable,
    alias: &'a str,
}

impl Reader<'_> {
    fn points(&self, condition: &Expr) -> Option<Points> {
        match condition {
            Expr::Nested(inner) => self.points(inner),
            Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => {
                let (at, literal) = match self.column(left) {
                    Some(at) => (at, right),
                    None => (self.column(right)?, left),
                };
                Some(self.of(at, std::iter::once(self.value(at, literal)?)))
            }
            Expr::InList { expr, list, negated: false } => {
                let at = self.column(expr)?;
                let values = list.iter().map(|literal| self.value(at, literal)).collect::<Option<Vec<_>>>()?;
                Some(self.of(at, values.into_iter()))
            }
            Expr::BinaryOp { op: op @ (BinaryOperator::Or | BinaryOperator::And), .. } => {
                let operands = operands(condition, op).into_iter();
                let all = operands.map(|operand| self.points(operand)).collect::<Option<_>>()?;
                combined(all, if *op == BinaryOperator::Or { Points::or } else { Points::and })
            }
            _ => None,
        }
    }

    fn of(&self, column: usize, values: impl Iterator<Item = Option<ScalarValue>>) -> Points {
        Points::of(self.table.names.len(), column, values.flatten())
    }

    fn column(&self, expr: &Expr) -> Option<usize> {
        let name = match expr {
            Expr::Identifier(name) => name,
            Expr::CompoundIdentifier(parts) => match parts.as_slice() {
                [table, name] if table.value == self.alias => name,
                _ => return None,
            },
            _ => return None,
        };
        self.table.names.iter().position(|key| key.eq_ignore_ascii_case(&name.value))
    }

    /// A literal whose comparison with the column needs no conversion; within, `None` where no row has the value.
    fn value(&self, column: usize, literal: &Expr) -> Option<Option<ScalarValue>> {
        let number = integer(literal);
        Some(match self.table.types.get(column)? {
            DataType::Int8 => number?.try_into().ok().map(|n: i8| ScalarValue::from(n)),
            DataType::Int16 => number?.try_into().ok().map(|n: i16| ScalarValue::from(n)),
            DataType::Int32 => number?.try_into().ok().map(|n: i32| ScalarValue::from(n)),
            DataType::Int64 => number?.try_into().ok().map(|n: i64| ScalarValue::from(n)),
            DataType::Decimal256(precision, 0) => {
                Some(ScalarValue::Decimal256(Some(i256::from_i128(number?)), *precision, 0))
            }
            DataType::Utf8 => Some(ScalarValue::from(string_value(literal)?)),
            _ => return None,
        })
    }
}

fn integer(literal: &Expr) -> Option<i128> {
    match literal {
        Expr::Value(value) => match &value.value {
            Value::Number(digits, _) => digits.parse().ok(),
            _ => None,
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => integer(expr)?.checked_neg(),
        _ => None,
    }
}

/// All that an operator joins, without going down one by one.
fn operands<'e>(expr: &'e Expr, operator: &BinaryOperator) -> Vec<&'e Expr> {
    let (mut stack, mut found) = (vec![expr], Vec::new());
    while let Some(expr) = stack.pop() {
        match expr {
            Expr::BinaryOp { left, op, right } if op == operator => stack.extend([right.as_ref(), left.as_ref()]),
            other => found.push(other),
        }
    }
    found
}
