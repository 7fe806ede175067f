// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The parser of statements. Queries and expressions are cut out as text for the expression parser; everything that
//! only StarRocks has is parsed here.

mod alter;
mod cursor;
mod dml;
mod names;
mod partition;
mod reserved;
mod set;
mod show;
mod statement;
mod table;
mod types;
mod user;

pub(crate) use reserved::is_reserved;

use super::ast::{QueryText, Statement};
use super::error::{Position, Span, SqlError, SqlResult};
use super::lexer::{Token, tokens};

/// Most statements of a text, each of which is kept until those before it are done.
const MOST_STATEMENTS: usize = 100_000;

/// Parses a text of one or more statements. An error leaves the statements before it.
pub(crate) fn parse(text: &str) -> (Vec<(Statement, String)>, Option<SqlError>) {
    let mut statements = Vec::new();
    let tokens = match tokens(text) {
        Ok(tokens) => tokens,
        Err(error) => return (statements, Some(error)),
    };
    let mut parser = Parser { text, tokens, at: 0, begin: 0 };
    loop {
        if statements.len() >= MOST_STATEMENTS {
            let text = format!("more than {MOST_STATEMENTS} statements in one text; send it in several");
            return (Vec::new(), Some(SqlError::plain(text)));
        }
        if parser.eat_symbol(";") {
            statements.push((Statement::Empty, String::new()));
        } else {
            parser.begin = parser.at;
            let start = parser.token().start;
            match parser.statement().and_then(|s| parser.end_of_statement().map(|()| s)) {
                Ok(statement) => {
                    let end = parser.previous_end();
                    statements.push((statement, text.get(start..end).unwrap_or_default().to_owned()));
                }
                Err(error) => return (statements, Some(error)),
            }
            parser.eat_symbol(";");
        }
        if parser.at_end() {
            return (statements, None);
        }
    }
}

/// Parses a type alone, such as `decimal(10, 2)`.
pub(crate) fn parse_type(text: &str) -> SqlResult<starrocks_types::StarRocksType> {
    let mut parser = Parser { text, tokens: tokens(text)?, at: 0, begin: 0 };
    parser.data_type()
}

/// The place in the statement of a token of a query's text.
fn placed(text: &QueryText, token: &Token) -> Position {
    let shift = if token.at.line == 1 { text.at.column } else { 0 };
    Position { line: text.at.line.max(1) + token.at.line - 1, column: token.at.column + shift }
}

/// The place of the parenthesis that ends the call whose name is at `from` in the statement.
pub(crate) fn end_of_call(text: &QueryText, from: Position) -> Option<Position> {
    let mut depth = 0_u32;
    for token in tokens(&text.sql).ok()?.iter().skip_while(|t| placed(text, t) != from) {
        match text.sql.get(token.start..token.end).unwrap_or_default() {
            "(" => depth += 1,
            ")" if depth <= 1 => return Some(placed(text, token)),
            ")" => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The place of the call of that name, if there is but one.
pub(crate) fn only_call(text: &QueryText, name: &str) -> Option<Span> {
    let tokens = tokens(&text.sql).ok()?;
    let is_name = |t: &&Token| text.sql.get(t.start..t.end).is_some_and(|word| word.eq_ignore_ascii_case(name));
    let mut calls = tokens.iter().filter(is_name);
    let from = placed(text, calls.next()?);
    if calls.next().is_some() {
        return None;
    }
    end_of_call(text, from).map(|to| Span { from, to })
}

pub(super) struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    /// The first token of the statement.
    begin: usize,
}
