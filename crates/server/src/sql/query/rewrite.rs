// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! One expression in StarRocks' dialect as the query engine's. Works from the inside out: operands are rewritten already.

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, CastKind, DataType, ExactNumberInfo, Expr, Function, FunctionArg, FunctionArgExpr,
    FunctionArgumentList, FunctionArguments, Ident, ObjectName, Spanned as _, TimezoneInfo, UnaryOperator, Value,
    ValueWithSpan,
};
use starrocks_types::StarRocksType;

use super::bind::Relations;
use super::calls::{function_call, whole};
use super::infer::{cast_type, is_double};
use super::scope::Scopes;
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::variables;

/// Rewrites `expr` itself.
pub(super) fn rewrite(expr: &mut Expr, scopes: &Scopes<'_>, relations: &dyn Relations) -> SqlResult<()> {
    let taken = std::mem::replace(expr, null());
    *expr = match taken {
        Expr::Identifier(name) => identifier(name, scopes, relations)?,
        Expr::CompoundIdentifier(parts) => compound(parts, scopes, relations)?,
        Expr::Value(ValueWithSpan { value: Value::Number(digits, _), .. }) if is_double(&digits.to_string()) => {
            // The engine would take it for a decimal.
            cast_to(text(digits.to_string()), DataType::Double(ExactNumberInfo::None))
        }
        Expr::Value(value) => Expr::Value(checked_literal(value, scopes)?),
        Expr::TypedString(typed) if matches!(typed.data_type, DataType::Timestamp(..)) => {
            return Err(unresolved("timestamp"));
        }
        Expr::UnaryOp { op: UnaryOperator::BitwiseNot, expr } => call("starrocks_bit_not", vec![*expr]),
        Expr::BinaryOp { left, op, right } => binary(*left, op, *right),
        Expr::UnaryOp { op: UnaryOperator::BangNot, expr } => Expr::UnaryOp { op: UnaryOperator::Not, expr },
        Expr::RLike { negated, expr, pattern, .. } => negate_if(negated, call("regexp_like", vec![*expr, *pattern])),
        Expr::Cast { expr, data_type, .. } => cast(*expr, &data_type, scopes)?,
        Expr::Function(function) => function_call(function, scopes, relations)?,
        Expr::Ceil { expr, .. } => whole(call("ceil", vec![*expr])),
        Expr::Floor { expr, .. } => whole(call("floor", vec![*expr])),
        Expr::Substring { expr, substring_from, substring_for, .. } => {
            let parts = [Some(expr), substring_from, substring_for];
            call("substr", parts.into_iter().flatten().map(|e| *e).collect())
        }
        other => other,
    };
    Ok(())
}

pub(super) fn null() -> Expr {
    Expr::Value(Value::Null.into())
}

pub(super) fn string_value(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Value(ValueWithSpan {
            value: Value::SingleQuotedString(text) | Value::DoubleQuotedString(text), ..
        }) => Some(text),
        _ => None,
    }
}

pub(super) fn text(value: impl Into<String>) -> Expr {
    Expr::Value(Value::SingleQuotedString(value.into()).into())
}

pub(super) fn number(digits: &str) -> Expr {
    match digits.parse() {
        Ok(number) => Expr::Value(Value::Number(number, false).into()),
        Err(_) => text(digits),
    }
}

