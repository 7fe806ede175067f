// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! INSERT.

use super::Parser;
use crate::sql::ast::{Insert, Statement};
use crate::sql::error::SqlResult;

impl Parser<'_> {
    pub(super) fn insert(&mut self) -> SqlResult<Statement> {
        self.at += 1;
        let overwrite = self.eat("OVERWRITE");
        if !overwrite {
            self.expect("INTO")?;
        }
        self.eat("TABLE");
        let table = self.qualified_name()?;
        if self.eat("TEMPORARY PARTITION") || self.eat("PARTITION") {
            self.expect_symbol("(")?;
            self.text_until(|_| false);
            self.expect_symbol(")")?;
        }
        let (mut columns, mut label) = (None, None);
        loop {
            if self.eat("WITH LABEL") || self.eat("LABEL") {
                label = Some(self.name_or_string()?);
            } else if columns.is_none() && self.is_symbol("(") && !self.word_at(1, "SELECT") && !self.symbol_at(1, "(")
            {
                columns = Some(self.names_in_parentheses()?);
            } else if self.eat("PROPERTIES") {
                self.property_list()?;
            } else {
                break;
            }
        }
        if !["VALUES", "SELECT", "WITH"].iter().any(|w| self.is_word(w)) && !self.is_symbol("(") {
            return Err(self.unexpected("'SELECT', 'VALUES', 'WITH', '('"));
        }
        let source = self.query_from_here();
        Ok(Statement::Insert(Insert { table, columns, label, overwrite, source }))
    }
}
