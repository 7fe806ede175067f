// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What a table is made of, as CREATE TABLE takes it and as the server tells it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use starrocks_types::{StarRocksType, TableModel};

/// What a name in a database stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    /// A table with rows of its own.
    #[default]
    Table,
    /// A view.
    View,
    /// A materialized view.
    MaterializedView,
    /// A view of the server about itself.
    SystemView,
}

/// A table or view. The fields below `columns` are empty for views.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableDefinition {
    /// Database name, case-sensitive.
    pub database: String,
    /// Table name, case-sensitive.
    pub table: String,
    /// Table or view.
    #[serde(default)]
    pub kind: RelationKind,
    /// Columns in order.
    pub columns: Vec<ColumnDefinition>,
    /// How equal keys are treated; `None` leaves it to the server, and stands for a view.
    #[serde(default)]
    pub model: Option<TableModel>,
    /// Columns of the key, in its order.
    #[serde(default)]
    pub keys: Vec<String>,
    /// The DISTRIBUTED BY clause; `None` leaves it to the server.
    #[serde(default)]
    pub distribution: Option<DistributionDefinition>,
    /// What follows PARTITION BY, in SQL.
    #[serde(default)]
    pub partition_by: Option<String>,
    /// Columns of the ORDER BY clause; empty when rows are sorted by the key.
    #[serde(default)]
    pub order_by: Vec<String>,
    /// The PROPERTIES clause.
    #[serde(default)]
    pub properties: BTreeMap<String, String>,
    /// The COMMENT clause; empty for none.
    #[serde(default)]
    pub comment: String,
}

/// The DISTRIBUTED BY clause.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DistributionDefinition {
    /// Columns of HASH; none is RANDOM.
    #[serde(default)]
    pub columns: Vec<String>,
    /// BUCKETS, or `None` where the server chooses.
    #[serde(default)]
    pub buckets: Option<u32>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnDefinition {
    /// The name; matched without regard to case.
    pub name: String,
    /// The type, in JSON as SQL text.
    #[serde(rename = "type", with = "type_as_text")]
    pub data_type: StarRocksType,
    /// Whether NULL is admitted.
    #[serde(default = "yes")]
    pub nullable: bool,
    /// Whether the column belongs to the key.
    #[serde(default)]
    pub key: bool,
    /// The aggregate function of a value column in an aggregate table, such as `SUM`.
    #[serde(default)]
    pub aggregate: Option<String>,
    /// The DEFAULT clause.
    #[serde(default)]
    pub default: Option<ColumnDefault>,
    /// AUTO_INCREMENT.
    #[serde(default)]
    pub auto_increment: bool,
    /// The expression that the server computes the column from.
    #[serde(default)]
    pub generated: Option<String>,
    /// The COMMENT clause; empty for none.
    #[serde(default)]
    pub comment: String,
}

fn yes() -> bool {
    true
}

/// The DEFAULT clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnDefault {
    /// A value as text.
    Literal(String),
    /// A function: `CURRENT_TIMESTAMP`, `uuid()`, `uuid_numeric()`.
    Expression(String),
}

/// A change of a table. Names are given as the table has them before the change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case", deny_unknown_fields)]
pub enum TableChange {
    /// ADD COLUMN.
    AddColumn {
        /// The new column.
        column: ColumnDefinition,
        /// Where it goes; at the end if not told.
        #[serde(default)]
        position: Option<ColumnPosition>,
    },
    /// DROP COLUMN.
    DropColumn {
        /// The column.
        name: String,
    },
    /// MODIFY COLUMN: what is not told stays as it is.
    ModifyColumn {
        /// The column.
        name: String,
        /// The new type, in JSON as SQL text.
        #[serde(rename = "type", default, with = "optional_type_as_text")]
        data_type: Option<StarRocksType>,
        /// Whether NULL is admitted.
        #[serde(default)]
        nullable: Option<bool>,
        /// Where the column goes.
        #[serde(default)]
        position: Option<ColumnPosition>,
    },
    /// MODIFY COLUMN … COMMENT.
    CommentColumn {
        /// The column.
        name: String,
        /// The new comment.
        comment: String,
    },
    /// RENAME COLUMN.
    RenameColumn {
        /// The column.
        name: String,
        /// Its new name.
        to: String,
    },
    /// COMMENT = …
    CommentTable {
        /// The new comment.
        comment: String,
    },
    /// SET (…), property by property.
    SetProperties {
        /// Keys and values.
        properties: BTreeMap<String, String>,
    },
}

/// Where a column goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnPosition {
    /// Before all others.
    First,
    /// Behind this column.
    After(String),
}

/// What the server counts of a table. It learns it from its backends from time to time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TableStatistics {
    /// Rows.
    pub rows: Option<u64>,
    /// Bytes of its data.
    pub bytes: Option<u64>,
}

mod type_as_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use starrocks_types::StarRocksType;

    pub(super) fn serialize<S: Serializer>(data_type: &StarRocksType, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&crate::catalog::type_text(data_type))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<StarRocksType, D::Error> {
        let text = String::deserialize(from)?;
        crate::metadata::parse_type(&text).ok_or_else(|| D::Error::custom(format!("{text} is no StarRocks type")))
    }
}

mod optional_type_as_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use starrocks_types::StarRocksType;

    pub(super) fn serialize<S: Serializer>(data_type: &Option<StarRocksType>, to: S) -> Result<S::Ok, S::Error> {
        match data_type {
            Some(data_type) => super::type_as_text::serialize(data_type, to),
            None => to.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<StarRocksType>, D::Error> {
        let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
        let parsed = crate::metadata::parse_type(&text);
        parsed.map(Some).ok_or_else(|| D::Error::custom(format!("{text} is no StarRocks type")))
    }
}
