// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! One expression in StarRocks' dialect as the query engine's. Works from the inside out: operands are rewritten already.

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, CaseWhen, CastKind, DataType, DateTimeField, ExactNumberInfo, Expr, Function, FunctionArg,
    FunctionArgExpr, FunctionArgumentClause, FunctionArgumentList, FunctionArguments, Ident, Interval, ObjectName,
    Spanned as _, TimezoneInfo, UnaryOperator, Value, ValueWithSpan,
};
use starrocks_types::StarRocksType;

use super::bind::Relations;
use super::infer::cast_type;
use super::scope::Scopes;
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::variables;

/// Rewrites `expr` itself.
pub(super) fn rewrite(expr: &mut Expr, scopes: &Scopes<'_>, relations: &dyn Relations) -> SqlResult<()> {
    let taken = std::mem::replace(expr, null());
    *expr = match taken {
        Expr::Identifier(name) => identifier(name, scopes, relations)?,
        Expr::CompoundIdentifier(parts) => compound(parts, scopes, relations)?,
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
        Expr::Substring { expr, substring_from, substring_for, .. } => {
            let parts = [Some(expr), substring_from, substring_for];
            call("substr", parts.into_iter().flatten().map(|e| *e).collect())
        }
        other => other,
    };
    Ok(())
}

