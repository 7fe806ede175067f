// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! ALTER TABLE and its jobs.

mod columns;
mod convert;

use starrocks_types::TableModel;

use self::columns::{found, rename_column};
use crate::catalog::{ColumnDef, Partitioning, TableDef};
use crate::clock::Micros;
use crate::engine::{EngineError, Object, Privilege};
use crate::sql::ast::{AlterClause, Name};
use crate::sql::ddl::{partition_def, position};
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::execute::unsupported;
use crate::sql::session::Session;
use crate::sql::{Response, Sql};

/// A change of a table's columns, as SHOW ALTER TABLE COLUMN lists it. Changes are done at once here.
#[derive(Debug, Clone)]
pub(crate) struct AlterJob {
    pub(crate) id: u64,
    pub(crate) database: String,
    pub(crate) table: String,
    pub(crate) table_id: u64,
    pub(crate) index_id: u64,
    pub(crate) created: Micros,
    pub(crate) finished: Micros,
    pub(crate) schema_version: u64,
    pub(crate) txn_id: i64,
    /// Whether rows would have had to be rewritten.
    pub(crate) rewritten: bool,
}

/// The clauses of one statement on the way into the table.
struct Change {
    /// The partitions before, and with those that the statement adds. They are made ahead because the engine may not be
    /// asked for ids while it alters the table.
    partitioning: (Partitioning, Partitioning),
    /// The columns before; a name that the statement drops is not free for it.
    columns: Vec<ColumnDef>,
    columns_changed: bool,
    rewritten: bool,
}

impl Sql {
    pub(super) fn alter_table(&self, session: &Session, name: &Name, clauses: Vec<AlterClause>) -> SqlResult<Response> {
        let (database, table) = self.resolve(session, name)?;
        if self.engine.database(&database).is_err() {
            return Err(SqlError::analyzing(format_args!("Database default_catalog.{database} is not found")));
        }
        if self.shared().views.contains_key(&(database.clone(), table.clone())) {
            return Err(SqlError::analyzing(format_args!(
                "Do not support alter non-native table/materialized-view[{database}.{table}]"
            )));
        }
        let found = self.engine.table(&database, &table).map_err(|_| SqlError::table_not_found(&table))?;
        self.check(session, Privilege::Alter, Object::Table { database: &database, table: &table })?;
        if let [AlterClause::Rename(new)] = clauses.as_slice() {
            return self.rename(&database, &table, new);
        }
        if let [AlterClause::Swap(other)] = clauses.as_slice() {
            return self.swap(&database, &table, other);
        }
        if let [AlterClause::TruncatePartition(names)] = clauses.as_slice() {
            self.truncate_partitions(&database, &found, names)?;
            return Ok(Response::done());
        }
        let before = found.def().partitioning.clone();
        let mut after = before.clone();
        for clause in &clauses {
            if let AlterClause::AddPartition(item) = clause {
                partition_def(&self.engine, item, &mut after, &found.def().columns)?;
            }
        }
        let columns = found.def().columns.clone();
        let rewritten = found.def().properties.get("fast_schema_evolution").is_some_and(|on| on == "false");
        let mut change = Change { partitioning: (before, after), columns, columns_changed: false, rewritten };
        // The engine knows its own errors only; what the clauses say is kept aside.
        let mut refused = None;
        let altered = self.engine.alter_table(&database, &table, |def| {
            for clause in &clauses {
                if let Err(error) = change.apply(def, clause) {
                    refused = Some(error);
                    return Err(EngineError::Invalid(String::new()));
                }
            }
            Ok(())
        });
        if let Some(error) = refused {
            return Err(error);
        }
        let altered = altered?;
        if change.columns_changed {
            let now = self.engine.clock().now();
            let id = self.engine.next_id();
            let mut shared = self.shared();
            let before = shared.jobs.iter().filter(|job| job.table_id == altered.id()).count() as u64;
            shared.jobs.push(AlterJob {
                id,
                database,
                table,
                table_id: altered.id(),
                index_id: altered.id() + 1,
                created: now,
                finished: now,
                schema_version: before + 1,
                txn_id: i64::try_from(id).unwrap_or(-1),
                rewritten: change.rewritten,
            });
        }
        Ok(Response::done())
    }

    fn rename(&self, database: &str, table: &str, new: &str) -> SqlResult<Response> {
        let legal = !new.is_empty() && !new.contains([' ', '`']) && new.chars().count() <= 1024;
        if !legal {
            return Err(SqlError::analyzing_coded(1103, "42000", format_args!("Incorrect table name '{new}'")));
        }
        if self.engine.table(database, new).is_ok()
            || self.shared().views.contains_key(&(database.to_owned(), new.to_owned()))
        {
            return Err(SqlError::plain(format!("Table name[{new}] is already used")));
        }
        self.engine.rename_table(database, table, new)?;
        for job in &mut self.shared().jobs {
            if job.database == database && job.table == table {
                new.clone_into(&mut job.table);
            }
        }
        Ok(Response::done())
    }

