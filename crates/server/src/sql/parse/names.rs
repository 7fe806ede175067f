// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Names, literals, and lists of them.

use super::{Parser, is_reserved};
use crate::sql::ast::Name;
use crate::sql::error::SqlResult;
use crate::sql::lexer::Kind;

impl Parser<'_> {
    /// A name: a word that is not reserved, or anything in backquotes.
    pub(super) fn name(&mut self) -> SqlResult<String> {
        let token = self.token();
        let name = match &token.kind {
            Kind::Quoted(name) => name.clone(),
            Kind::Word if !is_reserved(self.slice(token)) => self.slice(token).to_owned(),
            // `1abc` is a name, `1` is none.
            Kind::Number if self.slice(token).contains(|c: char| c.is_alphabetic() || c == '_') => {
                self.slice(token).to_owned()
            }
            _ => return Err(self.unexpected("a legal identifier")),
        };
        self.at += 1;
        Ok(name)
    }

    /// `[[catalog.]database.]name`
    pub(super) fn qualified_name(&mut self) -> SqlResult<Name> {
        let mut parts = vec![self.name()?];
        while parts.len() < 3 && self.eat_symbol(".") {
            // Behind a dot every word is a name.
            let token = self.token();
            let part = match &token.kind {
                Kind::Quoted(name) => name.clone(),
                Kind::Word | Kind::Number => self.slice(token).to_owned(),
                _ => return Err(self.unexpected("a legal identifier")),
            };
            self.at += 1;
            parts.push(part);
        }
        let name = parts.pop().unwrap_or_default();
        let database = parts.pop();
        Ok(Name { catalog: parts.pop(), database, name })
    }

    pub(super) fn names_in_parentheses(&mut self) -> SqlResult<Vec<String>> {
        self.expect_symbol("(")?;
        let names = self.comma_separated(Self::name)?;
        self.expect_symbol(")")?;
        Ok(names)
    }

    pub(super) fn comma_separated<T>(&mut self, mut item: impl FnMut(&mut Self) -> SqlResult<T>) -> SqlResult<Vec<T>> {
        let mut items = vec![item(self)?];
        while self.eat_symbol(",") {
            items.push(item(self)?);
        }
        Ok(items)
    }

    pub(super) fn string(&mut self) -> SqlResult<String> {
        match &self.token().kind {
            Kind::Text(text) => {
                let text = text.clone();
                self.at += 1;
                Ok(text)
            }
            _ => Err(self.unexpected("SINGLE_QUOTED_TEXT, DOUBLE_QUOTED_TEXT")),
        }
    }

    /// A name or a string, as user names and labels may be written.
    pub(super) fn name_or_string(&mut self) -> SqlResult<String> {
        if matches!(self.token().kind, Kind::Text(_)) { self.string() } else { self.name() }
    }

    pub(super) fn integer<T: std::str::FromStr>(&mut self) -> SqlResult<T> {
        let token = self.token();
        match (token.kind == Kind::Number).then(|| self.slice(token).parse().ok()).flatten() {
            Some(number) => {
                self.at += 1;
                Ok(number)
            }
            None => Err(self.unexpected("INTEGER_VALUE")),
        }
    }

    pub(super) fn if_exists(&mut self) -> bool {
        self.eat("IF EXISTS")
    }

    pub(super) fn if_not_exists(&mut self) -> bool {
        self.eat("IF NOT EXISTS")
    }

    /// `PROPERTIES ("key" = "value", …)`, if it follows. Keys keep their case.
    pub(super) fn properties(&mut self) -> SqlResult<Vec<(String, String)>> {
        if self.eat("PROPERTIES") { self.property_list() } else { Ok(Vec::new()) }
    }

    pub(super) fn property_list(&mut self) -> SqlResult<Vec<(String, String)>> {
        self.expect_symbol("(")?;
        let list = self.comma_separated(|p| {
            let key = p.name_or_string()?;
            p.expect_symbol("=")?;
            let value = if p.token().kind == Kind::Number {
                let token = p.next();
                p.slice(&token).to_owned()
            } else {
                p.name_or_string()?
            };
            Ok((key, value))
        })?;
        self.expect_symbol(")")?;
        Ok(list)
    }
}
