// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The types that the FE's analyser gives to expressions. The query engine computes with its own, wider types; these
//! are what clients see in result metadata and what CREATE TABLE AS declares.

use datafusion::sql::sqlparser::ast::{
    AccessExpr, BinaryOperator, DataType, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident,
    Subscript, UnaryOperator, Value,
};
use starrocks_types::StarRocksType as T;

use super::result_type::ResultType as R;
use super::scope::Scopes;
use crate::sql::parse::parse_type;
use crate::sql::variables;

/// The StarRocks type that a CAST names.
pub(crate) fn cast_type(data_type: &DataType) -> Option<T> {
    parse_type(&data_type.to_string()).ok()
}

/// The type of an expression, where it is known without planning.
pub(crate) fn infer(expr: &Expr, scopes: &Scopes<'_>) -> Option<R> {
    let of = |t: T| Some(R::Of(t));
    match expr {
        Expr::Nested(inner) => infer(inner, scopes),
        Expr::Identifier(name) => match name.value.as_str() {
            variable if variable.starts_with("@@") => Some(variable_type(variable.trim_start_matches('@'))),
            variable if variable.starts_with('@') => scopes.user_variable(variable.trim_start_matches('@')),
            other => scopes
                .column(None, other)
                .map_or_else(|| function_type(&other.to_ascii_lowercase(), &[]), |column| column.data_type.clone()),
        },
        Expr::CompoundIdentifier(parts) => match parts.as_slice() {
            [scope, name] if scope.value.starts_with("@@") => Some(variable_type(&name.value)),
            names => compound(names, scopes),
        },
        Expr::Value(value) => literal(&value.value),
        Expr::TypedString(typed) => cast_type(&typed.data_type).map(R::Of),
        Expr::Cast { expr, data_type, .. } => {
            let target = cast_type(data_type)?;
            match target {
                T::Varchar(_) | T::Char(_) if is_constant(expr) => Some(R::Text),
                T::Varbinary(_) if is_constant(expr) => Some(R::Blob),
                other => of(other),
            }
        }
        Expr::UnaryOp { op, expr } => match op {
            UnaryOperator::Not | UnaryOperator::BangNot => of(T::Boolean),
            UnaryOperator::BitwiseNot => of(T::BigInt),
            _ => infer(expr, scopes),
        },
        Expr::BinaryOp { left, op, right } => binary(left, op, right, scopes),
        Expr::IsNull(_)
        | Expr::IsNotNull(_)
        | Expr::InList { .. }
        | Expr::InSubquery { .. }
        | Expr::Exists { .. }
        | Expr::Between { .. }
        | Expr::Like { .. }
        | Expr::RLike { .. }
        | Expr::IsTrue(_)
        | Expr::IsFalse(_) => of(T::Boolean),
        Expr::Case { conditions, else_result, .. } => {
            let results = conditions.iter().map(|when| &when.result).chain(else_result.as_deref());
            common_of(results.map(|e| infer(e, scopes)))
        }
        Expr::Function(function) => call(function, scopes),
        Expr::Substring { .. } | Expr::Trim { .. } => Some(R::Text),
        Expr::Ceil { .. } | Expr::Floor { .. } => of(T::BigInt),
        Expr::Extract { .. } => of(T::Int),
        Expr::Array(array) => {
            let item = common_of(array.elem.iter().map(|e| infer(e, scopes)))?;
            of(T::Array(Box::new(item.stored())))
        }
        Expr::Map(map) => {
            let keys = common_of(map.entries.iter().map(|e| infer(&e.key, scopes)))?;
            let values = common_of(map.entries.iter().map(|e| infer(&e.value, scopes)))?;
            of(T::Map(Box::new(keys.stored()), Box::new(values.stored())))
        }
        Expr::CompoundFieldAccess { root, access_chain } => {
            let mut current = infer(root, scopes)?;
            for access in access_chain {
                current = match (access, current) {
                    (AccessExpr::Subscript(Subscript::Index { .. }), R::Of(T::Array(item))) => R::Of(*item),
                    (AccessExpr::Subscript(Subscript::Index { .. }), R::Of(T::Map(_, value))) => R::Of(*value),
                    (AccessExpr::Subscript(Subscript::Index { .. }), R::Of(T::Json)) => R::Of(T::Json),
                    (AccessExpr::Dot(Expr::Identifier(field)), known) => field_type(&known, &field.value)?,
                    _ => return None,
                };
            }
            Some(current)
        }
        _ => None,
    }
}

