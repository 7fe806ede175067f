// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! SQL text: names and strings that cannot be left, and tokens of what others wrote.

use starrocks_types::{Error, ErrorKind, Result, StarRocksType};

use crate::metadata::quoted;

/// Names in back-quotes, with commas between.
pub(super) fn quoted_list<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    names.into_iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
}

/// A string in double quotes, as DDL writes them.
pub(super) fn string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A type as DDL takes it: field names of STRUCT are quoted.
pub(crate) fn type_text(data_type: &StarRocksType) -> String {
    match data_type {
        StarRocksType::Array(element) => format!("ARRAY<{}>", type_text(element)),
        StarRocksType::Map(key, value) => format!("MAP<{},{}>", type_text(key), type_text(value)),
        StarRocksType::Struct(fields) => {
            let fields: Vec<_> = fields.iter().map(|(name, t)| format!("{} {}", quoted(name), type_text(t))).collect();
            format!("STRUCT<{}>", fields.join(", "))
        }
        plain => plain.to_string(),
    }
}

/// A token and where it is in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word or a number, as written.
    Word(String),
    /// A name in back-quotes, without them.
    Name(String),
    /// A string, without quotes and escapes.
    Text(String),
    Symbol(char),
}

/// Cuts SQL text into tokens; blanks and comments are left out. `None` for a quote or comment that is not closed.
pub(super) fn tokens(sql: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut chars = sql.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        let rest = sql.get(start..).unwrap_or_default();
        if c.is_whitespace() {
            continue;
        }
        if c == '#' || rest.starts_with("--") {
            while chars.next_if(|(_, c)| *c != '\n').is_some() {}
            continue;
        }
        if rest.starts_with("/*") {
            let end = start + rest.get(2..)?.find("*/")? + 4;
            while chars.next_if(|(at, _)| *at < end).is_some() {}
            continue;
        }
        let kind = match c {
            '`' | '"' | '\'' => {
                let mut inside = String::new();
                loop {
                    match chars.next()?.1 {
                        q if q == c => {
                            // Twice is once.
                            if chars.next_if(|(_, next)| *next == c).is_none() {
                                break;
                            }
                            inside.push(c);
                        }
                        '\\' if c != '`' => inside.push(chars.next()?.1),
                        other => inside.push(other),
                    }
                }
                if c == '`' { Kind::Name(inside) } else { Kind::Text(inside) }
            }
            c if is_word(c) => {
                let mut word = String::from(c);
                while let Some((_, c)) = chars.next_if(|(_, c)| is_word(*c)) {
                    word.push(c);
                }
                Kind::Word(word)
            }
            c => Kind::Symbol(c),
        };
        let end = chars.peek().map_or(sql.len(), |(at, _)| *at);
        found.push(Token { kind, start, end });
    }
    Some(found)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$' || c == '@'
}

/// Refuses what is more than one statement.
pub(super) fn one_statement(sql: &str) -> Result<()> {
    let wrong = |what: &str| Error::new(ErrorKind::InvalidConfig, what.to_owned()).operation("execute statement");
    let tokens = tokens(sql).ok_or_else(|| wrong("a quote or comment of the statement is not closed"))?;
    let end = tokens.iter().position(|t| t.kind == Kind::Symbol(';')).unwrap_or(tokens.len());
    if end == 0 {
        return Err(wrong("the statement is empty"));
    }
    if tokens.iter().skip(end).any(|t| t.kind != Kind::Symbol(';')) {
        return Err(wrong("more than one statement").hint("execute them one by one"));
    }
    Ok(())
}

/// Checks a clause that a user wrote in SQL: it must end where its text ends, so that it cannot become another clause.
pub(super) fn clause(what: &'static str, sql: &str) -> Result<String> {
    let wrong = |why: &str| {
        Error::new(ErrorKind::InvalidConfig, format!("the {what} clause cannot be used: {why}")).with("clause", sql)
    };
    let tokens = tokens(sql).ok_or_else(|| wrong("a quote or comment is not closed"))?;
    let mut depth = 0_usize;
    for token in &tokens {
        match token.kind {
            Kind::Symbol('(') => depth += 1,
            Kind::Symbol(')') => {
                depth = depth.checked_sub(1).ok_or_else(|| wrong("a parenthesis is closed too much"))?
            }
            Kind::Symbol(';') => return Err(wrong("it holds a semicolon")),
            _ => {}
        }
    }
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) if depth == 0 => {
            let inside = sql.get(first.start..last.end).unwrap_or_default();
            // A comment at the end would hide what follows.
            Ok(if inside.contains("--") || inside.contains('#') { format!("{inside}\n") } else { inside.to_owned() })
        }
        (None, _) => Err(wrong("it is empty")),
        _ => Err(wrong("a parenthesis is not closed")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_and_strings_cannot_be_left() {
        assert_eq!(quoted("a`b"), "`a``b`");
        assert_eq!(string(r#"a"b\"#), r#""a\"b\\""#);
        let struct_type = StarRocksType::Struct(vec![("a`> b".into(), StarRocksType::Int)]);
        assert_eq!(type_text(&struct_type), "STRUCT<`a``> b` INT>");
    }

    #[test]
    fn one_statement_is_one() {
        for sql in ["SELECT ';'", "TRUNCATE TABLE `a;b`;", "SELECT 1 /* ; */;;", "SELECT 1; -- done"] {
            assert!(one_statement(sql).is_ok(), "{sql}");
        }
        for sql in ["", ";", "SELECT 1; DROP TABLE t", "SELECT 'open", "SELECT 1 /* open", "-- nothing"] {
            assert_eq!(one_statement(sql).unwrap_err().kind(), ErrorKind::InvalidConfig, "{sql}");
        }
    }

    #[test]
    fn a_clause_stays_a_clause() {
        for sql in ["date_trunc('day', d)", "RANGE(d) (PARTITION p VALUES LESS THAN (\"2024-01-01)\"))", "(`a;)`)"] {
            assert_eq!(clause("PARTITION BY", sql).unwrap(), sql);
        }
        for sql in ["", "a)", "(a", "a; DROP TABLE t", "'a", "a) DISTRIBUTED BY RANDOM ("] {
            assert!(clause("PARTITION BY", sql).is_err(), "{sql}");
        }
    }

    proptest! {
        #[test]
        fn quoted_text_is_one_token(text in ".{0,40}") {
            let names = tokens(&quoted(&text)).unwrap();
            prop_assert_eq!(&names[0].kind, &Kind::Name(text.clone()));
            let strings = tokens(&string(&text)).unwrap();
            prop_assert_eq!(&strings[0].kind, &Kind::Text(text));
            prop_assert!(names.len() == 1 && strings.len() == 1);
        }
    }
}
