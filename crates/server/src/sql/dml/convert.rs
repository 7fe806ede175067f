// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Values as a column stores them.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringArray, new_null_array};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::DataType;
use starrocks_types::StarRocksType;

use crate::catalog::{ColumnDef, arrow_type};
use crate::sql::error::{SqlError, SqlResult};
use crate::sql::query::print_json;

/// Values as a column stores them. What cannot be converted fails, as INSERT is strict.
pub(super) fn convert(array: &ArrayRef, column: &ColumnDef) -> SqlResult<ArrayRef> {
    let target = arrow_type(&column.data_type);
    if array.data_type() == &target && column.data_type != StarRocksType::Json {
        return Ok(array.clone());
    }
    if array.data_type() == &DataType::Null {
        return Ok(new_null_array(&target, array.len()));
    }
    let is_text = matches!(array.data_type(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    let wrong = |value: &str| match &column.data_type {
        StarRocksType::Date | StarRocksType::DateTime => {
            SqlError::analyzing(format_args!("Invalid date literal {value}"))
        }
        _ => SqlError::analyzing(format_args!("Invalid number format: {value}")),
    };
    match &column.data_type {
        StarRocksType::Date | StarRocksType::DateTime
            if !matches!(array.data_type(), DataType::Date32 | DataType::Timestamp(..)) =>
        {
            let micros = (0..array.len()).map(|row| match crate::sql::text::text(array, row) {
                None => Ok(None),
                Some(text) => crate::sql::query::parse_datetime(&text).map(Some).ok_or_else(|| wrong(&text)),
            });
            let micros = micros.collect::<SqlResult<Vec<_>>>()?;
            let times: ArrayRef = Arc::new(arrow::array::TimestampMicrosecondArray::from(micros));
            strict_cast(&times, &target)
        }
        StarRocksType::Char(_) | StarRocksType::Varchar(_) => {
            Ok(Arc::new((0..array.len()).map(|row| crate::sql::text::text(array, row)).collect::<StringArray>()))
        }
        StarRocksType::Json => {
            let values = (0..array.len()).map(|row| {
                let text = crate::sql::text::text(array, row)?;
                Some(
                    serde_json::from_str(&text)
                        .map_or_else(|_| print_json(&serde_json::Value::String(text)), |value| print_json(&value)),
                )
            });
            Ok(Arc::new(values.collect::<StringArray>()))
        }
        StarRocksType::Boolean if is_text => {
            let texts = strict_cast(array, &DataType::Utf8)?;
            let flags =
                texts.as_string::<i32>().iter().map(|text| match text.map(str::to_ascii_lowercase).as_deref() {
                    None => Ok(None),
                    Some("true" | "1") => Ok(Some(true)),
                    Some("false" | "0") => Ok(Some(false)),
                    Some(other) => Err(wrong(other)),
                });
            Ok(Arc::new(arrow::array::BooleanArray::from(flags.collect::<SqlResult<Vec<_>>>()?)))
        }
        _ => {
            let lenient = CastOptions { safe: true, ..CastOptions::default() };
            let converted = cast_with_options(array, &target, &lenient).map_err(|e| SqlError::plain(e.to_string()))?;
            if is_text {
                let lost = (0..array.len()).find(|&row| converted.is_null(row) && !array.is_null(row));
                if let Some(text) = lost.and_then(|row| crate::sql::text::text(array, row)) {
                    return Err(wrong(&text));
                }
            }
            Ok(converted)
        }
    }
}

fn strict_cast(array: &ArrayRef, target: &DataType) -> SqlResult<ArrayRef> {
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(array, target, &strict).map_err(|e| SqlError::plain(e.to_string()))
}
