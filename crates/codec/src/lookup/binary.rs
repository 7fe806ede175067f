// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Binary rows, read and written value by value. The layout is `docs/design/row-batch.md`.

use std::borrow::Cow;

use super::value::{Kind, Value};
use crate::nested::null_bytes;

/// Longest text within its slot.
const MAX_INLINE: usize = 7;
const INLINE: u64 = 0x80;
/// The size of a row and its padding.
const RECORD_HEADER: usize = 8;
/// Bytes that Flink reserves for a long decimal.
const DECIMAL_BYTES: usize = 16;

/// Reads rows of so many fields.
pub(super) struct RowReader {
    arity: usize,
}

impl RowReader {
    pub(super) fn new(arity: usize) -> Self {
        Self { arity }
    }

    /// Bytes that a row has at least.
    pub(super) fn fixed(&self) -> usize {
        null_bytes(self.arity) + 8 * self.arity
    }

    /// A field, or `None` for NULL.
    pub(super) fn value<'a>(&self, row: &'a [u8], field: usize, kind: &Kind) -> Result<Option<Value<'a>>, String> {
        let bit = field + 8;
        let null = row.get(bit / 8).is_none_or(|byte| byte >> (bit % 8) & 1 == 1);
        if null {
            return Ok(None);
        }
        let at = null_bytes(self.arity) + 8 * field;
        let slot = row.get(at..at + 8).and_then(|s| s.try_into().ok()).ok_or("the row is too short")?;
        let slot = u64::from_le_bytes(slot);
        Ok(Some(match kind {
            // The casts take the low bytes of the slot, where narrower values are.
            Kind::Boolean => Value::Boolean(slot as u8 != 0),
            Kind::Integer { bytes: 1 } => Value::Integer(i64::from(slot as i8)),
            Kind::Integer { bytes: 2 } => Value::Integer(i64::from(slot as i16)),
            Kind::Integer { bytes: 4 } => Value::Integer(i64::from(slot as i32)),
            Kind::Integer { .. } => Value::Integer(slot as i64),
            Kind::Float => Value::Float(f32::from_bits(slot as u32)),
            Kind::Double { .. } => Value::Double(f64::from_bits(slot)),
            Kind::Date => Value::Date(slot as i32),
            Kind::Decimal { precision: ..=18, .. } => Value::Decimal(i128::from(slot as i64)),
            Kind::Decimal { .. } => Value::Decimal(big_endian(outside(row, slot, slot as u32)?)?),
            Kind::Timestamp { precision: ..=3, .. } => Value::Timestamp { millis: slot as i64, nanos: 0 },
            Kind::Timestamp { .. } => {
                let millis = outside(row, slot, 8)?.try_into().map_err(|_| "a time has 8 bytes".to_owned())?;
                Value::Timestamp { millis: i64::from_le_bytes(millis), nanos: slot as u32 }
            }
            Kind::Text | Kind::Binary => Value::Text(text(row, slot)?),
        }))
    }
}

/// What the high half of a slot points to.
fn outside(row: &[u8], slot: u64, length: u32) -> Result<&[u8], String> {
    let (start, length) = ((slot >> 32) as usize, length as usize);
    start.checked_add(length).and_then(|end| row.get(start..end)).ok_or_else(|| "a value is outside its row".to_owned())
}

fn text(row: &[u8], slot: u64) -> Result<Cow<'_, [u8]>, String> {
    let mark = slot >> 56;
    if mark & INLINE == 0 {
        return outside(row, slot, slot as u32).map(Cow::Borrowed);
    }
    let length = (mark & 0x7f) as usize;
    let bytes = slot.to_le_bytes();
    match bytes.get(..length) {
        Some(bytes) if length <= MAX_INLINE => Ok(Cow::Owned(bytes.to_vec())),
        _ => Err("a value is longer than its slot".to_owned()),
    }
}

