// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! StarRocks' functions as the query engine's. Arguments are rewritten already.

use datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken;
use datafusion::sql::sqlparser::ast::{
    BinaryOperator, CaseWhen, DataType, DateTimeField, DuplicateTreatment, Expr, Function, FunctionArg,
    FunctionArgExpr, FunctionArgumentClause, FunctionArgumentList, FunctionArguments, Ident, Interval, ObjectName,
    Spanned as _, Value, ValueWithSpan,
};

use super::bind::Relations;
use super::prepare::place;
use super::rewrite::{binary, call, cast_to, datetime, literal, null, number, string_value, text};
use super::scope::Scopes;
use crate::sql::error::{SqlError, SqlResult};

pub(super) fn function_call(mut function: Function, scopes: &Scopes<'_>, relations: &dyn Relations) -> SqlResult<Expr> {
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
    if function.over.is_none()
        && let Some(list) = plain_arguments(&function)
    {
        if name == "date_trunc"
            && let [unit, date] = list.as_slice()
        {
            return date_trunc(unit, date, scopes);
        }
        let zone = || relations.session_value("time_zone");
        let found = conditional(&name, &list)
            .or_else(|| texts(&name, &list))
            .or_else(|| numbers(&name, &list))
            .or_else(|| zoned(&name, &list, zone))
            .or_else(|| aggregates(&name, &list, is_distinct(&function)));
        if let Some(found) = found {
            return Ok(found);
        }
        if let Some(found) = dates(&name, &list)? {
            return Ok(found);
        }
    }
    if name == "group_concat" {
        return Ok(group_concat(function));
    }
    if name.starts_with("multi_distinct_")
        && let FunctionArguments::List(list) = &mut function.args
    {
        list.duplicate_treatment = Some(DuplicateTreatment::Distinct);
    }
    if matches!(function.args, FunctionArguments::None) {
        function.args = FunctionArguments::List(FunctionArgumentList {
            duplicate_treatment: None,
            args: Vec::new(),
            clauses: Vec::new(),
        });
    }
    function.name = ObjectName::from(vec![Ident::new(renamed(&name))]);
    Ok(Expr::Function(function))
}

/// What the engine has under another name.
fn renamed(name: &str) -> &str {
    match name {
        "ifnull" | "nvl" => "coalesce",
        "ucase" => "upper",
        "lcase" => "lower",
        "substring" | "mid" => "substr",
        "strleft" => "left",
        "strright" => "right",
        "length" => "octet_length",
        "char_length" => "character_length",
        "instr" => "strpos",
        "pow" => "power",
        "row" => "struct",
        "ceiling" => "ceil",
        "rand" => "random",
        "sign" => "signum",
        "truncate" => "trunc",
        "bitnot" => "starrocks_bit_not",
        // Without a suffix they are those of the whole population.
        "stddev" | "std" => "stddev_pop",
        "variance" | "variance_pop" => "var_pop",
        "variance_samp" => "var_samp",
        "ndv" | "approx_count_distinct" => "approx_distinct",
        "percentile_approx" => "approx_percentile_cont",
        "multi_distinct_count" => "count",
        "multi_distinct_sum" => "sum",
        "any_value" => "first_value",
        "split" => "string_to_array",
        "array_join" => "array_to_string",
        "array_contains" => "array_has",
        "array_sum" => "starrocks_array_sum",
        "map_size" => "cardinality",
        "regexp" => "regexp_like",
        other => other,
    }
}

fn conditional(name: &str, list: &[Expr]) -> Option<Expr> {
    Some(match (name, list) {
        ("if", [condition, result, otherwise]) => {
            case(vec![(condition.clone(), result.clone())], Some(otherwise.clone()))
        }
        ("isnull", [value]) => is_null(value),
        ("null_or_empty", [value]) => {
            let empty = both(value, BinaryOperator::Eq, &text(""));
            both(&is_null(value), BinaryOperator::Or, &empty)
        }
        // NULL as soon as one of them is.
        ("greatest" | "least", [_, ..]) => {
            let any = list.iter().map(is_null).reduce(|a, b| both(&a, BinaryOperator::Or, &b))?;
            case(vec![(any, null())], Some(call(name, list.to_vec())))
        }
        ("strcmp", [a, b]) => {
            let equal = both(a, BinaryOperator::Eq, b);
            let less = both(a, BinaryOperator::Lt, b);
            let more = both(a, BinaryOperator::Gt, b);
            case(vec![(equal, number("0")), (less, number("-1")), (more, number("1"))], None)
        }
        ("field", [wanted, rest @ ..]) => {
            let when =
                |(i, item): (usize, &Expr)| (both(wanted, BinaryOperator::Eq, item), number(&(i + 1).to_string()));
            case(rest.iter().enumerate().map(when).collect(), Some(number("0")))
        }
        _ => return None,
    })
}

