// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The items of a select list.

use datafusion::sql::sqlparser::ast::{Expr, Select, SelectItem, SelectItemQualifiedWildcardKind, Value};

use super::bind::{ident, identifiers};
use super::scope::{ResultColumn, Scopes};
use crate::sql::error::{SqlError, SqlResult};

/// Most columns of the select lists of a statement: the time to plan a list grows with the square of its length.
pub(super) const MOST_COLUMNS: usize = 4096;

pub(super) fn item_expr(item: &SelectItem) -> Option<&Expr> {
    match item {
        SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => Some(expr),
        _ => None,
    }
}

pub(super) fn position_of(expr: &Expr) -> Option<usize> {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::Number(digits, _) => digits.to_string().parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

/// Puts columns in the places of `*`. `left` tells how many columns the statement may still have, and then has.
pub(super) fn expand_wildcards(
    select: &mut Select,
    scopes: &Scopes<'_>,
    grouped: bool,
    left: &mut usize,
) -> SqlResult<()> {
    let mut items = Vec::with_capacity(select.projection.len());
    let check = |items: &[SelectItem]| match left.checked_sub(items.len()) {
        Some(left) => Ok(left),
        None => Err(SqlError::analyzing(format_args!(
            "The select lists of the statement have more than {MOST_COLUMNS} columns, and no more are planned. Select fewer, \
             or use several statements"
        ))),
    };
    for item in std::mem::take(&mut select.projection) {
        check(&items)?;
        let wanted = match &item {
            SelectItem::Wildcard(_) => None,
            SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), _) => {
                Some(identifiers(name).pop().unwrap_or_default())
            }
            _ => {
                items.push(item);
                continue;
            }
        };
        if grouped {
            return Err(SqlError::analyzing(format_args!("cannot combine '*' in select list with GROUP BY: {item}")));
        }
        if scopes.relations.is_empty() {
            return Err(SqlError::analyzing("No tables used"));
        }
        let mut any = false;
        for relation in scopes.relations.iter().filter(|r| wanted.as_ref().is_none_or(|w| *w == r.alias)) {
            any = true;
            for column in &relation.columns {
                let parts = vec![ident(&relation.alias), ident(&column.name)];
                items.push(SelectItem::UnnamedExpr(Expr::CompoundIdentifier(parts)));
            }
        }
        if !any {
            return Err(SqlError::analyzing(format_args!("Unknown table '{}'", wanted.unwrap_or_default())));
        }
    }
    *left = check(&items)?;
    select.projection = items;
    Ok(())
}

/// Gives an alias to items whose names the engine could not tell apart.
pub(super) fn distinguish(items: &mut [SelectItem], columns: &[ResultColumn]) {
    let mut seen: Vec<String> = Vec::new();
    for (i, item) in items.iter_mut().enumerate() {
        let key = match item {
            SelectItem::ExprWithAlias { alias, .. } => alias.value.clone(),
            SelectItem::UnnamedExpr(Expr::Identifier(name)) => name.value.clone(),
            SelectItem::UnnamedExpr(Expr::CompoundIdentifier(parts)) => {
                parts.last().map(|p| p.value.clone()).unwrap_or_default()
            }
            _ => columns.get(i).map(|c| c.name.to_lowercase()).unwrap_or_default(),
        };
        let expr = match item {
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => expr.clone(),
            _ => continue,
        };
        let plain = matches!(item, SelectItem::UnnamedExpr(Expr::Identifier(_) | Expr::CompoundIdentifier(_)));
        if seen.contains(&key) {
            *item = SelectItem::ExprWithAlias { expr, alias: ident(&format!("{key}#{i}")) };
        } else if !plain && matches!(item, SelectItem::UnnamedExpr(_)) {
            // The engine prints expressions in its own way; the FE's name is what outer queries use.
            *item = SelectItem::ExprWithAlias { expr, alias: ident(&key) };
        }
        seen.push(key);
    }
}
