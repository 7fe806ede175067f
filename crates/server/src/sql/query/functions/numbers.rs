// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Division, and what becomes a number or a truth value.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Float64Array, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Decimal128Type, Field, Float64Type, Int64Type, i256};
use datafusion::common::Result;

use super::{argument, is_text};
use crate::sql::query::infer::quotient_scale;
use crate::sql::text;

fn decimal_of(data_type: &DataType) -> Option<(u8, i8)> {
    match data_type {
        DataType::Decimal128(p, s) | DataType::Decimal256(p, s) => Some(((*p).min(38), *s)),
        DataType::Int8 | DataType::Int16 | DataType::UInt8 | DataType::UInt16 => Some((9, 0)),
        DataType::Int32 | DataType::Int64 | DataType::UInt32 | DataType::UInt64 => Some((19, 0)),
        _ => None,
    }
}

pub(super) fn divide_type(arguments: &[DataType]) -> DataType {
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

pub(super) fn divide(arguments: &[ArrayRef], result: &DataType) -> Result<ArrayRef> {
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

pub(super) fn int_divide(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let l = cast(argument(arguments, 0)?, &DataType::Int64)?;
    let r = cast(argument(arguments, 1)?, &DataType::Int64)?;
    let pairs = l.as_primitive::<Int64Type>().iter().zip(r.as_primitive::<Int64Type>());
    Ok(Arc::new(pairs.map(|(a, b)| a?.checked_div(b?)).collect::<Int64Array>()))
}

pub(super) fn to_boolean(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
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

pub(super) fn whole_type(arguments: &[DataType]) -> DataType {
    match arguments.first() {
        Some(t @ (DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Boolean)) => t.clone(),
        _ => DataType::Int64,
    }
}

/// What becomes a whole number: fractions are cut off, dates become `yyyyMMdd`.
pub(super) fn to_whole(arguments: &[ArrayRef], result: &DataType) -> Result<ArrayRef> {
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

/// `~n`
pub(super) fn bit_not(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let numbers = cast(argument(arguments, 0)?, &DataType::Int64)?;
    Ok(Arc::new(numbers.as_primitive::<Int64Type>().iter().map(|n| n.map(|n| !n)).collect::<Int64Array>()))
}

pub(super) fn sum_type(arguments: &[DataType]) -> DataType {
    match arguments.first() {
        Some(DataType::List(item) | DataType::LargeList(item)) if item.data_type().is_integer() => DataType::Int64,
        _ => DataType::Float64,
    }
}

/// The sum of an array's elements; NULL for an array without any.
pub(super) fn array_sum(arguments: &[ArrayRef], result: &DataType) -> Result<ArrayRef> {
    let lists = argument(arguments, 0)?;
    let lists = cast(lists, &DataType::List(Arc::new(Field::new_list_field(result.clone(), true))))?;
    let lists = lists.as_list::<i32>();
    if *result == DataType::Int64 {
        let sum = |list: ArrayRef| {
            let numbers = list.as_primitive::<Int64Type>().iter().flatten();
            numbers.fold(None, |sum: Option<i64>, n| Some(sum.unwrap_or(0).wrapping_add(n)))
        };
        return Ok(Arc::new(lists.iter().map(|list| sum(list?)).collect::<Int64Array>()));
    }
    let sum = |list: ArrayRef| {
        let numbers = list.as_primitive::<Float64Type>().iter().flatten();
        numbers.fold(None, |sum: Option<f64>, n| Some(sum.unwrap_or(0.0) + n))
    };
    Ok(Arc::new(lists.iter().map(|list| sum(list?)).collect::<Float64Array>()))
}

#[cfg(test)]
mod tests {
    use super::*;

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
