// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What an expression gives, as far as result metadata tells.

use arrow::datatypes::{DataType, Field};
use serde::{Deserialize, Serialize};
use starrocks_types::StarRocksType;

use crate::catalog::starrocks_type;
use crate::mysql::Column;

/// The type of a result column. Beside StarRocks types there are strings of unknown length and NULL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ResultType {
    Of(StarRocksType),
    Text,
    Blob,
    Null,
}

impl ResultType {
    pub(crate) fn column(&self, name: impl Into<String>) -> Column {
        match self {
            Self::Of(data_type) => Column::of(name, data_type),
            Self::Text => Column::text(name),
            Self::Blob => Column::blob(name),
            Self::Null => Column::of(name, &StarRocksType::Boolean),
        }
    }

    /// The type of a column that only the query engine knows.
    pub(crate) fn of_field(field: &Field) -> Self {
        if let Some(declared) = starrocks_type(field) {
            return Self::Of(declared);
        }
        Self::of_arrow(field.data_type())
    }

    fn of_arrow(data_type: &DataType) -> Self {
        use StarRocksType as T;
        Self::Of(match data_type {
            DataType::Null => return Self::Null,
            DataType::Boolean => T::Boolean,
            DataType::Int8 => T::TinyInt,
            DataType::Int16 | DataType::UInt8 => T::SmallInt,
            DataType::Int32 | DataType::UInt16 => T::Int,
            DataType::Int64 | DataType::UInt32 => T::BigInt,
            DataType::UInt64 | DataType::Decimal256(_, 0) => T::LargeInt,
            DataType::Float16 | DataType::Float32 => T::Float,
            DataType::Float64 => T::Double,
            DataType::Decimal32(p, s)
            | DataType::Decimal64(p, s)
            | DataType::Decimal128(p, s)
            | DataType::Decimal256(p, s) => T::Decimal((*p).min(38), u8::try_from(*s).unwrap_or(0)),
            DataType::Date32 | DataType::Date64 => T::Date,
            DataType::Timestamp(..) => T::DateTime,
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView => return Self::Blob,
            DataType::List(item) | DataType::LargeList(item) => T::Array(Box::new(Self::of_field(item).stored())),
            DataType::Struct(fields) => {
                T::Struct(fields.iter().map(|f| (f.name().clone(), Self::of_field(f).stored())).collect())
            }
            DataType::Map(entries, _) => match entries.data_type() {
                DataType::Struct(fields) => match fields.as_ref() {
                    [key, value] => {
                        T::Map(Box::new(Self::of_field(key).stored()), Box::new(Self::of_field(value).stored()))
                    }
                    _ => return Self::Text,
                },
                _ => return Self::Text,
            },
            _ => return Self::Text,
        })
    }

    /// The type a column that stores such values gets, as in CREATE TABLE AS.
    pub(crate) fn stored(&self) -> StarRocksType {
        match self {
            Self::Of(StarRocksType::Varchar(_) | StarRocksType::Char(_)) | Self::Text | Self::Null => {
                StarRocksType::Varchar(1_048_576)
            }
            Self::Of(data_type) => data_type.clone(),
            Self::Blob => StarRocksType::Varbinary(None),
        }
    }
}
