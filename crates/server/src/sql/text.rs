// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Values as texts: what the text protocol sends and what CAST to VARCHAR gives.

use std::io::Write;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Decimal256Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow::temporal_conversions::as_datetime;

/// Appends the text of a value; gives `false` for NULL, for which nothing is appended.
pub(crate) fn append(out: &mut Vec<u8>, array: &dyn Array, row: usize) -> bool {
    if array.is_null(row) || array.data_type() == &DataType::Null {
        return false;
    }
    value(out, array, row, false)
}

/// The text of a value, `None` for NULL.
pub(crate) fn text(array: &dyn Array, row: usize) -> Option<String> {
    let mut out = Vec::new();
    append(&mut out, array, row).then(|| String::from_utf8_lossy(&out).into_owned())
}

macro_rules! display {
    ($out:expr, $array:expr, $row:expr, $type:ty) => {{
        // Writing to memory cannot fail.
        let _ = write!($out, "{}", $array.as_primitive::<$type>().value($row));
        true
    }};
}

fn value(out: &mut Vec<u8>, array: &dyn Array, row: usize, nested: bool) -> bool {
    match array.data_type() {
        DataType::Boolean => out.push(b'0' + u8::from(array.as_boolean().value(row))),
        DataType::Int8 => return display!(out, array, row, Int8Type),
        DataType::Int16 => return display!(out, array, row, Int16Type),
        DataType::Int32 => return display!(out, array, row, Int32Type),
        DataType::Int64 => return display!(out, array, row, Int64Type),
        DataType::UInt8 => return display!(out, array, row, UInt8Type),
        DataType::UInt16 => return display!(out, array, row, UInt16Type),
        DataType::UInt32 => return display!(out, array, row, UInt32Type),
        DataType::UInt64 => return display!(out, array, row, UInt64Type),
        DataType::Float32 => {
            return float(out, f64::from(array.as_primitive::<Float32Type>().value(row)), || {
                array.as_primitive::<Float32Type>().value(row).to_string()
            });
        }
        DataType::Float64 => {
            let number = array.as_primitive::<Float64Type>().value(row);
            return float(out, number, || number.to_string());
        }
        DataType::Decimal128(..) => out.extend(array.as_primitive::<Decimal128Type>().value_as_string(row).bytes()),
        DataType::Decimal256(..) => out.extend(array.as_primitive::<Decimal256Type>().value_as_string(row).bytes()),
        DataType::Utf8 => string(out, array.as_string::<i32>().value(row), nested),
        DataType::LargeUtf8 => string(out, array.as_string::<i64>().value(row), nested),
        DataType::Utf8View => string(out, array.as_string_view().value(row), nested),
        DataType::Binary => out.extend(array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => out.extend(array.as_binary::<i64>().value(row)),
        DataType::BinaryView => out.extend(array.as_binary_view().value(row)),
        DataType::Date32 => {
            let days = array.as_primitive::<Date32Type>().value(row);
            let micros = i64::from(days) * 86_400_000_000;
            quoted_if(out, nested, |out| date_time(out, micros, true));
        }
        DataType::Timestamp(unit, _) => {
            let micros = match unit {
                TimeUnit::Second => array.as_primitive::<TimestampSecondType>().value(row).saturating_mul(1_000_000),
                TimeUnit::Millisecond => {
                    array.as_primitive::<TimestampMillisecondType>().value(row).saturating_mul(1000)
                }
                TimeUnit::Microsecond => array.as_primitive::<TimestampMicrosecondType>().value(row),
                TimeUnit::Nanosecond => array.as_primitive::<TimestampNanosecondType>().value(row).div_euclid(1000),
            };
            quoted_if(out, nested, |out| date_time(out, micros, false));
        }
        DataType::List(_) => list(out, &*array.as_list::<i32>().value(row)),
        DataType::LargeList(_) => list(out, &*array.as_list::<i64>().value(row)),
        DataType::Map(..) => {
            let entries = array.as_map().value(row);
            out.push(b'{');
            for i in 0..entries.len() {
                if i > 0 {
                    out.push(b',');
                }
                element(out, &**entries.column(0), i);
                out.push(b':');
                element(out, &**entries.column(1), i);
            }
            out.push(b'}');
        }
        DataType::Struct(fields) => {
            let values = array.as_struct();
            out.push(b'{');
            for (i, (field, column)) in fields.iter().zip(values.columns()).enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                string(out, field.name(), true);
                out.push(b':');
                element(out, &**column, row);
            }
            out.push(b'}');
        }
        _ => match arrow::util::display::array_value_to_string(array, row) {
            Ok(text) => out.extend(text.bytes()),
            Err(_) => return false,
        },
    }
    true
}

