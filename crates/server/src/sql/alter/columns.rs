// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! The clauses that change columns.

use starrocks_types::{StarRocksType as T, TableModel};

use super::Change;
use super::convert::convertible;
use crate::catalog::{AggregateFunction, ColumnDef, DefaultValue, Distribution, Partitioning, TableDef};
use crate::sql::ast::{ColumnSpec, Place};
use crate::sql::ddl::{aggregate_fits, check_default, column_def, position};
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::generated;

impl Change {
    pub(super) fn add(&mut self, def: &mut TableDef, spec: &ColumnSpec, place: &Place) -> SqlResult<()> {
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

    pub(super) fn drop_column(&mut self, def: &mut TableDef, name: &str) -> SqlResult<()> {
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

    pub(super) fn modify(&mut self, def: &mut TableDef, spec: &ColumnSpec, place: &Place) -> SqlResult<()> {
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

    pub(super) fn order_by(&mut self, def: &mut TableDef, columns: &[String]) -> SqlResult<()> {
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
}

fn exists(name: &str, existing: &ColumnDef) -> SqlError {
    SqlError::plain(format!(
        "Can not add column which already exists in column id: {name}, you can remove {} and try again.",
        crate::show::column_line(existing)
    ))
}

pub(super) fn found(def: &TableDef, name: &str) -> SqlResult<usize> {
    position(&def.columns, name).ok_or_else(|| SqlError::plain(format!("Column[{name}] does not exists")))
}

pub(super) fn rename_column(def: &mut TableDef, old: &str, new: &str) -> SqlResult<()> {
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