    /// Exchanges two tables by way of a third name.
    fn swap(&self, database: &str, table: &str, other: &str) -> SqlResult<Response> {
        if self.engine.table(database, other).is_err() {
            return Err(SqlError::plain(format!("Table {other} does not exist or is not OLAP/LAKE table")));
        }
        let aside = format!("__swap_{}", uuid::Uuid::new_v4());
        self.engine.rename_table(database, table, &aside)?;
        self.engine.rename_table(database, other, table)?;
        self.engine.rename_table(database, &aside, other)?;
        Ok(Response::done())
    }

    pub(super) fn cancel_alter(&self, session: &Session, name: &Name) -> SqlResult<Response> {
        let (database, table) = self.resolve(session, name)?;
        self.engine.table(&database, &table).map_err(|_| SqlError::table_not_found(&table))?;
        self.check(session, Privilege::Alter, Object::Table { database: &database, table: &table })?;
        Err(SqlError::plain(format!("Table[{table}] is not under SCHEMA_CHANGE.")))
    }
}

impl Change {
    fn apply(&mut self, def: &mut TableDef, clause: &AlterClause) -> SqlResult<()> {
        match clause {
            AlterClause::AddColumn(spec, place) => self.add(def, spec, place),
            AlterClause::DropColumn(name) => self.drop_column(def, name),
            AlterClause::ModifyColumn(spec, place) => self.modify(def, spec, place),
            AlterClause::ModifyColumnComment(name, comment) => {
                let at = found(def, name)?;
                if let Some(column) = def.columns.get_mut(at) {
                    column.comment.clone_from(comment);
                }
                Ok(())
            }
            AlterClause::RenameColumn(old, new) => rename_column(def, old, new),
            AlterClause::Comment(comment) => {
                def.comment.clone_from(comment);
                Ok(())
            }
            AlterClause::SetProperties(properties) => self.set_properties(def, properties),
            AlterClause::OrderBy(columns) => self.order_by(def, columns),
            AlterClause::AddPartition(_) => {
                let (before, after) = &self.partitioning;
                if def.partitioning != *before && def.partitioning != *after {
                    return Err(unsupported("ADD PARTITION while the table's partitions change"));
                }
                def.partitioning = after.clone();
                Ok(())
            }
            AlterClause::DropPartition { name, if_exists } => drop_partition(def, name, *if_exists),
            AlterClause::AddIndex(index) => {
                if let Some(missing) = index.columns.iter().find(|c| position(&def.columns, c).is_none()) {
                    return Err(SqlError::plain(format!(
                        "{} column does not exist in table. invalid column: {missing}",
                        index.name
                    )));
                }
                def.indexes.push(index.clone());
                self.columns_changed = true;
                self.rewritten = true;
                Ok(())
            }
            AlterClause::DropIndex(name) => {
                let before = def.indexes.len();
                def.indexes.retain(|i| !i.name.eq_ignore_ascii_case(name));
                if def.indexes.len() == before {
                    return Err(SqlError::plain(format!("index {name} does not exist")));
                }
                self.columns_changed = true;
                Ok(())
            }
            AlterClause::AddRollup if def.model == TableModel::Primary => {
                Err(SqlError::plain(format!("Do not support add rollup on primary key table[{}]", def.name)))
            }
            AlterClause::Nothing | AlterClause::AddRollup => Ok(()),
            AlterClause::Rename(_) | AlterClause::Swap(_) | AlterClause::TruncatePartition(_) => {
                Err(unsupported("RENAME, SWAP or TRUNCATE PARTITION with other clauses"))
            }
        }
    }

    fn set_properties(&mut self, def: &mut TableDef, properties: &[(String, String)]) -> SqlResult<()> {
        for (key, value) in properties {
            let key = key.to_ascii_lowercase();
            let key = key.strip_prefix("default.").unwrap_or(&key);
            match key {
                "in_memory" => {}
                "replication_num" if value.parse::<u32>().is_err() => {
                    return Err(SqlError::plain(format!("For input string: \"{value}\"")));
                }
                "bloom_filter_columns" => {
                    self.columns_changed = true;
                    self.rewritten = true;
                    def.properties.insert(key.to_owned(), value.clone());
                }
                _ => {
                    def.properties.insert(key.to_owned(), value.clone());
                }
            }
        }
        Ok(())
    }
}

fn drop_partition(def: &mut TableDef, name: &str, if_exists: bool) -> SqlResult<()> {
    let partitions = match &mut def.partitioning {
        Partitioning::None => {
            return Err(SqlError::plain(format!("Alter table [{}] failed. Not a partitioned table", def.name)));
        }
        Partitioning::Range { partitions, .. }
        | Partitioning::List { partitions, .. }
        | Partitioning::Expression { partitions, .. } => partitions,
    };
    let before = partitions.len();
    partitions.retain(|p| !p.name.eq_ignore_ascii_case(name));
    if partitions.len() == before && !if_exists {
        return Err(SqlError::coded(1507, "HY000", format!("Error in list of partitions to [{name}]")));
    }
    Ok(())
}
