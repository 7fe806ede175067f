// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Databases and tables: listed, described, created, changed and dropped over the MySQL port.
//!
//! Names are quoted and texts are escaped in every statement. Nothing is tried again, since a statement whose answer was lost may
//! have been carried out; every error names database and table.

mod alter;
mod create;
mod definition;
mod shown;
mod text;

use std::time::Duration;

use mysql_async::Row;
use starrocks_types::{Error, ErrorKind, FlinkType, Result};

pub use self::definition::{
    ColumnDefault, ColumnDefinition, ColumnPosition, DistributionDefinition, RelationKind, TableChange,
    TableDefinition, TableStatistics,
};
use self::text::one_statement;
pub(crate) use self::text::type_text;
use crate::connection::StarRocks;
use crate::metadata::{Column, Session, cell, literal, quoted};

/// Longest wait for a statement that changes something, if the user set no time-out: tablets are made on many backends.
const DDL_TIMEOUT: Duration = Duration::from_secs(300);

impl StarRocks {
    /// Names of the databases that the user may see, those of the server itself included.
    pub async fn databases(&self) -> Result<Vec<String>> {
        let rows = self.ask("list databases", "select `SCHEMA_NAME` from `information_schema`.`SCHEMATA`;").await?;
        Ok(names(rows))
    }

    /// Whether there is such a database and the user may see it.
    pub async fn database_exists(&self, database: &str) -> Result<bool> {
        let statement = format!(
            "select `SCHEMA_NAME` from `information_schema`.`SCHEMATA` where `SCHEMA_NAME`={};",
            literal(database)
        );
        let rows = self.ask("look for database", &statement).await.map_err(|e| e.with("database", database))?;
        Ok(names(rows).iter().any(|name| name == database))
    }

    /// Creates a database.
    pub async fn create_database(
        &self,
        database: &str,
        if_not_exists: bool,
        properties: &[(String, String)],
    ) -> Result<()> {
        let exists = if if_not_exists { "IF NOT EXISTS " } else { "" };
        let mut statement = format!("CREATE DATABASE {exists}{}", quoted(database));
        if !properties.is_empty() {
            let pairs = create::properties(properties.iter().map(|(k, v)| (k, v)), ", ");
            statement.push_str(&format!(" PROPERTIES ({pairs})"));
        }
        statement.push(';');
        self.tell("create database", &statement).await.map_err(|e| e.with("database", database))
    }

    /// Drops a database, which must be empty unless `cascade` is set.
    pub async fn drop_database(&self, database: &str, if_exists: bool, cascade: bool) -> Result<()> {
        let named = |e: Error| e.operation("drop database").with("database", database);
        // The server drops what is inside without asking.
        if !cascade && self.database_exists(database).await.map_err(named)? {
            let inside = self.relations(database).await.map_err(named)?;
            if let Some((first, _)) = inside.first() {
                let message = format!("the database is not empty: it holds {} tables or views", inside.len());
                return Err(named(Error::new(ErrorKind::InvalidConfig, message).with("first", first)));
            }
        }
        let exists = if if_exists { "IF EXISTS " } else { "" };
        self.tell("drop database", &format!("DROP DATABASE {exists}{};", quoted(database))).await.map_err(named)
    }

    /// Limits how much a database may hold: `data_quota`, such as `10GB`, or `replica_quota`, a number.
    pub async fn set_database_quota(&self, database: &str, kind: &str, value: &str) -> Result<()> {
        let named = |e: Error| e.operation("alter database").with("database", database);
        let clause = match kind {
            "data_quota" if value.chars().all(|c| c.is_ascii_alphanumeric()) && !value.is_empty() => {
                format!("DATA QUOTA {value}")
            }
            "replica_quota" if value.parse::<u64>().is_ok() => format!("REPLICA QUOTA {value}"),
            "data_quota" | "replica_quota" => {
                return Err(named(Error::new(ErrorKind::InvalidConfig, format!("{value} is no {kind}"))));
            }
            _ => {
                return Err(named(
                    Error::new(ErrorKind::Unsupported, format!("a StarRocks database has no property {kind}"))
                        .hint("data_quota and replica_quota can be set"),
                ));
            }
        };
        self.tell("alter database", &format!("ALTER DATABASE {} SET {clause};", quoted(database))).await.map_err(named)
    }

