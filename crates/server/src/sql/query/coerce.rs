// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Operands of different types: StarRocks converts what the engine would refuse, and what cannot be converted is NULL.

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, CastKind, DataType, ExactNumberInfo, Expr, Function, FunctionArg, FunctionArgExpr,
    FunctionArguments,
};
use starrocks_types::StarRocksType as T;

use super::infer::infer;
use super::result_type::ResultType as R;
use super::rewrite::{null, string_value};
use super::scope::Scopes;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Text,
    Time,
    Truth,
    Other,
}

fn kind(expr: &Expr, scopes: &Scopes<'_>) -> Kind {
    match infer(expr, scopes) {
        Some(R::Text | R::Of(T::Varchar(_) | T::Char(_))) => Kind::Text,
        Some(R::Of(T::Date | T::DateTime)) => Kind::Time,
        Some(R::Of(T::Boolean)) => Kind::Truth,
        Some(R::Of(
            T::TinyInt | T::SmallInt | T::Int | T::BigInt | T::LargeInt | T::Float | T::Double | T::Decimal(..),
        )) => Kind::Number,
        _ => Kind::Other,
    }
}

/// Converts the operands of `expr`, which are not rewritten yet.
pub(super) fn coerce(expr: &mut Expr, scopes: &Scopes<'_>) {
    match expr {
        Expr::BinaryOp { left, op, right } => match op {
            BinaryOperator::Plus
            | BinaryOperator::Minus
            | BinaryOperator::Multiply
            | BinaryOperator::Divide
            | BinaryOperator::Modulo
            | BinaryOperator::MyIntegerDivide
                if !matches!(**left, Expr::Interval(_)) && !matches!(**right, Expr::Interval(_)) =>
            {
                calculable(left, scopes);
                calculable(right, scopes);
            }
            BinaryOperator::Eq
            | BinaryOperator::NotEq
            | BinaryOperator::Lt
            | BinaryOperator::LtEq
            | BinaryOperator::Gt
            | BinaryOperator::GtEq
            | BinaryOperator::Spaceship => comparable(left, right, scopes),
            _ => {}
        },
        Expr::Between { expr, low, high, .. } if kind(expr, scopes) == Kind::Time => {
            times(expr, &mut [low.as_mut(), high.as_mut()], scopes);
        }
        Expr::InList { expr, list, .. } if kind(expr, scopes) == Kind::Time => {
            times(expr, &mut list.iter_mut().collect::<Vec<_>>(), scopes);
        }
        _ => {}
    }
}

/// Converts the arguments of a call of that name.
pub(super) fn coerce_arguments(name: &str, function: &mut Function, scopes: &Scopes<'_>) {
    let FunctionArguments::List(list) = &mut function.args else { return };
    let expressions = list.args.iter_mut().filter_map(|argument| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
        _ => None,
    });
    match name {
        "sum" | "avg" => expressions.take(1).for_each(|expr| calculable(expr, scopes)),
        "coalesce" | "ifnull" | "nvl" | "greatest" | "least" => one_kind(expressions.collect(), scopes),
        "if" => one_kind(expressions.skip(1).collect(), scopes),
        _ => {}
    }
}

/// Where one is a text, all are.
fn one_kind(list: Vec<&mut Expr>, scopes: &Scopes<'_>) {
    let kinds: Vec<Kind> = list.iter().map(|expr| kind(expr, scopes)).collect();
    if !kinds.contains(&Kind::Text) {
        return;
    }
    for (expr, kind) in list.into_iter().zip(kinds) {
        if matches!(kind, Kind::Number | Kind::Time | Kind::Truth) {
            cast(expr, DataType::String(None));
        }
    }
}

/// For arithmetic: texts are DOUBLE, times the number that their digits make.
fn calculable(expr: &mut Expr, scopes: &Scopes<'_>) {
    match kind(expr, scopes) {
        Kind::Text => cast(expr, double()),
        Kind::Time => {
            cast(expr, DataType::BigInt(None));
            cast(expr, double());
        }
        Kind::Truth => cast(expr, DataType::TinyInt(None)),
        Kind::Number | Kind::Other => {}
    }
}

fn comparable(left: &mut Expr, right: &mut Expr, scopes: &Scopes<'_>) {
    match (kind(left, scopes), kind(right, scopes)) {
        (Kind::Time, Kind::Text | Kind::Time) => times(left, &mut [right], scopes),
        (Kind::Text, Kind::Time) => times(right, &mut [left], scopes),
        // A literal that is a number is compared as one, without loss.
        (Kind::Number, Kind::Text) if !is_number(right) => both_double(left, right),
        (Kind::Text, Kind::Number) if !is_number(left) => both_double(left, right),
        _ => {}
    }
}

fn is_number(expr: &Expr) -> bool {
    string_value(expr).is_some_and(|text| text.parse::<i64>().is_ok())
}

fn both_double(left: &mut Expr, right: &mut Expr) {
    cast(left, double());
    cast(right, double());
}

/// Compares a DATE or DATETIME with others. Dates are compared with dates as they are, everything else as DATETIME: left to itself, the
/// engine would compare in nanoseconds, which the years 1677 to 2262 fit only.
fn times(expr: &mut Expr, others: &mut [&mut Expr], scopes: &Scopes<'_>) {
    let is_date = |expr: &Expr| matches!(infer(expr, scopes), Some(R::Of(T::Date)));
    let dates = is_date(expr);
    if dates && others.iter().all(|other| is_date(other) || string_value(other).is_some_and(is_date_text)) {
        others.iter_mut().filter(|other| !is_date(other)).for_each(|other| cast(other, DataType::Date));
        return;
    }
    for other in others {
        if kind(other, scopes) == Kind::Text || is_date(other) {
            cast(other, DataType::Datetime(None));
        }
    }
    if dates {
        cast(expr, DataType::Datetime(None));
    }
}

/// Whether a text has the form of a date without a time.
fn is_date_text(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() })
}

fn double() -> DataType {
    DataType::Double(ExactNumberInfo::None)
}

fn cast(expr: &mut Expr, data_type: DataType) {
    let inner = Box::new(std::mem::replace(expr, null()));
    *expr = Expr::Cast { kind: CastKind::TryCast, expr: inner, data_type, array: false, format: None };
}
