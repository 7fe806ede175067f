// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Functions that StarRocks has and the query engine has not, or has with another meaning.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Float64Array, Int64Array, StringArray,
    TimestampMicrosecondArray,
};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType, i256,
};
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use super::infer::quotient_scale;
use super::json;
use crate::sql::text;

type Type = fn(&[DataType]) -> DataType;
type Run = fn(&[ArrayRef], &DataType) -> Result<ArrayRef>;

/// A function over whole arrays.
#[derive(Debug)]
struct Function {
    name: &'static str,
    signature: Signature,
    data_type: Type,
    run: Run,
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        self.name
    }
    fn signature(&self) -> &Signature {
        &self.signature
    }
    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        Ok((self.data_type)(arguments))
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let scalar = args.args.iter().all(|a| matches!(a, ColumnarValue::Scalar(_)));
        let rows = if scalar { 1 } else { args.number_rows };
        let arrays = args.args.iter().map(|a| a.to_array(rows)).collect::<Result<Vec<_>>>()?;
        let result = (self.run)(&arrays, args.return_field.data_type())?;
        if scalar && result.len() == 1 {
            return Ok(ColumnarValue::Scalar(datafusion::common::ScalarValue::try_from_array(&result, 0)?));
        }
        Ok(ColumnarValue::Array(result))
    }
}