    /// Tables and views of a database that the user may see; [`ErrorKind::NotFound`] without the database.
    pub async fn relations(&self, database: &str) -> Result<Vec<(String, RelationKind)>> {
        let named = |e: Error| e.operation("list tables").with("database", database);
        let mut session = self.metadata().session().await.map_err(named)?;
        let statement = format!(
            "select `TABLE_NAME`,`TABLE_TYPE` from `information_schema`.`TABLES` where `TABLE_SCHEMA`={};",
            literal(database)
        );
        let mut result = session.query(&statement).await;
        let materialized = format!(
            "select `TABLE_NAME`,'MATERIALIZED VIEW' from `information_schema`.`materialized_views` \
             where `TABLE_SCHEMA`={};",
            literal(database)
        );
        // `TABLES` calls them views. Servers before 3.0 have no such list.
        let materialized = names(session.query(&materialized).await.unwrap_or_default());
        if matches!(&result, Ok(rows) if rows.is_empty()) {
            let there = session.query(&format!("SHOW TABLES FROM {};", quoted(database))).await;
            result = there.map(|_| Vec::new());
        }
        session.close().await;
        let rows = result.map_err(named)?;
        let pairs = rows.into_iter().filter_map(|mut row| {
            let name = cell(&mut row, 0)?;
            let kind = if materialized.contains(&name) {
                RelationKind::MaterializedView
            } else {
                relation_kind(&cell(&mut row, 1).unwrap_or_default())
            };
            Some((name, kind))
        });
        Ok(pairs.collect())
    }

    /// What the name stands for, or `None`.
    pub async fn relation(&self, database: &str, table: &str) -> Result<Option<RelationKind>> {
        let statement = format!(
            "select `TABLE_TYPE` from `information_schema`.`TABLES` where `TABLE_SCHEMA`={} and `TABLE_NAME`={};",
            literal(database),
            literal(table)
        );
        let rows = self.ask("look for table", &statement).await.map_err(|e| in_table(e, database, table))?;
        Ok(names(rows).first().map(|word| relation_kind(word)))
    }

    /// Describes a table or view; [`ErrorKind::NotFound`] when there is none.
    pub async fn definition(&self, database: &str, table: &str) -> Result<TableDefinition> {
        let named = |e: Error| in_table(e.operation("describe table"), database, table);
        let mut session = self.metadata().session().await.map_err(named)?;
        let definition = definition(&mut session, database, table).await;
        session.close().await;
        definition.map_err(named)
    }

    /// How many rows and bytes a table has, as far as the server has learned it.
    pub async fn table_statistics(&self, database: &str, table: &str) -> Result<TableStatistics> {
        let statement = format!(
            "select `TABLE_ROWS`,`DATA_LENGTH` from `information_schema`.`TABLES` \
             where `TABLE_SCHEMA`={} and `TABLE_NAME`={};",
            literal(database),
            literal(table)
        );
        let rows = self.ask("read statistics", &statement).await.map_err(|e| in_table(e, database, table))?;
        let mut number = {
            let mut row = rows.into_iter().next();
            move |at| row.as_mut().and_then(|row| cell(row, at)).and_then(|n| n.parse().ok())
        };
        Ok(TableStatistics { rows: number(0), bytes: number(1) })
    }

    /// Creates a table.
    pub async fn create_table(&self, table: &TableDefinition, if_not_exists: bool) -> Result<()> {
        let named = |e: Error| in_table(e.operation("create table"), &table.database, &table.table);
        if table.kind != RelationKind::Table {
            return Err(named(Error::new(ErrorKind::Unsupported, "only tables can be created, no views")));
        }
        let statement = create::create_table(table, if_not_exists).map_err(named)?;
        self.tell("create table", &statement).await.map_err(named)
    }

    /// Drops a table.
    pub async fn drop_table(&self, database: &str, table: &str, if_exists: bool) -> Result<()> {
        let exists = if if_exists { "IF EXISTS " } else { "" };
        let statement = format!("DROP TABLE {exists}{}.{};", quoted(database), quoted(table));
        self.tell("drop table", &statement).await.map_err(|e| in_table(e, database, table))
    }

    /// Deletes all rows of a table.
    pub async fn truncate_table(&self, database: &str, table: &str) -> Result<()> {
        let statement = format!("TRUNCATE TABLE {}.{};", quoted(database), quoted(table));
        self.tell("truncate table", &statement).await.map_err(|e| in_table(e, database, table))
    }

    /// Gives a table another name within its database.
    pub async fn rename_table(&self, database: &str, table: &str, to: &str) -> Result<()> {
        let statement = format!("ALTER TABLE {}.{} RENAME {};", quoted(database), quoted(table), quoted(to));
        self.tell("rename table", &statement).await.map_err(|e| in_table(e, database, table).with("to", to))
    }

    /// Executes one statement whose rows, if any, are of no interest.
    pub async fn execute(&self, statement: &str) -> Result<()> {
        one_statement(statement)?;
        self.tell("execute statement", statement).await
    }

    async fn ask(&self, operation: &'static str, statement: &str) -> Result<Vec<Row>> {
        let named = |e: Error| e.operation(operation);
        let mut session = self.metadata().session().await.map_err(named)?;
        let rows = session.query(statement).await;
        session.close().await;
        rows.map_err(named)
    }

    async fn tell(&self, operation: &'static str, statement: &str) -> Result<()> {
        let named = |e: Error| e.operation(operation);
        let mut session = self.metadata().session().await.map_err(named)?;
        session.patience = session.patience.max(DDL_TIMEOUT);
        let done = session.query(statement).await;
        session.close().await;
        done.map(|_| ()).map_err(named)
    }
}

