// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Databases and tables as declared. A [`Catalog`] is an immutable value: DDL and commits publish a new one, so that
//! whoever holds one sees a consistent state of every table.

mod table;
mod types;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use table::{
    AggregateFunction, ColumnDef, DefaultValue, Distribution, IndexDef, PartitionBounds, PartitionDef, Partitioning,
    TableDef,
};
pub use types::{STARROCKS_TYPE, arrow_field, arrow_type, starrocks_type};

use crate::clock::Micros;
use crate::storage::Table;

/// All databases at one moment.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    pub(crate) databases: BTreeMap<String, Arc<Database>>,
}

impl Catalog {
    /// The database of that name, which is case-sensitive.
    pub fn database(&self, name: &str) -> Option<&Arc<Database>> {
        self.databases.get(name)
    }

    /// The database with that id.
    pub fn database_by_id(&self, id: u64) -> Option<&Arc<Database>> {
        self.databases.values().find(|d| d.id == id)
    }

    /// Databases by name.
    pub fn databases(&self) -> impl Iterator<Item = &Arc<Database>> {
        self.databases.values()
    }

    /// A table by names, both case-sensitive.
    pub fn table(&self, database: &str, table: &str) -> Option<&Arc<Table>> {
        self.databases.get(database)?.tables.get(table)
    }

    /// The database and the table with that table id.
    pub fn table_by_id(&self, id: u64) -> Option<(&Arc<Database>, &Arc<Table>)> {
        self.databases.values().find_map(|d| d.tables.values().find(|t| t.id() == id).map(|t| (d, t)))
    }
}

/// One database at one moment.
#[derive(Debug, Clone)]
pub struct Database {
    /// Never changes and is never used again.
    pub id: u64,
    /// The name, case-sensitive.
    pub name: String,
    /// When it was created.
    pub created: Micros,
    pub(crate) tables: BTreeMap<String, Arc<Table>>,
}

impl Database {
    /// The table of that name, which is case-sensitive.
    pub fn table(&self, name: &str) -> Option<&Arc<Table>> {
        self.tables.get(name)
    }

    /// Tables by name.
    pub fn tables(&self) -> impl Iterator<Item = &Arc<Table>> {
        self.tables.values()
    }
}
