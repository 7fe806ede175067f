// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! StarRocks types as Arrow types.
//!
//! | StarRocks | Arrow |
//! |---|---|
//! | BOOLEAN | Boolean |
//! | TINYINT, SMALLINT, INT, BIGINT | Int8, Int16, Int32, Int64 |
//! | LARGEINT | Decimal256(39, 0): 128-bit integers have 39 digits, one more than Decimal128 admits |
//! | FLOAT, DOUBLE | Float32, Float64 |
//! | DECIMAL(p, s) | Decimal128(p, s) |
//! | CHAR, VARCHAR, JSON | Utf8; JSON in the server's own spacing |
//! | DATE | Date32 |
//! | DATETIME | Timestamp(microseconds), no time zone |
//! | VARBINARY, HLL, BITMAP, PERCENTILE | Binary |
//! | ARRAY | List of a nullable `item` |
//! | MAP | Map, unsorted, of `entries` with `key` and nullable `value` |
//! | STRUCT | Struct of nullable fields |
//!
//! The declared type travels in each field's metadata under [`STARROCKS_TYPE`] as the JSON of [`StarRocksType`].

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields, TimeUnit};
use starrocks_types::StarRocksType;

use super::ColumnDef;

/// The key of a field's metadata that holds the declared type.
pub const STARROCKS_TYPE: &str = "starrocks.type";

/// The Arrow type that holds values of `data_type`.
pub fn arrow_type(data_type: &StarRocksType) -> DataType {
    match data_type {
        StarRocksType::Boolean => DataType::Boolean,
        StarRocksType::TinyInt => DataType::Int8,
        StarRocksType::SmallInt => DataType::Int16,
        StarRocksType::Int => DataType::Int32,
        StarRocksType::BigInt => DataType::Int64,
        StarRocksType::LargeInt => DataType::Decimal256(39, 0),
        StarRocksType::Float => DataType::Float32,
        StarRocksType::Double => DataType::Float64,
        StarRocksType::Decimal(p, s) => DataType::Decimal128(*p, i8::try_from(*s).unwrap_or(38)),
        StarRocksType::Char(_) | StarRocksType::Varchar(_) | StarRocksType::Json => DataType::Utf8,
        StarRocksType::Date => DataType::Date32,
        StarRocksType::DateTime => DataType::Timestamp(TimeUnit::Microsecond, None),
        StarRocksType::Varbinary(_) | StarRocksType::Hll | StarRocksType::Bitmap | StarRocksType::Percentile => {
            DataType::Binary
        }
        StarRocksType::Array(item) => DataType::List(Arc::new(typed_field("item", item, true))),
        StarRocksType::Map(key, value) => {
            let entries = Fields::from(vec![typed_field("key", key, false), typed_field("value", value, true)]);
            DataType::Map(Arc::new(Field::new("entries", DataType::Struct(entries), false)), false)
        }
        StarRocksType::Struct(fields) => {
            DataType::Struct(fields.iter().map(|(name, t)| typed_field(name, t, true)).collect())
        }
    }
}

/// The Arrow field of a column. Nullability is as declared.
pub fn arrow_field(column: &ColumnDef) -> Field {
    typed_field(&column.name, &column.data_type, column.nullable)
}

/// The declared type of a field made by [`arrow_field`], also of nested ones.
pub fn starrocks_type(field: &Field) -> Option<StarRocksType> {
    serde_json::from_str(field.metadata().get(STARROCKS_TYPE)?).ok()
}

fn typed_field(name: &str, data_type: &StarRocksType, nullable: bool) -> Field {
    let declared = serde_json::to_string(data_type).unwrap_or_default();
    Field::new(name, arrow_type(data_type), nullable)
        .with_metadata(HashMap::from([(STARROCKS_TYPE.to_owned(), declared)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declared_type_survives_the_arrow_field() {
        let declared = StarRocksType::Array(Box::new(StarRocksType::Map(
            Box::new(StarRocksType::Varchar(5)),
            Box::new(StarRocksType::LargeInt),
        )));
        let field = arrow_field(&ColumnDef::new("c", declared.clone()));
        assert_eq!(starrocks_type(&field), Some(declared));
        let DataType::List(item) = field.data_type() else { panic!("a list") };
        assert!(matches!(starrocks_type(item), Some(StarRocksType::Map(..))));
    }
}
