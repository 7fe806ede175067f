// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What must be seen before the operands of an expression are rewritten: types of arguments, units, casts that StarRocks
//! does not have.

use datafusion::sql::sqlparser::ast::{
    AccessExpr, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Spanned as _, Subscript, Value,
};
use starrocks_types::StarRocksType as T;

use super::coerce::{coerce, coerce_arguments};
use super::infer::{arguments, cast_type, infer};
use super::names::print;
use super::result_type::ResultType;
use super::scope::Scopes;
use crate::sql::error::{Position, SqlError, SqlResult};
use crate::sql::types::create_form;

/// A call, for the error when there is no such function.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(super) name: String,
    /// `name(type, …)`
    pub(super) signature: String,
    /// Line and column of its name in the query's text, both from 1.
    pub(super) at: (u64, u64),
}

/// Prepares `expr` itself; `calls` collects what it calls.
pub(super) fn prepare(expr: &mut Expr, scopes: &Scopes<'_>, calls: &mut Vec<Call>) -> SqlResult<()> {
    match expr {
        Expr::Cast { expr: inner, data_type, .. } => {
            if let (Some(ResultType::Of(from)), Some(to)) = (infer(inner, scopes), cast_type(data_type)) {
                castable(&from, &to, inner)?;
            }
            Ok(())
        }
        Expr::Function(function) => {
            let name = function.name.to_string().replace('`', "").to_ascii_lowercase();
            if let Some(new) = replaced(&name, function, scopes) {
                *expr = new;
                return Ok(());
            }
            calls.push(call(name.clone(), function, scopes));
            coerce_arguments(&name, function, scopes);
            Ok(())
        }
        other => {
            coerce(other, scopes);
            Ok(())
        }
    }
}

fn castable(from: &T, to: &T, inner: &Expr) -> SqlResult<()> {
    let refused =
        matches!((from, to), (T::Map(..) | T::Struct(_), T::Json) | (T::Json, T::Date | T::DateTime | T::Varbinary(_)));
    if !refused {
        return Ok(());
    }
    Err(SqlError::analyzing(format_args!(
        "Invalid type cast from {} to {} in sql `{}`",
        create_form(from),
        to.to_string().to_lowercase(),
        print(inner)
    )))
}

/// Calls that are something else, or whose first argument is a word.
fn replaced(name: &str, function: &mut Function, scopes: &Scopes<'_>) -> Option<Expr> {
    match name {
        "typeof" => {
            let arguments = arguments(function);
            let [argument] = arguments.as_slice() else { return None };
            let known = infer(argument, scopes)?;
            Some(Expr::Value(Value::SingleQuotedString(type_name(&known)).into()))
        }
        "element_at" => {
            let arguments = arguments(function);
            let [root, index] = arguments.as_slice() else { return None };
            let index = Subscript::Index { index: (*index).clone() };
            let access_chain = vec![AccessExpr::Subscript(index)];
            Some(Expr::CompoundFieldAccess { root: Box::new((*root).clone()), access_chain })
        }
        "timestampdiff" | "timestampadd" => {
            if let FunctionArguments::List(list) = &mut function.args
                && let Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(unit))) = list.args.first_mut()
                && let Expr::Identifier(word) = unit
            {
                *unit = Expr::Value(Value::SingleQuotedString(word.value.to_ascii_uppercase()).into());
            }
            None
        }
        _ => None,
    }
}

/// As `typeof` tells it.
fn type_name(known: &ResultType) -> String {
    match known {
        ResultType::Of(T::Decimal(p, s)) => {
            let width = match p {
                0..=9 => 32,
                10..=18 => 64,
                _ => 128,
            };
            format!("decimal{width}({p}, {s})")
        }
        ResultType::Of(T::Varchar(_)) | ResultType::Text => "varchar".to_owned(),
        ResultType::Of(T::Char(_)) => "char".to_owned(),
        ResultType::Of(other) => other.to_string().to_lowercase(),
        ResultType::Blob => "varbinary".to_owned(),
        ResultType::Null => "boolean".to_owned(),
    }
}

fn call(name: String, function: &Function, scopes: &Scopes<'_>) -> Call {
    let shown = |argument: &&Expr| match infer(argument, scopes) {
        Some(ResultType::Of(known)) => create_form(&known),
        Some(ResultType::Blob) => "varbinary".to_owned(),
        Some(ResultType::Null) => "null_type".to_owned(),
        Some(ResultType::Text) | None => "varchar".to_owned(),
    };
    let types: Vec<String> = arguments(function).iter().map(shown).collect();
    let start = function.name.span().start;
    Call { signature: format!("{name}({})", types.join(", ")), name, at: (start.line, start.column) }
}

/// The place in the statement of a place in the query's text, where lines and columns count from 1.
pub(super) fn place(origin: Position, line: u64, column: u64) -> Position {
    let (line, column) = (u32::try_from(line).unwrap_or(1), u32::try_from(column).unwrap_or(1));
    let shift = if line <= 1 { origin.column } else { 0 };
    Position { line: origin.line.max(1) + line.max(1) - 1, column: column.saturating_sub(1) + shift }
}