/// All of them.
pub(crate) fn functions() -> Vec<ScalarUDF> {
    let list: [(&'static str, Type, Run); 15] = [
        ("starrocks_divide", divide_type, divide),
        ("starrocks_int_divide", |_| DataType::Int64, int_divide),
        ("starrocks_text", |_| DataType::Utf8, to_text),
        ("starrocks_boolean", |_| DataType::Boolean, to_boolean),
        ("starrocks_whole", whole_type, to_whole),
        ("starrocks_datetime", |_| DATETIME, to_datetime),
        ("parse_json", |_| DataType::Utf8, json::parse),
        ("json_query", |_| DataType::Utf8, json::query),
        ("get_json_string", |_| DataType::Utf8, json::get_string),
        ("get_json_int", |_| DataType::Int64, json::get_int),
        ("get_json_double", |_| DataType::Float64, json::get_double),
        ("json_object", |_| DataType::Utf8, json::object),
        ("date_format", |_| DataType::Utf8, date_format),
        ("from_unixtime", |_| DataType::Utf8, from_unixtime),
        ("unix_timestamp", |_| DataType::Int64, unix_timestamp),
    ];
    list.into_iter()
        .map(|(name, data_type, run)| {
            let signature = Signature::variadic_any(Volatility::Immutable);
            ScalarUDF::new_from_impl(Function { name, signature, data_type, run })
        })
        .collect()
}

const DATETIME: DataType = DataType::Timestamp(TimeUnit::Microsecond, None);

fn argument(arguments: &[ArrayRef], i: usize) -> Result<&ArrayRef> {
    arguments.get(i).ok_or_else(|| datafusion::common::plan_datafusion_err!("an argument is missing"))
}

fn decimal_of(data_type: &DataType) -> Option<(u8, i8)> {
    match data_type {
        DataType::Decimal128(p, s) | DataType::Decimal256(p, s) => Some(((*p).min(38), *s)),
        DataType::Int8 | DataType::Int16 | DataType::UInt8 | DataType::UInt16 => Some((9, 0)),
        DataType::Int32 | DataType::Int64 | DataType::UInt32 | DataType::UInt64 => Some((19, 0)),
        _ => None,
    }
}

fn divide_type(arguments: &[DataType]) -> DataType {
    let is_decimal = |t: &DataType| matches!(t, DataType::Decimal128(..) | DataType::Decimal256(..));
    match arguments {
        [a, b] if is_decimal(a) || is_decimal(b) => match (decimal_of(a), decimal_of(b)) {
            (Some((_, s)), Some(_)) => {
                let scale = quotient_scale(u8::try_from(s).unwrap_or(0)).min(38);
                DataType::Decimal128(38, i8::try_from(scale).unwrap_or(38))
            }
            _ => DataType::Float64,
        },
        _ => DataType::Float64,
    }
}

fn divide(arguments: &[ArrayRef], result: &DataType) -> Result<ArrayRef> {
    let (left, right) = (argument(arguments, 0)?, argument(arguments, 1)?);
    let DataType::Decimal128(_, scale) = result else {
        let (l, r) = (cast(left, &DataType::Float64)?, cast(right, &DataType::Float64)?);
        let (l, r) = (l.as_primitive::<Float64Type>(), r.as_primitive::<Float64Type>());
        let quotients = l.iter().zip(r).map(|(a, b)| Some(a? / b.filter(|b| *b != 0.0)?));
        return Ok(Arc::new(quotients.collect::<Float64Array>()));
    };
    let scaled = |array: &ArrayRef| -> Result<(ArrayRef, i8)> {
        let (_, s) = decimal_of(array.data_type()).unwrap_or((38, 0));
        Ok((cast(array, &DataType::Decimal128(38, s))?, s))
    };
    let ((l, ls), (r, rs)) = (scaled(left)?, scaled(right)?);
    let (l, r) = (l.as_primitive::<Decimal128Type>(), r.as_primitive::<Decimal128Type>());
    let shift = u32::try_from(i32::from(*scale) - i32::from(ls) + i32::from(rs)).unwrap_or(0);
    let factor = i256::from_i128(10).wrapping_pow(shift);
    let quotients = l.iter().zip(r).map(|(a, b)| {
        let divisor = i256::from_i128(b.filter(|b| *b != 0)?);
        let dividend = i256::from_i128(a?).checked_mul(factor)?;
        let quotient = dividend.checked_div(divisor)?;
        let rest = dividend.checked_rem(divisor)?;
        // Half and more rounds away from zero.
        let twice = rest.wrapping_abs().checked_mul(i256::from_i128(2))?;
        let up = twice >= divisor.wrapping_abs();
        let step = if (dividend < i256::ZERO) == (divisor < i256::ZERO) { 1 } else { -1 };
        let rounded = if up { quotient.checked_add(i256::from_i128(step))? } else { quotient };
        rounded.to_i128()
    });
    let array: Decimal128Array = quotients.collect();
    Ok(Arc::new(array.with_precision_and_scale(38, *scale)?))
}

fn int_divide(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let l = cast(argument(arguments, 0)?, &DataType::Int64)?;
    let r = cast(argument(arguments, 1)?, &DataType::Int64)?;
    let pairs = l.as_primitive::<Int64Type>().iter().zip(r.as_primitive::<Int64Type>());
    Ok(Arc::new(pairs.map(|(a, b)| a?.checked_div(b?)).collect::<Int64Array>()))
}

fn to_text(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let array = argument(arguments, 0)?;
    if array.data_type() == &DataType::Utf8 {
        return Ok(array.clone());
    }
    Ok(Arc::new((0..array.len()).map(|row| text::text(array, row)).collect::<StringArray>()))
}

fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

fn to_boolean(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let array = argument(arguments, 0)?;
    if !is_text(array.data_type()) {
        return Ok(cast(array, &DataType::Boolean)?);
    }
    let texts = cast(array, &DataType::Utf8)?;
    let parse = |text: &str| match text.trim() {
        t if t.eq_ignore_ascii_case("true") => Some(true),
        t if t.eq_ignore_ascii_case("false") => Some(false),
        t => t.parse::<f64>().ok().map(|n| n != 0.0),
    };
    Ok(Arc::new(texts.as_string::<i32>().iter().map(|t| parse(t?)).collect::<BooleanArray>()))
}

fn whole_type(arguments: &[DataType]) -> DataType {
    match arguments.first() {
        Some(t @ (DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Boolean)) => t.clone(),
        _ => DataType::Int64,
    }
}

/// What becomes a whole number: fractions are cut off, dates become `yyyyMMdd`.
fn to_whole(arguments: &[ArrayRef], result: &DataType) -> Result<ArrayRef> {
    let array = argument(arguments, 0)?;
    if array.data_type() == result {
        return Ok(array.clone());
    }
    match array.data_type() {
        t if is_text(t) => {
            let texts = cast(array, &DataType::Utf8)?;
            let parse = |text: &str| {
                let text = text.trim();
                text.parse::<i64>().ok().or_else(|| {
                    let number: f64 = text.parse().ok()?;
                    (number.abs() < 9.2e18).then(|| number.trunc() as i64)
                })
            };
            Ok(Arc::new(texts.as_string::<i32>().iter().map(|t| parse(t?)).collect::<Int64Array>()))
        }
        DataType::Float32 | DataType::Float64 => {
            let numbers = cast(array, &DataType::Float64)?;
            let whole = |n: f64| (n.abs() < 9.2e18).then(|| n.trunc() as i64);
            Ok(Arc::new(numbers.as_primitive::<Float64Type>().iter().map(|n| whole(n?)).collect::<Int64Array>()))
        }
        DataType::Decimal128(_, s) => {
            let unit = 10_i128.checked_pow(u32::try_from(*s).unwrap_or(0)).unwrap_or(i128::MAX);
            let numbers = array.as_primitive::<Decimal128Type>();
            Ok(Arc::new(numbers.iter().map(|n| i64::try_from(n? / unit).ok()).collect::<Int64Array>()))
        }
        DataType::Date32 | DataType::Timestamp(..) => {
            let digits = (0..array.len()).map(|row| {
                let text: String = text::text(array, row)?.chars().filter(char::is_ascii_digit).take(14).collect();
                text.parse::<i64>().ok()
            });
            Ok(Arc::new(digits.collect::<Int64Array>()))
        }
        _ => Ok(cast(array, &DataType::Int64)?),
    }
}

/// Microseconds since the epoch of a date or time in one of the forms that StarRocks reads.
pub(crate) fn parse_datetime(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if digits(text) && matches!(text.len(), 8 | 14) {
        let rest = if text.len() == 14 {
            format!(" {}:{}:{}", text.get(8..10)?, text.get(10..12)?, text.get(12..14)?)
        } else {
            String::new()
        };
        return parse_datetime(&format!("{}-{}-{}{rest}", text.get(..4)?, text.get(4..6)?, text.get(6..8)?));
    }
    let (date, time) = match text.find([' ', 'T']) {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?.trim()),
        None => (text, ""),
    };
    let mut parts = date.split(['-', '/']);
    let year: i32 = parts.next().filter(|y| y.len() == 4)?.parse().ok()?;
    let month: u32 = parts.next()?.parse().ok()?;
    let day: u32 = parts.next()?.parse().ok()?;
    if parts.next().is_some() {
        return None;
    }
    let days = days_from_civil(year, month, day)?;
    let mut micros = 0_i64;
    if !time.is_empty() {
        let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
        if !digits(fraction) || fraction.len() > 9 {
            return None;
        }
        let mut clock = clock.split(':').map(|p| p.parse::<i64>().ok());
        let hour = clock.next()??;
        let minute = clock.next().unwrap_or(Some(0))?;
        let second = clock.next().unwrap_or(Some(0))?;
        if !(0..24).contains(&hour) || !(0..60).contains(&minute) || !(0..60).contains(&second) {
            return None;
        }
        let fraction: String = format!("{fraction:0<6}").chars().take(6).collect();
        micros = ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction.parse::<i64>().ok()?;
    }
    Some(days * 86_400_000_000 + micros)
}

