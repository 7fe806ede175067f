// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Columns of a result that grow by values in the text of the MySQL protocol.

use std::str::FromStr;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryBuilder, BooleanBuilder, Decimal128Builder, Float32Builder, Float64Builder, Int8Builder,
    Int16Builder, Int32Builder, Int64Builder, StringBuilder,
};
use arrow::datatypes::{DataType, Field};
use mysql_async::Column;
use mysql_async::consts::ColumnType;
use starrocks_types::{Error, ErrorKind, Result};

/// The character set of bytes that are no text.
const BINARY: u16 = 63;

/// The most digits of a decimal.
pub(super) const MAX_DIGITS: u8 = 38;

/// The type of a column as the server describes it.
pub(super) fn natural_type(column: &Column) -> DataType {
    match column.column_type() {
        // The server tells BOOLEAN from TINYINT by the width only.
        ColumnType::MYSQL_TYPE_TINY if column.column_length() == 1 => DataType::Boolean,
        ColumnType::MYSQL_TYPE_TINY => DataType::Int8,
        ColumnType::MYSQL_TYPE_SHORT => DataType::Int16,
        ColumnType::MYSQL_TYPE_LONG => DataType::Int32,
        ColumnType::MYSQL_TYPE_LONGLONG => DataType::Int64,
        ColumnType::MYSQL_TYPE_FLOAT => DataType::Float32,
        ColumnType::MYSQL_TYPE_DOUBLE => DataType::Float64,
        ColumnType::MYSQL_TYPE_DECIMAL | ColumnType::MYSQL_TYPE_NEWDECIMAL => {
            DataType::Decimal128(MAX_DIGITS, i8::try_from(column.decimals().min(MAX_DIGITS)).unwrap_or(0))
        }
        ColumnType::MYSQL_TYPE_TINY_BLOB
        | ColumnType::MYSQL_TYPE_BLOB
        | ColumnType::MYSQL_TYPE_MEDIUM_BLOB
        | ColumnType::MYSQL_TYPE_LONG_BLOB
            if column.character_set() == BINARY =>
        {
            DataType::Binary
        }
        _ => DataType::Utf8,
    }
}

/// A column that grows by one value for each row.
pub(super) struct ColumnBuilder {
    name: String,
    data_type: DataType,
    values: Values,
}

enum Values {
    Boolean(BooleanBuilder),
    Int8(Int8Builder),
    Int16(Int16Builder),
    Int32(Int32Builder),
    Int64(Int64Builder),
    Float32(Float32Builder),
    Float64(Float64Builder),
    Decimal(Decimal128Builder, u8, u8),
    Text(StringBuilder),
    Binary(BinaryBuilder),
}

impl ColumnBuilder {
    pub(super) fn new(field: &Field) -> Result<Self> {
        let values = match field.data_type() {
            DataType::Boolean => Values::Boolean(BooleanBuilder::new()),
            DataType::Int8 => Values::Int8(Int8Builder::new()),
            DataType::Int16 => Values::Int16(Int16Builder::new()),
            DataType::Int32 => Values::Int32(Int32Builder::new()),
            DataType::Int64 => Values::Int64(Int64Builder::new()),
            DataType::Float32 => Values::Float32(Float32Builder::new()),
            DataType::Float64 => Values::Float64(Float64Builder::new()),
            DataType::Decimal128(precision @ 1..=MAX_DIGITS, scale) if *scale >= 0 => {
                let values = Decimal128Builder::new().with_data_type(field.data_type().clone());
                Values::Decimal(values, *precision, scale.unsigned_abs())
            }
            DataType::Utf8 => Values::Text(StringBuilder::new()),
            DataType::Binary => Values::Binary(BinaryBuilder::new()),
            other => {
                return Err(Error::new(ErrorKind::Unsupported, "a result cannot have columns of this type")
                    .with("column", field.name())
                    .with("type", other)
                    .hint("take the column as text"));
            }
        };
        Ok(Self { name: field.name().clone(), data_type: field.data_type().clone(), values })
    }

    /// Appends a value; the error says nothing of it but that it does not fit.
    pub(super) fn push(&mut self, value: Option<&[u8]>) -> Result<()> {
        let pushed = match &mut self.values {
            Values::Boolean(values) => optional(value, boolean).map(|v| values.append_option(v)),
            Values::Int8(values) => optional(value, parsed).map(|v| values.append_option(v)),
            Values::Int16(values) => optional(value, parsed).map(|v| values.append_option(v)),
            Values::Int32(values) => optional(value, parsed).map(|v| values.append_option(v)),
            Values::Int64(values) => optional(value, parsed).map(|v| values.append_option(v)),
            Values::Float32(values) => optional(value, parsed).map(|v| values.append_option(v)),
            Values::Float64(values) => optional(value, parsed).map(|v| values.append_option(v)),
            Values::Decimal(values, precision, scale) => {
                optional(value, |text| decimal(text, *precision, *scale)).map(|v| values.append_option(v))
            }
            Values::Text(values) => match value.map(str::from_utf8).transpose() {
                Ok(text) => {
                    values.append_option(text);
                    Some(())
                }
                Err(_) => None,
            },
            Values::Binary(values) => {
                values.append_option(value);
                Some(())
            }
        };
        pushed.ok_or_else(|| {
            Error::new(ErrorKind::SchemaMismatch, "a value does not fit the type of its column")
                .with("column", &self.name)
                .with("type", &self.data_type)
        })
    }

