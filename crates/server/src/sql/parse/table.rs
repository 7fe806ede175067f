// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! CREATE TABLE and CREATE VIEW.

use std::collections::BTreeMap;

use starrocks_types::TableModel;

use super::Parser;
use crate::catalog::{AggregateFunction, IndexDef};
use crate::sql::ast::{ColumnSpec, CreateTable, DefaultSpec, DistributionSpec, Statement};
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::lexer::Kind;

const AGGREGATES: [AggregateFunction; 8] = [
    AggregateFunction::Sum,
    AggregateFunction::Min,
    AggregateFunction::Max,
    AggregateFunction::Replace,
    AggregateFunction::ReplaceIfNotNull,
    AggregateFunction::HllUnion,
    AggregateFunction::BitmapUnion,
    AggregateFunction::PercentileUnion,
];

impl Parser<'_> {
    pub(super) fn create_table(&mut self, temporary: bool) -> SqlResult<Statement> {
        let if_not_exists = self.if_not_exists();
        let name = self.qualified_name()?;
        if self.eat("LIKE") {
            let like = self.qualified_name()?;
            return Ok(Statement::CreateTableLike { name, like, if_not_exists });
        }
        let mut table = CreateTable {
            name,
            if_not_exists,
            temporary,
            columns: Vec::new(),
            indexes: Vec::new(),
            engine: None,
            keys: None,
            comment: String::new(),
            partitioning: None,
            distribution: None,
            order_by: Vec::new(),
            properties: Vec::new(),
            query: None,
        };
        if self.is_symbol("(") {
            self.table_elements(&mut table)?;
        } else if self.at_statement_end() {
            self.at -= 1;
            let error = self.no_viable(self.begin);
            self.at += 1;
            return Err(SqlError::syntax(
                self.token().at,
                error.message.rsplit("message: ").next().unwrap_or_default().trim_end_matches('.'),
            ));
        }
        self.table_clauses(&mut table)?;
        if self.eat("AS") {
            table.query = Some(self.text_until(|_| false));
        } else if self.is_word("SELECT") || self.is_word("WITH") {
            table.query = Some(self.text_until(|_| false));
        }
        Ok(Statement::CreateTable(Box::new(table)))
    }

    fn table_elements(&mut self, table: &mut CreateTable) -> SqlResult<()> {
        // What ANTLR calls the input of a failing column: from the statement for the first, from the comma for the others.
        let mut from = self.begin;
        self.expect_symbol("(")?;
        loop {
            if self.is_word("INDEX") {
                let start = self.at;
                let index = self.index()?;
                let span = self.span(start);
                table.indexes.push((index, span));
            } else {
                if self.name().is_err() {
                    return Err(self.no_viable(from));
                }
                self.at -= 1;
                let bare = self.symbol_at(1, ",") || self.symbol_at(1, ")");
                let column = self.column(bare)?;
                table.columns.push(column);
            }
            from = self.at;
            if !self.eat_symbol(",") {
                break;
            }
        }
        if self.eat_symbol(")") { Ok(()) } else { Err(self.unexpected("',', ')'")) }
    }

    fn table_clauses(&mut self, table: &mut CreateTable) -> SqlResult<()> {
        loop {
            let from = self.at;
            if self.eat("ENGINE") {
                self.eat_symbol("=");
                table.engine = Some(self.name()?);
            } else if self.eat("DUPLICATE KEY") {
                table.keys = Some((TableModel::Duplicate, self.names_in_parentheses()?));
            } else if self.eat("AGGREGATE KEY") {
                table.keys = Some((TableModel::Aggregate, self.names_in_parentheses()?));
            } else if self.eat("UNIQUE KEY") {
                table.keys = Some((TableModel::Unique, self.names_in_parentheses()?));
            } else if self.eat("PRIMARY KEY") {
                table.keys = Some((TableModel::Primary, self.names_in_parentheses()?));
            } else if self.eat("COMMENT") {
                self.eat_symbol("=");
                table.comment = self.string()?;
            } else if self.eat("PARTITION BY") {
                table.partitioning = Some(self.partitioning()?);
            } else if self.eat("DISTRIBUTED BY") {
                table.distribution = Some(self.distribution(from)?);
            } else if self.eat("ORDER BY") {
                table.order_by = self.names_in_parentheses()?;
            } else if self.eat("ROLLUP") {
                self.expect_symbol("(")?;
                self.text_until(|_| false);
                self.expect_symbol(")")?;
            } else if self.eat("CHARSET") || self.eat("COLLATE") || self.eat("DEFAULT CHARSET") {
                self.eat_symbol("=");
                self.name_or_string()?;
            } else if self.eat("PROPERTIES") {
                table.properties = self.property_list()?;
            } else {
                return Ok(());
            }
        }
    }

    fn distribution(&mut self, from: usize) -> SqlResult<DistributionSpec> {
        let columns = if self.eat("RANDOM") {
            None
        } else {
            self.expect("HASH")?;
            Some(self.names_in_parentheses()?)
        };
        let buckets = if self.eat("BUCKETS") { Some(self.integer()?) } else { None };
        Ok(DistributionSpec { columns, buckets, span: self.span(from) })
    }

    pub(super) fn index(&mut self) -> SqlResult<IndexDef> {
        self.expect("INDEX")?;
        let name = self.name()?;
        let columns = self.names_in_parentheses()?;
        let kind = if self.eat("USING") {
            let token = self.next();
            self.slice(&token).to_ascii_uppercase()
        } else {
            "BITMAP".to_owned()
        };
        let properties = if self.is_symbol("(") { self.property_list()? } else { Vec::new() };
        let comment = if self.eat("COMMENT") { self.string()? } else { String::new() };
        Ok(IndexDef { name, columns, kind, comment, properties: BTreeMap::from_iter(properties) })
    }

    /// A column definition; `bare` when only a name follows, as in CREATE TABLE AS.
    pub(super) fn column(&mut self, bare: bool) -> SqlResult<ColumnSpec> {
        let from = self.at;
        let name = self.name()?;
        let data_type = if bare {
            None
        } else if self.is_word("TIME") {
            return Err(SqlError::analyzing(format_args!("Type:TIME of column:{name} does not support")));
        } else if self.is_word("SET") {
            return Err(self.unexpected("',', ')'"));
        } else {
            Some(self.data_type()?)
        };
        let mut column = ColumnSpec {
            name,
            data_type,
            key: false,
            aggregate: None,
            nullable: None,
            auto_increment: false,
            default: None,
            generated: None,
            comment: String::new(),
            span: Default::default(),
        };
        loop {
            let aggregate = AGGREGATES.into_iter().find(|a| self.is_word(a.name()));
            if let Some(aggregate) = aggregate {
                self.at += 1;
                column.aggregate = Some(aggregate);
            } else if self.eat("KEY") {
                column.key = true;
            } else if self.eat("NOT NULL") {
                column.nullable = Some(false);
            } else if self.eat("NULL") {
                column.nullable = Some(true);
            } else if self.eat("AUTO_INCREMENT") {
                column.auto_increment = true;
            } else if self.eat("CHARSET") || self.eat("CHARACTER SET") || self.eat("COLLATE") {
                self.name_or_string()?;
            } else if self.eat("DEFAULT") {
                column.default = Some(self.default()?);
            } else if self.eat("AS") {
                let stop = |p: &Self| p.is_symbol(",") || p.is_symbol(")") || p.is_word("COMMENT");
                column.generated = Some(self.text_until(stop).sql);
            } else if self.eat("COMMENT") {
                column.comment = self.string()?;
            } else {
                break;
            }
        }
        column.span = self.span(from);
        Ok(column)
    }

    fn default(&mut self) -> SqlResult<DefaultSpec> {
        if self.eat("NULL") {
            return Ok(DefaultSpec::Null);
        }
        if self.eat("CURRENT_TIMESTAMP") {
            let mut precision = None;
            if self.eat_symbol("(") {
                if !self.is_symbol(")") {
                    precision = Some(self.integer()?);
                }
                self.expect_symbol(")")?;
            }
            return Ok(DefaultSpec::CurrentTimestamp(precision));
        }
        if let Kind::Text(_) = self.token().kind {
            return Ok(DefaultSpec::Text(self.string()?));
        }
        if self.eat_symbol("(") {
            let function = self.name()?.to_ascii_lowercase();
            self.expect_symbol("(")?;
            let argument = if self.is_symbol(")") { None } else { Some(self.integer()?) };
            self.expect_symbol(")")?;
            self.expect_symbol(")")?;
            return match function.as_str() {
                "uuid" => Ok(DefaultSpec::Uuid),
                "uuid_numeric" => Ok(DefaultSpec::UuidNumeric),
                "now" | "current_timestamp" => Ok(DefaultSpec::CurrentTimestamp(argument)),
                other => Err(SqlError::analyzing(format_args!("Default expr for function {other}() is not supported"))),
            };
        }
        self.eat_symbol("-");
        let token = self.next();
        Ok(DefaultSpec::Literal(self.slice(&token).to_owned()))
    }

    pub(super) fn create_view(&mut self, or_replace: bool) -> SqlResult<Statement> {
        let if_not_exists = self.if_not_exists();
        let name = self.qualified_name()?;
        let mut columns = Vec::new();
        if self.eat_symbol("(") {
            columns = self.comma_separated(|p| {
                let name = p.name()?;
                let comment = if p.eat("COMMENT") { p.string()? } else { String::new() };
                Ok((name, comment))
            })?;
            self.expect_symbol(")")?;
        }
        let comment = if self.eat("COMMENT") { self.string()? } else { String::new() };
        let _ = self.eat("SECURITY NONE") || self.eat("SECURITY INVOKER");
        self.expect("AS")?;
        let query = self.text_until(|_| false);
        Ok(Statement::CreateView { name, columns, comment, query, if_not_exists, or_replace })
    }
}