fn days_from_civil(year: i32, month: u32, day: u32) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if day == 0 || day > length {
        return None;
    }
    let (y, m, d) = (i64::from(year) - i64::from(month <= 2), i64::from(month), i64::from(day));
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let day_of_year = (153 * ((m + 9) % 12) + 2) / 5 + d - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

fn to_datetime(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let array = argument(arguments, 0)?;
    match array.data_type() {
        DataType::Timestamp(TimeUnit::Microsecond, None) => Ok(array.clone()),
        DataType::Timestamp(..) | DataType::Null => Ok(cast(array, &DATETIME)?),
        DataType::Date32 => {
            let days = array.as_primitive::<Date32Type>();
            let micros = days.iter().map(|d| Some(i64::from(d?) * 86_400_000_000));
            Ok(Arc::new(micros.collect::<TimestampMicrosecondArray>()))
        }
        _ => {
            let micros = (0..array.len()).map(|row| parse_datetime(&text::text(array, row)?));
            Ok(Arc::new(micros.collect::<TimestampMicrosecondArray>()))
        }
    }
}

/// MySQL's format letters.
fn format_time(micros: i64, format: &str) -> Option<String> {
    let value = arrow::temporal_conversions::as_datetime::<TimestampMicrosecondType>(micros)?;
    let mut out = String::new();
    let mut letters = format.chars();
    while let Some(c) = letters.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let letter = letters.next()?;
        let pattern = match letter {
            'Y' => "%Y",
            'y' => "%y",
            'm' => "%m",
            'c' => "%-m",
            'd' => "%d",
            'e' => "%-d",
            'H' => "%H",
            'k' => "%-H",
            'h' | 'I' => "%I",
            'l' => "%-I",
            'i' => "%M",
            's' | 'S' => "%S",
            'f' => "%6f",
            'p' => "%p",
            'M' => "%B",
            'b' => "%b",
            'W' => "%A",
            'a' => "%a",
            'j' => "%j",
            'w' => "%w",
            'T' => "%H:%M:%S",
            'r' => "%I:%M:%S %p",
            'v' | 'V' => "%V",
            'x' | 'X' => "%G",
            other => {
                out.push(other);
                continue;
            }
        };
        out.push_str(&value.format(pattern).to_string());
    }
    Some(out)
}

