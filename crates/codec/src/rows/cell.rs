// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Single values: what is inside arrays, maps and structs, and what columns are made of where there is no shorter way.

use arrow::array::{Array, AsArray, MapArray};
use arrow::datatypes as arrow_types;
use arrow::datatypes::TimeUnit;

use super::plan::{Part, Plan};
use crate::binary::{Cell, RowBuilder, padded};
use crate::parse;
use crate::temporal::Zone;

const NOT_NULL: &str = "the value is NULL, but the Flink type is NOT NULL";

/// The value of `array` at `row`.
pub(super) fn part<'a>(part: &Part, array: &'a dyn Array, row: usize, zone: &mut Zone) -> Result<Cell<'a>, String> {
    if array.is_null(row) {
        return if part.nullable { Ok(Cell::Null) } else { Err(NOT_NULL.to_owned()) };
    }
    cell(&part.plan, array, row, zone)
}

/// The value of `array` at `row`, which is not NULL. The array is of the type for which the plan was made.
pub(super) fn cell<'a>(plan: &Plan, array: &'a dyn Array, row: usize, zone: &mut Zone) -> Result<Cell<'a>, String> {
    Ok(match plan {
        Plan::Bool => Cell::Slot(u64::from(array.as_boolean().value(row))),
        Plan::Int { from, to } => {
            let value = match from {
                1 => i64::from(array.as_primitive::<arrow_types::Int8Type>().value(row)),
                2 => i64::from(array.as_primitive::<arrow_types::Int16Type>().value(row)),
                4 => i64::from(array.as_primitive::<arrow_types::Int32Type>().value(row)),
                _ => array.as_primitive::<arrow_types::Int64Type>().value(row),
            };
            Cell::Slot(int_slot(value, *to))
        }
        Plan::Float => Cell::Slot(u64::from(array.as_primitive::<arrow_types::Float32Type>().value(row).to_bits())),
        Plan::Double => Cell::Slot(array.as_primitive::<arrow_types::Float64Type>().value(row).to_bits()),
        Plan::FloatToDouble => {
            Cell::Slot(f64::from(array.as_primitive::<arrow_types::Float32Type>().value(row)).to_bits())
        }
        Plan::DateText => Cell::Slot(date_of(text(array, row))?),
        Plan::DateDays => {
            Cell::Slot(int_slot(i64::from(array.as_primitive::<arrow_types::Date32Type>().value(row)), 4))
        }
        Plan::TimeText => Cell::Slot(time_of(text(array, row))?),
        Plan::DateTimeText { precision, local } => {
            moment(parse::datetime(text(array, row)).ok_or(Misfit::DateTime)?, *precision, *local, zone)?
        }
        Plan::DateTime { unit, precision, local } => {
            moment(in_unit(units(array, *unit, row), *unit), *precision, *local, zone)?
        }
        Plan::Decimal { from_scale, precision, scale } => {
            let value = array.as_primitive::<arrow_types::Decimal128Type>().value(row);
            Cell::decimal(Rescale::new(*from_scale, *precision, *scale).apply(value)?, *precision)
        }
        Plan::DecimalText { precision, scale } => {
            Cell::decimal(decimal_of(text(array, row), *precision, *scale)?, *precision)
        }
        Plan::Text => Cell::Bytes(text(array, row)),
        Plan::Bytes => Cell::Bytes(array.as_binary::<i32>().value(row)),
        Plan::Array(element) => Cell::Nested(binary_array(element, &*array.as_list::<i32>().value(row), zone)?),
        Plan::Map(key, value) => Cell::Nested(binary_map(key, value, array.as_map(), row, zone)?),
        Plan::Row(fields) => {
            let array = array.as_struct();
            let mut cells = Vec::with_capacity(fields.len());
            for (field, child) in fields.iter().zip(array.columns()) {
                cells.push(part(field, &**child, row, zone)?);
            }
            Cell::Nested(binary_row(&cells))
        }
    })
}

fn text(array: &dyn Array, row: usize) -> &[u8] {
    array.as_string::<i32>().value(row).as_bytes()
}

/// A whole number in the low bytes of a slot, the others zero.
#[inline(always)]
pub(super) fn int_slot(value: i64, width: u8) -> u64 {
    match width {
        1 => u64::from(value as u8),
        2 => u64::from(value as u16),
        4 => u64::from(value as u32),
        _ => value as u64,
    }
}

/// Why a value does not fit its Flink type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misfit {
    Date,
    Time,
    DateTime,
    Zone,
    Decimal,
    WholeNumber,
}

impl From<Misfit> for String {
    fn from(misfit: Misfit) -> Self {
        match misfit {
            Misfit::Date => "the text is not a date",
            Misfit::Time => "the text is not a time of the day",
            Misfit::DateTime => "the text is not a date and time",
            Misfit::Zone => "the time is out of range in the time zone",
            Misfit::Decimal => "the number has too many digits for the Flink type",
            Misfit::WholeNumber => "the text is not a whole number, or has too many digits",
        }
        .to_owned()
    }
}

/// The slot of a date in text.
#[inline(always)]
pub(super) fn date_of(text: &[u8]) -> Result<u64, Misfit> {
    parse::date(text).map(|day| int_slot(i64::from(day), 4)).ok_or(Misfit::Date)
}

/// The slot of a time of the day in text.
#[inline(always)]
pub(super) fn time_of(text: &[u8]) -> Result<u64, Misfit> {
    parse::time(text).map(|(millis, _)| int_slot(i64::from(millis), 4)).ok_or(Misfit::Time)
}

