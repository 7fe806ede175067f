// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

//! ARRAY, MAP and ROW values as JSON text.

use crate::column::Column;
use crate::sink::{Cause, Cell, SCALAR, Sink, byte, cause, copy};
use crate::text::{csv_bytes, outside, variable};

/// Elements of an array whose frame has been checked.
struct Elements<'a> {
    base: &'a [u8],
    nulls: &'a [u8],
    values: &'a [u8],
    count: usize,
}

impl<'a> Elements<'a> {
    fn read(base: &'a [u8], width: usize) -> Result<Self, Box<Cause>> {
        let Some(count) = base.first_chunk::<4>().map(|b| i32::from_le_bytes(*b)) else {
            return Err(cause(format!("an array of {} bytes has no element count", base.len())));
        };
        let broken = || cause(format!("an array of {count} elements does not fit its {} bytes", base.len()));
        let count = usize::try_from(count).map_err(|_| broken())?;
        let null_bytes = count.div_ceil(32) * 4;
        let (nulls, values) = base.get(4..).and_then(|rest| rest.split_at_checked(null_bytes)).ok_or_else(broken)?;
        let values = count.checked_mul(width).and_then(|n| values.get(..n)).ok_or_else(broken)?;
        Ok(Self { base, nulls, values, count })
    }

    fn is_null(&self, i: usize) -> bool {
        self.nulls.get(i / 8).is_some_and(|b| b >> (i % 8) & 1 == 1)
    }

    /// The element widened to a slot.
    fn slot(&self, i: usize, width: usize) -> u64 {
        let mut slot = [0u8; 8];
        if let (Some(from), Some(to)) = (self.values.get(i * width..(i + 1) * width), slot.get_mut(..width)) {
            to.copy_from_slice(from);
        }
        u64::from_le_bytes(slot)
    }

    fn write(&self, i: usize, column: &Column, sink: &mut Sink<'_>, pos: usize) -> Cell {
        let pos = sink.room(pos, SCALAR);
        if self.is_null(i) {
            Ok(copy(sink.buf, pos, b"null"))
        } else {
            column.encode(self.slot(i, column.width), self.base, sink, pos)
        }
    }
}

fn child(column: &Column, i: usize) -> Result<&Column, Box<Cause>> {
    column.children.get(i).ok_or_else(|| cause("the column has no element type"))
}

pub(crate) fn array(column: &Column, slot: u64, base: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    let element = child(column, 0)?;
    let elements = Elements::read(variable(slot, base)?, element.width)?;
    let mut pos = sink.room(pos, SCALAR);
    pos = byte(sink.buf, pos, b'[');
    for i in 0..elements.count {
        if i > 0 {
            pos = sink.room(pos, 1);
            pos = byte(sink.buf, pos, b',');
        }
        pos = elements.write(i, element, sink, pos)?;
    }
    pos = sink.room(pos, 1);
    Ok(byte(sink.buf, pos, b']'))
}

pub(crate) fn map(column: &Column, slot: u64, base: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    let (key, value) = (child(column, 0)?, child(column, 1)?);
    let data = variable(slot, base)?;
    let Some((keys, values)) = data
        .split_first_chunk::<4>()
        .and_then(|(size, rest)| rest.split_at_checked(usize::try_from(i32::from_le_bytes(*size)).ok()?))
    else {
        return Err(cause(format!("the key array of a map does not fit its {} bytes", data.len())));
    };
    let (keys, values) = (Elements::read(keys, key.width)?, Elements::read(values, value.width)?);
    if keys.count != values.count {
        return Err(cause(format!("a map has {} keys and {} values", keys.count, values.count)));
    }
    // JSON has no other keys than strings; text that is not quoted by itself is.
    let quote = column.quote_keys;
    let mut pos = sink.room(pos, SCALAR);
    pos = byte(sink.buf, pos, b'{');
    for i in 0..keys.count {
        if keys.is_null(i) {
            return Err(cause("a map holds a NULL key, which JSON cannot express"));
        }
        pos = sink.room(pos, 4);
        if i > 0 {
            pos = byte(sink.buf, pos, b',');
        }
        if quote {
            pos = byte(sink.buf, pos, b'"');
        }
        pos = keys.write(i, key, sink, pos)?;
        pos = sink.room(pos, 4);
        if quote {
            pos = byte(sink.buf, pos, b'"');
        }
        pos = byte(sink.buf, pos, b':');
        pos = values.write(i, value, sink, pos)?;
    }
    pos = sink.room(pos, 1);
    Ok(byte(sink.buf, pos, b'}'))
}

pub(crate) fn row(column: &Column, slot: u64, base: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    let data = variable(slot, base)?;
    let header = null_bytes(column.children.len());
    let fixed = data.get(header..).and_then(|rest| rest.get(..8 * column.children.len()));
    let Some((slots, _)) = fixed.map(<[u8]>::as_chunks::<8>) else {
        return Err(outside(0, header + 8 * column.children.len(), data.len()));
    };
    let mut pos = sink.room(pos, SCALAR);
    if column.children.is_empty() {
        pos = byte(sink.buf, pos, b'{');
    }
    for (i, (field, slot)) in column.children.iter().zip(slots).enumerate() {
        pos = sink.write(pos, field.prefix.text());
        pos = sink.room(pos, SCALAR);
        let null = data.get((i + 8) / 8).is_some_and(|b| b >> (i % 8) & 1 == 1);
        pos = if null {
            copy(sink.buf, pos, b"null")
        } else {
            field.encode(u64::from_le_bytes(*slot), data, sink, pos)?
        };
    }
    pos = sink.room(pos, 1);
    Ok(byte(sink.buf, pos, b'}'))
}

/// The size of the header and the null bits of a binary row.
pub(crate) fn null_bytes(arity: usize) -> usize {
    (arity + 8).div_ceil(64) * 8
}

/// The bytes of a row of so many fields before what its slots point to.
pub(crate) fn fixed_bytes(fields: usize) -> usize {
    null_bytes(fields) + 8 * fields
}

/// A nested value as one CSV field: rendered on the side, then written like any text, so that separators in it are seen.
pub(crate) fn csv_field(column: &Column, slot: u64, base: &[u8], sink: &mut Sink<'_>, pos: usize) -> Cell {
    let value = child(column, 0)?;
    let Some(nested) = sink.nested.take() else { return Err(cause("a nested CSV field within a nested value")) };
    nested.text.clear();
    let mut inner = Sink {
        buf: &mut nested.buf,
        out: &mut nested.text,
        slack: 0,
        csv: sink.csv,
        zone: &mut *sink.zone,
        nested: None,
    };
    let rendered = value.encode(slot, base, &mut inner, 0).map(|end| inner.spill(end));
    let result = rendered.and_then(|_| csv_bytes(&nested.text, sink, pos));
    sink.nested = Some(nested);
    result
}