fn big_endian(bytes: &[u8]) -> Result<i128, String> {
    if bytes.is_empty() || bytes.len() > DECIMAL_BYTES {
        return Err(format!("a decimal has {} bytes", bytes.len()));
    }
    let negative = bytes.first().is_some_and(|b| b & 0x80 != 0);
    Ok(bytes.iter().fold(if negative { -1 } else { 0 }, |n: i128, b| n << 8 | i128::from(*b)))
}

/// Writes rows of so many fields as records of a batch.
#[derive(Debug)]
pub(super) struct RowBuilder {
    arity: usize,
}

impl RowBuilder {
    pub(super) fn new(arity: usize) -> Self {
        Self { arity }
    }

    /// Begins a record at the end of `out`; gives where its row begins.
    pub(super) fn begin(&self, out: &mut Vec<u8>) -> usize {
        let row = out.len() + RECORD_HEADER;
        out.resize(row + null_bytes(self.arity) + 8 * self.arity, 0);
        row
    }

    pub(super) fn put_null(&self, out: &mut [u8], row: usize, field: usize) {
        let bit = field + 8;
        if let Some(byte) = out.get_mut(row + bit / 8) {
            *byte |= 1 << (bit % 8);
        }
    }

    pub(super) fn put(&self, out: &mut Vec<u8>, row: usize, field: usize, value: &Value<'_>, kind: &Kind) {
        // The casts keep the bit pattern: narrow values lie in the low bytes of their slot.
        let slot = match value {
            Value::Boolean(value) => u64::from(*value),
            Value::Integer(value) => *value as u64,
            Value::Float(value) => u64::from(value.to_bits()),
            Value::Double(value) => value.to_bits(),
            Value::Date(value) => u64::from(*value as u32),
            Value::Decimal(value) => match kind {
                Kind::Decimal { precision: ..=18, .. } => *value as i64 as u64,
                _ => {
                    let bytes = value.to_be_bytes();
                    let bytes = shortest(&bytes);
                    let at = append(out, row, bytes, DECIMAL_BYTES);
                    at << 32 | bytes.len() as u64
                }
            },
            Value::Timestamp { millis, nanos } => match kind {
                Kind::Timestamp { precision: ..=3, .. } => *millis as u64,
                _ => append(out, row, &millis.to_le_bytes(), 8) << 32 | u64::from(*nanos),
            },
            Value::Text(bytes) if bytes.len() <= MAX_INLINE => {
                let mut slot = [0; 8];
                slot.iter_mut().zip(bytes.iter()).for_each(|(to, from)| *to = *from);
                u64::from_le_bytes(slot) | (INLINE | bytes.len() as u64) << 56
            }
            Value::Text(bytes) => append(out, row, bytes, bytes.len().next_multiple_of(8)) << 32 | bytes.len() as u64,
        };
        let at = row + null_bytes(self.arity) + 8 * field;
        if let Some(to) = out.get_mut(at..at + 8) {
            to.copy_from_slice(&slot.to_le_bytes());
        }
    }

    /// Ends the record: tells its size.
    pub(super) fn end(&self, out: &mut [u8], row: usize) {
        // Results are limited far below 4 GiB.
        let size = ((out.len() - row) as u32).to_le_bytes();
        if let Some(header) = out.get_mut(row - RECORD_HEADER..row - RECORD_HEADER + 4) {
            header.copy_from_slice(&size);
        }
    }
}

/// Appends bytes and padding; gives their offset within the row.
fn append(out: &mut Vec<u8>, row: usize, bytes: &[u8], reserved: usize) -> u64 {
    let at = out.len();
    out.extend_from_slice(bytes);
    out.resize(at + reserved, 0);
    (at - row) as u64
}

/// Without leading bytes that only repeat the sign, as `BigInteger.toByteArray` gives it.
fn shortest(bytes: &[u8]) -> &[u8] {
    let mut bytes = bytes;
    while let [first, rest @ ..] = bytes {
        let sign = rest.first().is_some_and(|next| next & 0x80 != 0);
        if rest.is_empty() || !(*first == 0 && !sign || *first == 0xff && sign) {
            break;
        }
        bytes = rest;
    }
    bytes
}
