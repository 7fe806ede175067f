// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! ALTER TABLE and ALTER DATABASE.

mod columns;
mod convert;
mod jobs;

use std::sync::Arc;

use starrocks_types::TableModel;

use self::columns::{found, rename_column};
pub(crate) use self::jobs::AlterJob;
use crate::catalog::{ColumnDef, Partitioning, TableDef};
use crate::engine::{EngineError, Object, Privilege};
use crate::information_schema;
use crate::sql::ast::{AlterClause, Name};
use crate::sql::ddl::{check_database_name, partition_def, position};
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::execute::unsupported;
use crate::sql::session::Session;
use crate::sql::{Response, Sql};
use crate::storage::Table;

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
        self.check_no_alter_job(&found)?;
        match clauses.as_slice() {
            [AlterClause::Rename(new)] => return self.rename(&database, &table, new),
            [AlterClause::Swap(other)] => return self.swap(&database, &table, other),
            [AlterClause::TruncatePartition(names)] => {
                self.engine.truncate_partitions(&database, &table, names)?;
                return Ok(Response::done());
            }
            _ => {}
        }
        if self.delayed_job(&database, &found, &clauses)? {
            return Ok(Response::done());
        }
        let change = self.apply_clauses(&database, &found, &clauses)?;
        if change.columns_changed {
            self.add_finished_job(&database, &found, change.rewritten);
        }
        Ok(Response::done())
    }

    fn change(&self, table: &Table, clauses: &[AlterClause]) -> SqlResult<Change> {
        let before = table.def().partitioning.clone();
        let mut after = before.clone();
        for clause in clauses {
            if let AlterClause::AddPartition(item) = clause {
                partition_def(&self.engine, item, &mut after, &table.def().columns)?;
            }
        }
        let columns = table.def().columns.clone();
        let rewritten = table.def().properties.get("fast_schema_evolution").is_some_and(|on| on == "false");
        Ok(Change { partitioning: (before, after), columns, columns_changed: false, rewritten })
    }

    fn apply_clauses(&self, database: &str, table: &Arc<Table>, clauses: &[AlterClause]) -> SqlResult<Change> {
        let mut change = self.change(table, clauses)?;
        // The engine knows its own errors only; what the clauses say is kept aside.
        let mut refused = None;
        let altered = self.engine.alter_table(database, &table.def().name, |def| {
            change.apply_all(def, clauses).map_err(|error| {
                refused = Some(error);
                EngineError::Invalid(String::new())
            })
        });
        match refused {
            Some(error) => Err(error),
            None => altered.map(|_| change).map_err(Into::into),
        }
    }

    /// Renames a database. Grants on it and views in it follow.
    pub(super) fn rename_database(&self, session: &Session, name: &str, new: &str) -> SqlResult<Response> {
        if information_schema::is_system(name) {
            return Err(SqlError::access_denied(&session.identity, "ALTER", Object::Database(name)));
        }
        self.engine.database(name)?;
        self.check(session, Privilege::Alter, Object::Database(name))?;
        check_database_name(new)?;
        if name == new {
            return Err(SqlError::plain("Same database name"));
        }
        if information_schema::is_system(new) || self.engine.database(new).is_ok() {
            return Err(SqlError::plain(format!("Database name[{new}] is already used")));
        }
        self.engine.rename_database(name, new)?;
        let views: Vec<_> = self
            .shared()
            .views
            .iter()
            .filter(|((home, _), _)| home == name)
            .map(|(key, view)| (key.1.clone(), view.clone()))
            .collect();
        for (view, mut kept) in views {
            if kept.database == name {
                new.clone_into(&mut kept.database);
            }
            self.put_view(new, &view, Some(kept))?;
            self.put_view(name, &view, None)?;
        }
        for user in self.users.rename_database(name, new) {
            self.users.keep(&self.engine, &user)?;
        }
        for job in self.shared().jobs.iter_mut().filter(|job| job.database == name) {
            new.clone_into(&mut job.database);
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
}

impl Change {
    fn apply_all(&mut self, def: &mut TableDef, clauses: &[AlterClause]) -> SqlResult<()> {
        clauses.iter().try_for_each(|clause| self.apply(def, clause))
    }

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
