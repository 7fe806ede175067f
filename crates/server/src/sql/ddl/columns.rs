// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Column definitions.

use starrocks_types::StarRocksType as T;

use crate::catalog::{ColumnDef, DefaultValue};
use crate::sql::ast::{ColumnSpec, DefaultSpec};
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::query::parse_datetime;

/// Names that loads give a meaning.
const RESERVED_PREFIXES: [&str; 2] = ["__op", "__row"];

/// A column as the catalog keeps it. Keys and nullability follow from the table's model and are left as written.
pub(crate) fn column_def(spec: &ColumnSpec) -> SqlResult<ColumnDef> {
    if spec.name.is_empty() || spec.name.chars().count() > 1024 {
        return Err(SqlError::analyzing_coded(1166, "42000", format_args!("Incorrect column name '{}'", spec.name)));
    }
    if RESERVED_PREFIXES.iter().any(|p| spec.name.to_ascii_lowercase().starts_with(p)) {
        return Err(SqlError::analyzing(format_args!(
            "Column name [{}] is a system reserved name. Please choose a different one.",
            spec.name
        )));
    }
    let Some(data_type) = spec.data_type.clone() else {
        return Err(SqlError::analyzing(format_args!("No type given for column '{}'", spec.name)));
    };
    if spec.auto_increment && data_type != T::BigInt {
        return Err(SqlError::analyzing_at(spec.span, "The AUTO_INCREMENT column must be BIGINT"));
    }
    if matches!(data_type, T::Hll | T::Bitmap | T::Percentile) && spec.aggregate.is_none() && !spec.key {
        return Err(SqlError::analyzing(format_args!("No aggregate function specified for '{}'", spec.name)));
    }
    let default = match &spec.default {
        None | Some(DefaultSpec::Null) => None,
        Some(given) => Some(
            check_default(given, &data_type)
                .map_err(|why| SqlError::analyzing(format_args!("Invalid default value for '{}': {why}", spec.name)))?,
        ),
    };
    Ok(ColumnDef {
        nullable: spec.nullable.unwrap_or(!spec.auto_increment),
        key: spec.key,
        aggregate: spec.aggregate,
        default,
        auto_increment: spec.auto_increment,
        generated: spec.generated.clone(),
        comment: spec.comment.clone(),
        ..ColumnDef::new(&spec.name, data_type)
    })
}

/// Checks a default against its column's type; the error says why it does not fit.
pub(crate) fn check_default(given: &DefaultSpec, data_type: &T) -> Result<DefaultValue, String> {
    let text = match given {
        DefaultSpec::Null => return Ok(DefaultValue::Null),
        DefaultSpec::Uuid => return Ok(DefaultValue::Uuid),
        DefaultSpec::UuidNumeric => return Ok(DefaultValue::UuidNumeric),
        DefaultSpec::CurrentTimestamp(precision) => {
            if *data_type != T::DateTime {
                return Err(format!("Default function now() for type {data_type} is not supported"));
            }
            return Ok(DefaultValue::CurrentTimestamp { precision: *precision });
        }
        DefaultSpec::Literal(digits) => {
            let kind = match digits.parse::<i128>() {
                Ok(n) if i8::try_from(n).is_ok() => "IntLiteral{type=TINYINT}",
                Ok(n) if i16::try_from(n).is_ok() => "IntLiteral{type=SMALLINT}",
                Ok(n) if i32::try_from(n).is_ok() => "IntLiteral{type=INT}",
                Ok(_) => "IntLiteral{type=BIGINT}",
                Err(_) => "literal",
            };
            return Err(format!("Unsupported expr {kind} for default value"));
        }
        DefaultSpec::Text(text) => text,
    };
    let number = || format!("Invalid number format: {text}");
    let range = |low: i128, high: i128| match text.parse::<i128>() {
        Ok(n) if (low..=high).contains(&n) => Ok(()),
        Ok(_) => Err(format!("Number out of range[{text}]. type: {data_type}")),
        Err(_) => Err(number()),
    };
    match data_type {
        T::TinyInt => range(i8::MIN.into(), i8::MAX.into())?,
        T::SmallInt => range(i16::MIN.into(), i16::MAX.into())?,
        T::Int => range(i32::MIN.into(), i32::MAX.into())?,
        T::BigInt => range(i64::MIN.into(), i64::MAX.into())?,
        T::LargeInt => range(i128::MIN, i128::MAX)?,
        T::Float | T::Double | T::Decimal(..) if text.parse::<f64>().is_err() => return Err(number()),
        T::Boolean if !matches!(text.to_ascii_lowercase().as_str(), "true" | "false" | "0" | "1") => {
            return Err(format!("Invalid BOOLEAN literal: {text}"));
        }
        T::Date | T::DateTime if parse_datetime(text).is_none() => {
            return Err(format!("date literal [{text}] is invalid"));
        }
        T::Char(n) | T::Varchar(n) if text.len() > *n as usize => {
            return Err(format!("Default value is too long: {text}"));
        }
        T::Hll | T::Bitmap | T::Percentile => return Err(format!("invalid default value {text} for type {data_type}")),
        _ => {}
    }
    Ok(DefaultValue::Literal(text.clone()))
}
