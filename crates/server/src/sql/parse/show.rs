// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! SHOW and DESCRIBE.

use super::Parser;
use crate::sql::ast::{Filter, Name, Show, Statement};
use crate::sql::error::SqlResult;

/// Statements that take no argument that matters, or only a database or a filter that cannot select anything here.
const FIXED: &[&str] = &[
    "ENGINES",
    "COLLATION",
    "CHARACTER SET",
    "CHARSET",
    "PLUGINS",
    "PRIVILEGES",
    "STATUS",
    "WARNINGS",
    "ERRORS",
    "FRONTENDS",
    "BACKENDS",
    "COMPUTE NODES",
    "ROUTINE LOAD",
    "ALL ROUTINE LOAD",
    "STREAM LOAD",
    "ALL STREAM LOAD",
    "DELETE",
    "ROLES",
    "USERS",
    "RESOURCES",
    "REPOSITORIES",
    "BACKUP",
    "RESTORE",
    "EXPORT",
    "MATERIALIZED VIEWS",
    "RESOURCE GROUPS",
    "WAREHOUSES",
    "STORAGE VOLUMES",
    "CATALOGS",
    "PIPES",
    "ANALYZE JOB",
    "ANALYZE STATUS",
    "STATS META",
    "PROPERTY",
    "CREATE CATALOG",
    "EVENTS",
    "TRIGGERS",
    "PROCEDURE STATUS",
    "FUNCTION STATUS",
    "OPEN TABLES",
    "SQLBLACKLIST",
    "DYNAMIC PARTITION TABLES",
    "RUNNING QUERIES",
    "PROFILELIST",
    "BROKER",
    "TEMPORARY TABLES",
    "ROUTINE LOAD TASK",
    "TASKS",
    "VIEWS",
];

