// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! How deep an expression or a query may be. What its operators join is a tree as deep as there are operators, and planning goes
//! down each tree, on a stack that ends the process where it overflows.

use crate::sql::ast::QueryText;
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::lexer::{Kind, Token, tokens};

/// Most operators that are chained, and parentheses that are open, at one place.
const MOST: usize = 2000;

/// Most expressions of a list in parentheses or brackets, and rows of VALUES: the FE's `expr_children_limit`.
const MOST_CHILDREN: usize = 10_000;

/// What a text comes to.
#[derive(Debug, Default, PartialEq, Eq)]
struct Extent {
    deepest: usize,
    /// The longest list of expressions.
    exprs: usize,
    /// The longest list of rows.
    rows: usize,
}

/// What the commas of a level are between.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Between {
    #[default]
    Exprs,
    Rows,
    /// The parts of a query; its columns are counted where `*` is known.
    Parts,
}

/// What is open at a place.
#[derive(Default)]
struct Level {
    between: Between,
    commas: usize,
    /// Operators since the last comma.
    operators: usize,
    /// Queries and tables that are joined to one.
    joined: usize,
}

/// Refuses a text that is too deep to be planned.
pub(super) fn check(text: &QueryText) -> SqlResult<()> {
    // An operator takes a character, and so does what it is applied to.
    if text.sql.len() <= 2 * MOST {
        return Ok(());
    }
    // What is no token is told where it is parsed.
    let Ok(tokens) = tokens(&text.sql) else { return Ok(()) };
    let Extent { deepest, exprs, rows } = extent(&text.sql, &tokens);
    if deepest > MOST {
        return Err(SqlError::analyzing(format_args!(
            "The statement chains or nests {deepest} operators, and at most {MOST} are planned. Use IN for many values, or \
             several statements"
        )));
    }
    for (what, count) in [("number of exprs", exprs), ("inserted rows", rows)] {
        if count > MOST_CHILDREN {
            return Err(SqlError::plain(format!(
                "Getting syntax error. Detail message: The {what} are {count} exceeded the maximum limit {MOST_CHILDREN}, \
                 please consider modify 'expr_children_limit' in FE conf."
            )));
        }
    }
    Ok(())
}

fn extent(text: &str, tokens: &[Token]) -> Extent {
    let mut open = vec![Level::default()];
    // The operators and queries of all levels, and the levels themselves.
    let (mut depth, mut extent) = (1, Extent { deepest: 1, ..Extent::default() });
    for token in tokens {
        let word = text.get(token.start..token.end).unwrap_or_default();
        let (symbol, keyword) = (token.kind == Kind::Symbol, token.kind == Kind::Word);
        let is = |names: &[&str]| keyword && names.iter().any(|name| word.eq_ignore_ascii_case(name));
        if symbol && matches!(word, "(" | "[" | "{") || is(&["CASE"]) {
            open.push(Level::default());
            depth += 1;
        } else if symbol && matches!(word, ")" | "]" | "}") || is(&["END"]) {
            if open.len() > 1
                && let Some(level) = open.pop()
            {
                depth -= level.operators + level.joined + 1;
            }
        } else if let Some(level) = open.last_mut() {
            if symbol && matches!(word, "," | ";") {
                depth -= level.operators;
                level.operators = 0;
                level.commas += 1;
                match level.between {
                    Between::Exprs => extent.exprs = extent.exprs.max(level.commas + 1),
                    Between::Rows => extent.rows = extent.rows.max(level.commas + 1),
                    Between::Parts => {}
                }
            } else if is(&["SELECT", "VALUES"]) {
                level.between = if is(&["VALUES"]) { Between::Rows } else { Between::Parts };
                level.commas = 0;
            } else if is(&["UNION", "EXCEPT", "MINUS", "INTERSECT", "JOIN"]) {
                level.joined += 1;
                depth += 1;
            } else if symbol && !matches!(word, "." | "@" | "@@") || is(&["AND", "OR", "NOT", "DIV", "XOR"]) {
                level.operators += 1;
                depth += 1;
            }
        }
        extent.deepest = extent.deepest.max(depth);
    }
    extent
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(sql: &str) -> usize {
        extent(sql, &tokens(sql).unwrap()).deepest
    }

    #[test]
    fn operators_add_up_within_parentheses_and_not_over_commas() {
        assert_eq!(depth("select 1"), 1);
        assert_eq!(depth("select a + b + c and d"), 4);
        assert_eq!(depth("select -1, -1, -1, -1"), 2);
        assert_eq!(depth("select a + (b + (c + d))"), 6);
        assert_eq!(depth("select a, b union all select a, b union all select a, b"), 3);
        assert_eq!(depth("select case when a then case when b then 1 end end"), 3);
        assert_eq!(depth("select ) ) ) 1 end"), 1);
    }

    #[test]
    fn what_is_too_deep_is_refused_and_long_lists_are_not() {
        let text = |sql: String| QueryText { sql, at: Default::default(), hints: Vec::new() };
        let refused = check(&text(format!("select 1{}", "+1".repeat(3000)))).unwrap_err();
        assert!(refused.message.contains("chains or nests 3001 operators, and at most 2000"), "{refused}");
        check(&text(format!("select 1 from t where a in ({}0)", "-1,".repeat(9000)))).unwrap();
        check(&text(format!("values (1){}", ",(-1, 'a')".repeat(9000)))).unwrap();
    }

    #[test]
    fn lists_are_as_long_as_a_frontend_admits() {
        let refusal =
            |sql: String| check(&QueryText { sql, at: Default::default(), hints: Vec::new() }).unwrap_err().message;
        let list = "1,".repeat(10_000);
        let long = refusal(format!("select 1 from t where a in ({list}0)"));
        assert!(long.contains("The number of exprs are 10001 exceeded the maximum limit 10000"), "{long}");
        assert_eq!(refusal(format!("select [{list}0]")), long);
        let rows = refusal(format!("values (1){}", ",(1)".repeat(10_000)));
        assert!(rows.contains("The inserted rows are 10001 exceeded the maximum limit 10000"), "{rows}");
        let parts = Extent { deepest: 1, exprs: 2, rows: 0 };
        let sql = "select a, b, f(1, 2), d from t order by a, b, c";
        assert_eq!(extent(sql, &tokens(sql).unwrap()), Extent { deepest: 2, ..parts });
    }
}