/// What Flink keeps of a wall clock.
#[inline]
pub(super) fn clock(
    (millis, nanos): (i64, u32),
    precision: u8,
    local: bool,
    zone: &mut Zone,
) -> Result<(i64, u32), Misfit> {
    let millis = if local { zone.instant(millis).ok_or(Misfit::Zone)? } else { millis };
    Ok(parse::truncated((millis, nanos), precision))
}

fn moment(wall: (i64, u32), precision: u8, local: bool, zone: &mut Zone) -> Result<Cell<'static>, String> {
    let (millis, nanos) = clock(wall, precision, local, zone)?;
    Ok(Cell::moment(millis, nanos, precision))
}

/// A number of Arrow's time units.
pub(super) fn units(array: &dyn Array, unit: TimeUnit, row: usize) -> i64 {
    match unit {
        TimeUnit::Second => array.as_primitive::<arrow_types::TimestampSecondType>().value(row),
        TimeUnit::Millisecond => array.as_primitive::<arrow_types::TimestampMillisecondType>().value(row),
        TimeUnit::Microsecond => array.as_primitive::<arrow_types::TimestampMicrosecondType>().value(row),
        TimeUnit::Nanosecond => array.as_primitive::<arrow_types::TimestampNanosecondType>().value(row),
    }
}

/// Milliseconds and nanoseconds of the last one.
pub(super) fn in_unit(value: i64, unit: TimeUnit) -> (i64, u32) {
    // The casts are of remainders.
    match unit {
        TimeUnit::Second => (value.saturating_mul(1000), 0),
        TimeUnit::Millisecond => (value, 0),
        TimeUnit::Microsecond => (value.div_euclid(1000), value.rem_euclid(1000) as u32 * 1000),
        TimeUnit::Nanosecond => (value.div_euclid(1_000_000), value.rem_euclid(1_000_000) as u32),
    }
}

/// Brings an unscaled decimal to another scale; digits that are dropped round half up, as Flink does it.
#[derive(Clone, Copy)]
pub(super) struct Rescale {
    multiply: i128,
    divide: i128,
    limit: u128,
}

impl Rescale {
    pub(super) fn new(from_scale: i8, precision: u8, scale: u8) -> Self {
        let shift = i32::from(scale) - i32::from(from_scale);
        // Decimals have at most 38 digits; a shift by more turns every number but zero into one that does not fit.
        let power = |digits: i32| 10i128.checked_pow(digits.max(0).unsigned_abs()).unwrap_or(i128::MAX);
        Self { multiply: power(shift), divide: power(-shift), limit: power(i32::from(precision)).unsigned_abs() }
    }

    /// Whether the scale stays and numbers within 64 bits are all that fit.
    pub(super) fn is_plain(self) -> bool {
        self.multiply == 1 && self.divide == 1 && self.limit <= 10u128.pow(18)
    }

    /// The slot of a number whose scale [stays](Self::is_plain).
    #[inline(always)]
    pub(super) fn plain(self, value: i128) -> Result<u64, Misfit> {
        let low = value as i64;
        // The limit is at most 10^18 here.
        let fits = i128::from(low) == value && low.unsigned_abs() < self.limit as u64;
        if fits { Ok(low as u64) } else { Err(Misfit::Decimal) }
    }

    #[inline(always)]
    pub(super) fn apply(self, value: i128) -> Result<i128, Misfit> {
        let rescaled = if self.divide == 1 {
            value.checked_mul(self.multiply)
        } else {
            let (quotient, rest) = (value / self.divide, value % self.divide);
            let up = rest.unsigned_abs() >= self.divide.unsigned_abs() - rest.unsigned_abs();
            Some(quotient + if up { rest.signum() } else { 0 })
        };
        rescaled.filter(|rescaled| rescaled.unsigned_abs() < self.limit).ok_or(Misfit::Decimal)
    }
}

pub(super) fn decimal_of(text: &[u8], precision: u8, scale: u8) -> Result<i128, Misfit> {
    let limit = 10u128.checked_pow(u32::from(precision)).unwrap_or(u128::MAX);
    match parse::whole(text, scale) {
        Some(value) if value.unsigned_abs() < limit => Ok(value),
        Some(_) => Err(Misfit::Decimal),
        None => Err(Misfit::WholeNumber),
    }
}

fn binary_row(cells: &[Cell<'_>]) -> Vec<u8> {
    let builder = RowBuilder::new(cells.len());
    let mut out = Vec::new();
    let row = builder.begin(&mut out);
    for (i, cell) in cells.iter().enumerate() {
        builder.put(&mut out, row, i, cell);
    }
    out
}

fn binary_array(element: &Part, array: &dyn Array, zone: &mut Zone) -> Result<Vec<u8>, String> {
    let (len, width) = (array.len(), element.plan.width());
    let head = 4 + len.div_ceil(32) * 4;
    let mut out = vec![0; head + padded(len * width)];
    // An array of more elements does not fit a row.
    out[..4].copy_from_slice(&(len as u32).to_le_bytes());
    for i in 0..len {
        let cell = part(element, array, i, zone)?;
        if matches!(cell, Cell::Null) {
            out[4 + i / 8] |= 1 << (i % 8);
        }
        let slot = cell.put(&mut out, 0);
        out[head + i * width..][..width].copy_from_slice(&slot.to_le_bytes()[..width]);
    }
    Ok(out)
}

fn binary_map(key: &Part, value: &Part, array: &MapArray, row: usize, zone: &mut Zone) -> Result<Vec<u8>, String> {
    let entries = array.value(row);
    let keys = binary_array(key, &**entries.column(0), zone)?;
    let values = binary_array(value, &**entries.column(1), zone)?;
    let mut out = Vec::with_capacity(4 + keys.len() + values.len());
    out.extend_from_slice(&(keys.len() as u32).to_le_bytes());
    out.extend_from_slice(&keys);
    out.extend_from_slice(&values);
    Ok(out)
}