/// A column with or without its relation, and the database of that, or a field below a column.
fn compound(names: &[Ident], scopes: &Scopes<'_>) -> Option<R> {
    let qualified = names.windows(2).enumerate().find_map(|(at, pair)| match pair {
        [relation, name] => Some((scopes.column(Some(&relation.value), &name.value)?, at + 2)),
        _ => None,
    });
    let bare = || Some((scopes.column(None, &names.first()?.value)?, 1));
    let (column, fields) = qualified.or_else(bare)?;
    let fields = names.get(fields..).unwrap_or_default();
    fields.iter().try_fold(column.data_type.clone()?, |of, field| field_type(&of, &field.value))
}

/// Whether the expression uses no column.
fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Value(_) | Expr::TypedString(_) => true,
        Expr::Nested(e) | Expr::UnaryOp { expr: e, .. } | Expr::Cast { expr: e, .. } => is_constant(e),
        Expr::BinaryOp { left, right, .. } => is_constant(left) && is_constant(right),
        _ => false,
    }
}

fn variable_type(name: &str) -> R {
    variables::data_type(name).map_or(R::Text, R::Of)
}

fn field_type(of: &R, field: &str) -> Option<R> {
    match of {
        R::Of(T::Struct(fields)) => {
            fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(field)).map(|(_, t)| R::Of(t.clone()))
        }
        R::Of(T::Json) => Some(R::Of(T::Json)),
        _ => None,
    }
}

fn literal(value: &Value) -> Option<R> {
    Some(match value {
        Value::Number(digits, _) => R::Of(number(&digits.to_string())?),
        Value::SingleQuotedString(_) | Value::DoubleQuotedString(_) => R::Text,
        Value::HexStringLiteral(_) => R::Blob,
        Value::Boolean(_) => R::Of(T::Boolean),
        Value::Null => R::Null,
        _ => return None,
    })
}

/// Whether a number with an exponent has more digits than a decimal holds: StarRocks takes it for a DOUBLE then.
pub(super) fn is_double(digits: &str) -> bool {
    let Some((mantissa, exponent)) = digits.split_once(['e', 'E']) else { return false };
    let Ok(exponent) = exponent.parse::<i64>() else { return true };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let whole = whole.trim_start_matches('0').len() as i64 + exponent;
    let fraction = fraction.len() as i64 - exponent;
    whole.max(0) + fraction.max(0) > 38
}

fn number(digits: &str) -> Option<T> {
    if let Ok(n) = digits.parse::<i128>() {
        return Some(match n {
            n if i8::try_from(n).is_ok() => T::TinyInt,
            n if i16::try_from(n).is_ok() => T::SmallInt,
            n if i32::try_from(n).is_ok() => T::Int,
            n if i64::try_from(n).is_ok() => T::BigInt,
            _ => T::LargeInt,
        });
    }
    if is_double(digits) {
        return Some(T::Double);
    }
    let plain = super::names::print(&Expr::Value(Value::Number(digits.parse().ok()?, false).into()));
    let plain = plain.trim_end_matches("E0");
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let whole = whole.trim_start_matches('0').len();
    let precision = (whole + fraction.len()).clamp(1, 38);
    Some(T::Decimal(u8::try_from(precision).ok()?, u8::try_from(fraction.len().min(38)).ok()?))
}

/// The digits of a decimal literal as a number.
fn unscaled(expr: &Expr) -> Option<u128> {
    let Expr::Value(value) = expr else { return None };
    let Value::Number(digits, _) = &value.value else { return None };
    let digits = digits.to_string().replace('.', "");
    digits.parse().ok()
}

/// Rank of an integer type, from TINYINT to LARGEINT.
fn rank(t: &R) -> Option<usize> {
    match t {
        R::Of(T::TinyInt | T::Boolean) | R::Null => Some(0),
        R::Of(T::SmallInt) => Some(1),
        R::Of(T::Int) => Some(2),
        R::Of(T::BigInt) => Some(3),
        R::Of(T::LargeInt) => Some(4),
        _ => None,
    }
}

