// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Flink's logical types, as they cross the JNI boundary.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kind of a Flink logical type, spelled as `LogicalTypeRoot` in Flink.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "root", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FlinkTypeRoot {
    /// `CHAR(n)`; `length` in characters.
    Char {
        /// Declared length in characters.
        length: u32,
    },
    /// `VARCHAR(n)`; STRING is `VARCHAR(2147483647)`.
    Varchar {
        /// Declared length in characters.
        length: u32,
    },
    /// `BOOLEAN`
    Boolean,
    /// `BINARY(n)`
    Binary {
        /// Declared length in bytes.
        length: u32,
    },
    /// `VARBINARY(n)`; BYTES is `VARBINARY(2147483647)`.
    Varbinary {
        /// Declared length in bytes.
        length: u32,
    },
    /// `DECIMAL(p, s)`
    Decimal {
        /// Total digits, 1 to 38.
        precision: u8,
        /// Fraction digits, 0 to `precision`.
        scale: u8,
    },
    /// `TINYINT`
    Tinyint,
    /// `SMALLINT`
    Smallint,
    /// `INT`
    Integer,
    /// `BIGINT`
    Bigint,
    /// `FLOAT`
    Float,
    /// `DOUBLE`
    Double,
    /// `DATE`
    Date,
    /// `TIME(p)`, stored as milliseconds of the day.
    TimeWithoutTimeZone {
        /// Fraction digits of the second, 0 to 9.
        precision: u8,
    },
    /// `TIMESTAMP(p)`
    TimestampWithoutTimeZone {
        /// Fraction digits of the second, 0 to 9.
        precision: u8,
    },
    /// `TIMESTAMP_LTZ(p)`
    TimestampWithLocalTimeZone {
        /// Fraction digits of the second, 0 to 9.
        precision: u8,
    },
    /// `ARRAY<t>`
    Array {
        /// Element type.
        element: Box<FlinkType>,
    },
    /// `MAP<k, v>`
    Map {
        /// Key type.
        key: Box<FlinkType>,
        /// Value type.
        value: Box<FlinkType>,
    },
    /// `ROW<…>`
    Row {
        /// Fields in order.
        fields: Vec<FlinkColumn>,
    },
}

/// A Flink logical type with its nullability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlinkType {
    /// Kind and parameters.
    #[serde(flatten)]
    pub root: FlinkTypeRoot,
    /// Whether the type admits NULL.
    #[serde(default = "nullable_by_default")]
    pub nullable: bool,
}

fn nullable_by_default() -> bool {
    true
}

/// A named column (or ROW field) of a Flink schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlinkColumn {
    /// Name as the Flink table declares it.
    pub name: String,
    /// Type and nullability.
    #[serde(rename = "type")]
    pub data_type: FlinkType,
}

impl FlinkType {
    /// A nullable type.
    pub fn nullable(root: FlinkTypeRoot) -> Self {
        Self { root, nullable: true }
    }

    /// A NOT NULL type.
    pub fn not_null(root: FlinkTypeRoot) -> Self {
        Self { root, nullable: false }
    }
}

impl FlinkColumn {
    /// A column of the given name and type.
    pub fn new(name: impl Into<String>, data_type: FlinkType) -> Self {
        Self { name: name.into(), data_type }
    }
}

impl fmt::Display for FlinkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use FlinkTypeRoot::*;
        const UNBOUNDED: u32 = i32::MAX as u32;
        match &self.root {
            Char { length } => write!(f, "CHAR({length})"),
            Varchar { length } if *length >= UNBOUNDED => f.write_str("STRING"),
            Varchar { length } => write!(f, "VARCHAR({length})"),
            Boolean => f.write_str("BOOLEAN"),
            Binary { length } => write!(f, "BINARY({length})"),
            Varbinary { length } if *length >= UNBOUNDED => f.write_str("BYTES"),
            Varbinary { length } => write!(f, "VARBINARY({length})"),
            Decimal { precision, scale } => write!(f, "DECIMAL({precision}, {scale})"),
            Tinyint => f.write_str("TINYINT"),
            Smallint => f.write_str("SMALLINT"),
            Integer => f.write_str("INT"),
            Bigint => f.write_str("BIGINT"),
            Float => f.write_str("FLOAT"),
            Double => f.write_str("DOUBLE"),
            Date => f.write_str("DATE"),
            TimeWithoutTimeZone { precision } => write!(f, "TIME({precision})"),
            TimestampWithoutTimeZone { precision } => write!(f, "TIMESTAMP({precision})"),
            TimestampWithLocalTimeZone { precision } => write!(f, "TIMESTAMP_LTZ({precision})"),
            Array { element } => write!(f, "ARRAY<{element}>"),
            Map { key, value } => write!(f, "MAP<{key}, {value}>"),
            Row { fields } => {
                f.write_str("ROW<")?;
                for (i, field) in fields.iter().enumerate() {
                    write!(f, "{}{} {}", if i == 0 { "" } else { ", " }, field.name, field.data_type)?;
                }
                f.write_str(">")
            }
        }?;
        if self.nullable { Ok(()) } else { f.write_str(" NOT NULL") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_crosses_as_json() {
        let text = r#"{"name":"tags","type":{"root":"ARRAY","element":{"root":"DECIMAL","precision":10,"scale":2},"nullable":false}}"#;
        let column: FlinkColumn = serde_json::from_str(text).unwrap();
        assert_eq!(column.data_type.to_string(), "ARRAY<DECIMAL(10, 2)> NOT NULL");
        let back: FlinkColumn = serde_json::from_str(&serde_json::to_string(&column).unwrap()).unwrap();
        assert_eq!(back, column);
    }
}
