// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! StarRocks' queries and expressions for sqlparser: MySQL's with maps, arrays and subscripts.

use std::any::TypeId;

use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr, Query, Statement};
use datafusion::sql::sqlparser::dialect::{Dialect, MySqlDialect, Precedence};
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::Token;

use crate::sql::ast::QueryText;
use crate::sql::error::{Position, SqlError, SqlResult};

/// How deep expressions may nest.
const DEPTH: usize = 100;

#[derive(Debug)]
struct StarRocksDialect;

const MYSQL: MySqlDialect = MySqlDialect {};

impl Dialect for StarRocksDialect {
    // sqlparser asks for MySQL in places that no method covers.
    fn dialect(&self) -> TypeId {
        TypeId::of::<MySqlDialect>()
    }
    fn is_identifier_start(&self, ch: char) -> bool {
        MYSQL.is_identifier_start(ch)
    }
    fn is_identifier_part(&self, ch: char) -> bool {
        MYSQL.is_identifier_part(ch)
    }
    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        ch == '`'
    }
    fn identifier_quote_style(&self, _: &str) -> Option<char> {
        Some('`')
    }
    fn supports_string_literal_backslash_escape(&self) -> bool {
        true
    }
    fn ignores_wildcard_escapes(&self) -> bool {
        true
    }
    fn supports_bitwise_shift_operators(&self) -> bool {
        true
    }
    fn require_interval_qualifier(&self) -> bool {
        true
    }
    fn supports_limit_comma(&self) -> bool {
        true
    }
    fn supports_double_ampersand_operator(&self) -> bool {
        true
    }
    fn supports_bang_not_operator(&self) -> bool {
        true
    }
    fn is_table_factor_alias(&self, explicit: bool, keyword: &Keyword, parser: &mut Parser<'_>) -> bool {
        MYSQL.is_table_factor_alias(explicit, keyword, parser)
    }
    fn support_map_literal_syntax(&self) -> bool {
        true
    }
    fn supports_lambda_functions(&self) -> bool {
        false
    }
    fn supports_group_by_expr(&self) -> bool {
        true
    }
    fn supports_window_function_null_treatment_arg(&self) -> bool {
        true
    }
    fn supports_values_as_table_factor(&self) -> bool {
        true
    }
    fn supports_select_wildcard_except(&self) -> bool {
        true
    }

    // `array<int>[1, 2]`: the elements tell what they are.
    fn parse_prefix(&self, parser: &mut Parser<'_>) -> Option<Result<Expr, ParserError>> {
        let is_array = matches!(&parser.peek_token_ref().token, Token::Word(word) if word.keyword == Keyword::ARRAY);
        if !is_array || parser.peek_nth_token_ref(1).token != Token::Lt {
            return None;
        }
        let array = parser.parse_data_type().and_then(|_| {
            parser.expect_token(&Token::LBracket)?;
            parser.parse_array_expr(false)
        });
        Some(array)
    }

    fn parse_infix(&self, parser: &mut Parser<'_>, left: &Expr, precedence: u8) -> Option<Result<Expr, ParserError>> {
        if !parser.parse_keyword(Keyword::DIV) {
            return None;
        }
        Some(parser.parse_subexpr(precedence).map(|right| Expr::BinaryOp {
            left: Box::new(left.clone()),
            op: BinaryOperator::MyIntegerDivide,
            right: Box::new(right),
        }))
    }

    fn prec_value(&self, precedence: Precedence) -> u8 {
        MYSQL.prec_value(precedence)
    }
}

/// Parses a query.
pub(crate) fn parse_query(text: &QueryText) -> SqlResult<Query> {
    parse(text, |parser| parser.parse_query().map(|q| *q))
}

/// Parses UPDATE or DELETE.
pub(crate) fn parse_statement(text: &QueryText) -> SqlResult<Statement> {
    parse(text, |parser| parser.parse_statement())
}

/// Parses an expression alone.
pub(crate) fn parse_expression(text: &QueryText) -> SqlResult<Expr> {
    parse(text, |parser| parser.parse_expr())
}