fn date_format(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let times = to_datetime(arguments, &DATETIME)?;
    let formats = cast(argument(arguments, 1)?, &DataType::Utf8)?;
    let pairs = times.as_primitive::<TimestampMicrosecondType>().iter().zip(formats.as_string::<i32>());
    Ok(Arc::new(pairs.map(|(time, format)| format_time(time?, format?)).collect::<StringArray>()))
}

fn from_unixtime(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let seconds = cast(argument(arguments, 0)?, &DataType::Int64)?;
    let formats = arguments.get(1).map(|f| cast(f, &DataType::Utf8)).transpose()?;
    let texts = seconds.as_primitive::<Int64Type>().iter().enumerate().map(|(row, seconds)| {
        let format = match &formats {
            Some(formats) if formats.is_null(row) => return None,
            Some(formats) => formats.as_string::<i32>().value(row),
            None => "%Y-%m-%d %H:%i:%s",
        };
        format_time(seconds?.checked_mul(1_000_000)?, format)
    });
    Ok(Arc::new(texts.collect::<StringArray>()))
}

fn unix_timestamp(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let times = to_datetime(arguments, &DATETIME)?;
    let seconds = times.as_primitive::<TimestampMicrosecondType>().iter().map(|t| Some(t?.div_euclid(1_000_000)));
    Ok(Arc::new(seconds.collect::<Int64Array>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_all_forms() {
        let day = 1_704_412_800_000_000;
        for (text, micros) in [
            ("2024-01-05", Some(day)),
            ("20240105", Some(day)),
            ("2024-01-05T10:20:30", Some(day + 37_230_000_000)),
            ("20240105102030", Some(day + 37_230_000_000)),
            ("2024-01-05 10:20:30.5", Some(day + 37_230_500_000)),
            ("0000-01-01", Some(-62_167_219_200_000_000)),
            ("2023-02-29", None),
            ("2024-01-05 25:00:00", None),
            ("nope", None),
        ] {
            assert_eq!(parse_datetime(text), micros, "{text}");
        }
    }

    #[test]
    fn decimal_quotients_are_rounded() {
        let decimal = |n: i128, s: i8| -> ArrayRef {
            Arc::new(Decimal128Array::from(vec![n]).with_precision_and_scale(10, s).unwrap())
        };
        let result = divide_type(&[DataType::Decimal128(10, 2), DataType::Decimal128(10, 0)]);
        assert_eq!(result, DataType::Decimal128(38, 8));
        let quotient = divide(&[decimal(200, 2), decimal(3, 0)], &result).unwrap();
        assert_eq!(text::text(&quotient, 0).unwrap(), "0.66666667");
        let none = divide(&[decimal(200, 2), decimal(0, 0)], &result).unwrap();
        assert_eq!(text::text(&none, 0), None);
    }
}