fn texts(name: &str, list: &[Expr]) -> Option<Expr> {
    Some(match (name, list) {
        ("locate", [part, whole]) => call("strpos", vec![whole.clone(), part.clone()]),
        ("space", [count]) => call("repeat", vec![text(" "), count.clone()]),
        // Every match is replaced.
        ("regexp_replace", [value, pattern, by]) => {
            call("regexp_replace", vec![value.clone(), pattern.clone(), by.clone(), text("g")])
        }
        ("regexp_extract", [value, pattern, group]) => {
            let group = whole_number(group)?;
            let (pattern, group) = match group {
                0 => (call("concat", vec![text("("), pattern.clone(), text(")")]), 1),
                n => (pattern.clone(), n),
            };
            let found = call("regexp_match", vec![value.clone(), pattern.clone()]);
            let found = call("array_element", vec![found, number(&group.to_string())]);
            let missing = both(&is_null(value), BinaryOperator::Or, &is_null(&pattern));
            case(vec![(missing, null())], Some(call("coalesce", vec![found, text("")])))
        }
        ("sha2", [value, bits]) => {
            let digest = match whole_number(bits) {
                Some(0 | 256) => "sha256",
                Some(224) => "sha224",
                Some(384) => "sha384",
                Some(512) => "sha512",
                _ => return Some(null()),
            };
            call("starrocks_lower_hex", vec![call(digest, vec![value.clone()])])
        }
        _ => return None,
    })
}

fn numbers(name: &str, list: &[Expr]) -> Option<Expr> {
    Some(match (name, list) {
        ("mod", [a, b]) => binary(a.clone(), BinaryOperator::Modulo, b.clone()),
        ("bitand", [a, b]) => both(a, BinaryOperator::BitwiseAnd, b),
        ("bitor", [a, b]) => both(a, BinaryOperator::BitwiseOr, b),
        ("bitxor", [a, b]) => both(a, BinaryOperator::BitwiseXor, b),
        ("bit_shift_left", [a, b]) => both(a, BinaryOperator::PGBitwiseShiftLeft, b),
        ("bit_shift_right", [a, b]) => both(a, BinaryOperator::PGBitwiseShiftRight, b),
        ("ceil" | "ceiling" | "floor", [value]) => whole(call(renamed(name), vec![value.clone()])),
        _ => return None,
    })
}

/// As BIGINT.
pub(super) fn whole(value: Expr) -> Expr {
    cast_to(call("starrocks_whole", vec![value]), DataType::BigInt(None))
}

/// Functions whose result depends on the session's time zone, which they get as the last argument.
fn zoned(name: &str, list: &[Expr], zone: impl Fn() -> Option<String>) -> Option<Expr> {
    let mut list = list.to_vec();
    match (name, list.as_slice()) {
        ("from_unixtime", [_]) => list.push(text("%Y-%m-%d %H:%i:%s")),
        ("from_unixtime", [_, _]) | ("unix_timestamp", [_]) => {}
        _ => return None,
    }
    list.push(text(zone().unwrap_or_else(|| "UTC".to_owned())));
    Some(call(name, list))
}

fn aggregates(name: &str, list: &[Expr], distinct: bool) -> Option<Expr> {
    Some(match (name, list) {
        ("avg", [value]) if !distinct => {
            let sum = call("sum", vec![value.clone()]);
            call("starrocks_divide", vec![sum, call("count", vec![value.clone()])])
        }
        // Rows with a NULL among them do not count.
        ("count", [_, _, ..]) if distinct => {
            let any = list.iter().map(is_null).reduce(|a, b| both(&a, BinaryOperator::Or, &b))?;
            let together = case(vec![(any, null())], Some(call("struct", list.to_vec())));
            distinct_call("count", together)
        }
        ("count_if", [condition]) => call("count", vec![case(vec![(condition.clone(), number("1"))], None)]),
        _ => return None,
    })
}

