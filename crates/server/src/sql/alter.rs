// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! ALTER TABLE and its jobs.

use starrocks_types::{StarRocksType as T, TableModel};

use super::ast::{AlterClause, ColumnSpec, Name, Place};
use super::ddl::{aggregate_fits, check_default, column_def, partition_def, position};
use super::error::{SqlError, SqlResult};
use super::execute::unsupported;
use super::session::Session;
use super::types::error_form;
use super::{Response, Sql, generated};
use crate::catalog::{AggregateFunction, ColumnDef, DefaultValue, Distribution, Partitioning, TableDef};
use crate::clock::Micros;
use crate::engine::{EngineError, Object, Privilege};

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

    fn add(&mut self, def: &mut TableDef, spec: &ColumnSpec, place: &Place) -> SqlResult<()> {
        if spec.auto_increment {
            return Err(SqlError::plain(format!(
                "Getting syntax error from line {}, column {} to line {}, column {}. Detail message: Column '{}' can \
                 not be AUTO_INCREMENT when ADD COLUMN.",
                spec.span.from.line, spec.span.from.column, spec.span.to.line, spec.span.to.column, spec.name
            )));
        }
        let wrong = |why: String| SqlError::analyzing_at(spec.span, format_args!("Column definition is wrong. {why}"));
        if let (Some(given), Some(data_type)) = (&spec.default, &spec.data_type) {
            check_default(given, data_type)
                .map_err(|why| wrong(format!("Invalid default value for '{}': {why}", spec.name)))?;
        }
        let mut column = column_def(spec)?;
        if !column.nullable && column.default.is_none() && column.generated.is_none() {
            return Err(SqlError::analyzing_at(
                spec.span,
                format_args!("Field '{}' is not null but doesnt have a default value", spec.name),
            ));
        }
        match (def.model, column.aggregate) {
            (TableModel::Primary | TableModel::Unique, _) if column.key => {
                return Err(wrong(format!(
                    "Cannot specify aggregate function 'REPLACE' for key column '{}'",
                    column.name
                )));
            }
            (TableModel::Duplicate, Some(_)) => {
                return Err(SqlError::plain(format!(
                    "Can not assign aggregation method on column in Duplicate data model table: {}",
                    column.name
                )));
            }
            (TableModel::Aggregate, Some(function)) if !aggregate_fits(function, &column.data_type) => {
                return Err(wrong(format!("Invalid aggregate function '{}' for '{}'", function.name(), column.name)));
            }
            (TableModel::Aggregate, None) => column.key = true,
            (TableModel::Primary | TableModel::Unique, Some(_)) => column.aggregate = None,
            _ => {}
        }
        if let Some(existing) = position(&def.columns, &column.name).and_then(|i| def.columns.get(i)) {
            // The same definition twice in one statement is one column.
            if existing.id >= def.next_column_id && existing.data_type == column.data_type {
                return Ok(());
            }
            return Err(exists(&column.name, existing));
        }
        if let Some(dropped) = position(&self.columns, &column.name).and_then(|i| self.columns.get(i)) {
            return Err(exists(&column.name, dropped));
        }
        let keys = def.columns.iter().filter(|c| c.key).count();
        let at = match place {
            Place::First if !column.key => {
                return Err(SqlError::analyzing_at(
                    spec.span,
                    format_args!("Cannot add value column[{}] at first", column.name),
                ));
            }
            Place::First => 0,
            Place::Last if column.key => keys,
            Place::Last => def.columns.len(),
            Place::After(name) => match position(&def.columns, name) {
                Some(i) => i + 1,
                None => return Err(SqlError::plain(format!("Column[{name}] does not found"))),
            },
        };
        if (column.key && at > keys) || (!column.key && at < keys) {
            return Err(SqlError::plain(format!(
                "Invalid column order. value should be after key. index[{}]",
                def.name
            )));
        }
        if let Some(DefaultValue::CurrentTimestamp { .. }) = column.default {
            tracing::trace!(column = column.name, "rows there are get the time of the ALTER");
        }
        self.rewritten |= column.key || column.generated.is_some();
        column.id = def.next_column_id + u32::try_from(def.columns.len()).unwrap_or(u32::MAX / 2);
        def.columns.insert(at.min(def.columns.len()), column);
        generated::check(&mut def.columns)?;
        self.columns_changed = true;
        Ok(())
    }

    fn drop_column(&mut self, def: &mut TableDef, name: &str) -> SqlResult<()> {
        let Some(at) = position(&def.columns, name) else {
            return Err(SqlError::plain(format!("Column does not exists: {name}")));
        };
        let key = def.columns.get(at).is_some_and(|c| c.key);
        if key && def.model == TableModel::Primary {
            return Err(SqlError::plain("Can not drop key column in primary data model table"));
        }
        if key && def.model == TableModel::Unique {
            return Err(SqlError::plain("Can not drop key column in Unique data model table"));
        }
        if def.partitioning.columns().iter().any(|c| c.eq_ignore_ascii_case(name)) {
            return Err(SqlError::plain(format!("Partition column[{name}] cannot be dropped. index[{}]", def.name)));
        }
        if let Distribution::Hash { columns, .. } = &def.distribution
            && columns.iter().any(|c| c.eq_ignore_ascii_case(name))
        {
            return Err(SqlError::plain(format!("Distribution column[{name}] cannot be dropped. index[{}]", def.name)));
        }
        let replaces = def
            .columns
            .iter()
            .any(|c| matches!(c.aggregate, Some(AggregateFunction::Replace | AggregateFunction::ReplaceIfNotNull)));
        if key && replaces {
            return Err(SqlError::plain(
                "Can not drop key column when table has value column with REPLACE aggregation method",
            ));
        }
        def.columns.remove(at);
        def.sort_key.retain(|c| !c.eq_ignore_ascii_case(name));
        self.columns_changed = true;
        self.rewritten |= key;
        Ok(())
    }

    fn modify(&mut self, def: &mut TableDef, spec: &ColumnSpec, place: &Place) -> SqlResult<()> {
        let at = found(def, &spec.name)?;
        let Some(old) = def.columns.get(at).cloned() else { return Ok(()) };
        let mut new = column_def(spec)?;
        new.id = old.id;
        new.name.clone_from(&old.name);
        let is_distribution = matches!(&def.distribution, Distribution::Hash { columns, .. }
            if columns.iter().any(|c| c.eq_ignore_ascii_case(&old.name)));
        let grows = matches!((&old.data_type, &new.data_type), (T::Varchar(a), T::Varchar(b)) if b >= a);
        if old.key && def.model == TableModel::Primary {
            if !grows {
                return Err(SqlError::plain(format!(
                    "Can not modify key column: {} for primary key table except for increasing varchar length",
                    old.name
                )));
            }
            new.key = true;
            new.nullable = false;
        }
        if old.key != new.key && def.model != TableModel::Aggregate {
            return Err(SqlError::plain(format!(
                "Invalid column order. value should be after key. index[{}]",
                def.name
            )));
        }
        if def.model == TableModel::Aggregate {
            new.key = old.key;
            if new.aggregate != old.aggregate && !(old.key && new.aggregate.is_none()) {
                return Err(SqlError::plain("Can not change aggregation type"));
            }
        }
        if is_distribution && old.data_type != new.data_type && def.model != TableModel::Primary {
            return Err(SqlError::plain(format!(
                "Can not modify distribution column[{}]. index[{}]",
                old.name, def.name
            )));
        }
        if def.partitioning.columns().iter().any(|c| c.eq_ignore_ascii_case(&old.name)) {
            return Err(SqlError::plain(format!("Can not modify partition column[{}]. index[{}]", old.name, def.name)));
        }
        convertible(&old.data_type, &new.data_type)?;
        if old.nullable && !new.nullable {
            return Err(SqlError::plain("Can not change from nullable to non-nullable"));
        }
        if new.default.is_some() && new.default != old.default {
            return Err(SqlError::plain("Can not change default value"));
        }
        new.default = new.default.or(old.default);
        new.auto_increment = old.auto_increment;
        let instant = grows && !matches!(place, Place::First | Place::After(_)) && new.nullable == old.nullable;
        self.rewritten |= !instant;
        def.columns.remove(at);
        let keys = def.columns.iter().filter(|c| c.key).count();
        let to = match place {
            Place::Last => at,
            Place::First => 0,
            Place::After(name) => found(def, name)? + 1,
        };
        if (new.key && to > keys) || (!new.key && to < keys) {
            return Err(SqlError::plain(format!(
                "Invalid column order. value should be after key. index[{}]",
                def.name
            )));
        }
        def.columns.insert(to.min(def.columns.len()), new);
        self.columns_changed = true;
        Ok(())
    }

    fn order_by(&mut self, def: &mut TableDef, columns: &[String]) -> SqlResult<()> {
        for name in columns {
            if position(&def.columns, name).is_none() {
                return Err(SqlError::plain(format!("Column[{name}] not exists")));
            }
        }
        if columns.len() == def.columns.len() && def.model != TableModel::Primary {
            let mut ordered: Vec<ColumnDef> = Vec::with_capacity(columns.len());
            for name in columns {
                ordered.extend(position(&def.columns, name).and_then(|i| def.columns.get(i)).cloned());
            }
            if !ordered.is_sorted_by_key(|c| !c.key) {
                return Err(SqlError::plain(format!(
                    "Invalid column order. value should be after key. index[{}]",
                    def.name
                )));
            }
            def.columns = ordered;
        } else if def.model == TableModel::Primary && columns.len() < def.columns.len() {
            def.sort_key = columns.to_vec();
        } else if def.model == TableModel::Primary {
            return Err(SqlError::plain(
                "Primary key table do not support reorder table schema. Please confirm if you want to modify the \
                 sorting columns.",
            ));
        } else {
            return Err(SqlError::plain("Reorder stmt should contains all columns"));
        }
        self.columns_changed = true;
        self.rewritten = true;
        Ok(())
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

fn exists(name: &str, existing: &ColumnDef) -> SqlError {
    SqlError::plain(format!(
        "Can not add column which already exists in column id: {name}, you can remove {} and try again.",
        crate::show::column_line(existing)
    ))
}

fn found(def: &TableDef, name: &str) -> SqlResult<usize> {
    position(&def.columns, name).ok_or_else(|| SqlError::plain(format!("Column[{name}] does not exists")))
}

fn rename_column(def: &mut TableDef, old: &str, new: &str) -> SqlResult<()> {
    let Some(at) = position(&def.columns, old) else {
        return Err(SqlError::coded(5509, "42S22", format!("Unknown column '{old}' in '{}'", def.name)));
    };
    if position(&def.columns, new).is_some() {
        return Err(SqlError::coded(1060, "42S21", format!("Duplicate column name '{new}'")));
    }
    let Some(column) = def.columns.get_mut(at) else { return Ok(()) };
    let before = std::mem::replace(&mut column.name, new.to_owned());
    let rename = |names: &mut Vec<String>| {
        for name in names.iter_mut().filter(|n| n.eq_ignore_ascii_case(&before)) {
            new.clone_into(name);
        }
    };
    rename(&mut def.sort_key);
    if let Distribution::Hash { columns, .. } = &mut def.distribution {
        rename(columns);
    }
    match &mut def.partitioning {
        Partitioning::None => {}
        Partitioning::Range { columns, .. } | Partitioning::List { columns, .. } => rename(columns),
        Partitioning::Expression { columns, .. } => rename(columns),
    }
    for index in &mut def.indexes {
        rename(&mut index.columns);
    }
    Ok(())
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

/// The FE's matrix of conversions.
fn convertible(from: &T, to: &T) -> SqlResult<()> {
    let refused = || Err(SqlError::plain(format!("Can not change {} to {}", error_form(from), error_form(to))));
    let allowed = match (from, to) {
        (a, b) if a == b => true,
        (T::Char(a), T::Char(b)) | (T::Varchar(a), T::Varchar(b)) | (T::Char(a), T::Varchar(b)) => {
            if b < a {
                return Err(SqlError::plain("Cannot shorten string length"));
            }
            true
        }
        (T::TinyInt, T::SmallInt | T::Int | T::BigInt | T::LargeInt | T::Double | T::Varchar(_)) => true,
        (T::SmallInt, T::Int | T::BigInt | T::LargeInt | T::Double | T::Varchar(_)) => true,
        (T::Int, T::BigInt | T::LargeInt | T::Double | T::Date | T::Varchar(_)) => true,
        (T::BigInt, T::LargeInt | T::Double | T::Varchar(_)) => true,
        (T::LargeInt | T::Double | T::Json, T::Varchar(_)) => true,
        (T::Float, T::Double | T::Varchar(_)) => true,
        (
            T::Varchar(_),
            T::TinyInt
            | T::SmallInt
            | T::Int
            | T::BigInt
            | T::LargeInt
            | T::Float
            | T::Double
            | T::Date
            | T::Json
            | T::Decimal(..),
        ) => true,
        (T::Decimal(p1, s1), T::Decimal(p2, s2)) => s1 <= s2 && p1 - s1 <= p2.saturating_sub(*s2),
        (T::Decimal(p, _), T::Varchar(n)) => u32::from(*p) + 2 <= *n,
        (T::Date, T::DateTime) | (T::DateTime, T::Date) => true,
        _ => false,
    };
    if allowed { Ok(()) } else { refused() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversions_follow_the_matrix() {
        assert!(convertible(&T::Int, &T::BigInt).is_ok());
        assert!(convertible(&T::Decimal(10, 2), &T::Decimal(20, 4)).is_ok());
        for (from, to, text) in [
            (T::Double, T::Float, "Can not change DOUBLE to FLOAT"),
            (T::Int, T::SmallInt, "Can not change INT to SMALLINT"),
            (T::Decimal(10, 2), T::Decimal(5, 2), "Can not change DECIMAL64(10,2) to DECIMAL64(5,2)"),
            (T::Varchar(10), T::Varchar(5), "Cannot shorten string length"),
        ] {
            assert_eq!(convertible(&from, &to).unwrap_err().message, text);
        }
    }
}
