// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! CREATE, DROP, RENAME, ALTER and TRUNCATE.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, new_null_array};
use arrow::buffer::BooleanBuffer;
use starrocks_types::TableModel;

use super::{Engine, EngineError, EngineResult, Router, Writer, rows};
use crate::catalog::{AggregateFunction, Catalog, ColumnDef, Database, TableDef, arrow_type};
use crate::storage::{Segment, Table};

impl Engine {
    /// Creates a database.
    ///
    /// # Errors
    /// [`EngineError::DatabaseExists`].
    pub fn create_database(&self, name: &str) -> EngineResult<Arc<Database>> {
        let mut writer = self.writer();
        let mut catalog = Catalog::clone(&self.catalog());
        if catalog.databases.contains_key(name) {
            return Err(EngineError::DatabaseExists(name.to_owned()));
        }
        let database = Arc::new(Database {
            id: writer.next_id(),
            name: name.to_owned(),
            created: self.clock().now(),
            tables: Default::default(),
        });
        catalog.databases.insert(name.to_owned(), database.clone());
        self.publish(&writer, catalog, None)?;
        Ok(database)
    }

    /// Drops a database with its tables.
    ///
    /// # Errors
    /// [`EngineError::UnknownDatabase`].
    pub fn drop_database(&self, name: &str) -> EngineResult<()> {
        let mut writer = self.writer();
        let mut catalog = Catalog::clone(&self.catalog());
        let dropped = catalog.databases.remove(name).ok_or_else(|| EngineError::UnknownDatabase(name.to_owned()))?;
        for table in dropped.tables() {
            writer.primary_indexes.remove(&table.id());
        }
        self.publish(&writer, catalog, None)?;
        Ok(())
    }

    /// Renames a database; its tables and transactions stay with it.
    ///
    /// # Errors
    /// [`EngineError::UnknownDatabase`], [`EngineError::DatabaseExists`].
    pub fn rename_database(&self, name: &str, new_name: &str) -> EngineResult<()> {
        let writer = self.writer();
        let mut catalog = Catalog::clone(&self.catalog());
        if catalog.databases.contains_key(new_name) {
            return Err(EngineError::DatabaseExists(new_name.to_owned()));
        }
        let mut database =
            catalog.databases.remove(name).ok_or_else(|| EngineError::UnknownDatabase(name.to_owned()))?;
        Arc::make_mut(&mut database).name = new_name.to_owned();
        let id = database.id;
        catalog.databases.insert(new_name.to_owned(), database);
        self.publish(&writer, catalog, None)?;
        self.txns().rename_database(id, new_name);
        Ok(())
    }

    /// Creates a table. Assigns ids and the creation time; see [`TableDef`].
    ///
    /// # Errors
    /// [`EngineError::UnknownDatabase`], [`EngineError::TableExists`], [`EngineError::Invalid`].
    pub fn create_table(&self, database: &str, mut def: TableDef) -> EngineResult<Arc<Table>> {
        check_def(&def)?;
        let mut writer = self.writer();
        let mut catalog = Catalog::clone(&self.catalog());
        let home = existing(&catalog, database)?;
        if home.tables.contains_key(&def.name) {
            return Err(EngineError::TableExists(def.name));
        }
        let now = self.clock().now();
        def.id = writer.next_id();
        def.database_id = home.id;
        def.created = now;
        for (id, column) in (0u32..).zip(&mut def.columns) {
            column.id = id;
        }
        def.next_column_id = u32::try_from(def.columns.len()).unwrap_or(u32::MAX);
        let table = Arc::new(Table::new(Arc::new(def), 1, now, Vec::new()));
        put_table(&mut catalog, database, table.clone());
        self.publish(&writer, catalog, None)?;
        Ok(table)
    }

    /// Drops a table.
    ///
    /// # Errors
    /// [`EngineError::UnknownDatabase`], [`EngineError::UnknownTable`].
    pub fn drop_table(&self, database: &str, table: &str) -> EngineResult<()> {
        let mut writer = self.writer();
        let mut catalog = Catalog::clone(&self.catalog());
        let dropped = existing_table(&catalog, database, table)?;
        remove_table(&mut catalog, database, table);
        writer.primary_indexes.remove(&dropped.id());
        self.publish(&writer, catalog, None)?;
        Ok(())
    }

