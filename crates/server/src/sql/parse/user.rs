// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Users and grants.

use super::Parser;
use crate::sql::ast::{Grant, GrantTarget, Password, Statement, UserStatement};
use crate::sql::error::SqlResult;
use crate::sql::lexer::Kind;

impl Parser<'_> {
    /// `name[@host]`; names and hosts may be quoted.
    pub(super) fn user(&mut self) -> SqlResult<(String, String)> {
        let name = self.name_or_string()?;
        let mut host = "%".to_owned();
        if self.eat_symbol("@") {
            let bracket = self.eat_symbol("[");
            host = self.name_or_string()?;
            if bracket {
                self.expect_symbol("]")?;
            }
        }
        Ok((name, host))
    }

    pub(super) fn create_user(&mut self) -> SqlResult<Statement> {
        let if_not_exists = self.if_not_exists();
        let (name, host) = self.user()?;
        let password = self.identified()?;
        self.text_until(|_| false);
        Ok(Statement::User(UserStatement::Create { name, host, if_not_exists, password }))
    }

    pub(super) fn alter_user(&mut self) -> SqlResult<Statement> {
        let if_exists = self.if_exists();
        let (name, host) = self.user()?;
        let password = self.identified()?;
        self.text_until(|_| false);
        Ok(Statement::User(UserStatement::Alter { name, host, if_exists, password }))
    }

    pub(super) fn drop_user(&mut self) -> SqlResult<Statement> {
        let if_exists = self.if_exists();
        let (name, host) = self.user()?;
        Ok(Statement::User(UserStatement::Drop { name, host, if_exists }))
    }

    fn identified(&mut self) -> SqlResult<Option<Password>> {
        if self.eat("IDENTIFIED WITH") {
            self.name_or_string()?;
            if self.eat("AS") {
                return self.string().map(Password::Hashed).map(Some);
            }
            return if self.eat("BY") { self.string().map(Password::Plain).map(Some) } else { Ok(None) };
        }
        if !self.eat("IDENTIFIED BY") {
            return Ok(None);
        }
        if self.eat("PASSWORD") {
            return self.string().map(Password::Hashed).map(Some);
        }
        self.string().map(Password::Plain).map(Some)
    }

    pub(super) fn grant(&mut self) -> SqlResult<Statement> {
        let word = self.next();
        let revoke = self.slice(&word).eq_ignore_ascii_case("REVOKE");
        let mut privileges = Vec::new();
        loop {
            let mut words = Vec::new();
            if let Kind::Text(role) = &self.token().kind {
                words.push(role.clone());
                self.at += 1;
            }
            while self.token().kind == Kind::Word && !self.is_word("ON") && !self.is_word("TO") && !self.is_word("FROM")
            {
                let token = self.next();
                words.push(self.slice(&token).to_owned());
            }
            privileges.push(words.join(" "));
            if !self.eat_symbol(",") {
                break;
            }
        }
        let target = if self.eat("ON") {
            if !privileges.iter().all(|p| is_privilege(p)) {
                self.at -= 1;
                return Err(self.no_viable(self.begin));
            }
            self.grant_target()?
        } else {
            return Ok(self.roles_unsupported());
        };
        self.expect(if revoke { "FROM" } else { "TO" })?;
        if self.is_word("ROLE") {
            return Ok(self.roles_unsupported());
        }
        self.eat("USER");
        let user = self.user()?;
        self.eat("WITH GRANT OPTION");
        let grant = Grant { privileges: privileges.iter().map(|p| p.to_ascii_uppercase()).collect(), target, user };
        Ok(Statement::User(if revoke { UserStatement::Revoke(grant) } else { UserStatement::Grant(grant) }))
    }

    fn roles_unsupported(&mut self) -> Statement {
        self.text_until(|_| false);
        Statement::Unsupported("granting and revoking of roles, and to and from them,".to_owned())
    }

    fn grant_target(&mut self) -> SqlResult<GrantTarget> {
        if self.eat("SYSTEM") {
            return Ok(GrantTarget::System);
        }
        if self.eat("CATALOG") || self.eat("ALL CATALOGS") {
            self.name().ok();
            return Ok(GrantTarget::Catalog);
        }
        if self.eat("DATABASE") {
            return Ok(GrantTarget::Database(self.name()?));
        }
        if self.eat("ALL DATABASES") {
            return Ok(GrantTarget::AllDatabases);
        }
        if self.eat("ALL TABLES IN DATABASE") {
            return Ok(GrantTarget::TablesIn(self.name()?));
        }
        if self.eat("ALL VIEWS IN DATABASE") {
            return Ok(GrantTarget::ViewsIn(self.name()?));
        }
        if self.eat("ALL TABLES IN ALL DATABASES") {
            return Ok(GrantTarget::AllTables);
        }
        if self.eat("ALL VIEWS IN ALL DATABASES") {
            return Ok(GrantTarget::AllViews);
        }
        if self.eat("VIEW") {
            let name = self.qualified_name()?;
            return Ok(GrantTarget::View(name.database, name.name));
        }
        self.eat("TABLE");
        if self.eat_symbol("*") {
            if self.eat_symbol(".") {
                self.expect_symbol("*")?;
            }
            return Ok(GrantTarget::AllTables);
        }
        let first = self.name()?;
        if !self.eat_symbol(".") {
            return Ok(GrantTarget::Table(None, first));
        }
        if self.eat_symbol("*") {
            return Ok(GrantTarget::TablesIn(first));
        }
        Ok(GrantTarget::Table(Some(first), self.name()?))
    }
}

fn is_privilege(words: &str) -> bool {
    const PRIVILEGES: [&str; 20] = [
        "SELECT",
        "INSERT",
        "UPDATE",
        "DELETE",
        "ALTER",
        "DROP",
        "CREATE TABLE",
        "CREATE DATABASE",
        "CREATE VIEW",
        "OPERATE",
        "NODE",
        "GRANT",
        "USAGE",
        "ALL",
        "ALL PRIVILEGES",
        "EXPORT",
        "CREATE FUNCTION",
        "CREATE MATERIALIZED VIEW",
        "REFRESH",
        "IMPERSONATE",
    ];
    PRIVILEGES.iter().any(|p| words.eq_ignore_ascii_case(p))
}
