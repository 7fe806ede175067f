// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! What `information_schema.columns` says about types.

use starrocks_types::StarRocksType as T;

use crate::sql::types::{create_form, error_form};

/// What `information_schema.columns` says about a type: DATA_TYPE, lengths, precision, scale, COLUMN_TYPE, size, digits.
pub(crate) struct Attributes {
    pub(crate) data_type: &'static str,
    pub(super) character_length: Option<u32>,
    pub(super) precision: Option<u32>,
    pub(super) scale: Option<u32>,
    pub(crate) column_type: String,
    pub(super) size: Option<u32>,
    pub(super) digits: Option<u32>,
}

/// Describes a type.
pub(crate) fn column_attributes(t: &T) -> Attributes {
    let number = |data_type, precision: Option<u32>, scale: Option<u32>, column_type: &str| Attributes {
        data_type,
        character_length: None,
        precision,
        scale,
        column_type: column_type.to_owned(),
        size: precision,
        digits: scale,
    };
    let plain = |data_type, column_type: String| Attributes {
        data_type,
        character_length: None,
        precision: None,
        scale: None,
        column_type,
        size: None,
        digits: None,
    };
    match t {
        // The size that is NULL is what tells BOOLEAN from TINYINT.
        T::Boolean => number("tinyint", None, Some(0), "tinyint(1)"),
        T::TinyInt => number("tinyint", Some(3), Some(0), "tinyint(4)"),
        T::SmallInt => number("smallint", Some(5), Some(0), "smallint(6)"),
        T::Int => number("int", Some(10), Some(0), "int(11)"),
        T::BigInt => number("bigint", Some(19), Some(0), "bigint(20)"),
        T::LargeInt => number("bigint unsigned", Some(39), None, "bigint(20) unsigned"),
        T::Float => number("float", Some(7), Some(7), "float"),
        T::Double => number("double", Some(15), Some(15), "double"),
        T::Decimal(p, s) => number("decimal", Some((*p).into()), Some((*s).into()), &format!("decimal({p}, {s})")),
        T::Char(n) => text("char", *n, format!("char({n})")),
        T::Varchar(n) => text("varchar", *n, format!("varchar({n})")),
        T::Date => plain("date", "date".to_owned()),
        T::DateTime => plain("datetime", "datetime".to_owned()),
        T::Json => plain("json", "json".to_owned()),
        T::Varbinary(_) => plain("varbinary", create_form(t)),
        T::Array(_) => plain("array", nested_form(t)),
        T::Map(..) => plain("map", nested_form(t)),
        T::Struct(_) => plain("struct", nested_form(t)),
        T::Hll => Attributes { size: Some(16_385), ..plain("hll", "hll".to_owned()) },
        T::Bitmap => plain("bitmap", "bitmap".to_owned()),
        T::Percentile => plain("percentile", "percentile".to_owned()),
    }
}

/// The type of an array, map or struct, in which decimals tell their width.
fn nested_form(t: &T) -> String {
    match t {
        T::Decimal(..) => error_form(t),
        T::Array(item) => format!("array<{}>", nested_form(item)),
        T::Map(key, value) => format!("map<{},{}>", nested_form(key), nested_form(value)),
        T::Struct(fields) => {
            let fields: Vec<String> = fields.iter().map(|(n, t)| format!("`{n}` {}", nested_form(t))).collect();
            format!("struct<{}>", fields.join(", "))
        }
        other => create_form(other),
    }
}

fn text(data_type: &'static str, length: u32, column_type: String) -> Attributes {
    Attributes {
        data_type,
        character_length: Some(length),
        precision: None,
        scale: None,
        column_type,
        size: Some(length),
        digits: None,
    }
}
