// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! A table's declaration.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use serde::{Deserialize, Serialize};
use starrocks_types::{StarRocksType, TableModel};

use crate::clock::Micros;

/// A table as CREATE TABLE declared it and ALTER TABLE changed it.
///
/// `id`, `database_id`, `created` and the columns' `id` are assigned by the engine; what a caller puts there is ignored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableDef {
    /// Never changes and is never used again.
    pub id: u64,
    /// The database the table is in.
    pub database_id: u64,
    /// The name, case-sensitive.
    pub name: String,
    /// How rows with equal keys are treated.
    pub model: TableModel,
    /// Columns in declared order; key columns have `key` set.
    pub columns: Vec<ColumnDef>,
    /// Columns of the ORDER BY clause; empty when rows are sorted by the key.
    pub sort_key: Vec<String>,
    /// The DISTRIBUTED BY clause.
    pub distribution: Distribution,
    /// The PARTITION BY clause.
    pub partitioning: Partitioning,
    /// Secondary indexes, kept for SHOW only.
    pub indexes: Vec<IndexDef>,
    /// The PROPERTIES clause with lower-case keys.
    pub properties: BTreeMap<String, String>,
    /// The COMMENT clause.
    pub comment: String,
    /// When it was created.
    pub created: Micros,
    /// The id that the next new column gets.
    pub next_column_id: u32,
}

impl TableDef {
    /// A duplicate-key table of these columns with random distribution; the starting point for builders and tests.
    pub fn new(name: impl Into<String>, model: TableModel, columns: Vec<ColumnDef>) -> Self {
        Self {
            id: 0,
            database_id: 0,
            name: name.into(),
            model,
            columns,
            sort_key: Vec::new(),
            distribution: Distribution::Random { buckets: None },
            partitioning: Partitioning::None,
            indexes: Vec::new(),
            properties: BTreeMap::new(),
            comment: String::new(),
            created: 0,
            next_column_id: 0,
        }
    }

    /// Position and column of that name, without regard to case.
    pub fn column(&self, name: &str) -> Option<(usize, &ColumnDef)> {
        self.columns.iter().enumerate().find(|(_, c)| c.name.eq_ignore_ascii_case(name))
    }

    /// Position and column with that id.
    pub fn column_by_id(&self, id: u32) -> Option<(usize, &ColumnDef)> {
        self.columns.iter().enumerate().find(|(_, c)| c.id == id)
    }

    /// Positions of the key columns in declared order.
    pub fn key_positions(&self) -> Vec<usize> {
        self.columns.iter().enumerate().filter(|(_, c)| c.key).map(|(i, _)| i).collect()
    }

    /// The Arrow schema of the table's rows, columns in declared order.
    pub fn arrow_schema(&self) -> SchemaRef {
        Arc::new(Schema::new(self.columns.iter().map(super::arrow_field).collect::<Vec<_>>()))
    }
}

/// A column as declared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnDef {
    /// Stays with the column through renames and reordering; unique in its table, never used again.
    pub id: u32,
    /// The name as declared; matched without regard to case.
    pub name: String,
    /// The declared type.
    pub data_type: StarRocksType,
    /// Whether NULL is admitted.
    pub nullable: bool,
    /// Whether the column belongs to the table's key.
    pub key: bool,
    /// How values of rows with equal keys are merged; only in aggregate-key tables.
    pub aggregate: Option<AggregateFunction>,
    /// The DEFAULT clause.
    pub default: Option<DefaultValue>,
    /// AUTO_INCREMENT.
    pub auto_increment: bool,
    /// The expression of `AS expression`, as written.
    pub generated: Option<String>,
    /// The COMMENT clause.
    pub comment: String,
}

impl ColumnDef {
    /// A nullable value column without default.
    pub fn new(name: impl Into<String>, data_type: StarRocksType) -> Self {
        Self {
            id: 0,
            name: name.into(),
            data_type,
            nullable: true,
            key: false,
            aggregate: None,
            default: None,
            auto_increment: false,
            generated: None,
            comment: String::new(),
        }
    }

    /// A NOT NULL key column.
    pub fn key(name: impl Into<String>, data_type: StarRocksType) -> Self {
        Self { nullable: false, key: true, ..Self::new(name, data_type) }
    }
}

