// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The name that a result column has when the query gives none: the expression, printed as the FE prints it.

use datafusion::sql::sqlparser::ast::{
    AccessExpr, BinaryOperator, CastKind, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr,
    FunctionArgumentClause, FunctionArguments, SelectItem, Subscript, UnaryOperator, Value,
};
use starrocks_types::StarRocksType;

use super::infer::cast_type;

/// Functions about the session, which the FE prints in upper case.
const INFORMATION: [&str; 11] = [
    "user",
    "current_user",
    "session_user",
    "database",
    "schema",
    "connection_id",
    "current_role",
    "catalog",
    "current_group",
    "current_warehouse",
    "version_",
];

/// The name of a select item that is an expression.
pub(crate) fn item_name(item: &SelectItem) -> String {
    match item {
        SelectItem::ExprWithAlias { alias, .. } => alias.value.clone(),
        SelectItem::UnnamedExpr(expr) => column_name(expr),
        other => other.to_string(),
    }
}

fn column_name(expr: &Expr) -> String {
    match expr {
        Expr::CompoundIdentifier(parts) if !parts.first().is_some_and(|p| p.value.starts_with("@@")) => {
            parts.last().map(|p| p.value.clone()).unwrap_or_default()
        }
        Expr::CompoundFieldAccess { access_chain, .. } => match access_chain.last() {
            Some(AccessExpr::Dot(Expr::Identifier(field))) => field.value.clone(),
            _ => print(expr),
        },
        _ => print(expr),
    }
}

/// An operand: in parentheses unless it is a column or a literal.
fn operand(expr: &Expr) -> String {
    match expr {
        Expr::Nested(inner) => operand(inner),
        Expr::Value(_) | Expr::CompoundIdentifier(_) | Expr::TypedString(_) => print(expr),
        Expr::Identifier(name) if !name.value.starts_with('@') && !is_information(&name.value) => print(expr),
        Expr::UnaryOp { op: UnaryOperator::Minus, expr: inner } if matches!(**inner, Expr::Value(_)) => print(expr),
        _ => format!("({})", print(expr)),
    }
}

fn is_information(name: &str) -> bool {
    INFORMATION.iter().any(|f| f.eq_ignore_ascii_case(name))
}

