// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! SET.

use super::Parser;
use crate::sql::ast::{Assignment, Password, SetValue, Statement};
use crate::sql::error::SqlResult;
use crate::sql::lexer::Kind;

impl Parser<'_> {
    pub(super) fn set(&mut self) -> SqlResult<Statement> {
        self.at += 1;
        if self.eat("CATALOG") {
            let database = self.name()?;
            return Ok(Statement::Use { catalog: Some(database), database: String::new() });
        }
        if self.eat("ROLE") || self.eat("DEFAULT ROLE") {
            let role = self.text_until(|_| false).sql;
            return Ok(Statement::Set(vec![Assignment::Role(role)]));
        }
        if self.eat("PROPERTY") || self.eat("DEFAULT") {
            self.text_until(|_| false);
            return Ok(Statement::Nothing);
        }
        self.comma_separated(Self::assignment).map(Statement::Set)
    }

    fn assignment(&mut self) -> SqlResult<Assignment> {
        if self.eat("NAMES") {
            let charset = if self.eat("DEFAULT") { None } else { Some(self.name_or_string()?) };
            if self.eat("COLLATE") {
                self.name_or_string()?;
            }
            return Ok(Assignment::Names { charset });
        }
        if self.eat("CHARACTER SET") || self.eat("CHAR SET") || self.eat("CHARSET") {
            let charset = if self.eat("DEFAULT") { None } else { Some(self.name_or_string()?) };
            return Ok(Assignment::Names { charset });
        }
        if self.eat("PASSWORD") {
            let user = if self.eat("FOR") { Some(self.user()?) } else { None };
            self.expect_symbol("=")?;
            return Ok(Assignment::Password { user, password: self.set_password()? });
        }
        if self.is_symbol("@") {
            self.at += 1;
            let name = self.name_or_string()?;
            if !self.eat_symbol(":=") {
                self.expect_symbol("=")?;
            }
            return Ok(Assignment::User { name, value: self.text_until(|p| p.is_symbol(",")) });
        }
        let mut global = false;
        if self.eat_symbol("@@") {
            for (scope, is_global) in [("GLOBAL", true), ("SESSION", false), ("LOCAL", false)] {
                if self.is_word(scope) && self.symbol_at(1, ".") {
                    self.at += 2;
                    global = is_global;
                }
            }
        } else {
            global = self.eat("GLOBAL");
            let _ = !global && (self.eat("SESSION") || self.eat("LOCAL") || self.eat("VERBOSE"));
            if self.eat("TRANSACTION") {
                self.text_until(|_| false);
                return Ok(Assignment::Nothing);
            }
        }
        let name = self.name()?;
        if !self.eat_symbol(":=") {
            self.expect_symbol("=")?;
        }
        Ok(Assignment::Variable { global, name, value: self.set_value()? })
    }

    fn set_value(&mut self) -> SqlResult<SetValue> {
        let alone = self.symbol_at(1, ",") || self.symbol_at(1, ";") || self.ahead(1).kind == Kind::End;
        if alone {
            if self.eat("DEFAULT") {
                return Ok(SetValue::Default);
            }
            if self.eat("NULL") {
                return Ok(SetValue::Null);
            }
            match &self.token().kind {
                Kind::Text(text) => {
                    let text = text.clone();
                    self.at += 1;
                    return Ok(SetValue::Text(text));
                }
                Kind::Word | Kind::Number => {
                    let token = self.next();
                    return Ok(SetValue::Text(self.slice(&token).to_owned()));
                }
                _ => {}
            }
        }
        if self.at_statement_end() {
            return Err(self.unexpected("a legal identifier"));
        }
        Ok(SetValue::Expression(self.text_until(|p| p.is_symbol(","))))
    }

    fn set_password(&mut self) -> SqlResult<Password> {
        if self.eat("PASSWORD") {
            self.expect_symbol("(")?;
            let plain = self.string()?;
            self.expect_symbol(")")?;
            return Ok(Password::Plain(plain));
        }
        Ok(Password::Hashed(self.string()?))
    }
}