fn null() -> Expr {
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

fn text(value: impl Into<String>) -> Expr {
    Expr::Value(Value::SingleQuotedString(value.into()).into())
}

fn number(digits: &str) -> Expr {
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

fn cast_to(expr: Expr, data_type: DataType) -> Expr {
    // A value that cannot be converted becomes NULL in StarRocks.
    Expr::Cast { kind: CastKind::TryCast, expr: Box::new(expr), data_type, array: false, format: None }
}

fn datetime() -> DataType {
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

fn literal(value: ValueWithSpan) -> ValueWithSpan {
    let ValueWithSpan { value, span } = value;
    match value {
        Value::DoubleQuotedString(text) => ValueWithSpan { value: Value::SingleQuotedString(text), span },
        value => ValueWithSpan { value, span },
    }
}

fn binary(left: Expr, op: BinaryOperator, right: Expr) -> Expr {
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

fn function_call(mut function: Function, scopes: &Scopes<'_>, relations: &dyn Relations) -> SqlResult<Expr> {
    let name = function.name.to_string().replace('`', "").to_ascii_lowercase();
    let empty = match &function.args {
        FunctionArguments::None => true,
        FunctionArguments::List(list) => list.args.is_empty(),
        FunctionArguments::Subquery(_) => false,
    };
    if empty
        && function.over.is_none()
        && let Some(value) = relations.session_value(&name)
    {
        return Ok(match name.as_str() {
            "now" | "current_timestamp" | "localtime" | "localtimestamp" | "utc_timestamp" => {
                cast_to(text(value), datetime())
            }
            "curdate" | "current_date" | "utc_date" => cast_to(text(value), DataType::Date),
            "connection_id" | "unix_timestamp" => number(&value),
            _ => text(value),
        });
    }
    let mut arguments = plain_arguments(&function);
    let renamed = match (name.as_str(), arguments.as_mut()) {
        ("if", Some(list)) if list.len() == 3 => {
            let otherwise = list.pop().map(Box::new);
            let result = list.pop().unwrap_or_else(null);
            let condition = list.pop().unwrap_or_else(null);
            return Ok(case(condition, result, otherwise));
        }
        ("isnull", Some(list)) if list.len() == 1 => {
            return Ok(Expr::IsNull(Box::new(list.pop().unwrap_or_else(null))));
        }
        ("avg", Some(list)) if list.len() == 1 && function.over.is_none() && !is_distinct(&function) => {
            let argument = list.pop().unwrap_or_else(null);
            let sum = call("sum", vec![argument.clone()]);
            return Ok(call("starrocks_divide", vec![sum, call("count", vec![argument])]));
        }
        ("date_add" | "adddate" | "days_add" | "date_sub" | "subdate" | "days_sub", Some(list)) if list.len() == 2 => {
            let amount = list.pop().unwrap_or_else(null);
            let amount = if matches!(amount, Expr::Interval(_)) { amount } else { days(amount) };
            let op = if name.contains("sub") { BinaryOperator::Minus } else { BinaryOperator::Plus };
            let date = call("starrocks_datetime", vec![list.pop().unwrap_or_else(null)]);
            return Ok(Expr::BinaryOp { left: Box::new(date), op, right: Box::new(amount) });
        }
        ("date" | "to_date", Some(list)) if list.len() == 1 => {
            return Ok(cast_to(call("starrocks_datetime", vec![list.pop().unwrap_or_else(null)]), DataType::Date));
        }
        ("datediff", Some(list)) if list.len() == 2 => {
            let later = cast_to(call("starrocks_datetime", vec![list.remove(0)]), DataType::Date);
            let earlier = cast_to(call("starrocks_datetime", vec![list.remove(0)]), DataType::Date);
            let day = |e| cast_to(cast_to(e, DataType::Int(None)), DataType::BigInt(None));
            let op = BinaryOperator::Minus;
            return Ok(Expr::BinaryOp { left: Box::new(day(later)), op, right: Box::new(day(earlier)) });
        }
        (
            "year" | "month" | "day" | "hour" | "minute" | "second" | "quarter" | "dayofmonth" | "dayofyear" | "week",
            Some(list),
        ) if list.len() == 1 => {
            let part = match name.as_str() {
                "dayofmonth" => "day",
                "dayofyear" => "doy",
                other => other,
            };
            let date = call("starrocks_datetime", vec![list.pop().unwrap_or_else(null)]);
            return Ok(call("date_part", vec![text(part), date]));
        }
        ("date_trunc", Some(list)) if list.len() == 2 => {
            let unit = string_value(&list[0]).unwrap_or_default().to_ascii_lowercase();
            const UNITS: [&str; 10] =
                ["year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond", "microsecond"];
            if !UNITS.contains(&unit.as_str()) {
                let start = list[0].span().start;
                return Err(SqlError::analyzing_from(
                    super::prepare::place(scopes.origin, start.line, start.column),
                    "date_trunc function can't support argument other than \
                     year|quarter|month|week|day|hour|minute|second",
                ));
            }
            let date = list.pop().unwrap_or_else(null);
            return Ok(call("date_trunc", vec![text(unit), call("starrocks_datetime", vec![date])]));
        }
        ("locate", Some(list)) if list.len() == 2 => {
            list.swap(0, 1);
            "strpos"
        }
        ("mod", Some(list)) if list.len() == 2 => {
            let right = list.pop().unwrap_or_else(null);
            let left = list.pop().unwrap_or_else(null);
            return Ok(binary(left, BinaryOperator::Modulo, right));
        }
        ("sha2", Some(list)) if list.len() == 2 => {
            let bits = list.pop();
            let digest = match bits.as_ref().and_then(whole_number) {
                Some(0 | 256) => "sha256",
                Some(224) => "sha224",
                Some(384) => "sha384",
                Some(512) => "sha512",
                _ => return Ok(null()),
            };
            let text = list.pop().unwrap_or_else(null);
            return Ok(call("starrocks_lower_hex", vec![call(digest, vec![text])]));
        }
        ("timestampadd", Some(list)) if list.len() == 3 => {
            let time = call("starrocks_datetime", vec![list.pop().unwrap_or_else(null)]);
            let amount = list.pop().unwrap_or_else(null);
            let unit = string_value(&list[0]).unwrap_or_default();
            let right = Box::new(interval(amount, unit)?);
            return Ok(Expr::BinaryOp { left: Box::new(time), op: BinaryOperator::Plus, right });
        }
        ("group_concat", _) => return Ok(group_concat(function)),
        ("ifnull" | "nvl", _) => "coalesce",
        ("ucase", _) => "upper",
        ("lcase", _) => "lower",
        ("substring" | "mid", _) => "substr",
        ("length", _) => "octet_length",
        ("char_length" | "character_length", _) => "character_length",
        ("instr", _) => "strpos",
        ("pow", _) => "power",
        ("struct" | "row", _) => "struct",
        ("ceiling", _) => "ceil",
        ("rand", _) => "random",
        ("stddev_pop" | "std", _) => "stddev_pop",
        ("ndv" | "approx_count_distinct", _) => "approx_distinct",
        ("any_value", _) => "first_value",
        ("split", _) => "string_to_array",
        ("array_join", _) => "array_to_string",
        ("array_contains", _) => "array_has",
        ("array_sum", _) => "starrocks_array_sum",
        ("map_size", _) => "cardinality",
        ("regexp", _) => "regexp_like",
        (other, _) => other,
    }
    .to_owned();
    if let (Some(list), FunctionArguments::List(arguments)) = (arguments, &mut function.args) {
        arguments.args = list.into_iter().map(|e| FunctionArg::Unnamed(FunctionArgExpr::Expr(e))).collect();
    }
    if matches!(function.args, FunctionArguments::None) {
        function.args = FunctionArguments::List(FunctionArgumentList {
            duplicate_treatment: None,
            args: Vec::new(),
            clauses: Vec::new(),
        });
    }
    function.name = ObjectName::from(vec![Ident::new(renamed)]);
    Ok(Expr::Function(function))
}

/// The arguments, if all are expressions.
fn plain_arguments(function: &Function) -> Option<Vec<Expr>> {
    let FunctionArguments::List(list) = &function.args else { return None };
    list.args
        .iter()
        .map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr.clone()),
            _ => None,
        })
        .collect()
}

fn is_distinct(function: &Function) -> bool {
    matches!(&function.args, FunctionArguments::List(list) if list.duplicate_treatment.is_some())
}

fn case(condition: Expr, result: Expr, else_result: Option<Box<Expr>>) -> Expr {
    Expr::Case {
        case_token: datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken::empty(),
        end_token: datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken::empty(),
        operand: None,
        conditions: vec![CaseWhen { condition, result }],
        else_result,
    }
}

fn days(amount: Expr) -> Expr {
    interval_of(amount, DateTimeField::Day)
}

fn interval_of(amount: Expr, field: DateTimeField) -> Expr {
    Expr::Interval(Interval {
        value: Box::new(amount),
        leading_field: Some(field),
        leading_precision: None,
        last_field: None,
        fractional_seconds_precision: None,
    })
}

fn interval(amount: Expr, unit: &str) -> SqlResult<Expr> {
    let field = match unit {
        "MICROSECOND" => DateTimeField::Microsecond,
        "MILLISECOND" => DateTimeField::Millisecond,
        "SECOND" => DateTimeField::Second,
        "MINUTE" => DateTimeField::Minute,
        "HOUR" => DateTimeField::Hour,
        "DAY" => DateTimeField::Day,
        "WEEK" => DateTimeField::Week(None),
        "MONTH" => DateTimeField::Month,
        "QUARTER" => DateTimeField::Quarter,
        "YEAR" => DateTimeField::Year,
        other => return Err(SqlError::analyzing(format_args!("Unknown unit '{other}'"))),
    };
    Ok(interval_of(amount, field))
}

fn whole_number(expr: &Expr) -> Option<u32> {
    match expr {
        Expr::Value(ValueWithSpan { value: Value::Number(digits, _), .. }) => digits.to_string().parse().ok(),
        _ => None,
    }
}

/// `group_concat(x SEPARATOR s)` as `string_agg(text of x, s)`.
fn group_concat(mut function: Function) -> Expr {
    if let FunctionArguments::List(list) = &mut function.args {
        let mut separator = Value::SingleQuotedString(",".to_owned());
        list.clauses.retain(|clause| match clause {
            FunctionArgumentClause::Separator(value) => {
                separator = literal(value.clone()).value;
                false
            }
            _ => true,
        });
        for argument in &mut list.args {
            if let FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) = argument {
                *expr = call("starrocks_text", vec![std::mem::replace(expr, null())]);
            }
        }
        list.args.push(FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(separator.into()))));
    }
    function.name = ObjectName::from(vec![Ident::new("string_agg")]);
    Expr::Function(function)
}