/// Prints an expression.
pub(crate) fn print(expr: &Expr) -> String {
    match expr {
        Expr::Nested(inner) => print(inner),
        Expr::Identifier(name) if name.value.starts_with("@@") => {
            format!("@@{}", name.value.trim_start_matches('@'))
        }
        Expr::Identifier(name)
            if is_information(&name.value) && name.quote_style.is_none() && name.value.starts_with("current_") =>
        {
            format!("{}()", name.value.to_ascii_uppercase())
        }
        Expr::Identifier(name) => name.value.clone(),
        Expr::CompoundIdentifier(parts) => {
            let names: Vec<&str> = parts.iter().map(|p| p.value.as_str()).collect();
            match names.as_slice() {
                [scope, name] if scope.starts_with("@@") => format!("{}.{name}", scope.to_ascii_uppercase()),
                _ => names.join("."),
            }
        }
        Expr::Value(value) => literal(&value.value),
        Expr::TypedString(typed) => literal(&typed.value.value),
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } if matches!(**expr, Expr::Value(_)) => {
            format!("-{}", print(expr))
        }
        Expr::UnaryOp { op: UnaryOperator::Not | UnaryOperator::BangNot, expr } => format!("NOT {}", operand(expr)),
        Expr::UnaryOp { op, expr } => format!("{op}{}", operand(expr)),
        Expr::BinaryOp { left, op, right } => binary(left, op, right),
        Expr::IsNull(e) => format!("{} IS NULL", operand(e)),
        Expr::IsNotNull(e) => format!("{} IS NOT NULL", operand(e)),
        Expr::InList { expr, list, negated } => {
            format!("{} {}IN ({})", operand(expr), not(*negated), list_of(list))
        }
        Expr::Between { expr, negated, low, high } => {
            format!("{} {}BETWEEN {} AND {}", operand(expr), not(*negated), operand(low), operand(high))
        }
        Expr::Like { negated, expr, pattern, .. } => {
            format!("{} {}LIKE {}", operand(expr), not(*negated), operand(pattern))
        }
        Expr::RLike { negated, expr, pattern, .. } => {
            format!("{} {}REGEXP {}", operand(expr), not(*negated), operand(pattern))
        }
        Expr::Cast { kind: CastKind::Cast | CastKind::TryCast | CastKind::SafeCast, expr, data_type, .. } => {
            let target = cast_type(data_type).map_or_else(|| data_type.to_string(), |t| cast_name(&t));
            format!("CAST({} AS {target})", operand(expr))
        }
        Expr::Case { operand: of, conditions, else_result, .. } => {
            let mut text = "CASE".to_owned();
            if let Some(of) = of {
                text.push_str(&format!(" {}", operand(of)));
            }
            for when in conditions {
                text.push_str(&format!(" WHEN {} THEN {}", operand(&when.condition), operand(&when.result)));
            }
            if let Some(other) = else_result {
                text.push_str(&format!(" ELSE {}", operand(other)));
            }
            text + " END"
        }
        Expr::Function(function) => call(function),
        Expr::Substring { expr, substring_from, substring_for, .. } => {
            let parts = [Some(expr), substring_from.as_ref(), substring_for.as_ref()];
            let parts: Vec<String> = parts.into_iter().flatten().map(|e| print(e)).collect();
            format!("substr({})", parts.join(", "))
        }
        Expr::Trim { expr, .. } => format!("trim({})", print(expr)),
        Expr::Ceil { expr, .. } => format!("ceil({})", print(expr)),
        Expr::Floor { expr, .. } => format!("floor({})", print(expr)),
        Expr::Interval(interval) => {
            let unit = interval.leading_field.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("INTERVAL {} {unit}", print(&interval.value))
        }
        Expr::Array(array) => format!("[{}]", list_of(&array.elem)),
        Expr::Map(map) => {
            let entries: Vec<String> =
                map.entries.iter().map(|e| format!("{}:{}", print(&e.key), print(&e.value))).collect();
            format!("map{{{}}}", entries.join(","))
        }
        Expr::CompoundFieldAccess { root, access_chain } => {
            let mut text = print(root);
            for access in access_chain {
                match access {
                    AccessExpr::Subscript(Subscript::Index { index }) => text.push_str(&format!("[{}]", print(index))),
                    AccessExpr::Dot(field) => text.push_str(&format!(".{}", print(field))),
                    AccessExpr::Subscript(other) => text.push_str(&format!("[{other}]")),
                }
            }
            text
        }
        other => other.to_string(),
    }
}

fn not(negated: bool) -> &'static str {
    if negated { "NOT " } else { "" }
}

fn list_of(list: &[Expr]) -> String {
    list.iter().map(print).collect::<Vec<_>>().join(", ")
}

fn binary(left: &Expr, op: &BinaryOperator, right: &Expr) -> String {
    let symbol = match op {
        BinaryOperator::Arrow => return format!("{}->{}", print(left), print(right)),
        BinaryOperator::NotEq => "!=".to_owned(),
        BinaryOperator::MyIntegerDivide => "DIV".to_owned(),
        BinaryOperator::And => "AND".to_owned(),
        BinaryOperator::Or | BinaryOperator::StringConcat => "OR".to_owned(),
        BinaryOperator::Regexp => "REGEXP".to_owned(),
        other => other.to_string(),
    };
    if matches!(right, Expr::Interval(_)) {
        return format!("{} {symbol} {}", print(left), print(right));
    }
    format!("{} {symbol} {}", operand(left), operand(right))
}