const INTEGERS: [T; 5] = [T::TinyInt, T::SmallInt, T::Int, T::BigInt, T::LargeInt];

fn integer(rank: usize) -> R {
    R::Of(INTEGERS.get(rank).cloned().unwrap_or(T::LargeInt))
}

/// Precision and scale of what takes part in decimal arithmetic.
fn decimal(t: &R) -> Option<(u8, u8)> {
    match t {
        R::Of(T::Decimal(p, s)) => Some((*p, *s)),
        R::Of(T::Boolean | T::TinyInt | T::SmallInt) => Some((9, 0)),
        R::Of(T::Int | T::BigInt) => Some((18, 0)),
        R::Of(T::LargeInt) => Some((38, 0)),
        _ => None,
    }
}

/// The scale of a decimal quotient.
pub(crate) fn quotient_scale(scale: u8) -> u8 {
    match scale {
        0..=6 => scale + 6,
        7..=12 => 12,
        _ => scale,
    }
}

fn binary(left: &Expr, op: &BinaryOperator, right: &Expr, scopes: &Scopes<'_>) -> Option<R> {
    use BinaryOperator as Op;
    let is_decimal = |t: &R| matches!(t, R::Of(T::Decimal(..)));
    match op {
        Op::Arrow | Op::LongArrow => return Some(R::Of(T::Json)),
        Op::Plus | Op::Minus | Op::Multiply | Op::Divide | Op::Modulo | Op::MyIntegerDivide => {}
        Op::BitwiseAnd | Op::BitwiseOr | Op::BitwiseXor | Op::PGBitwiseXor => {
            let (l, r) = (infer(left, scopes)?, infer(right, scopes)?);
            return Some(integer(rank(&l)?.max(rank(&r)?)));
        }
        Op::PGBitwiseShiftLeft | Op::PGBitwiseShiftRight => return infer(left, scopes),
        _ => return Some(R::Of(T::Boolean)),
    }
    if matches!(right, Expr::Interval(_)) || matches!(left, Expr::Interval(_)) {
        return Some(R::Of(T::DateTime));
    }
    let (l, r) = (infer(left, scopes)?, infer(right, scopes)?);
    if is_decimal(&l) || is_decimal(&r) {
        // The product of two literals is computed at once, and has the digits that it needs.
        if let (Op::Multiply, Some(a), Some(b)) = (op, unscaled(left), unscaled(right))
            && let (R::Of(T::Decimal(_, s1)), R::Of(T::Decimal(_, s2))) = (&l, &r)
        {
            let digits = a.checked_mul(b).map_or(38, |product| product.to_string().len());
            let digits = u8::try_from(digits).unwrap_or(38);
            return Some(R::Of(T::Decimal(digits.max(s1 + s2).min(38), s1 + s2)));
        }
        if let (Some((p1, s1)), Some((p2, s2))) = (decimal(&l), decimal(&r)) {
            let whole = (p1 - s1).max(p2 - s2);
            return Some(R::Of(match op {
                Op::Multiply => T::Decimal((p1 + p2).min(38), s1 + s2),
                Op::Divide => T::Decimal(38, quotient_scale(s1)),
                Op::MyIntegerDivide => T::BigInt,
                Op::Modulo => T::Decimal(p1.max(p2), s1.max(s2)),
                _ => T::Decimal((whole + s1.max(s2) + 1).min(38), s1.max(s2)),
            }));
        }
        return Some(R::Of(T::Double));
    }
    if let (Some(a), Some(b)) = (rank(&l), rank(&r)) {
        let wider = a.max(b);
        return Some(match op {
            Op::Divide => R::Of(T::Double),
            Op::Modulo | Op::MyIntegerDivide => integer(wider),
            _ if wider >= 3 => integer(wider),
            _ => integer(wider + 1),
        });
    }
    Some(if *op == Op::MyIntegerDivide { R::Of(T::BigInt) } else { R::Of(T::Double) })
}

/// The type that holds values of both.
pub(crate) fn common(a: Option<R>, b: Option<R>) -> Option<R> {
    common_of([a, b].into_iter())
}

