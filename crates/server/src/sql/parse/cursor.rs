// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The place in the tokens, and how it moves.

use super::Parser;
use crate::sql::ast::QueryText;
use crate::sql::error::{Position, Span, SqlError, SqlResult};
use crate::sql::lexer::{Kind, Token};

impl Parser<'_> {
    pub(super) fn token(&self) -> &Token {
        // The list ends with `End`, behind which `at` never goes.
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    pub(super) fn ahead(&self, n: usize) -> &Token {
        &self.tokens[(self.at + n).min(self.tokens.len() - 1)]
    }

    pub(super) fn next(&mut self) -> Token {
        let token = self.token().clone();
        if token.kind != Kind::End {
            self.at += 1;
        }
        token
    }

    pub(super) fn slice(&self, token: &Token) -> &str {
        self.text.get(token.start..token.end).unwrap_or_default()
    }

    pub(super) fn previous_end(&self) -> usize {
        self.at.checked_sub(1).and_then(|i| self.tokens.get(i)).map_or(0, |t| t.end)
    }

    pub(super) fn at_end(&self) -> bool {
        self.token().kind == Kind::End
    }

    pub(super) fn at_statement_end(&self) -> bool {
        self.at_end() || self.is_symbol(";")
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        self.word_at(0, word)
    }

    pub(super) fn word_at(&self, n: usize, word: &str) -> bool {
        let token = self.ahead(n);
        token.kind == Kind::Word && self.slice(token).eq_ignore_ascii_case(word)
    }

    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        self.symbol_at(0, symbol)
    }

    pub(super) fn symbol_at(&self, n: usize, symbol: &str) -> bool {
        let token = self.ahead(n);
        token.kind == Kind::Symbol && self.slice(token) == symbol
    }

    /// Eats the words if they all follow.
    pub(super) fn eat(&mut self, words: &str) -> bool {
        let count = words.split(' ').count();
        let all = words.split(' ').enumerate().all(|(n, word)| self.word_at(n, word));
        if all {
            self.at += count;
        }
        all
    }

    pub(super) fn eat_symbol(&mut self, symbol: &str) -> bool {
        let found = self.is_symbol(symbol);
        if found {
            self.at += 1;
        }
        found
    }

    pub(super) fn expect(&mut self, word: &str) -> SqlResult<()> {
        if self.eat(word) { Ok(()) } else { Err(self.unexpected(&format!("'{word}'"))) }
    }

    pub(super) fn expect_symbol(&mut self, symbol: &str) -> SqlResult<()> {
        if self.eat_symbol(symbol) { Ok(()) } else { Err(self.unexpected(&format!("'{symbol}'"))) }
    }

    pub(super) fn end_of_statement(&mut self) -> SqlResult<()> {
        if self.at_statement_end() { Ok(()) } else { Err(self.unexpected("<EOF>, ';'")) }
    }

    /// The error for the token here, where one of `expected` was due.
    pub(super) fn unexpected(&self, expected: &str) -> SqlError {
        let token = self.token();
        let found = if token.kind == Kind::End { "<EOF>" } else { self.slice(token) };
        SqlError::syntax(token.at, format_args!("Unexpected input '{found}', the most similar input is {{{expected}}}"))
    }

    /// The error for a construct from token `from` on that no rule begins like.
    pub(super) fn no_viable(&self, from: usize) -> SqlError {
        let token = self.token();
        let start = self.tokens.get(from).map_or(0, |t| t.start);
        let input = self.text.get(start..token.end).unwrap_or_default();
        SqlError::syntax(token.at, format_args!("No viable statement for input '{input}'"))
    }

    /// The place from token `from` to the one before here.
    pub(super) fn span(&self, from: usize) -> Span {
        let first = self.tokens.get(from).map_or(Position::default(), |t| t.at);
        let last = self.at.checked_sub(1).and_then(|i| self.tokens.get(i)).map_or(first, |t| t.at);
        Span { from: first, to: last }
    }

    /// Takes tokens until `stop` says so outside parentheses, or the statement ends.
    pub(super) fn text_until(&mut self, stop: impl Fn(&Self) -> bool) -> QueryText {
        let (first, start) = (self.at, self.token().start);
        let at = self.token().at;
        let mut depth = 0_i32;
        while !self.at_statement_end() && (depth != 0 || !stop(self)) {
            if self.is_symbol("(") || self.is_symbol("[") || self.is_symbol("{") {
                depth += 1;
            } else if self.is_symbol(")") || self.is_symbol("]") || self.is_symbol("}") {
                depth -= 1;
                if depth < 0 {
                    break;
                }
            }
            self.at += 1;
        }
        let end = if self.at > first { self.previous_end() } else { start };
        let mut hints = Vec::new();
        for token in self.tokens.get(first..self.at).unwrap_or_default() {
            if let Kind::Hint(hint) = &token.kind {
                hints.push(hint.clone());
            }
        }
        QueryText { sql: self.text.get(start..end).unwrap_or_default().to_owned(), at, hints }
    }

    pub(super) fn query_from_here(&mut self) -> QueryText {
        self.text_until(|_| false)
    }
}
