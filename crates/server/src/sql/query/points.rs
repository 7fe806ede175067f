// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Which keys a condition names.
//!
//! A condition is read as a list of points, each of which fixes some key columns: `a = 1 AND b IN (2, 3)` is two points of two
//! columns. What cannot be read so restricts nothing. A list may hold more than the condition does, never less.

use std::collections::HashSet;

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::expr::InList;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};

/// Most points that combining two lists may make.
const MOST_COMBINED: usize = 4096;

/// Values of the key columns, in their order; `None` where any will do.
type Point = Vec<Option<ScalarValue>>;

/// The points of a condition.
#[derive(Debug)]
pub(super) struct Points {
    list: Vec<Point>,
    /// Whether a row fulfils the condition exactly when it is at one of the points.
    pub(super) exact: bool,
}

impl Points {
    /// `column` is one of `values`, of `columns` key columns.
    pub(super) fn of(columns: usize, column: usize, values: impl Iterator<Item = ScalarValue>) -> Self {
        let point = |value| {
            let mut point = vec![None; columns];
            if let Some(place) = point.get_mut(column) {
                *place = Some(value);
            }
            point
        };
        Self { list: values.map(point).collect(), exact: true }
    }

    /// Either condition.
    pub(super) fn or(mut self, other: Self) -> Self {
        self.list.extend(other.list);
        self.exact &= other.exact;
        self
    }

    /// Both conditions.
    pub(super) fn and(self, other: Self) -> Self {
        let exact = self.exact && other.exact;
        let (few, many) = if self.list.len() <= other.list.len() { (self, other) } else { (other, self) };
        if let Some(list) = few.only_values(&many.list).or_else(|| many.only_values(&few.list)) {
            return Self { list, exact };
        }
        if few.list.len() * many.list.len() <= MOST_COMBINED {
            let pairs = few.list.iter().flat_map(|a| many.list.iter().filter_map(|b| meet(a, b)));
            return Self { list: pairs.collect(), exact };
        }
        let better = if few.prefix() >= many.prefix() { few } else { many };
        Self { exact: false, ..better }
    }

    /// Those of `others` that are at one of the points too, where the points fix one column and all of the others fix it.
    fn only_values(&self, others: &[Point]) -> Option<Vec<Point>> {
        let column = self.list.first()?.iter().position(Option::is_some)?;
        let single = |point: &Point| point.iter().enumerate().all(|(i, v)| v.is_some() == (i == column));
        let fixed = |point: &Point| point.get(column).is_some_and(Option::is_some);
        if !self.list.iter().all(single) || !others.iter().all(fixed) {
            return None;
        }
        let values: HashSet<_> = self.list.iter().filter_map(|point| point.get(column)).collect();
        Some(others.iter().filter(|point| point.get(column).is_some_and(|v| values.contains(v))).cloned().collect())
    }

    /// How many columns, from the first on, every point fixes.
    fn prefix(&self) -> usize {
        let of = |point: &Point| point.iter().take_while(|value| value.is_some()).count();
        self.list.iter().map(of).min().unwrap_or(usize::MAX)
    }

    /// The keys, an array for each column that all points fix; `None` where they fix none. Without a point it is an empty list.
    /// The second says whether the keys are all that the condition asks.
    pub(super) fn keys(&self, types: &[DataType]) -> Result<Option<(Vec<ArrayRef>, bool)>> {
        let prefix = self.prefix().min(types.len());
        if prefix == 0 {
            return Ok(None);
        }
        let rest = |point: &Point| point.iter().skip(prefix).all(Option::is_none);
        let exact = self.exact && self.list.iter().all(rest);
        let column = |(i, data_type): (usize, &DataType)| {
            if self.list.is_empty() {
                return Ok(arrow::array::new_empty_array(data_type));
            }
            ScalarValue::iter_to_array(self.list.iter().filter_map(|point| point.get(i).cloned().flatten()))
        };
        let arrays = types.iter().take(prefix).enumerate().map(column).collect::<Result<_>>()?;
        Ok(Some((arrays, exact)))
    }

    /// The points of a condition of a plan, whose columns `names` are, with their types.
    pub(super) fn of_plan(condition: &Expr, names: &[String], types: &[DataType]) -> Option<Self> {
        let value = |literal: &Expr, column: usize| match literal {
            Expr::Literal(value, _) if types.get(column) == Some(&value.data_type()) => Some(value.clone()),
            _ => None,
        };
        let column = |expr: &Expr| match expr {
            Expr::Column(column) => names.iter().position(|name| *name == column.name),
            _ => None,
        };
        match condition {
            Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) => {
                let (at, literal) = match column(left) {
                    Some(at) => (at, right),
                    None => (column(right)?, left),
                };
                let value = value(literal, at).filter(|value| !value.is_null())?;
                Some(Self::of(names.len(), at, std::iter::once(value)))
            }
            Expr::InList(InList { expr, list, negated: false }) => {
                let at = column(expr)?;
                let values: Vec<_> = list.iter().map(|literal| value(literal, at)).collect::<Option<_>>()?;
                // Nothing equals NULL.
                Some(Self::of(names.len(), at, values.into_iter().filter(|value| !value.is_null())))
            }
            Expr::BinaryExpr(BinaryExpr { op: Operator::Or, .. }) => {
                let alternatives = operands(condition, Operator::Or).into_iter();
                combined(alternatives.map(|e| Self::of_plan(e, names, types)).collect::<Option<_>>()?, Self::or)
            }
            Expr::BinaryExpr(BinaryExpr { op: Operator::And, .. }) => {
                let parts = operands(condition, Operator::And);
                let known: Vec<Self> = parts.iter().filter_map(|e| Self::of_plan(e, names, types)).collect();
                let exact = known.len() == parts.len();
                combined(known, Self::and).map(|points| Self { exact: exact && points.exact, ..points })
            }
            _ => None,
        }
    }
}

/// All that an operator joins, without going down one by one.
fn operands(expr: &Expr, operator: Operator) -> Vec<&Expr> {
    let (mut stack, mut found) = (vec![expr], Vec::new());
    while let Some(expr) = stack.pop() {
        match expr {
            Expr::BinaryExpr(BinaryExpr { left, op, right }) if *op == operator => {
                stack.push(right);
                stack.push(left);
            }
            other => found.push(other),
        }
    }
    found
}

/// One of all; `None` of none.
pub(super) fn combined(all: Vec<Points>, combine: impl Fn(Points, Points) -> Points) -> Option<Points> {
    all.into_iter().reduce(combine)
}

/// A point that is both.
fn meet(a: &Point, b: &Point) -> Option<Point> {
    a.iter()
        .zip(b)
        .map(|pair| match pair {
            (Some(a), Some(b)) if a != b => None,
            (Some(value), _) | (None, Some(value)) => Some(Some(value.clone())),
            (None, None) => Some(None),
        })
        .collect()
}
