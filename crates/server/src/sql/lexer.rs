// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Words, strings, numbers and symbols of a statement, with their places.

use super::error::{Position, SqlError, SqlResult};

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A bare word.
    Word,
    /// A name in backquotes; the value is the name.
    Quoted(String),
    /// A string literal; the value has its escapes resolved.
    Text(String),
    /// A number.
    Number,
    /// An operator or punctuation.
    Symbol,
    /// A `/*+ … */` hint; the value is what is between.
    Hint(String),
    /// The end of the text.
    End,
}

/// A token: `text[start..end]`.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) at: Position,
}

/// Symbols of more than one character, longest first.
const LONG_SYMBOLS: [&str; 13] = ["<=>", "<<=", ">>>", "<=", ">=", "<>", "!=", "||", "&&", "->", "@@", ":=", "=>"];

/// Most tokens of a text: the FE's `parse_tokens_limit`.
const MOST_TOKENS: usize = 3_500_000;

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    place: Position,
}

impl Scanner<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn advance(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        if c == '\n' {
            self.place = Position { line: self.place.line + 1, column: 0 };
        } else {
            self.place.column += 1;
        }
        Some(c)
    }

    fn advance_while(&mut self, keep: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&keep) {
            self.advance();
        }
    }

    fn advance_by(&mut self, bytes: usize) {
        let end = self.at + bytes;
        while self.at < end && self.advance().is_some() {}
    }

    /// Skips blanks and comments; gives the hint if it meets one.
    fn skip(&mut self) -> Option<String> {
        loop {
            self.advance_while(char::is_whitespace);
            let rest = self.rest();
            if rest.starts_with("--") || rest.starts_with('#') {
                self.advance_while(|c| c != '\n');
            } else if rest.starts_with("/*") {
                let hint = rest.starts_with("/*+");
                let length = rest.find("*/").map_or(rest.len(), |end| end + 2);
                let body = rest.get(3..length.saturating_sub(2)).unwrap_or_default().trim().to_owned();
                self.advance_by(length);
                if hint {
                    return Some(body);
                }
            } else {
                return None;
            }
        }
    }

    /// Reads a string or quoted name that starts here.
    fn quoted(&mut self, quote: char) -> SqlResult<String> {
        let start = self.place;
        self.advance();
        let mut value = String::new();
        while let Some(c) = self.advance() {
            if c == quote {
                if self.peek() != Some(quote) {
                    return Ok(value);
                }
                self.advance();
                value.push(quote);
            } else if c == '\\' && quote != '`' {
                match self.advance() {
                    Some('n') => value.push('\n'),
                    Some('t') => value.push('\t'),
                    Some('r') => value.push('\r'),
                    Some('b') => value.push('\u{8}'),
                    Some('0') => value.push('\0'),
                    Some('Z') => value.push('\u{1a}'),
                    // `\%` and `\_` stay as they are: LIKE wants the backslash.
                    Some(c @ ('%' | '_')) => value.extend(['\\', c]),
                    Some(c) => value.push(c),
                    None => break,
                }
            } else {
                value.push(c);
            }
        }
        Err(SqlError::syntax(
            start,
            format_args!("Unexpected input '{quote}', the most similar input is {{<EOF>, ';'}}"),
        ))
    }
}

/// Splits a text into tokens; the last one is [`Kind::End`].
///
/// # Errors
/// A text or name that is not closed, and more than [`MOST_TOKENS`].
pub(crate) fn tokens(text: &str) -> SqlResult<Vec<Token>> {
    let mut scanner = Scanner { text, at: 0, place: Position { line: 1, column: 0 } };
    let mut tokens = Vec::new();
    loop {
        if tokens.len() >= MOST_TOKENS {
            return Err(SqlError::plain(
                "Getting syntax error. Detail message: Statement exceeds maximum length limit, please consider modify \
                 'parse_tokens_limit' session variable.",
            ));
        }
        if let Some(hint) = scanner.skip() {
            let (at, place) = (scanner.at, scanner.place);
            tokens.push(Token { kind: Kind::Hint(hint), start: at, end: at, at: place });
            continue;
        }
        let (start, at) = (scanner.at, scanner.place);
        let kind = match scanner.peek() {
            None => Kind::End,
            Some('`') => Kind::Quoted(scanner.quoted('`')?),
            Some(quote @ ('\'' | '"')) => Kind::Text(scanner.quoted(quote)?),
            Some(c) if c.is_ascii_digit() => {
                number(&mut scanner);
                Kind::Number
            }
            Some('.')
                if scanner.rest().chars().nth(1).is_some_and(|c| c.is_ascii_digit()) && !follows_name(&tokens) =>
            {
                number(&mut scanner);
                Kind::Number
            }
            Some(c) if is_word(c) => {
                scanner.advance_while(is_word);
                Kind::Word
            }
            Some(c) => {
                let long = LONG_SYMBOLS.iter().find(|s| scanner.rest().starts_with(**s));
                scanner.advance_by(long.map_or(c.len_utf8(), |s| s.len()));
                Kind::Symbol
            }
        };
        let end = kind == Kind::End;
        tokens.push(Token { kind, start, end: scanner.at, at });
        if end {
            return Ok(tokens);
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

fn follows_name(tokens: &[Token]) -> bool {
    matches!(tokens.last().map(|t| &t.kind), Some(Kind::Word | Kind::Quoted(_)))
}

/// A number, or a word that begins with digits, such as the database `1abc`.
fn number(scanner: &mut Scanner<'_>) {
    scanner.advance_while(|c| c.is_ascii_digit());
    if scanner.peek() == Some('.') {
        scanner.advance();
        scanner.advance_while(|c| c.is_ascii_digit());
    }
    let rest = scanner.rest();
    let mut chars = rest.chars();
    if matches!(chars.next(), Some('e' | 'E')) {
        let signed = matches!(chars.next(), Some('+' | '-'));
        let digit = rest.chars().nth(1 + usize::from(signed));
        if digit.is_some_and(|c| c.is_ascii_digit()) {
            scanner.advance_by(1 + usize::from(signed));
            scanner.advance_while(|c| c.is_ascii_digit());
        }
    }
    scanner.advance_while(is_word);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<String> {
        tokens(text)
            .unwrap()
            .into_iter()
            .map(|t| match t.kind {
                Kind::Quoted(v) | Kind::Text(v) => v,
                Kind::End => "<end>".to_owned(),
                _ => text[t.start..t.end].to_owned(),
            })
            .collect()
    }

    #[test]
    fn comments_are_skipped_and_escapes_resolved() {
        assert_eq!(
            kinds("a -- x\n/* y */`b``c` 'it''s\\n' \"d\\\"q\" 1.5e10 <=>"),
            ["a", "b`c", "it's\n", "d\"q", "1.5e10", "<=>", "<end>"]
        );
    }

    #[test]
    fn places_count_lines_from_one_and_characters_from_zero() {
        let list = tokens("ä b\n c").unwrap();
        assert_eq!(list[1].at, Position { line: 1, column: 2 });
        assert_eq!(list[2].at, Position { line: 2, column: 1 });
    }

    #[test]
    fn an_open_string_is_an_error() {
        assert_eq!(tokens("select 'a").unwrap_err().code, 1064);
    }
}
