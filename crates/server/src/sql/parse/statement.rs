// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Which statement it is, and the short ones.

use super::Parser;
use crate::sql::ast::Statement;
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::lexer::Kind;

impl Parser<'_> {
    pub(super) fn statement(&mut self) -> SqlResult<Statement> {
        while matches!(self.token().kind, Kind::Hint(_)) {
            self.at += 1;
        }
        let token = self.token();
        let word = if token.kind == Kind::Word { self.slice(token).to_ascii_uppercase() } else { String::new() };
        match word.as_str() {
            "SELECT" | "WITH" | "VALUES" => Ok(Statement::Query(self.text_until(|_| false))),
            "" if self.is_symbol("(") => Ok(Statement::Query(self.text_until(|_| false))),
            "INSERT" => self.insert(),
            "UPDATE" => Ok(Statement::Update(self.text_until(|_| false))),
            "DELETE" => Ok(Statement::Delete(self.text_until(|_| false))),
            "CREATE" => self.create(),
            "DROP" => self.drop(),
            "ALTER" => self.alter(),
            "CANCEL" => self.cancel(),
            "TRUNCATE" => self.truncate(),
            "USE" => self.use_database(),
            "SET" => self.set(),
            "SHOW" => self.show(),
            "DESC" | "DESCRIBE" => self.describe(),
            "EXPLAIN" => self.explain(),
            "ADMIN" => self.admin(),
            "KILL" => self.kill(),
            "BEGIN" => {
                self.at += 1;
                self.eat("WORK");
                Ok(Statement::Begin)
            }
            "START" => {
                self.at += 1;
                self.expect("TRANSACTION")?;
                self.eat("WITH CONSISTENT SNAPSHOT");
                Ok(Statement::Begin)
            }
            "COMMIT" | "ROLLBACK" => {
                self.at += 1;
                self.eat("WORK");
                Ok(if word == "COMMIT" { Statement::Commit } else { Statement::Rollback })
            }
            "GRANT" | "REVOKE" => self.grant(),
            "PREPARE" | "EXECUTE" | "DEALLOCATE" => self.prepared(),
            "ANALYZE" => self.analyze(),
            "CALL" => Err(SqlError::plain("This connector doesn't support getting procedure")),
            "LOCK" | "UNLOCK" | "SYNC" | "REFRESH" => {
                self.text_until(|_| false);
                Ok(Statement::Nothing)
            }
            "HELP" => {
                self.text_until(|_| false);
                Ok(Statement::Show(crate::sql::ast::Show::Fixed("HELP".to_owned())))
            }
            "RECOVER" | "EXPORT" | "SUBMIT" | "BACKUP" | "RESTORE" | "PAUSE" | "RESUME" | "STOP" | "INSTALL"
            | "UNINSTALL" | "LOAD" | "TRACE" | "SUSPEND" => {
                self.text_until(|_| false);
                Ok(Statement::Unsupported(word))
            }
            _ => Err(self.unexpected(&similar(&word))),
        }
    }

    fn create(&mut self) -> SqlResult<Statement> {
        self.at += 1;
        let or_replace = self.eat("OR REPLACE");
        if self.eat("DATABASE") || self.eat("SCHEMA") {
            let if_not_exists = self.if_not_exists();
            let name = self.qualified_name()?;
            self.properties()?;
            return Ok(Statement::CreateDatabase { name, if_not_exists });
        }
        if self.eat("USER") {
            return self.create_user();
        }
        if self.eat("VIEW") {
            return self.create_view(or_replace);
        }
        let external = self.eat("EXTERNAL");
        let temporary = !external && self.eat("TEMPORARY");
        if self.eat("TABLE") {
            return self.create_table(temporary);
        }
        if self.is_word("FUNCTION") {
            return Err(SqlError::analyzing(
                "UDF is not enabled in FE, please configure enable_udf=true in fe/conf/fe.conf",
            ));
        }
        for unsupported in [
            "MATERIALIZED",
            "GLOBAL",
            "AGGREGATE",
            "ROUTINE",
            "RESOURCE",
            "CATALOG",
            "ROLE",
            "INDEX",
            "STORAGE",
            "PIPE",
            "REPOSITORY",
            "ANALYZE",
            "WAREHOUSE",
            "FILE",
        ] {
            if self.is_word(unsupported) || (external && self.is_word("CATALOG")) {
                self.text_until(|_| false);
                return Ok(Statement::Unsupported(format!("CREATE {unsupported}")));
            }
        }
        Err(self.no_viable(self.begin))
    }

    fn drop(&mut self) -> SqlResult<Statement> {
        self.at += 1;
        if self.eat("DATABASE") || self.eat("SCHEMA") {
            let if_exists = self.if_exists();
            let name = self.qualified_name()?;
            self.eat("FORCE");
            return Ok(Statement::DropDatabase { name, if_exists });
        }
        self.eat("TEMPORARY");
        let view = self.is_word("VIEW");
        if self.eat("TABLE") || self.eat("VIEW") {
            let if_exists = self.if_exists();
            let name = self.qualified_name()?;
            self.eat("FORCE");
            return Ok(Statement::DropTable { name, if_exists, view });
        }
        if self.eat("USER") {
            return self.drop_user();
        }
        if self.at_end() {
            return Err(self.no_viable(self.begin));
        }
        self.text_until(|_| false);
        Ok(Statement::Unsupported("DROP of this kind of object".to_owned()))
    }

    fn analyze(&mut self) -> SqlResult<Statement> {
        self.at += 1;
        let _ = self.eat("FULL") || self.eat("SAMPLE");
        if !self.eat("TABLE") {
            self.text_until(|_| false);
            return Ok(Statement::Nothing);
        }
        let name = self.qualified_name()?;
        self.text_until(|_| false);
        Ok(Statement::Analyze { name })
    }

    fn truncate(&mut self) -> SqlResult<Statement> {
        self.at += 1;
        self.expect("TABLE")?;
        let name = self.qualified_name()?;
        let partitions = if self.eat("PARTITION") { self.names_in_parentheses()? } else { Vec::new() };
        Ok(Statement::Truncate { name, partitions })
    }

    fn use_database(&mut self) -> SqlResult<Statement> {
        self.at += 1;
        let name = self.qualified_name()?;
        Ok(Statement::Use { catalog: name.database, database: name.name })
    }

    fn explain(&mut self) -> SqlResult<Statement> {
        let from = self.at;
        self.at += 1;
        for mode in ["LOGICAL", "VERBOSE", "COSTS", "ANALYZE", "REWRITE", "SCHEDULER"] {
            self.eat(mode);
        }
        let query = ["SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "VALUES"].iter().any(|w| self.is_word(w));
        if query || self.is_symbol("(") {
            return Ok(Statement::Explain(self.text_until(|_| false)));
        }
        Err(self.no_viable(from))
    }

    fn kill(&mut self) -> SqlResult<Statement> {
        self.at += 1;
        let _ = self.eat("CONNECTION") || self.eat("QUERY");
        Ok(Statement::Kill { id: self.integer()? })
    }

    fn admin(&mut self) -> SqlResult<Statement> {
        self.at += 1;
        if self.eat("SHOW FRONTEND CONFIG") {
            let filter = self.filter()?;
            return Ok(Statement::Show(crate::sql::ast::Show::FrontendConfig(filter)));
        }
        if self.eat("SET FRONTEND CONFIG") {
            return Ok(Statement::AdminSetConfig(self.property_list()?));
        }
        self.text_until(|_| false);
        Ok(Statement::Unsupported("ADMIN".to_owned()))
    }

    fn prepared(&mut self) -> SqlResult<Statement> {
        let word = self.next();
        let word = self.slice(&word).to_ascii_uppercase();
        if word == "DEALLOCATE" {
            self.expect("PREPARE")?;
            return Ok(Statement::Deallocate { name: self.name()? });
        }
        let name = self.name()?;
        if word == "EXECUTE" {
            let mut using = Vec::new();
            if self.eat("USING") {
                using = self.comma_separated(|p| {
                    p.expect_symbol("@")?;
                    p.name()
                })?;
            }
            return Ok(Statement::Execute { name, using });
        }
        self.expect("FROM")?;
        let sql = match self.token().kind {
            Kind::Text(_) => self.string()?,
            _ => self.text_until(|_| false).sql,
        };
        Ok(Statement::Prepare { name, sql })
    }
}

/// Beginnings of statements near a word that begins none, as the FE would suggest them.
fn similar(word: &str) -> String {
    match word {
        "" => "'EXPORT', 'REVOKE', 'RECOVER', 'REFRESH', 'RESTORE', '(', ';'",
        _ => "'SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', '(', ';'",
    }
    .to_owned()
}