impl Parser<'_> {
    pub(super) fn show(&mut self) -> SqlResult<Statement> {
        let from = self.at;
        self.at += 1;
        let show = if self.eat("DATABASES") || self.eat("SCHEMAS") {
            if self.eat("FROM") || self.eat("IN") {
                self.qualified_name()?;
            }
            Show::Databases(self.filter()?)
        } else if self.is_word("TABLES") || (self.is_word("FULL") && self.word_at(1, "TABLES")) {
            let full = self.eat("FULL");
            self.at += 1;
            let database = self.from()?;
            Show::Tables { full, database, filter: self.filter()? }
        } else if self.eat("TABLE STATUS") {
            let database = self.from()?;
            Show::TableStatus { database, filter: self.filter()? }
        } else if ["COLUMNS", "FIELDS"].iter().any(|w| self.is_word(w) || (self.is_word("FULL") && self.word_at(1, w)))
        {
            let full = self.eat("FULL");
            self.at += 1;
            let table = self.table_clause()?;
            Show::Columns { full, table, filter: self.filter()? }
        } else if self.eat("CREATE TABLE") || self.eat("CREATE MATERIALIZED VIEW") {
            Show::CreateTable(self.qualified_name()?)
        } else if self.eat("CREATE VIEW") {
            Show::CreateView(self.qualified_name()?)
        } else if self.eat("CREATE DATABASE") || self.eat("CREATE SCHEMA") {
            Show::CreateDatabase(self.qualified_name()?.name)
        } else if self.variables() {
            self.show_variables()?
        } else if self.eat("ALTER TABLE") || self.eat("ALTER MATERIALIZED VIEW") {
            let kind = if self.word_before(from + 1, "MATERIALIZED") {
                "ROLLUP".to_owned()
            } else {
                let kinds = ["COLUMN", "ROLLUP", "OPTIMIZE"];
                let Some(kind) = kinds.into_iter().find(|kind| self.eat(kind)) else {
                    return Err(self.unexpected("'COLUMN', 'ROLLUP', 'OPTIMIZE'"));
                };
                kind.to_owned()
            };
            let database = self.from()?.map(|n| n.name);
            Show::AlterTable { kind, database, filter: self.filter()? }
        } else if self.eat("PARTITIONS") || self.eat("TEMPORARY PARTITIONS") {
            let table = self.table_clause()?;
            self.text_until(|_| false);
            Show::Partitions { table }
        } else if self.eat("TABLET") || self.eat("TABLETS") {
            let table = self.table_clause()?;
            self.text_until(|_| false);
            Show::Tablets { table }
        } else if self.eat("INDEX") || self.eat("INDEXES") || self.eat("KEYS") || self.eat("KEY") {
            Show::Index { table: self.table_clause()? }
        } else if self.eat("LOAD") {
            let database = self.from()?.map(|n| n.name);
            Show::Load { database, filter: self.filter()? }
        } else if self.eat("TRANSACTION") {
            let database = self.from()?.map(|n| n.name);
            let mut id = None;
            if self.eat("WHERE") {
                self.expect("ID")?;
                self.expect_symbol("=")?;
                id = Some(self.integer()?);
            }
            Show::Transaction { database, id }
        } else if self.eat("PROC") {
            Show::Proc(self.string()?)
        } else if self.eat("PROCESSLIST") || self.eat("FULL PROCESSLIST") {
            self.text_until(|_| false);
            Show::ProcessList
        } else if self.eat("GRANTS") {
            let user = if self.eat("FOR") {
                self.eat("USER");
                Some(self.user()?)
            } else {
                None
            };
            Show::Grants(user)
        } else if self.eat("AUTHENTICATION") {
            Show::Authentication { all: false }
        } else if self.eat("ALL AUTHENTICATION") {
            Show::Authentication { all: true }
        } else if self.eat("DATA") {
            Show::Data { table: self.from()? }
        } else if self.function_list() {
            let database = self.from()?.map(|n| n.name);
            let wide = self.word_before(from, "FULL");
            self.text_until(|_| false);
            if wide { Show::Fixed("FULL FUNCTIONS".to_owned()) } else { Show::Functions { database } }
        } else {
            return self.fixed(from);
        };
        Ok(Statement::Show(show))
    }

    fn word_before(&self, from: usize, word: &str) -> bool {
        self.tokens.get(from + 1).is_some_and(|t| self.slice(t).eq_ignore_ascii_case(word))
    }

    fn function_list(&mut self) -> bool {
        self.eat("FULL BUILTIN FUNCTIONS")
            || self.eat("BUILTIN FUNCTIONS")
            || self.eat("FULL FUNCTIONS")
            || self.eat("FUNCTIONS")
    }

    fn variables(&self) -> bool {
        self.is_word("VARIABLES")
            || ["GLOBAL", "SESSION", "LOCAL", "VERBOSE"].iter().any(|w| self.is_word(w)) && self.word_at(1, "VARIABLES")
    }

    fn show_variables(&mut self) -> SqlResult<Show> {
        let global = self.eat("GLOBAL");
        if !self.eat("VARIABLES") {
            self.at += 2;
        }
        Ok(Show::Variables { global, filter: self.filter()? })
    }

    fn fixed(&mut self, from: usize) -> SqlResult<Statement> {
        if self.is_word("SESSION") || self.is_word("GLOBAL") || self.is_word("COUNT") {
            self.at += 1;
        }
        if self.is_word("STORAGE") && !self.word_at(1, "VOLUMES") {
            self.at += 1;
            return Err(self.unexpected("'VOLUMES'"));
        }
        if self.eat("SNAPSHOT") {
            self.expect("ON")?;
        }
        if self.eat("USAGE") {
            return Err(self.no_viable(from));
        }
        // The longest name wins: STATUS, but also PROCEDURE STATUS.
        let found = FIXED.iter().filter(|name| name.split(' ').enumerate().all(|(n, w)| self.word_at(n, w)));
        if let Some(name) = found.max_by_key(|name| name.len()) {
            self.text_until(|_| false);
            return Ok(Statement::Show(Show::Fixed((*name).to_owned())));
        }
        Err(self.no_viable(from))
    }

    fn from(&mut self) -> SqlResult<Option<Name>> {
        if self.eat("FROM") || self.eat("IN") { self.qualified_name().map(Some) } else { Ok(None) }
    }

    /// `FROM table [FROM database]`
    fn table_clause(&mut self) -> SqlResult<Name> {
        let Some(mut table) = self.from()? else {
            return Err(self.unexpected("'FROM', 'IN'"));
        };
        if let Some(database) = self.from()? {
            table.database = Some(database.name);
        }
        Ok(table)
    }

    pub(super) fn filter(&mut self) -> SqlResult<Filter> {
        let mut filter = Filter::default();
        if self.eat("LIKE") {
            filter.like = Some(self.string()?);
        } else if self.eat("WHERE") {
            filter.condition = Some(self.text_until(|p| p.is_word("ORDER") || p.is_word("LIMIT")));
        }
        if self.eat("ORDER BY") {
            filter.order_by = self.comma_separated(|p| {
                let column = p.name()?;
                let descending = p.eat("DESC");
                p.eat("ASC");
                Ok((column, descending))
            })?;
        }
        if self.eat("LIMIT") {
            let first = self.integer()?;
            filter.limit = Some(if self.eat_symbol(",") {
                (first, self.integer()?)
            } else if self.eat("OFFSET") {
                (self.integer()?, first)
            } else {
                (0, first)
            });
        }
        Ok(filter)
    }

    pub(super) fn describe(&mut self) -> SqlResult<Statement> {
        let query = ["SELECT", "WITH", "INSERT", "UPDATE", "DELETE"].iter().any(|w| self.word_at(1, w));
        if query {
            self.at += 1;
            return Ok(Statement::Explain(self.text_until(|_| false)));
        }
        self.at += 1;
        let name = self.qualified_name()?;
        let all = self.eat("ALL");
        Ok(Statement::Describe { name, all })
    }
}
