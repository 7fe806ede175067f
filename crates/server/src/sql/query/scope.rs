// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Names that a query can use at some point: the columns of its FROM clause and those of the queries around it.

use std::collections::BTreeMap;

use datafusion::sql::sqlparser::ast::Ident;

use super::prepare::place;
use super::result_type::ResultType;
use crate::sql::error::{Position, SqlError, SqlResult};
use crate::sql::parse::is_reserved;

/// A column of a relation.
#[derive(Debug, Clone)]
pub(crate) struct ResultColumn {
    /// As declared.
    pub(crate) name: String,
    /// `None` when only planning tells.
    pub(crate) data_type: Option<ResultType>,
    pub(crate) nullable: bool,
    /// Whether it is a table's column as it is, which CREATE TABLE AS lets be NULL.
    pub(crate) plain: bool,
}

impl ResultColumn {
    /// A column of a table.
    pub(crate) fn of_table(name: impl Into<String>, data_type: ResultType, nullable: bool) -> Self {
        Self { name: name.into(), data_type: Some(data_type), nullable, plain: true }
    }
}

/// A table, view, common table expression or derived table in FROM.
#[derive(Debug, Clone)]
pub(crate) struct Relation {
    pub(crate) alias: String,
    pub(crate) columns: Vec<ResultColumn>,
}

/// The scope of a query and what it is nested in.
pub(crate) struct Scopes<'a> {
    pub(crate) relations: Vec<Relation>,
    /// Aliases of select items, lower case.
    pub(crate) aliases: Vec<String>,
    pub(crate) outer: Option<&'a Scopes<'a>>,
    pub(crate) user_variables: &'a BTreeMap<String, (Option<String>, ResultType)>,
    /// Where the query's text begins in the statement.
    pub(crate) origin: Position,
}

impl Scopes<'_> {
    /// The column of that name, in this query or one around it.
    pub(crate) fn column(&self, relation: Option<&str>, name: &str) -> Option<&ResultColumn> {
        let here = self
            .relations
            .iter()
            .filter(|r| relation.is_none_or(|wanted| r.alias == wanted))
            .find_map(|r| r.columns.iter().find(|c| c.name.eq_ignore_ascii_case(name)));
        here.or_else(|| self.outer?.column(relation, name))
    }

    /// Whether a relation of that name can be seen.
    pub(crate) fn has_relation(&self, name: &str) -> bool {
        self.relations.iter().any(|r| r.alias == name) || self.outer.is_some_and(|o| o.has_relation(name))
    }

    /// Whether a bare name may stand for a select item.
    pub(crate) fn has_alias(&self, name: &str) -> bool {
        self.aliases.iter().any(|a| a.eq_ignore_ascii_case(name))
    }

    pub(crate) fn user_variable(&self, name: &str) -> Option<ResultType> {
        let known = self.user_variables.get(&name.to_ascii_lowercase());
        Some(known.map_or(ResultType::Of(starrocks_types::StarRocksType::Varchar(1_048_576)), |(_, t)| t.clone()))
    }

    /// Refuses a word that cannot stand for a name unless it is in backquotes.
    pub(crate) fn check_word(&self, word: &Ident) -> SqlResult<()> {
        if word.quote_style.is_some() || !is_reserved(&word.value) {
            return Ok(());
        }
        let at = place(self.origin, word.span.start.line, word.span.start.column);
        let found = &word.value;
        Err(SqlError::syntax(
            at,
            format_args!("Unexpected input '{found}', the most similar input is {{a legal identifier}}"),
        ))
    }
}