fn in_table(error: Error, database: &str, table: &str) -> Error {
    error.with("table", format!("{database}.{table}"))
}

fn names(rows: Vec<Row>) -> Vec<String> {
    rows.into_iter().filter_map(|mut row| cell(&mut row, 0)).collect()
}

fn relation_kind(word: &str) -> RelationKind {
    match word.to_ascii_uppercase().as_str() {
        "VIEW" => RelationKind::View,
        "MATERIALIZED VIEW" => RelationKind::MaterializedView,
        "SYSTEM VIEW" => RelationKind::SystemView,
        _ => RelationKind::Table,
    }
}

async fn definition(session: &mut Session, database: &str, table: &str) -> Result<TableDefinition> {
    let statement = format!(
        "select `TABLE_TYPE`,`TABLE_COMMENT` from `information_schema`.`TABLES` \
         where `TABLE_SCHEMA`={} and `TABLE_NAME`={};",
        literal(database),
        literal(table)
    );
    let Some(mut row) = session.query(&statement).await?.into_iter().next() else {
        return Err(Error::new(ErrorKind::NotFound, "there is no such table")
            .hint("check the names (both are case-sensitive) and the user's privileges"));
    };
    let kind = relation_kind(&cell(&mut row, 0).unwrap_or_default());
    let comment = cell(&mut row, 1).unwrap_or_default();
    let (columns, model) = session.columns(database, table).await?;
    let mut definition = TableDefinition {
        database: database.to_owned(),
        table: table.to_owned(),
        kind,
        keys: columns.iter().filter(|c| c.inner.key).map(|c| c.inner.name.clone()).collect(),
        columns: columns.into_iter().map(plain_column).collect(),
        model: (kind == RelationKind::Table).then_some(model),
        distribution: None,
        partition_by: None,
        order_by: Vec::new(),
        properties: Default::default(),
        comment,
    };
    if kind != RelationKind::Table {
        return Ok(definition);
    }
    let statement = format!("SHOW CREATE TABLE {}.{};", quoted(database), quoted(table));
    let text = session.query(&statement).await?.into_iter().next().and_then(|mut row| cell(&mut row, 1));
    // An external table, a text that is not understood, or names with back-quotes, which the text does not escape: what
    // information_schema tells stands.
    if let Some(shown) = text.as_deref().and_then(shown::parse).filter(|shown| fits(&definition, shown)) {
        complete(&mut definition, shown);
    }
    Ok(definition)
}

fn plain_column(column: Column) -> ColumnDefinition {
    let inner = column.inner;
    let auto_increment = inner.default.as_deref() == Some("AUTO_INCREMENT");
    let default = inner.default.filter(|_| !auto_increment && !inner.generated).map(|text| {
        match create::default_expression(&text, &inner.data_type) {
            Some(_) => ColumnDefault::Expression(text),
            None => ColumnDefault::Literal(text),
        }
    });
    ColumnDefinition {
        name: inner.name,
        data_type: inner.data_type,
        nullable: inner.nullable,
        key: inner.key,
        aggregate: None,
        default,
        auto_increment,
        generated: None,
        comment: column.comment,
    }
}

/// Whether the text of a table speaks of the columns that the table has.
fn fits(definition: &TableDefinition, shown: &shown::Shown) -> bool {
    let known = |name: &String| definition.columns.iter().any(|c| c.name.eq_ignore_ascii_case(name));
    let keys = shown.keys.iter().flat_map(|(_, keys)| keys);
    let hashed = shown.distribution.iter().flat_map(|d| &d.columns);
    shown.columns.len() == definition.columns.len()
        && shown.columns.iter().map(|c| &c.name).chain(keys).chain(hashed).chain(&shown.order_by).all(known)
}

fn complete(definition: &mut TableDefinition, shown: shown::Shown) {
    for column in &mut definition.columns {
        let Some(found) = shown.columns.iter().find(|c| c.name.eq_ignore_ascii_case(&column.name)) else { continue };
        column.aggregate.clone_from(&found.aggregate);
        column.default.clone_from(&found.default);
        column.auto_increment = found.auto_increment;
        column.generated.clone_from(&found.generated);
        column.comment.clone_from(&found.comment);
    }
    if let Some((model, keys)) = shown.keys {
        definition.model = Some(model);
        for column in &mut definition.columns {
            column.key = keys.iter().any(|k| k.eq_ignore_ascii_case(&column.name));
        }
        definition.keys = keys;
    }
    definition.distribution = shown.distribution;
    definition.partition_by = shown.partition_by;
    definition.order_by = shown.order_by;
    definition.properties = shown.properties;
}

/// The Flink type that a column is shown with; `None` where Flink has none, or where the server computes the column, so that it cannot
/// be written.
pub(crate) fn shown_in_flink(column: &ColumnDefinition) -> Option<FlinkType> {
    if column.generated.is_some() {
        return None;
    }
    let data_type = starrocks_types::flink_type(&column.data_type)?;
    Some(FlinkType { nullable: column.nullable, ..data_type })
}
