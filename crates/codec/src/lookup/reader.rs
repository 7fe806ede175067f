// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! Binary rows, read value by value. The layout is `docs/design/row-batch.md`.

use std::borrow::Cow;

use super::value::{Kind, Value};
use crate::binary::MAX_INLINE;
use crate::nested::{fixed_bytes, null_bytes};

const INLINE: u64 = 0x80;
/// Most bytes of a long decimal.
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
        fixed_bytes(self.arity)
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