    /// Renames a table within its database.
    ///
    /// # Errors
    /// [`EngineError::UnknownTable`], [`EngineError::TableExists`].
    pub fn rename_table(&self, database: &str, table: &str, new_name: &str) -> EngineResult<()> {
        let writer = self.writer();
        let mut catalog = Catalog::clone(&self.catalog());
        let old = existing_table(&catalog, database, table)?;
        if existing(&catalog, database)?.tables.contains_key(new_name) {
            return Err(EngineError::TableExists(new_name.to_owned()));
        }
        let def = TableDef { name: new_name.to_owned(), ..TableDef::clone(old.def()) };
        remove_table(&mut catalog, database, table);
        put_table(&mut catalog, database, with_def(&old, def));
        self.publish(&writer, catalog, None)?;
        Ok(())
    }

    /// Removes all rows of a table.
    ///
    /// # Errors
    /// [`EngineError::UnknownTable`].
    pub fn truncate_table(&self, database: &str, table: &str) -> EngineResult<()> {
        let mut writer = self.writer();
        let mut catalog = Catalog::clone(&self.catalog());
        let old = existing_table(&catalog, database, table)?;
        writer.primary_indexes.remove(&old.id());
        let empty = Table::new(old.def().clone(), old.version() + 1, self.clock().now(), Vec::new());
        put_table(&mut catalog, database, Arc::new(empty));
        self.publish(&writer, catalog, None)?;
        Ok(())
    }

    /// Removes the rows of some of a table's partitions, which are named in any case.
    ///
    /// # Errors
    /// [`EngineError::UnknownTable`], [`EngineError::Invalid`] for a partition that the table has not.
    pub fn truncate_partitions(&self, database: &str, table: &str, partitions: &[String]) -> EngineResult<()> {
        let mut writer = self.writer();
        let mut catalog = Catalog::clone(&self.catalog());
        let old = existing_table(&catalog, database, table)?;
        let known = old.def().partitioning.partitions();
        if let Some(name) = partitions.iter().find(|name| !known.iter().any(|p| p.name.eq_ignore_ascii_case(name))) {
            return Err(EngineError::Invalid(format!("Partition {name} does not exist")));
        }
        let emptied: Vec<bool> =
            known.iter().map(|p| partitions.iter().any(|name| p.name.eq_ignore_ascii_case(name))).collect();
        put_table(&mut catalog, database, self.without_rows_of(&mut writer, &old, &emptied)?);
        self.publish(&writer, catalog, None)?;
        Ok(())
    }

    /// Changes a table's declaration and rewrites its rows to fit: a column that keeps its id keeps its values, cast to
    /// a changed type; a new one (give it any id at or above `next_column_id`) gets its default.
    ///
    /// `change` runs under the engine's write lock and must not call the engine.
    ///
    /// # Errors
    /// [`EngineError::UnknownTable`], [`EngineError::Invalid`], or what `change` returns.
    pub fn alter_table(
        &self,
        database: &str,
        table: &str,
        change: impl FnOnce(&mut TableDef) -> EngineResult<()>,
    ) -> EngineResult<Arc<Table>> {
        let mut writer = self.writer();
        let mut catalog = Catalog::clone(&self.catalog());
        let old = existing_table(&catalog, database, table)?;
        let mut def = TableDef::clone(old.def());
        change(&mut def)?;
        (def.id, def.database_id, def.created) = (old.def().id, old.def().database_id, old.def().created);
        def.name.clone_from(&old.def().name);
        let mut next = old.def().next_column_id;
        for column in &mut def.columns {
            if column.id >= old.def().next_column_id {
                column.id = next;
                next += 1;
            }
        }
        def.next_column_id = next;
        check_def(&def)?;
        let altered = self.rewrite(&mut writer, &old, def)?;
        put_table(&mut catalog, database, altered.clone());
        self.publish(&writer, catalog, None)?;
        Ok(altered)
    }

    fn rewrite(&self, writer: &mut Writer, old: &Arc<Table>, def: TableDef) -> EngineResult<Arc<Table>> {
        let old = &self.without_dropped_partitions(writer, old, &def)?;
        if def.columns == old.def().columns {
            return Ok(with_def(old, def));
        }
        let schema = def.arrow_schema();
        let now = self.clock().now();
        let column_of = |batch: &RecordBatch, column: &ColumnDef| -> EngineResult<ArrayRef> {
            let target = arrow_type(&column.data_type);
            match old.def().column_by_id(column.id) {
                Some((position, _)) => rows::cast_to(batch.column(position), &target),
                None => match rows::default_array(column, batch.num_rows(), now)? {
                    Some(values) => Ok(values),
                    None => Ok(new_null_array(&target, batch.num_rows())),
                },
            }
        };
        let segments = old
            .segments()
            .iter()
            .map(|segment| {
                let columns =
                    def.columns.iter().map(|c| column_of(&segment.batch, c)).collect::<EngineResult<Vec<_>>>()?;
                Ok(Segment::with_live(RecordBatch::try_new(schema.clone(), columns)?, segment.live.clone()))
            })
            .collect::<EngineResult<Vec<_>>>()?;
        // Keys may have another encoding now; the next commit builds the index anew.
        writer.primary_indexes.remove(&def.id);
        Ok(Arc::new(Table::new(Arc::new(def), old.version() + 1, now, segments)))
    }
}