fn parse<T>(text: &QueryText, rule: impl FnOnce(&mut Parser<'_>) -> Result<T, ParserError>) -> SqlResult<T> {
    super::depth::check(text)?;
    let mut parser = Parser::new(&StarRocksDialect)
        .with_recursion_limit(DEPTH)
        .try_with_sql(&text.sql)
        .map_err(|error| syntax_error(text, &error.to_string()))?;
    let parsed = rule(&mut parser).map_err(|error| syntax_error(text, &error.to_string()))?;
    let rest = parser.peek_token();
    if rest.token == Token::EOF {
        return Ok(parsed);
    }
    let at = shifted(text, rest.span.start.line, rest.span.start.column);
    Err(SqlError::syntax(
        at,
        format_args!("Unexpected input '{}', the most similar input is {{<EOF>, ';'}}", rest.token),
    ))
}

/// sqlparser says `… Expected: x, found: y at Line: 1, Column: 5`.
fn syntax_error(text: &QueryText, message: &str) -> SqlError {
    let message = message.trim_start_matches("sql parser error: ");
    let number = |label: &str| -> Option<u64> {
        let rest = message.rsplit_once(label)?.1;
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    let (Some(line), Some(column)) = (number("Line: "), number("Column: ")) else {
        let found = message.rsplit_once("found: ").map_or("<EOF>", |(_, found)| found);
        let found = if found == "EOF" { "<EOF>" } else { found };
        return SqlError::syntax(
            end_of(text),
            format_args!("Unexpected input '{found}', the most similar input is {{a legal identifier}}"),
        );
    };
    let found = message.rsplit_once("found: ").map_or("", |(_, rest)| rest);
    let found = found.rsplit_once(" at Line").map_or(found, |(found, _)| found);
    SqlError::syntax(
        shifted(text, line, column),
        format_args!("Unexpected input '{found}', the most similar input is {{a legal identifier}}"),
    )
}

fn end_of(text: &QueryText) -> Position {
    let lines = u32::try_from(text.sql.matches('\n').count()).unwrap_or(0);
    let last = text.sql.rsplit('\n').next().unwrap_or_default();
    let column = u32::try_from(last.chars().count()).unwrap_or(0);
    let shift = if lines == 0 { text.at.column } else { 0 };
    Position { line: text.at.line + lines, column: column + shift }
}

/// A place in the query as a place in the statement; sqlparser counts both from 1.
fn shifted(text: &QueryText, line: u64, column: u64) -> Position {
    let (line, column) = (u32::try_from(line).unwrap_or(1), u32::try_from(column).unwrap_or(1));
    if line == 0 {
        return end_of(text);
    }
    let shift = if line == 1 { text.at.column } else { 0 };
    Position { line: text.at.line + line - 1, column: column.saturating_sub(1) + shift }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(sql: &str) -> SqlResult<Query> {
        parse_query(&QueryText { sql: sql.to_owned(), at: Position { line: 1, column: 3 }, hints: Vec::new() })
    }

    #[test]
    fn starrocks_expressions_parse() {
        for sql in [
            "select `a b`, \"text\", @@session.x, @v, 5 div 2, 1 <=> null, js->'a', ar[1], map{1:'a'}, [1, 2]",
            "select cast(1 as largeint), cast('x' as varbinary), dt + interval 1 day, a regexp 'x' from t limit 1, 2",
            "select x from (values (1, 'a'), (2, 'b')) t(x, y) where not x && y || z",
            "select group_concat(distinct v separator ',') from t group by k having count(*) > 1",
            "select `user`.`select` from `default_catalog`.`d`.`t` as `user`",
        ] {
            query(sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
        }
    }

    #[test]
    fn errors_tell_the_place_in_the_statement() {
        let error = query("select 1 +").unwrap_err();
        assert!(error.message.starts_with("Getting syntax error at line 1, column 13."), "{error}");
        let error = query("select a\nfrom t where ) x").unwrap_err();
        assert!(error.message.starts_with("Getting syntax error at line 2, column 13."), "{error}");
    }
}