/// A call of one of the engine's functions.
pub(super) fn call(name: &str, arguments: Vec<Expr>) -> Expr {
    let args = arguments.into_iter().map(|e| FunctionArg::Unnamed(FunctionArgExpr::Expr(e))).collect();
    Expr::Function(Function {
        name: ObjectName::from(vec![Ident::new(name)]),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(FunctionArgumentList { duplicate_treatment: None, args, clauses: Vec::new() }),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}

pub(super) fn cast_to(expr: Expr, data_type: DataType) -> Expr {
    // A value that cannot be converted becomes NULL in StarRocks.
    Expr::Cast { kind: CastKind::TryCast, expr: Box::new(expr), data_type, array: false, format: None }
}

pub(super) fn datetime() -> DataType {
    DataType::Timestamp(Some(6), TimezoneInfo::None)
}

fn negate_if(negated: bool, expr: Expr) -> Expr {
    if negated { Expr::UnaryOp { op: UnaryOperator::Not, expr: Box::new(expr) } } else { expr }
}

fn identifier(name: Ident, scopes: &Scopes<'_>, relations: &dyn Relations) -> SqlResult<Expr> {
    if let Some(variable) = name.value.strip_prefix("@@") {
        return system_variable(variable, relations);
    }
    if let Some(variable) = name.value.strip_prefix('@') {
        let value = scopes.user_variables.get(&variable.to_ascii_lowercase());
        return Ok(match value {
            Some((Some(value), super::result_type::ResultType::Of(_))) => number(value),
            Some((Some(value), _)) => text(value.as_str()),
            _ => null(),
        });
    }
    // `CURRENT_DATE` and the like are functions.
    let function = name.value.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("current_"))
        || ["localtime", "localtimestamp"].iter().any(|word| name.value.eq_ignore_ascii_case(word));
    if !function {
        scopes.check_word(&name)?;
    }
    let lower = name.value.to_lowercase();
    if scopes.column(None, &name.value).is_some() || scopes.has_alias(&lower) {
        return Ok(Expr::Identifier(Ident { value: lower, ..name }));
    }
    if name.quote_style.is_none()
        && let Some(value) = lower.strip_prefix("current_").and_then(|_| relations.session_value(&lower))
    {
        return Ok(text(value));
    }
    Err(unresolved(&name.value))
}

fn unresolved(column: &str) -> SqlError {
    SqlError::analyzing(format_args!("Column '{column}' cannot be resolved"))
}

fn compound(mut parts: Vec<Ident>, scopes: &Scopes<'_>, relations: &dyn Relations) -> SqlResult<Expr> {
    if let [scope, name] = parts.as_slice()
        && scope.value.starts_with("@@")
    {
        return system_variable(&name.value, relations);
    }
    // Qualifiers before the table: the engine knows each relation by its alias alone.
    while parts.len() > 2 && !scopes.has_relation(&parts[0].value) && scopes.has_relation(&parts[1].value) {
        parts.remove(0);
    }
    if parts.len() > 3 && !scopes.has_relation(&parts[0].value) && scopes.has_relation(&parts[2].value) {
        parts.drain(..2);
    }
    let unresolved = |parts: &[Ident]| {
        let name: Vec<String> = parts.iter().map(|p| format!("`{}`", p.value)).collect();
        SqlError::analyzing(format_args!("Column '{}' cannot be resolved", name.join(".")))
    };
    let (first, second) = (parts[0].value.clone(), parts.get(1).map(|p| p.value.clone()).unwrap_or_default());
    if scopes.has_relation(&first) {
        if scopes.column(Some(&first), &second).is_none() {
            return Err(unresolved(&parts));
        }
        parts[1].value = second.to_lowercase();
    } else if scopes.column(None, &first).is_some() {
        parts[0].value = first.to_lowercase();
    } else {
        return Err(unresolved(&parts));
    }
    Ok(Expr::CompoundIdentifier(parts))
}

fn system_variable(name: &str, relations: &dyn Relations) -> SqlResult<Expr> {
    let value = relations.system_variable(name)?;
    Ok(match variables::data_type(name) {
        Some(StarRocksType::Boolean) => Expr::Value(Value::Boolean(value == "true").into()),
        Some(_) if value == "true" => number("1"),
        Some(_) if value == "false" => number("0"),
        Some(_) => number(&value),
        None => text(value),
    })
}

/// Literals that MySQL has and StarRocks has not are names to it.
fn checked_literal(value: ValueWithSpan, scopes: &Scopes<'_>) -> SqlResult<ValueWithSpan> {
    let width = value.span.end.column.saturating_sub(value.span.start.column);
    match &value.value {
        Value::HexStringLiteral(digits) if width == digits.len() as u64 + 2 => Err(unresolved(&format!("0x{digits}"))),
        Value::SingleQuotedByteStringLiteral(_) | Value::DoubleQuotedByteStringLiteral(_) => Err(unresolved("b")),
        Value::Number(digits, _) => {
            let digits = digits.to_string();
            if digits.bytes().all(|b| b.is_ascii_digit()) && digits.parse::<i128>().is_err() {
                let start = value.span.start;
                let at = super::prepare::place(scopes.origin, start.line, start.column);
                return Err(SqlError::analyzing_from(at, format_args!("Numeric overflow {digits}")));
            }
            Ok(value)
        }
        _ => Ok(literal(value)),
    }
}

pub(super) fn literal(value: ValueWithSpan) -> ValueWithSpan {
    let ValueWithSpan { value, span } = value;
    match value {
        Value::DoubleQuotedString(text) => ValueWithSpan { value: Value::SingleQuotedString(text), span },
        value => ValueWithSpan { value, span },
    }
}

pub(super) fn binary(left: Expr, op: BinaryOperator, right: Expr) -> Expr {
    let build = |left, op, right| Expr::BinaryOp { left: Box::new(left), op, right: Box::new(right) };
    match op {
        BinaryOperator::Divide => call("starrocks_divide", vec![left, right]),
        BinaryOperator::MyIntegerDivide => call("starrocks_int_divide", vec![left, right]),
        BinaryOperator::Modulo => {
            let zero = Expr::Value(Value::Number("0".parse().unwrap_or_default(), false).into());
            build(left, BinaryOperator::Modulo, call("nullif", vec![right, zero]))
        }
        BinaryOperator::Spaceship => Expr::IsNotDistinctFrom(Box::new(left), Box::new(right)),
        BinaryOperator::StringConcat => build(left, BinaryOperator::Or, right),
        BinaryOperator::Arrow => call("json_query", vec![left, right]),
        BinaryOperator::Regexp => call("regexp_like", vec![left, right]),
        BinaryOperator::Plus | BinaryOperator::Minus if matches!(right, Expr::Interval(_)) => {
            build(cast_to(left, datetime()), op, right)
        }
        BinaryOperator::Plus if matches!(left, Expr::Interval(_)) => build(cast_to(right, datetime()), op, left),
        other => build(left, other, right),
    }
}

fn cast(expr: Expr, data_type: &DataType, scopes: &Scopes<'_>) -> SqlResult<Expr> {
    let Some(target) = cast_type(data_type) else {
        if let DataType::Custom(name, _) = data_type {
            let start = name.span().start;
            let at = super::prepare::place(scopes.origin, start.line, start.column);
            return Err(SqlError::syntax(
                at,
                format_args!(
                    "Unexpected input '{name}', the most similar input is {{'INTEGER', 'INT', 'DATE', 'TIME', 'BINARY'}}"
                ),
            ));
        }
        return Err(SqlError::analyzing(format_args!("Unsupported type {data_type} in CAST")));
    };
    Ok(match target {
        StarRocksType::Json => call("parse_json", vec![cast_to(expr, DataType::String(None))]),
        StarRocksType::Varchar(_) | StarRocksType::Char(_) => call("starrocks_text", vec![expr]),
        StarRocksType::Boolean => call("starrocks_boolean", vec![expr]),
        StarRocksType::TinyInt | StarRocksType::SmallInt | StarRocksType::Int | StarRocksType::BigInt => {
            cast_to(call("starrocks_whole", vec![expr]), engine_type(&target))
        }
        StarRocksType::Date => cast_to(call("starrocks_datetime", vec![expr]), DataType::Date),
        StarRocksType::DateTime => call("starrocks_datetime", vec![expr]),
        other => cast_to(expr, engine_type(&other)),
    })
}

/// A StarRocks type as the engine's parser knows it.
fn engine_type(data_type: &StarRocksType) -> DataType {
    use StarRocksType as T;
    let decimal = |p: u8, s: u8| DataType::Decimal(ExactNumberInfo::PrecisionAndScale(u64::from(p), i64::from(s)));
    match data_type {
        T::Boolean => DataType::Boolean,
        T::TinyInt => DataType::TinyInt(None),
        T::SmallInt => DataType::SmallInt(None),
        T::Int => DataType::Int(None),
        T::BigInt => DataType::BigInt(None),
        T::LargeInt => decimal(39, 0),
        T::Float => DataType::Real,
        T::Double => DataType::Double(ExactNumberInfo::None),
        T::Decimal(p, s) => decimal(*p, *s),
        T::Date => DataType::Date,
        T::DateTime => datetime(),
        T::Varbinary(_) | T::Hll | T::Bitmap | T::Percentile => DataType::Bytea,
        T::Array(item) => DataType::Array(datafusion::sql::sqlparser::ast::ArrayElemTypeDef::AngleBracket(Box::new(
            engine_type(item),
        ))),
        T::Map(..) | T::Struct(_) | T::Char(_) | T::Varchar(_) | T::Json => DataType::String(None),
    }
}
