// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! CREATE TABLE, CREATE VIEW and ALTER.

use std::collections::BTreeMap;

use starrocks_types::TableModel;

use super::Parser;
use crate::catalog::{AggregateFunction, IndexDef};
use crate::sql::ast::{
    AlterClause, ColumnSpec, CreateTable, DefaultSpec, DistributionSpec, PartitionExpression, PartitionItem,
    PartitionSpec, Place, QueryText, Statement,
};
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

    fn index(&mut self) -> SqlResult<IndexDef> {
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

    fn partitioning(&mut self) -> SqlResult<PartitionSpec> {
        if self.is_word("RANGE") && self.symbol_at(1, "(") {
            self.at += 1;
            let columns = self.names_in_parentheses()?;
            let items = self.partition_items()?;
            return Ok(PartitionSpec::Range { columns, items });
        }
        if self.is_word("LIST") && self.symbol_at(1, "(") {
            self.at += 1;
            let columns = self.names_in_parentheses()?;
            let items = self.partition_items()?;
            return Ok(PartitionSpec::List { columns, items });
        }
        let parenthesised = self.eat_symbol("(");
        let items = self.comma_separated(Self::partition_expression)?;
        if parenthesised {
            self.expect_symbol(")")?;
        }
        // The old form `PARTITION BY date_trunc('day', d) (START … )` and LIST without its word carry a list.
        if self.is_symbol("(") {
            let partitions = self.partition_items()?;
            let columns: Option<Vec<String>> = items
                .iter()
                .map(|i| match i {
                    PartitionExpression::Column(name) => Some(name.clone()),
                    PartitionExpression::Call { .. } => None,
                })
                .collect();
            if let Some(columns) = columns {
                return Ok(PartitionSpec::List { columns, items: partitions });
            }
        }
        Ok(PartitionSpec::Expressions(items))
    }

    fn partition_expression(&mut self) -> SqlResult<PartitionExpression> {
        if !self.symbol_at(1, "(") {
            return Ok(PartitionExpression::Column(self.name()?));
        }
        let token = self.next();
        let function = self.slice(&token).to_ascii_lowercase();
        self.expect_symbol("(")?;
        let mut at = self.token().at;
        let mut columns = Vec::new();
        let arguments = self.comma_separated(|p| {
            at = p.token().at;
            if let Kind::Quoted(name) = &p.token().kind {
                columns.push(name.clone());
            } else if p.token().kind == Kind::Word && !p.is_word("INTERVAL") {
                columns.push(p.slice(p.token()).to_owned());
            }
            Ok(p.text_until(|p| p.is_symbol(",")).sql)
        })?;
        self.expect_symbol(")")?;
        Ok(PartitionExpression::Call { function, arguments, columns, at })
    }

    fn partition_items(&mut self) -> SqlResult<Vec<PartitionItem>> {
        self.expect_symbol("(")?;
        let mut items = Vec::new();
        if !self.is_symbol(")") {
            items = self.comma_separated(Self::partition_item)?;
        }
        self.expect_symbol(")")?;
        Ok(items)
    }

    pub(super) fn partition_item(&mut self) -> SqlResult<PartitionItem> {
        if self.eat("START") {
            self.expect_symbol("(")?;
            let start = self.string()?;
            self.expect_symbol(")")?;
            self.expect("END")?;
            self.expect_symbol("(")?;
            let end = self.string()?;
            self.expect_symbol(")")?;
            self.expect("EVERY")?;
            self.expect_symbol("(")?;
            let interval = self.eat("INTERVAL");
            let step = self.integer()?;
            let unit = if interval {
                let token = self.next();
                Some(self.slice(&token).to_ascii_uppercase())
            } else {
                None
            };
            self.expect_symbol(")")?;
            return Ok(PartitionItem::Every { start, end, step, unit });
        }
        self.expect("PARTITION")?;
        self.if_not_exists();
        let name = self.name()?;
        self.expect("VALUES")?;
        let item = if self.eat("LESS THAN") {
            let upper = if self.eat("MAXVALUE") { None } else { self.bound()? };
            PartitionItem::LessThan { name, upper }
        } else if self.eat("IN") {
            self.expect_symbol("(")?;
            let values = self.comma_separated(|p| {
                if p.is_symbol("(") {
                    p.at += 1;
                    let tuple = p.comma_separated(Self::list_value)?;
                    p.expect_symbol(")")?;
                    Ok(tuple)
                } else {
                    Ok(vec![p.list_value()?])
                }
            })?;
            self.expect_symbol(")")?;
            PartitionItem::In { name, values }
        } else {
            self.expect_symbol("[")?;
            let lower = self.bound()?.unwrap_or_default();
            self.expect_symbol(",")?;
            let upper = self.bound()?;
            self.expect_symbol(")")?;
            PartitionItem::Between { name, lower, upper }
        };
        if self.is_symbol("(") {
            self.property_list()?;
        }
        Ok(item)
    }

    fn list_value(&mut self) -> SqlResult<Option<String>> {
        if self.eat("NULL") { Ok(None) } else { self.partition_value().map(Some) }
    }

    fn partition_value(&mut self) -> SqlResult<String> {
        if let Kind::Text(_) = self.token().kind {
            return self.string();
        }
        let sign = if self.eat_symbol("-") { "-" } else { "" };
        if self.token().kind != Kind::Number {
            return Err(self.unexpected("SINGLE_QUOTED_TEXT, DOUBLE_QUOTED_TEXT, INTEGER_VALUE"));
        }
        let token = self.next();
        Ok(format!("{sign}{}", self.slice(&token)))
    }

    /// `("a", …)`; `None` when it is MAXVALUE.
    fn bound(&mut self) -> SqlResult<Option<Vec<String>>> {
        self.expect_symbol("(")?;
        if self.eat("MAXVALUE") {
            while self.eat_symbol(",") {
                self.expect("MAXVALUE")?;
            }
            self.expect_symbol(")")?;
            return Ok(None);
        }
        let values = self.comma_separated(Self::partition_value)?;
        self.expect_symbol(")")?;
        Ok(Some(values))
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

    pub(super) fn alter(&mut self) -> SqlResult<Statement> {
        self.at += 1;
        if self.eat("USER") {
            return self.alter_user();
        }
        if self.eat("DATABASE") {
            let name = self.qualified_name()?.name;
            if self.eat("RENAME") {
                self.name()?;
                return Ok(Statement::RenameDatabase { name });
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
        if self.eat("ALTER TABLE COLUMN FROM")
            || self.eat("ALTER TABLE ROLLUP FROM")
            || self.eat("ALTER TABLE OPTIMIZE FROM")
        {
            let name = self.qualified_name()?;
            self.text_until(|_| false);
            return Ok(Statement::CancelAlter { name });
        }
        if self.eat("LOAD") {
            self.text_until(|_| false);
            // A load that can be named here has ended already.
            return Err(SqlError::plain("Load job does not exist"));
        }
        self.text_until(|_| false);
        Ok(Statement::Unsupported("CANCEL".to_owned()))
    }

    pub(super) fn query_from_here(&mut self) -> QueryText {
        self.text_until(|_| false)
    }
}