fn element(out: &mut Vec<u8>, array: &dyn Array, row: usize) {
    if array.is_null(row) || !value(out, array, row, true) {
        out.extend(b"null");
    }
}

fn list(out: &mut Vec<u8>, items: &dyn Array) {
    out.push(b'[');
    for i in 0..items.len() {
        if i > 0 {
            out.push(b',');
        }
        element(out, items, i);
    }
    out.push(b']');
}

fn quoted_if(out: &mut Vec<u8>, quote: bool, write: impl FnOnce(&mut Vec<u8>)) {
    if quote {
        out.push(b'"');
    }
    write(out);
    if quote {
        out.push(b'"');
    }
}

/// A string; inside arrays, maps and structs in double quotes.
fn string(out: &mut Vec<u8>, text: &str, nested: bool) {
    if !nested {
        out.extend(text.bytes());
        return;
    }
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend([b'\\', byte]),
            b'\n' => out.extend(b"\\n"),
            b'\t' => out.extend(b"\\t"),
            b'\r' => out.extend(b"\\r"),
            other => out.push(other),
        }
    }
    out.push(b'"');
}

/// The shortest text that reads back as the same number; NULL for what is no number.
fn float(out: &mut Vec<u8>, number: f64, plain: impl FnOnce() -> String) -> bool {
    if !number.is_finite() {
        return false;
    }
    let magnitude = number.abs();
    if magnitude != 0.0 && !(1e-5..1e16).contains(&magnitude) {
        let text = plain();
        let scientific = text.parse::<f64>().map_or(text, |n| format!("{n:e}"));
        // BEs print at least two digits of exponent with its sign.
        if let Some((mantissa, exponent)) = scientific.split_once('e') {
            let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |d| ('-', d));
            let _ = write!(out, "{mantissa}e{sign}{digits:0>2}");
        }
    } else {
        out.extend(plain().bytes());
    }
    true
}

/// `yyyy-MM-dd` or `yyyy-MM-dd HH:mm:ss[.ffffff]`
pub(crate) fn date_time(out: &mut Vec<u8>, micros: i64, date_only: bool) {
    if YEARS.contains(&micros) {
        common_date_time(out, micros, date_only);
        return;
    }
    let Some(value) = as_datetime::<TimestampMicrosecondType>(micros) else {
        out.extend(b"0000-00-00");
        return;
    };
    let _ = write!(out, "{}", value.format("%Y-%m-%d"));
    if date_only {
        return;
    }
    let _ = write!(out, " {}", value.format("%H:%M:%S"));
    let fraction = micros.rem_euclid(1_000_000);
    if fraction != 0 {
        let _ = write!(out, ".{fraction:06}");
    }
}

/// From 0000-03-01 to the end of 9999, where years have four digits.
const YEARS: std::ops::Range<i64> = -62_162_035_200_000_000..253_402_300_800_000_000;