/// The type that holds values of all these types.
fn common_of(types: impl Iterator<Item = Option<R>>) -> Option<R> {
    let mut known: Option<R> = None;
    for next in types {
        let next = next?;
        known = Some(match known {
            None | Some(R::Null) => next,
            Some(current) if next == R::Null || current == next => current,
            Some(current) => both(current, next)?,
        });
    }
    known
}

fn both(a: R, b: R) -> Option<R> {
    let is_text = |t: &R| matches!(t, R::Text | R::Of(T::Varchar(_) | T::Char(_)));
    if is_text(&a) || is_text(&b) {
        return Some(R::Text);
    }
    if let (Some(x), Some(y)) = (rank(&a), rank(&b)) {
        return Some(integer(x.max(y)));
    }
    // Here integers count with the digits they have.
    let digits = |t: &R| match t {
        R::Of(T::Decimal(p, s)) => Some((*p, *s)),
        other => rank(other).and_then(|r| [3, 5, 10, 19, 38].get(r).copied()).map(|p| (p, 0)),
    };
    if let (Some((p1, s1)), Some((p2, s2))) = (digits(&a), digits(&b)) {
        let scale = s1.max(s2);
        return Some(R::Of(T::Decimal(((p1 - s1).max(p2 - s2) + scale).min(38), scale)));
    }
    match (&a, &b) {
        (R::Of(T::Date | T::DateTime), R::Of(T::Date | T::DateTime)) => Some(R::Of(T::DateTime)),
        (R::Of(T::Float | T::Double), _) | (_, R::Of(T::Float | T::Double)) => Some(R::Of(T::Double)),
        _ => None,
    }
}