fn call(function: &Function) -> String {
    let name = function.name.to_string().replace('`', "");
    let name = if is_information(&name) { name.to_ascii_uppercase() } else { name.to_ascii_lowercase() };
    let name = match name.as_str() {
        "struct" => "row".to_owned(),
        _ => name,
    };
    let FunctionArguments::List(list) = &function.args else { return format!("{name}()") };
    let mut arguments: Vec<String> = list
        .args
        .iter()
        .map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => print(expr),
            FunctionArg::Unnamed(FunctionArgExpr::Wildcard) => "*".to_owned(),
            other => other.to_string(),
        })
        .collect();
    if name == "element_at" && arguments.len() == 2 {
        return format!("{}[{}]", arguments[0], arguments[1]);
    }
    if (name == "timestampdiff" || name == "timestampadd")
        && let Some(unit) = arguments.first_mut()
    {
        *unit = unit.to_ascii_uppercase();
    }
    let distinct = if list.duplicate_treatment == Some(DuplicateTreatment::Distinct) { "DISTINCT " } else { "" };
    let mut separator = String::new();
    if name == "group_concat" {
        let given = list.clauses.iter().find_map(|clause| match clause {
            FunctionArgumentClause::Separator(value) => Some(literal(&value.value)),
            _ => None,
        });
        separator = format!(" SEPARATOR {}", given.unwrap_or_else(|| "','".to_owned()));
    }
    format!("{name}({distinct}{}{separator})", arguments.join(", "))
}

fn literal(value: &Value) -> String {
    match value {
        Value::Number(digits, _) => number(&digits.to_string()),
        Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) => quoted(text),
        Value::HexStringLiteral(text) => quoted(text),
        Value::Boolean(true) => "TRUE".to_owned(),
        Value::Boolean(false) => "FALSE".to_owned(),
        Value::Null => "NULL".to_owned(),
        other => other.to_string(),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n"))
}

/// A number as the FE keeps it: without exponent, but marked `E0` where it was an integer written as a decimal.
fn number(digits: &str) -> String {
    let lower = digits.to_ascii_lowercase();
    if lower.bytes().all(|b| b.is_ascii_digit()) {
        return lower;
    }
    let (mantissa, exponent) = lower.split_once('e').unwrap_or((&lower, "0"));
    let Ok(exponent) = exponent.parse::<i32>() else { return lower };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let point = i32::try_from(whole.len()).unwrap_or(i32::MAX).saturating_add(exponent);
    if !(-400..=400).contains(&point) {
        return lower;
    }
    let (whole, fraction) = if point <= 0 {
        ("0".to_owned(), format!("{}{all}", "0".repeat(point.unsigned_abs() as usize)))
    } else {
        let padded = format!("{all:0<width$}", width = point as usize);
        let (whole, fraction) = padded.split_at(point as usize);
        (whole.to_owned(), fraction.to_owned())
    };
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    if fraction.is_empty() { format!("{whole}E0") } else { format!("{whole}.{fraction}") }
}

/// A type in the FE's CAST: decimals tell their width.
pub(crate) fn cast_name(data_type: &StarRocksType) -> String {
    match data_type {
        StarRocksType::Decimal(p, s) => {
            let width = match p {
                0..=9 => 32,
                10..=18 => 64,
                _ => 128,
            };
            // The parser makes every cast at least 64 bits wide.
            format!("DECIMAL{}({p},{s})", width.max(64))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::dialect::parse_expression;
    use super::*;
    use crate::sql::ast::QueryText;

    #[test]
    fn names_are_the_recorded_ones() {
        for (sql, name) in [
            ("1.5e10", "15000000000E0"),
            ("1e-7", "0.0000001"),
            ("5.", "5E0"),
            (".5", "0.5"),
            ("'a''b'", "'a\\'b'"),
            ("cast(1 as decimal(10,2))", "CAST(1 AS DECIMAL64(10,2))"),
            ("cast(127 as tinyint)+1", "(CAST(127 AS TINYINT)) + 1"),
            ("cast(cast('x' as date) as string)", "CAST((CAST('x' AS DATE)) AS VARCHAR(65533))"),
            ("case when 1=1 then 1 else 2.5 end", "CASE WHEN (1 = 1) THEN 1 ELSE 2.5 END"),
            ("dt + interval 1 day", "dt + INTERVAL 1 DAY"),
            ("connection_id() > 0", "(CONNECTION_ID()) > 0"),
            ("COUNT(distinct v)", "count(DISTINCT v)"),
            ("group_concat(v)", "group_concat(v SEPARATOR ',')"),
            ("@@session.x", "@@SESSION.x"),
            ("ar[1]", "ar[1]"),
            ("5 div 2", "5 DIV 2"),
        ] {
            let text = QueryText { sql: sql.to_owned(), at: Default::default(), hints: Vec::new() };
            assert_eq!(column_name(&parse_expression(&text).unwrap()), name, "{sql}");
        }
    }
}