fn distinct_call(name: &str, argument: Expr) -> Expr {
    let mut found = call(name, vec![argument]);
    if let Expr::Function(Function { args: FunctionArguments::List(list), .. }) = &mut found {
        list.duplicate_treatment = Some(DuplicateTreatment::Distinct);
    }
    found
}

fn dates(name: &str, list: &[Expr]) -> SqlResult<Option<Expr>> {
    let time = |value: &Expr| call("starrocks_datetime", vec![value.clone()]);
    let date = |value: &Expr| cast_to(time(value), DataType::Date);
    let found = match (name, list) {
        ("date_add" | "adddate", [from, amount]) => moved(time(from), BinaryOperator::Plus, amount),
        ("date_sub" | "subdate", [from, amount]) => moved(time(from), BinaryOperator::Minus, amount),
        ("date" | "to_date", [value]) => date(value),
        ("from_days", [days]) => {
            let days = both(days, BinaryOperator::Minus, &number("719528"));
            cast_to(cast_to(days, DataType::Int(None)), DataType::Date)
        }
        ("datediff", [later, earlier]) => {
            let day = |e| cast_to(cast_to(date(e), DataType::Int(None)), DataType::BigInt(None));
            both(&day(later), BinaryOperator::Minus, &day(earlier))
        }
        ("year" | "month" | "day" | "hour" | "minute" | "second" | "quarter" | "dayofmonth" | "dayofyear", [value]) => {
            let part = match name {
                "dayofmonth" => "day",
                "dayofyear" => "doy",
                other => other,
            };
            call("date_part", vec![text(part), time(value)])
        }
        ("timestampadd", [unit, amount, from]) => {
            let amount = interval(amount.clone(), string_value(unit).unwrap_or_default())?;
            both(&time(from), BinaryOperator::Plus, &amount)
        }
        ("date_diff", [unit, later, earlier]) => {
            call("timestampdiff", vec![unit.clone(), earlier.clone(), later.clone()])
        }
        (_, [first, second]) => {
            // `months_add`, `hours_sub`, `days_diff`
            let Some((unit, what)) =
                name.split_once("s_").filter(|(unit, _)| interval(null(), &unit.to_uppercase()).is_ok())
            else {
                return Ok(None);
            };
            let unit = unit.to_uppercase();
            match what {
                "add" => both(&time(first), BinaryOperator::Plus, &interval(second.clone(), &unit)?),
                "sub" => both(&time(first), BinaryOperator::Minus, &interval(second.clone(), &unit)?),
                "diff" => call("timestampdiff", vec![text(unit), second.clone(), first.clone()]),
                _ => return Ok(None),
            }
        }
        _ => return Ok(None),
    };
    Ok(Some(found))
}

fn date_trunc(unit: &Expr, date: &Expr, scopes: &Scopes<'_>) -> SqlResult<Expr> {
    const UNITS: [&str; 10] =
        ["year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond", "microsecond"];
    let given = string_value(unit).unwrap_or_default().to_ascii_lowercase();
    if !UNITS.contains(&given.as_str()) {
        let start = unit.span().start;
        return Err(SqlError::analyzing_from(
            place(scopes.origin, start.line, start.column),
            "date_trunc function can't support argument other than year|quarter|month|week|day|hour|minute|second",
        ));
    }
    Ok(call("date_trunc", vec![text(given), call("starrocks_datetime", vec![date.clone()])]))
}

/// A time and what is added or taken, in days unless it says so.
fn moved(time: Expr, op: BinaryOperator, amount: &Expr) -> Expr {
    let amount = match amount {
        Expr::Interval(_) => amount.clone(),
        days => interval_of(days.clone(), DateTimeField::Day),
    };
    both(&time, op, &amount)
}

fn both(left: &Expr, op: BinaryOperator, right: &Expr) -> Expr {
    Expr::BinaryOp { left: Box::new(left.clone()), op, right: Box::new(right.clone()) }
}

fn is_null(value: &Expr) -> Expr {
    Expr::IsNull(Box::new(value.clone()))
}

fn case(conditions: Vec<(Expr, Expr)>, otherwise: Option<Expr>) -> Expr {
    Expr::Case {
        case_token: AttachedToken::empty(),
        end_token: AttachedToken::empty(),
        operand: None,
        conditions: conditions.into_iter().map(|(condition, result)| CaseWhen { condition, result }).collect(),
        else_result: otherwise.map(Box::new),
    }
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
