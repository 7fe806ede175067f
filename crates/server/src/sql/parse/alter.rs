// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! ALTER and CANCEL.

use super::Parser;
use crate::sql::ast::{AlterClause, Place, Statement};
use crate::sql::error::{SqlError, SqlResult};

impl Parser<'_> {
    pub(super) fn alter(&mut self) -> SqlResult<Statement> {
        self.at += 1;
        if self.eat("USER") {
            return self.alter_user();
        }
        if self.eat("DATABASE") {
            let name = self.qualified_name()?.name;
            if self.eat("RENAME") {
                return Ok(Statement::RenameDatabase { name, to: self.name()? });
            }
            self.expect("SET")?;
            self.text_until(|_| false);
            return Ok(Statement::SetQuota { name });
        }
        if !self.eat("TABLE") {
            self.text_until(|_| false);
            return Ok(Statement::Unsupported("ALTER of this kind of object".to_owned()));
        }
        let name = self.qualified_name()?;
        let mut clauses = Vec::new();
        loop {
            self.alter_clause(&mut clauses)?;
            if !self.eat_symbol(",") {
                break;
            }
        }
        Ok(Statement::AlterTable { name, clauses })
    }

    fn alter_clause(&mut self, clauses: &mut Vec<AlterClause>) -> SqlResult<()> {
        let from = self.at;
        let clause = if self.eat("ADD COLUMN") {
            if self.eat_symbol("(") {
                let columns = self.comma_separated(|p| p.column(false))?;
                self.expect_symbol(")")?;
                self.in_and_properties()?;
                clauses.extend(columns.into_iter().map(|c| AlterClause::AddColumn(c, Place::Last)));
                return Ok(());
            }
            if self.is_word("IF") {
                return Err(self.no_viable(from));
            }
            let column = self.column(false)?;
            let place = self.place()?;
            self.in_and_properties()?;
            AlterClause::AddColumn(column, place)
        } else if self.eat("DROP COLUMN") {
            let name = self.name()?;
            self.in_and_properties()?;
            AlterClause::DropColumn(name)
        } else if self.is_word("MODIFY") && self.word_at(1, "COLUMN") && self.word_at(3, "COMMENT") {
            self.at += 2;
            let name = self.name()?;
            self.at += 1;
            AlterClause::ModifyColumnComment(name, self.string()?)
        } else if self.eat("MODIFY COLUMN") {
            let column = self.column(false)?;
            let place = self.place()?;
            self.in_and_properties()?;
            AlterClause::ModifyColumn(column, place)
        } else if self.eat("RENAME COLUMN") {
            let old = self.name()?;
            self.eat("TO");
            AlterClause::RenameColumn(old, self.name()?)
        } else if self.eat("RENAME") {
            if self.is_word("TO") {
                return Err(self.no_viable(from));
            }
            if self.is_word("PARTITION") || self.is_word("ROLLUP") {
                self.text_until(|p| p.is_symbol(","));
                AlterClause::Nothing
            } else {
                AlterClause::Rename(self.name()?)
            }
        } else if self.eat("COMMENT") {
            self.eat_symbol("=");
            AlterClause::Comment(self.string()?)
        } else if self.eat("SET") {
            AlterClause::SetProperties(self.property_list()?)
        } else if self.eat("SWAP WITH") {
            AlterClause::Swap(self.name()?)
        } else if self.eat("ORDER BY") {
            let columns = self.names_in_parentheses()?;
            self.in_and_properties()?;
            AlterClause::OrderBy(columns)
        } else if self.eat("ADD INDEX") {
            self.at -= 1;
            AlterClause::AddIndex(self.index()?)
        } else if self.eat("DROP INDEX") {
            AlterClause::DropIndex(self.name()?)
        } else if self.is_word("ADD") && (self.word_at(1, "PARTITION") || self.word_at(1, "TEMPORARY")) {
            self.at += 1;
            self.eat("TEMPORARY");
            AlterClause::AddPartition(self.partition_item()?)
        } else if self.eat("ADD PARTITIONS") {
            AlterClause::AddPartition(self.partition_item()?)
        } else if self.eat("DROP PARTITION") {
            let if_exists = self.if_exists();
            let name = self.name()?;
            self.eat("FORCE");
            AlterClause::DropPartition { name, if_exists }
        } else if self.eat("TRUNCATE PARTITION") {
            let names = if self.is_symbol("(") { self.names_in_parentheses()? } else { vec![self.name()?] };
            AlterClause::TruncatePartition(names)
        } else if self.eat("ADD ROLLUP") {
            self.text_until(|_| false);
            AlterClause::AddRollup
        } else if self.is_word("COMPACT")
            || self.is_word("DISTRIBUTED")
            || self.is_word("BASE")
            || self.is_word("MODIFY")
        {
            self.text_until(|_| false);
            AlterClause::Nothing
        } else {
            return Err(self.unexpected("<EOF>, ';'"));
        };
        clauses.push(clause);
        Ok(())
    }

    fn place(&mut self) -> SqlResult<Place> {
        if self.eat("FIRST") {
            return Ok(Place::First);
        }
        if self.eat("AFTER") { Ok(Place::After(self.name()?)) } else { Ok(Place::Last) }
    }

    /// `[TO rollup] [PROPERTIES (…)]` behind a column clause; the time-out in it means nothing here.
    fn in_and_properties(&mut self) -> SqlResult<()> {
        if self.eat("TO") || self.eat("IN") || self.eat("FROM") {
            self.name()?;
        }
        self.properties().map(drop)
    }

    pub(super) fn cancel(&mut self) -> SqlResult<Statement> {
        self.at += 1;
        let columns = self.eat("ALTER TABLE COLUMN FROM");
        if columns || self.eat("ALTER TABLE ROLLUP FROM") || self.eat("ALTER TABLE OPTIMIZE FROM") {
            let name = self.qualified_name()?;
            self.text_until(|_| false);
            return Ok(Statement::CancelAlter { name, columns });
        }
        if self.eat("LOAD") {
            self.text_until(|_| false);
            // A load that can be named here has ended already.
            return Err(SqlError::plain("Load job does not exist"));
        }
        self.text_until(|_| false);
        Ok(Statement::Unsupported("CANCEL".to_owned()))
    }
}