    pub(super) fn finish(&mut self) -> ArrayRef {
        match &mut self.values {
            Values::Boolean(values) => Arc::new(values.finish()),
            Values::Int8(values) => Arc::new(values.finish()),
            Values::Int16(values) => Arc::new(values.finish()),
            Values::Int32(values) => Arc::new(values.finish()),
            Values::Int64(values) => Arc::new(values.finish()),
            Values::Float32(values) => Arc::new(values.finish()),
            Values::Float64(values) => Arc::new(values.finish()),
            Values::Decimal(values, ..) => Arc::new(values.finish()),
            Values::Text(values) => Arc::new(values.finish()),
            Values::Binary(values) => Arc::new(values.finish()),
        }
    }
}

/// `None` if the value does not fit.
fn optional<T>(value: Option<&[u8]>, read: impl FnOnce(&str) -> Option<T>) -> Option<Option<T>> {
    match value {
        None => Some(None),
        Some(bytes) => str::from_utf8(bytes).ok().and_then(read).map(Some),
    }
}

fn parsed<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "true" => Some(true),
        "0" | "false" => Some(false),
        _ => None,
    }
}

/// The unscaled value. Digits that the type has no room for must be zero.
fn decimal(text: &str, precision: u8, scale: u8) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let (kept, cut) = fraction.split_at_checked(usize::from(scale)).unwrap_or((fraction, ""));
    if cut.bytes().any(|digit| digit != b'0') {
        return None;
    }
    let zeros = usize::from(scale) - kept.len();
    let all = whole.bytes().chain(kept.bytes()).chain(std::iter::repeat_n(b'0', zeros));
    let mut unscaled = 0_i128;
    for digit in all {
        let digit = i128::from(digit.checked_sub(b'0').filter(|digit| *digit <= 9)?);
        unscaled = unscaled.checked_mul(10)?.checked_add(digit)?;
    }
    let fits = 10_i128.checked_pow(u32::from(precision)).is_some_and(|limit| unscaled < limit);
    fits.then_some(if negative { -unscaled } else { unscaled })
}

#[cfg(test)]
mod tests {
    use arrow::array::{Array, AsArray};
    use arrow::datatypes::Int8Type;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decimals_are_exact() {
        for (text, unscaled) in [
            ("1", Some(100)),
            ("-0.01", Some(-1)),
            ("12.3", Some(1230)),
            ("999.99", Some(99_999)),
            ("1.500", Some(150)),
            (".5", Some(50)),
            ("1000", None),
            ("1.005", None),
            ("1e3", None),
            ("", None),
            ("-", None),
            (".", None),
            ("+1", None),
            ("1.2.3", None),
            ("NaN", None),
        ] {
            assert_eq!(decimal(text, 5, 2), unscaled, "{text}");
        }
        assert_eq!(decimal(&"9".repeat(38), 38, 0), Some(10_i128.pow(38) - 1));
        assert_eq!(decimal(&"9".repeat(39), 38, 0), None);
        assert_eq!(decimal(&"9".repeat(60), 38, 0), None);
    }

    #[test]
    fn values_that_do_not_fit_name_column_and_type_but_not_themselves() {
        for (data_type, value) in [
            (DataType::Int8, &b"128"[..]),
            (DataType::Int32, b"4711.5"),
            (DataType::Boolean, b"4711"),
            (DataType::Float64, b"4711x"),
            (DataType::Decimal128(3, 0), b"4711"),
            (DataType::Utf8, b"4711\xff"),
        ] {
            let mut column = ColumnBuilder::new(&Field::new("c", data_type.clone(), true)).unwrap();
            let error = column.push(Some(value)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::SchemaMismatch);
            let text = error.to_string();
            assert!(
                text.contains("column=c") && text.contains(&data_type.to_string()) && !text.contains("4711"),
                "{text}"
            );
        }
        assert!(ColumnBuilder::new(&Field::new("c", DataType::Date32, true)).is_err());
        assert!(ColumnBuilder::new(&Field::new("c", DataType::Decimal128(39, 0), true)).is_err());
    }

    #[test]
    fn a_column_grows_and_begins_anew() {
        let mut column = ColumnBuilder::new(&Field::new("c", DataType::Int8, true)).unwrap();
        column.push(Some(b"-7")).unwrap();
        column.push(None).unwrap();
        let array = column.finish();
        assert_eq!((array.as_primitive::<Int8Type>().value(0), array.is_null(1), array.len()), (-7, true, 2));
        assert_eq!(column.finish().len(), 0);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "[-+.0-9e]{0,50}", precision in 1..=38_u8, scale in 0..=38_u8) {
            let _ = decimal(&text, precision, scale.min(precision));
        }

        #[test]
        fn decimals_come_back(unscaled in -99_999_i128..=99_999, scale in 0..=5_usize) {
            let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale + 1);
            let (whole, fraction) = digits.split_at(digits.len() - scale);
            let text = format!("{}{whole}.{fraction}", if unscaled < 0 { "-" } else { "" });
            prop_assert_eq!(decimal(&text, 6, scale as u8), Some(unscaled));
        }
    }
}
