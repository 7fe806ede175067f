// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Partitions, of CREATE TABLE and of ALTER TABLE.

use super::Parser;
use crate::sql::ast::{PartitionExpression, PartitionItem, PartitionSpec};
use crate::sql::error::SqlResult;
use crate::sql::lexer::Kind;

impl Parser<'_> {
    pub(super) fn partitioning(&mut self) -> SqlResult<PartitionSpec> {
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
}