/// What a column's value is when a load or an INSERT does not name the column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DefaultValue {
    /// `DEFAULT NULL`
    Null,
    /// `DEFAULT "text"`, converted to the column's type as CSV text is.
    Literal(String),
    /// `DEFAULT CURRENT_TIMESTAMP[(n)]` or `DEFAULT (now([n]))`, the same for all rows of one load.
    CurrentTimestamp {
        /// Digits of the second's fraction, if written.
        precision: Option<u8>,
    },
    /// `DEFAULT (uuid())`
    Uuid,
    /// `DEFAULT (uuid_numeric())`
    UuidNumeric,
}

/// Aggregate functions of value columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AggregateFunction {
    /// `SUM`
    Sum,
    /// `MIN`
    Min,
    /// `MAX`
    Max,
    /// `REPLACE`
    Replace,
    /// `REPLACE_IF_NOT_NULL`
    ReplaceIfNotNull,
    /// `HLL_UNION`
    HllUnion,
    /// `BITMAP_UNION`
    BitmapUnion,
    /// `PERCENTILE_UNION`
    PercentileUnion,
}

impl AggregateFunction {
    /// The name as SHOW CREATE TABLE writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sum => "SUM",
            Self::Min => "MIN",
            Self::Max => "MAX",
            Self::Replace => "REPLACE",
            Self::ReplaceIfNotNull => "REPLACE_IF_NOT_NULL",
            Self::HllUnion => "HLL_UNION",
            Self::BitmapUnion => "BITMAP_UNION",
            Self::PercentileUnion => "PERCENTILE_UNION",
        }
    }
}

/// The DISTRIBUTED BY clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Distribution {
    /// `HASH(columns) [BUCKETS n]`
    Hash {
        /// Column names as declared.
        columns: Vec<String>,
        /// `None` when the server chooses.
        buckets: Option<u32>,
    },
    /// `RANDOM [BUCKETS n]`
    Random {
        /// `None` when the server chooses.
        buckets: Option<u32>,
    },
}

/// The PARTITION BY clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Partitioning {
    /// No clause: one partition, named like the table.
    None,
    /// `RANGE(columns)`; a row outside all ranges is filtered.
    Range {
        /// Column names as declared.
        columns: Vec<String>,
        /// In ascending order.
        partitions: Vec<PartitionDef>,
    },
    /// `LIST(columns)`; a row in no list is filtered.
    List {
        /// Column names as declared.
        columns: Vec<String>,
        /// In declared order.
        partitions: Vec<PartitionDef>,
    },
    /// `PARTITION BY expressions or columns`: partitions appear with the rows.
    Expression {
        /// The text between PARTITION BY and the next clause, as SHOW CREATE TABLE writes it.
        sql: String,
        /// The columns that the expressions use.
        columns: Vec<String>,
        /// Partitions known so far.
        partitions: Vec<PartitionDef>,
    },
}

impl Partitioning {
    /// The declared partitions, none for an unpartitioned table.
    pub fn partitions(&self) -> &[PartitionDef] {
        match self {
            Self::None => &[],
            Self::Range { partitions, .. } | Self::List { partitions, .. } | Self::Expression { partitions, .. } => {
                partitions
            }
        }
    }

    /// The partition columns, none for an unpartitioned table.
    pub fn columns(&self) -> &[String] {
        match self {
            Self::None => &[],
            Self::Range { columns, .. } | Self::List { columns, .. } | Self::Expression { columns, .. } => columns,
        }
    }
}

/// One partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionDef {
    /// Unique in the server; assigned by the caller with `Engine::next_id`.
    pub id: u64,
    /// The partition's name.
    pub name: String,
    /// Which rows belong to it.
    pub bounds: PartitionBounds,
    /// Properties of the partition alone, verbatim.
    pub properties: BTreeMap<String, String>,
}

/// Which rows belong to a partition. Values are texts that convert to the column's type as CSV text does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartitionBounds {
    /// `lower <= row < upper`, compared column by column.
    Range {
        /// `None` is the minimum.
        lower: Option<Vec<String>>,
        /// `None` is MAXVALUE.
        upper: Option<Vec<String>>,
    },
    /// The row's partition columns equal one of these tuples; a `None` stands for NULL.
    List(Vec<Vec<Option<String>>>),
}

/// A secondary index; it changes no result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexDef {
    /// The index's name.
    pub name: String,
    /// Indexed columns.
    pub columns: Vec<String>,
    /// The type after USING, such as `BITMAP`.
    pub kind: String,
    /// The COMMENT clause.
    pub comment: String,
    /// Properties, verbatim.
    pub properties: BTreeMap<String, String>,
}