impl Engine {
    /// The table without the rows of partitions that `def` has no more.
    fn without_dropped_partitions(
        &self,
        writer: &mut Writer,
        old: &Arc<Table>,
        def: &TableDef,
    ) -> EngineResult<Arc<Table>> {
        let kept = |id: u64| def.partitioning.partitions().iter().any(|p| p.id == id);
        let dropped: Vec<bool> = old.def().partitioning.partitions().iter().map(|p| !kept(p.id)).collect();
        self.without_rows_of(writer, old, &dropped)
    }

    /// The table without the rows of those of its partitions for which `emptied` is true.
    fn without_rows_of(&self, writer: &mut Writer, old: &Arc<Table>, emptied: &[bool]) -> EngineResult<Arc<Table>> {
        if !emptied.contains(&true) {
            return Ok(old.clone());
        }
        let router = Router::new(self, old.def(), &[])?;
        let mut segments = Vec::with_capacity(old.segments().len());
        for segment in old.segments().iter() {
            let places = router.places(&segment.batch)?;
            let goes = |row: usize| places.get(row).copied().flatten().is_some_and(|p| emptied.get(p) == Some(&true));
            let live = BooleanBuffer::collect_bool(segment.batch.num_rows(), |row| segment.is_live(row) && !goes(row));
            segments.push(Segment::with_live(segment.batch.clone(), Some(live)));
        }
        writer.primary_indexes.remove(&old.id());
        Ok(Arc::new(Table::new(old.def().clone(), old.version() + 1, self.clock().now(), segments)))
    }
}

pub(super) fn existing(catalog: &Catalog, database: &str) -> EngineResult<Arc<Database>> {
    catalog.database(database).cloned().ok_or_else(|| EngineError::UnknownDatabase(database.to_owned()))
}

pub(super) fn existing_table(catalog: &Catalog, database: &str, table: &str) -> EngineResult<Arc<Table>> {
    existing(catalog, database)?
        .table(table)
        .cloned()
        .ok_or_else(|| EngineError::UnknownTable { database: database.to_owned(), table: table.to_owned() })
}

/// Puts a table, which may replace one of the same name, into an existing database.
pub(super) fn put_table(catalog: &mut Catalog, database: &str, table: Arc<Table>) {
    if let Some(home) = catalog.databases.get_mut(database) {
        Arc::make_mut(home).tables.insert(table.def().name.clone(), table);
    }
}

fn remove_table(catalog: &mut Catalog, database: &str, table: &str) {
    if let Some(home) = catalog.databases.get_mut(database) {
        Arc::make_mut(home).tables.remove(table);
    }
}

fn with_def(old: &Table, def: TableDef) -> Arc<Table> {
    Arc::new(Table::new(Arc::new(def), old.version(), old.version_time(), old.segments().to_vec()))
}

/// What the engine itself relies on; the SQL side checks the grammar's rules.
fn check_def(def: &TableDef) -> EngineResult<()> {
    let invalid = |message: String| Err(EngineError::Invalid(message));
    if def.columns.is_empty() {
        return invalid(format!("table {} has no column", def.name));
    }
    for (i, column) in def.columns.iter().enumerate() {
        if def.columns.iter().take(i).any(|c| c.name.eq_ignore_ascii_case(&column.name)) {
            return invalid(format!("Duplicate column name '{}'", column.name));
        }
        if column.aggregate == Some(AggregateFunction::Sum) && !arrow_type(&column.data_type).is_numeric() {
            return invalid(format!("column '{}' of type {} cannot be summed", column.name, column.data_type));
        }
    }
    if def.model != TableModel::Duplicate && !def.columns.iter().any(|c| c.key) {
        return invalid(format!("table {} has no key column", def.name));
    }
    Ok(())
}
