// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! A column of a record batch, ready to be written into rows. Making one may fail, writing may not.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes as arrow_types;

use super::cell::{self, Misfit, Rescale, int_slot};
use super::plan::Plan;
use crate::binary::{Cell, in_slot, is_compact, padded, pointer, shortest};
use crate::parse;
use crate::temporal::Zone;
use crate::text::copy_words;

/// The values of a column, and which of them are NULL.
#[derive(Debug)]
pub(super) struct Lane {
    values: Values,
    nulls: Option<NullBuffer>,
}

#[derive(Debug)]
enum Values {
    Bool(BooleanBuffer),
    Int32(ScalarBuffer<i32>),
    Int64(ScalarBuffer<i64>),
    Double(ScalarBuffer<f64>),
    Slots(Vec<u64>),
    /// Milliseconds since the epoch and the nanoseconds of the last one.
    Moments(Vec<(i64, u32)>),
    /// Unscaled decimals that do not fit a slot.
    Wide(Vec<i128>),
    /// Text or bytes, which a slot holds if they are short.
    Bytes {
        offsets: OffsetBuffer<i32>,
        bytes: Buffer,
    },
    /// Nested values: all bytes, and where each ends.
    Nested {
        bytes: Vec<u8>,
        ends: Vec<usize>,
    },
}

/// Where the values of a block of rows go.
pub(super) struct Place<'a> {
    /// Number of the first row in the record batch.
    pub(super) first: usize,
    /// Where the records of the rows begin in the output.
    pub(super) starts: &'a [usize],
    /// Where slot and null bit are, from the beginning of a record.
    pub(super) slot: usize,
    pub(super) null_byte: usize,
    pub(super) null_bit: u8,
}

/// Stores bytes at a place that was laid out for them.
#[inline(always)]
pub(super) fn put<const N: usize>(out: &mut [u8], at: usize, bytes: [u8; N]) {
    out[at..at + N].copy_from_slice(&bytes);
}

impl Lane {
    /// Turns the values of a column, which is of the type for which the plan was made.
    pub(super) fn new(plan: &Plan, array: &ArrayRef, nullable: bool, zone: &mut Zone) -> Result<Self, String> {
        let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0).cloned();
        if let (Some(nulls), false) = (&nulls, nullable) {
            let row = (0..nulls.len()).find(|row| nulls.is_null(*row)).unwrap_or_default();
            return Err(format!("row {row} of the answer is NULL, but the Flink type is NOT NULL"));
        }
        let values = values(plan, array, nulls.as_ref(), zone)?;
        Ok(Self { values, nulls })
    }

    fn is_null(&self, row: usize) -> bool {
        self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row))
    }

    /// Adds to the size of each row what its slot points to.
    pub(super) fn add_sizes(&self, sizes: &mut [usize]) {
        match &self.values {
            Values::Moments(_) => self.add_fixed(sizes, 8),
            Values::Wide(_) => self.add_fixed(sizes, 16),
            Values::Bytes { offsets, .. } => {
                for (row, (size, ends)) in sizes.iter_mut().zip(offsets.windows(2)).enumerate() {
                    let len = (ends[1] - ends[0]) as usize;
                    if len > 7 && !self.is_null(row) {
                        *size += padded(len);
                    }
                }
            }
            Values::Nested { ends, .. } => {
                let mut begin = 0;
                for (size, end) in sizes.iter_mut().zip(ends) {
                    *size += padded(end - begin);
                    begin = *end;
                }
            }
            _ => {}
        }
    }

    fn add_fixed(&self, sizes: &mut [usize], bytes: usize) {
        for (row, size) in sizes.iter_mut().enumerate() {
            *size += if self.is_null(row) { 0 } else { bytes };
        }
    }

    /// Writes the values of the rows from `place.first` on; a cursor tells where the next value goes that a slot of its row points to.
    pub(super) fn write(&self, out: &mut [u8], place: &Place<'_>, cursors: &mut [usize]) {
        let rows = place.first..place.first + place.starts.len();
        match &self.values {
            Values::Bool(values) => {
                for (start, row) in place.starts.iter().zip(rows) {
                    put(out, start + place.slot, [u8::from(values.value(row))]);
                }
            }
            Values::Int32(values) => scatter(out, place, &values[rows], |v| v.to_le_bytes()),
            Values::Int64(values) => scatter(out, place, &values[rows], |v| v.to_le_bytes()),
            Values::Double(values) => scatter(out, place, &values[rows], |v| v.to_le_bytes()),
            Values::Slots(values) => scatter(out, place, &values[rows], |v| v.to_le_bytes()),
            Values::Moments(values) => {
                for (((start, row), cursor), (millis, nanos)) in
                    place.starts.iter().zip(rows.clone()).zip(cursors).zip(&values[rows])
                {
                    if self.is_null(row) {
                        continue;
                    }
                    put(out, start + place.slot, pointer(*cursor, *nanos as usize).to_le_bytes());
                    put(out, start + super::RECORD + *cursor, millis.to_le_bytes());
                    *cursor += 8;
                }
            }
            Values::Wide(values) => {
                for (((start, row), cursor), value) in
                    place.starts.iter().zip(rows.clone()).zip(cursors).zip(&values[rows])
                {
                    if self.is_null(row) {
                        continue;
                    }
                    let leading = shortest(*value);
                    put(out, start + place.slot, pointer(*cursor, 16 - leading).to_le_bytes());
                    put(out, start + super::RECORD + *cursor, (value << (8 * leading)).to_be_bytes());
                    *cursor += 16;
                }
            }
            Values::Bytes { offsets, bytes } => {
                let ends = &offsets[rows.start..=rows.end];
                for (((start, row), cursor), ends) in place.starts.iter().zip(rows).zip(cursors).zip(ends.windows(2)) {
                    if self.is_null(row) {
                        continue;
                    }
                    let (begin, len) = (ends[0] as usize, (ends[1] - ends[0]) as usize);
                    let slot = if len <= 7 {
                        word(bytes, begin, len) | (0x80 | len as u64) << 56
                    } else {
                        copy_text(out, start + super::RECORD, cursor, bytes, begin, len)
                    };
                    put(out, start + place.slot, slot.to_le_bytes());
                }
            }
            Values::Nested { bytes, ends } => {
                let mut begin = rows.start.checked_sub(1).map_or(0, |before| ends[before]);
                for (((start, row), cursor), end) in place.starts.iter().zip(rows.clone()).zip(cursors).zip(&ends[rows])
                {
                    if !self.is_null(row) {
                        let slot = copy(out, start + super::RECORD, cursor, &bytes[begin..*end]);
                        put(out, start + place.slot, slot.to_le_bytes());
                    }
                    begin = *end;
                }
            }
        }
        if let Some(nulls) = &self.nulls {
            let nulls = nulls.slice(place.first, place.starts.len());
            for (start, _) in place.starts.iter().zip(&nulls).filter(|(_, valid)| !valid) {
                out[start + place.null_byte] |= place.null_bit;
                put(out, start + place.slot, [0; 8]);
            }
        }
    }
}

