// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! StarRocks column types and tables, as the server declares them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A StarRocks column type.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StarRocksType {
    /// `BOOLEAN`
    Boolean,
    /// `TINYINT`, 8 bits
    TinyInt,
    /// `SMALLINT`, 16 bits
    SmallInt,
    /// `INT`, 32 bits
    Int,
    /// `BIGINT`, 64 bits
    BigInt,
    /// `LARGEINT`, 128 bits
    LargeInt,
    /// `FLOAT`, 32 bits
    Float,
    /// `DOUBLE`, 64 bits
    Double,
    /// `DECIMAL(precision, scale)`, up to 38 digits
    Decimal(u8, u8),
    /// `CHAR(n)`, n in bytes, 1 to 255
    Char(u32),
    /// `VARCHAR(n)`, n in bytes, up to 1,048,576; STRING is `VARCHAR(65533)`
    Varchar(u32),
    /// `VARBINARY` or `VARBINARY(n)`
    Varbinary(Option<u32>),
    /// `DATE`
    Date,
    /// `DATETIME`, microseconds
    DateTime,
    /// `JSON`
    Json,
    /// `ARRAY<t>`
    Array(Box<StarRocksType>),
    /// `MAP<k,v>`
    Map(Box<StarRocksType>, Box<StarRocksType>),
    /// `STRUCT<name t, …>`
    Struct(Vec<(String, StarRocksType)>),
    /// `HLL`
    Hll,
    /// `BITMAP`
    Bitmap,
    /// `PERCENTILE`
    Percentile,
}

impl fmt::Display for StarRocksType {
    /// Upper-case SQL, as a user writes it in CREATE TABLE.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean => f.write_str("BOOLEAN"),
            Self::TinyInt => f.write_str("TINYINT"),
            Self::SmallInt => f.write_str("SMALLINT"),
            Self::Int => f.write_str("INT"),
            Self::BigInt => f.write_str("BIGINT"),
            Self::LargeInt => f.write_str("LARGEINT"),
            Self::Float => f.write_str("FLOAT"),
            Self::Double => f.write_str("DOUBLE"),
            Self::Decimal(p, s) => write!(f, "DECIMAL({p}, {s})"),
            Self::Char(n) => write!(f, "CHAR({n})"),
            Self::Varchar(n) => write!(f, "VARCHAR({n})"),
            Self::Varbinary(None) => f.write_str("VARBINARY"),
            Self::Varbinary(Some(n)) => write!(f, "VARBINARY({n})"),
            Self::Date => f.write_str("DATE"),
            Self::DateTime => f.write_str("DATETIME"),
            Self::Json => f.write_str("JSON"),
            Self::Array(t) => write!(f, "ARRAY<{t}>"),
            Self::Map(k, v) => write!(f, "MAP<{k},{v}>"),
            Self::Struct(fields) => {
                f.write_str("STRUCT<")?;
                for (i, (name, t)) in fields.iter().enumerate() {
                    write!(f, "{}{name} {t}", if i == 0 { "" } else { ", " })?;
                }
                f.write_str(">")
            }
            Self::Hll => f.write_str("HLL"),
            Self::Bitmap => f.write_str("BITMAP"),
            Self::Percentile => f.write_str("PERCENTILE"),
        }
    }
}

/// How a table treats rows with equal keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TableModel {
    /// `DUPLICATE KEY`: every row is kept.
    Duplicate,
    /// `AGGREGATE KEY`: rows are merged by the columns' aggregate functions.
    Aggregate,
    /// `UNIQUE KEY`: the last row wins.
    Unique,
    /// `PRIMARY KEY`: upserts and deletes.
    Primary,
}

/// A column of a StarRocks table, as `information_schema.columns` describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StarRocksColumn {
    /// Declared name; StarRocks matches it without regard to case.
    pub name: String,
    /// Declared type.
    pub data_type: StarRocksType,
    /// Whether NULL is admitted.
    pub nullable: bool,
    /// Whether the column is part of the table's key.
    pub key: bool,
    /// Default as written, if there is one.
    pub default: Option<String>,
    /// Whether the server computes the column from others, so that it cannot be written.
    #[serde(default)]
    pub generated: bool,
}

/// A StarRocks table as a client sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StarRocksTable {
    /// Database name, case-sensitive.
    pub database: String,
    /// Table name, case-sensitive.
    pub name: String,
    /// How equal keys are treated. `Duplicate` also stands for a model that the server does not tell.
    pub model: TableModel,
    /// Columns in ordinal order.
    pub columns: Vec<StarRocksColumn>,
}