/// The arguments of a call that are expressions.
pub(crate) fn arguments(function: &Function) -> Vec<&Expr> {
    match &function.args {
        FunctionArguments::List(list) => list
            .args
            .iter()
            .filter_map(|argument| match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn call(function: &Function, scopes: &Scopes<'_>) -> Option<R> {
    let name = function.name.to_string().replace('`', "").to_ascii_lowercase();
    let arguments = arguments(function);
    let types: Vec<Option<R>> = arguments.iter().map(|e| infer(e, scopes)).collect();
    if matches!(name.as_str(), "round" | "truncate")
        && let (Some(Some(R::Of(T::Decimal(..)))), Some(Expr::Value(value))) = (types.first(), arguments.get(1))
        && let Value::Number(digits, _) = &value.value
    {
        return Some(R::Of(T::Decimal(38, digits.to_string().parse().ok()?)));
    }
    if matches!(name.as_str(), "row" | "struct") {
        let fields = types.into_iter().enumerate().map(|(i, t)| Some((format!("col{}", i + 1), t?.stored())));
        return fields.collect::<Option<Vec<_>>>().map(|fields| R::Of(T::Struct(fields)));
    }
    function_type(&name, &types)
}

fn function_type(name: &str, types: &[Option<R>]) -> Option<R> {
    let of = |t: T| Some(R::Of(t));
    let first = || types.first().cloned().flatten();
    match name {
        "count"
        | "ndv"
        | "approx_count_distinct"
        | "row_number"
        | "rank"
        | "dense_rank"
        | "ntile"
        | "connection_id"
        | "unix_timestamp"
        | "timestampdiff"
        | "datediff_"
        | "get_json_int"
        | "ceil"
        | "floor"
        | "bitmap_count"
        | "hll_cardinality"
        | "hll_union_agg"
        | "bitmap_union_count"
        | "count_if"
        | "multi_distinct_count"
        | "date_diff"
        | "crc32" => of(T::BigInt),
        "bitand" | "bitor" | "bitxor" => Some(integer(rank(&first()?)?.max(rank(&types.get(1)?.clone()?)?))),
        "bitnot" | "bit_shift_left" | "bit_shift_right" => first(),
        "length" | "char_length" | "character_length" | "ascii" | "locate" | "instr" | "to_days" | "array_length"
        | "cardinality" | "find_in_set" | "map_size" | "datediff" | "array_position" | "json_length" => of(T::Int),
        "strcmp" | "field" => of(T::TinyInt),
        "year" => of(T::SmallInt),
        "month" | "day" | "hour" | "minute" | "second" | "quarter" | "dayofmonth" => of(T::TinyInt),
        "dayofyear" | "week" | "weekofyear" | "dayofweek" | "weekday" => of(T::Int),
        "sqrt" | "pow" | "power" | "exp" | "ln" | "log" | "log10" | "log2" | "sin" | "cos" | "tan" | "pi" | "rand"
        | "random" | "stddev" | "variance" | "var_samp" | "stddev_samp" | "stddev_pop" | "std" | "var_pop"
        | "variance_pop" | "variance_samp" | "sign" | "get_json_double" | "percentile_approx" => of(T::Double),
        "now" | "current_timestamp" | "localtime" | "localtimestamp" | "utc_timestamp" | "date_add" | "date_sub"
        | "adddate" | "subdate" | "str_to_date" | "date_trunc" | "timestampadd" | "days_add" | "hours_add"
        | "minutes_add" | "seconds_add" | "convert_tz" => match (name, types.get(1)) {
            ("date_trunc", Some(Some(R::Of(T::Date)))) => of(T::Date),
            _ => of(T::DateTime),
        },
        "json_keys" => of(T::Json),
        "from_days" => of(T::Date),
        "curdate" | "current_date" | "date" | "to_date" | "last_day" | "utc_date" => of(T::Date),
        "parse_json" | "json_object" | "json_array" | "json_query" | "to_json" => of(T::Json),
        "null_or_empty" | "json_exists" | "sleep" | "starts_with" | "ends_with" | "array_contains" | "isnull"
        | "regexp_" | "any_match" => of(T::Boolean),
        "sum" => match first()? {
            R::Of(T::Decimal(_, s)) => of(T::Decimal(38, s)),
            R::Of(T::LargeInt) => of(T::LargeInt),
            t if rank(&t).is_some() => of(T::BigInt),
            _ => of(T::Double),
        },
        "avg" => match first()? {
            R::Of(T::Decimal(_, s)) => of(T::Decimal(38, quotient_scale(s))),
            _ => of(T::Double),
        },
        "max" | "min" | "any_value" | "first_value" | "last_value" | "lag" | "lead" | "abs" => match first()? {
            R::Of(T::Varchar(_) | T::Char(_)) => Some(R::Text),
            other => Some(other),
        },
        "mod" => Some(integer(rank(&first()?)?.max(rank(&types.get(1)?.clone()?)?))),
        "array_agg" => of(T::Array(Box::new(first()?.stored()))),
        "array_sum" => of(T::BigInt),
        "round" | "truncate" => match first()? {
            R::Of(T::Decimal(..)) if types.len() == 2 => None,
            R::Of(T::Decimal(..)) => of(T::Decimal(38, 0)),
            _ => of(T::Double),
        },
        "if" => common_of(types.iter().skip(1).cloned()),
        "ifnull" | "coalesce" | "nvl" | "greatest" | "least" => common_of(types.iter().cloned()),
        "nullif" => first(),
        "element_at" => match first()? {
            R::Of(T::Array(item)) => Some(R::Of(*item)),
            R::Of(T::Map(_, value)) => Some(R::Of(*value)),
            _ => None,
        },
        "concat" | "concat_ws" | "upper" | "lower" | "ucase" | "lcase" | "substr" | "substring" | "trim" | "ltrim"
        | "rtrim" | "replace" | "reverse" | "left" | "right" | "lpad" | "rpad" | "repeat" | "hex" | "unhex" | "md5"
        | "sha2" | "to_base64" | "from_base64" | "date_format" | "from_unixtime" | "version" | "current_version"
        | "user" | "current_user" | "session_user" | "database" | "schema" | "current_role" | "catalog"
        | "current_group" | "current_warehouse" | "uuid" | "last_query_id" | "host_name" | "typeof"
        | "group_concat" | "get_json_string" | "bitmap_to_string" | "split_part" | "regexp_replace"
        | "regexp_extract" | "dayname" | "monthname" | "array_join" | "json_string" | "md5sum" | "space" | "char"
        | "format" | "money_format" | "inet_ntoa" | "url_encode" | "url_decode" | "initcap" => Some(R::Text),
        "to_binary" => Some(R::Blob),
        "split" => of(T::Array(Box::new(T::Varchar(65_533)))),
        // `months_add`, `hours_diff`
        other => match other.rsplit_once("s_") {
            Some((_, "add" | "sub")) => of(T::DateTime),
            Some((_, "diff")) => of(T::BigInt),
            _ => None,
        },
    }
}