#[inline(always)]
fn scatter<T: Copy, const N: usize>(out: &mut [u8], place: &Place<'_>, values: &[T], bytes: impl Fn(T) -> [u8; N]) {
    for (start, value) in place.starts.iter().zip(values) {
        put(out, start + place.slot, bytes(*value));
    }
}

/// Up to 8 bytes as a number, from where 8 may be read if there are so many.
#[inline(always)]
fn word(bytes: &[u8], at: usize, len: usize) -> u64 {
    match bytes.get(at..at + 8) {
        Some(eight) => {
            let mut word = [0; 8];
            word.copy_from_slice(eight);
            u64::from_le_bytes(word) & u64::MAX.checked_shr(64 - 8 * len as u32).unwrap_or(0)
        }
        None => bytes[at..at + len].iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// Copies more than 7 bytes to where the cursor of their row points; returns their slot.
#[inline(always)]
fn copy_text(out: &mut [u8], row: usize, cursor: &mut usize, bytes: &[u8], begin: usize, len: usize) -> u64 {
    let text = &bytes[begin..begin + len];
    if len > 32 {
        return copy(out, row, cursor, text);
    }
    let slot = pointer(*cursor, len);
    copy_words(&mut out[row + *cursor..][..len], text, |_| {});
    *cursor += padded(len);
    slot
}

/// Copies a value to where the cursor of its row points; returns its slot.
#[inline(always)]
fn copy(out: &mut [u8], row: usize, cursor: &mut usize, value: &[u8]) -> u64 {
    let slot = pointer(*cursor, value.len());
    out[row + *cursor..][..value.len()].copy_from_slice(value);
    *cursor += padded(value.len());
    slot
}

fn values(plan: &Plan, array: &ArrayRef, nulls: Option<&NullBuffer>, zone: &mut Zone) -> Result<Values, String> {
    let valid = |row: usize| nulls.is_none_or(|nulls| nulls.is_valid(row));
    Ok(match plan {
        Plan::Bool => Values::Bool(array.as_boolean().values().clone()),
        Plan::Int { from: 8, .. } => Values::Int64(array.as_primitive::<arrow_types::Int64Type>().values().clone()),
        Plan::Int { from: 4, to: 4 } => Values::Int32(array.as_primitive::<arrow_types::Int32Type>().values().clone()),
        Plan::DateDays => Values::Int32(array.as_primitive::<arrow_types::Date32Type>().values().clone()),
        Plan::Int { from, to } => {
            let slot = |value: i64| int_slot(value, *to);
            Values::Slots(match from {
                1 => slots(array.as_primitive::<arrow_types::Int8Type>().values(), |v| slot(i64::from(v))),
                2 => slots(array.as_primitive::<arrow_types::Int16Type>().values(), |v| slot(i64::from(v))),
                _ => slots(array.as_primitive::<arrow_types::Int32Type>().values(), |v| slot(i64::from(v))),
            })
        }
        Plan::Double => Values::Double(array.as_primitive::<arrow_types::Float64Type>().values().clone()),
        Plan::Float => {
            Values::Slots(slots(array.as_primitive::<arrow_types::Float32Type>().values(), |v| u64::from(v.to_bits())))
        }
        Plan::FloatToDouble => {
            Values::Slots(slots(array.as_primitive::<arrow_types::Float32Type>().values(), |v| f64::from(v).to_bits()))
        }
        Plan::DateText => Values::Slots(texts(array, valid, 0, cell::date_of)?),
        Plan::TimeText => Values::Slots(texts(array, valid, 0, cell::time_of)?),
        Plan::DateTimeText { precision, local } => {
            let mut moment = |text: &[u8]| {
                let wall = parse::datetime(text).ok_or(Misfit::DateTime)?;
                cell::clock(wall, *precision, *local, zone)
            };
            if is_compact(*precision) {
                Values::Slots(texts(array, valid, 0, |text| Ok(moment(text)?.0 as u64))?)
            } else {
                Values::Moments(texts(array, valid, (0, 0), moment)?)
            }
        }
        Plan::DateTime { unit, precision, local } => {
            let moments = rows(array.len(), valid, (0, 0), |row| {
                cell::clock(cell::in_unit(cell::units(array, *unit, row), *unit), *precision, *local, zone)
            })?;
            if is_compact(*precision) {
                Values::Slots(moments.into_iter().map(|(millis, _)| millis as u64).collect())
            } else {
                Values::Moments(moments)
            }
        }
        Plan::Decimal { from_scale, precision, scale } => {
            let rescale = Rescale::new(*from_scale, *precision, *scale);
            let values = array.as_primitive::<arrow_types::Decimal128Type>().values();
            if rescale.is_plain() {
                Values::Slots(rows(array.len(), valid, 0, |row| rescale.plain(values[row]))?)
            } else if in_slot(*precision) {
                Values::Slots(rows(array.len(), valid, 0, |row| Ok(rescale.apply(values[row])? as i64 as u64))?)
            } else {
                Values::Wide(rows(array.len(), valid, 0, |row| rescale.apply(values[row]))?)
            }
        }
        Plan::DecimalText { precision, scale } => {
            let unscaled = texts(array, valid, 0, |text| cell::decimal_of(text, *precision, *scale))?;
            if in_slot(*precision) {
                Values::Slots(unscaled.into_iter().map(|value| value as i64 as u64).collect())
            } else {
                Values::Wide(unscaled)
            }
        }
        Plan::Text => {
            let array = array.as_string::<i32>();
            Values::Bytes { offsets: array.offsets().clone(), bytes: array.values().clone() }
        }
        Plan::Bytes => {
            let array = array.as_binary::<i32>();
            Values::Bytes { offsets: array.offsets().clone(), bytes: array.values().clone() }
        }
        Plan::Array(_) | Plan::Map(..) | Plan::Row(_) => {
            let mut bytes = Vec::new();
            let ends = every(array.len(), |row| {
                if valid(row)
                    && let Cell::Nested(value) = cell::cell(plan, &**array, row, zone)?
                {
                    bytes.extend_from_slice(&value);
                }
                Ok::<_, String>(bytes.len())
            })?;
            Values::Nested { bytes, ends }
        }
    })
}

fn slots<T: Copy>(values: &[T], slot: impl Fn(T) -> u64) -> Vec<u64> {
    values.iter().map(|value| slot(*value)).collect()
}

/// One value for each row; a failure names its row.
#[inline(always)]
fn every<T, E: Into<String>>(len: usize, mut value: impl FnMut(usize) -> Result<T, E>) -> Result<Vec<T>, String> {
    let mut values = Vec::with_capacity(len);
    for row in 0..len {
        values.push(value(row).map_err(|why| of_row(row, why.into()))?);
    }
    Ok(values)
}

#[cold]
fn of_row(row: usize, why: String) -> String {
    format!("row {row} of the answer: {why}")
}

/// One value for each row, `null` where there is none.
#[inline(always)]
fn rows<T: Copy>(
    len: usize,
    valid: impl Fn(usize) -> bool,
    null: T,
    mut value: impl FnMut(usize) -> Result<T, Misfit>,
) -> Result<Vec<T>, String> {
    every(len, |row| if valid(row) { value(row) } else { Ok(null) })
}

fn texts<T: Copy>(
    array: &ArrayRef,
    valid: impl Fn(usize) -> bool,
    null: T,
    mut value: impl FnMut(&[u8]) -> Result<T, Misfit>,
) -> Result<Vec<T>, String> {
    let array = array.as_string::<i32>();
    rows(array.len(), valid, null, |row| value(array.value(row).as_bytes()))
}