/// The same without a formatter, which scans would wait for.
fn common_date_time(out: &mut Vec<u8>, micros: i64, date_only: bool) {
    let (days, of_day) = (micros.div_euclid(86_400_000_000), micros.rem_euclid(86_400_000_000));
    // Years begin in March here, so that the leap day is the last one; they repeat every 400 years, which are 146097 days.
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let year = 400 * era + year + i64::from(month >= 10);
    let month = if month < 10 { month + 3 } else { month - 9 };
    digits(out, year, 4);
    out.push(b'-');
    digits(out, month, 2);
    out.push(b'-');
    digits(out, day, 2);
    if date_only {
        return;
    }
    let (seconds, fraction) = (of_day / 1_000_000, of_day % 1_000_000);
    out.push(b' ');
    digits(out, seconds / 3600, 2);
    out.push(b':');
    digits(out, seconds / 60 % 60, 2);
    out.push(b':');
    digits(out, seconds % 60, 2);
    if fraction != 0 {
        out.push(b'.');
        digits(out, fraction, 6);
    }
}

/// A number with leading noughts.
fn digits(out: &mut Vec<u8>, number: i64, count: u32) {
    for place in (0..count).rev() {
        let digit = number / 10_i64.pow(place) % 10;
        out.push(b'0' + u8::try_from(digit).unwrap_or_default());
    }
}

/// The time as SHOW statements print it.
pub(crate) fn show_time(micros: i64) -> String {
    let mut out = Vec::new();
    date_time(&mut out, micros - micros.rem_euclid(1_000_000), false);
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int32Array, ListArray, StringArray, StructArray};
    use arrow::datatypes::Field;

    use super::*;

    #[test]
    fn numbers_and_nested_values() {
        let floats = Float64Array::from(vec![1.0, 0.1, 1e20, -1.5e-7, f64::NAN]);
        let texts: Vec<_> = (0..5).map(|i| text(&floats, i)).collect();
        assert_eq!(
            texts,
            [Some("1"), Some("0.1"), Some("1e+20"), Some("-1.5e-07"), None].map(|t| t.map(str::to_owned))
        );
        assert_eq!(text(&BooleanArray::from(vec![true]), 0).unwrap(), "1");
        let list = ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1), None])]);
        assert_eq!(text(&list, 0).unwrap(), "[1,null]");
        let row = StructArray::from(vec![
            (Arc::new(Field::new("a", DataType::Int32, true)), Arc::new(Int32Array::from(vec![1])) as ArrayRef),
            (Arc::new(Field::new("b", DataType::Utf8, true)), Arc::new(StringArray::from(vec!["x\"y"])) as ArrayRef),
        ]);
        assert_eq!(text(&row, 0).unwrap(), r#"{"a":1,"b":"x\"y"}"#);
    }

    #[test]
    fn every_day_and_time_is_what_the_calendar_says() {
        let day = 86_400_000_000;
        let mut micros = YEARS.start;
        while micros < YEARS.end {
            let mut out = Vec::new();
            date_time(&mut out, micros, false);
            let value = as_datetime::<TimestampMicrosecondType>(micros).unwrap();
            let fraction = if micros % 1_000_000 == 0 { "%Y-%m-%d %H:%M:%S" } else { "%Y-%m-%d %H:%M:%S%.6f" };
            assert_eq!(String::from_utf8(out).unwrap(), value.format(fraction).to_string());
            micros += 13 * day + 1_000_001;
        }
        let mut last = Vec::new();
        date_time(&mut last, YEARS.end - 1, false);
        date_time(&mut last, YEARS.start - day, true);
        assert_eq!(String::from_utf8(last).unwrap(), "9999-12-31 23:59:59.9999990000-02-29");
    }

    #[test]
    fn times_show_their_fraction_only_where_there_is_one() {
        let mut out = Vec::new();
        date_time(&mut out, -62_167_219_200_000_000, true);
        assert_eq!(out, b"0000-01-01");
        assert_eq!(show_time(1_500_000), "1970-01-01 00:00:01");
        let mut out = Vec::new();
        date_time(&mut out, 1_500_000, false);
        assert_eq!(out, b"1970-01-01 00:00:01.500000");
    }
}
